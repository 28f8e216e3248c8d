"""A coordinator's day: a digest for each trial, over the sites at which they follow it.

It says where it counted, so that nobody reads it who no longer follows all of that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bot.closed import Known
from bot.notice_trail import time_text
from bot.notices import DAILY
from bot.register import Register
from flows.digest import RECENT, Digest, digest
from flows.people import Person
from flows.policy import Action, allowed
from flows.trials import Placed, Where
from storage.outbox import NewNotice


def digests(register: Register, person: Person, which: str, now: datetime) -> list[NewNotice]:
    """What is owed to somebody today; of a trial in which there is nothing to say, nothing.

    `which` tells this day's from those of other days.
    """
    totals: dict[str, Digest] = {}
    sites: dict[str, list[str]] = {}
    for (site, trial), screenings in _followed(register, person, now).items():
        lines = [known.line for known in screenings.values() if known.line]
        cases = {number: known.case for number, known in screenings.items() if known.case}
        told = digest(lines, cases, now, register.zone(site))
        totals[trial] = totals.get(trial, Digest()) + told
        sites.setdefault(trial, []).append(site)
    found = []
    for trial, total in totals.items():
        if not total.empty:
            body = {**asdict(total), "trial": trial, "sites": sites[trial]}
            key = f"{DAILY}/{person.person}/{which}/{trial}"
            said = json.dumps(body, default=date.isoformat).encode()
            found.append(NewNotice(key, person.person, DAILY, said, time_text(now)))
    return found


def may_read(person: Person, body: Mapping[str, Any], now: datetime) -> bool:
    """Whether somebody still follows the trial at every site at which a digest counted.

    One that was owed by an earlier version does not say where.
    """
    if "trial" not in body:
        return allowed(Action.FOLLOW, person.roles(now))
    places = (Where(site, body["trial"]) for site in body["sites"])
    return all(_follows(person, where, now) for where in places)


def _follows(person: Person, where: Placed, now: datetime) -> bool:
    return allowed(Action.FOLLOW, person.roles_at(where, now))


def _followed(
    register: Register, person: Person, now: datetime
) -> dict[tuple[str, str], dict[str, Known]]:
    """By site and trial: what a digest may speak of there, of each patient the last attempt."""
    found: dict[tuple[str, str], dict[str, Known]] = {}
    moved = register.screenings.moved(lambda label: _follows(person, label, now), now - RECENT)
    for number, known in moved.items():
        if known.line and not known.later:
            found.setdefault((known.line.site, known.line.trial), {})[number] = known
    return found
