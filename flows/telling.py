"""Who is told about a case, and who next when nobody has seen it.

A coordinator alone may be asleep: a notice goes from one to the next and at last to the
principal investigator, so that no case stays silent (product.md, Coordinators).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

Step = tuple[str, ...]
"""People who are told at the same moment, by pseudonymous id."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who could be told about one case at a site, at one moment.

    `on_duty` are the people of the rota whose hour it is, in order; `rota` says whether the site
    has one. `principal` is whoever was named, still at the site or not.
    """

    coordinators: Step
    on_duty: Step = ()
    rota: bool = False
    follower: str | None = None
    principal: str | None = None
    investigators: Step = ()
    administrators: Step = ()


def steps(roster: Roster) -> tuple[Step, ...]:
    """The chain: one step is told at a time, the first at once.

    Without a rota all coordinators come first, together. With one: whoever follows the case, then
    each person on duty, then the other coordinators together. The principal investigator is last;
    where none is named, the site's investigators; where there are none, its administrators.

    A site at which nobody was ever set up to be told has no chain: without a coordinator, a rota
    and a principal investigator nothing is owed. With a rota whose people are all gone the
    administrators are told.
    """
    return tuple(step for step in (*_coordinators(roster), _last(roster)) if step)


def next_step(roster: Roster, told: Collection[str]) -> Step:
    """Whoever is told next, of those who were not told; nobody at the end of the chain."""
    for step in steps(roster):
        if left := tuple(person for person in step if person not in told):
            return left
    return ()


def coordinators_left(roster: Roster, told: Collection[str]) -> bool:
    """Whether some coordinator of the site was not told."""
    return any(person not in told for person in roster.coordinators)


def _coordinators(roster: Roster) -> tuple[Step, ...]:
    if not roster.rota:
        return (roster.coordinators,)
    first = (roster.follower, *roster.on_duty)
    chosen = tuple(dict.fromkeys(one for one in first if one in roster.coordinators))
    others = tuple(one for one in roster.coordinators if one not in chosen)
    return (*((one,) for one in chosen if one), others)


def _last(roster: Roster) -> Step:
    if roster.principal is not None and roster.principal in roster.investigators:
        return (roster.principal,)
    if not roster.coordinators:
        return roster.administrators if roster.rota else ()
    return roster.investigators or roster.administrators
