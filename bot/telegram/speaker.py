"""Who speaks, in which chat, in which language, and which update brought it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.texts import texts_in
from bot.texts.shape import Texts
from flows.events import Actor, Mode, Role
from flows.log import Line
from flows.people import Person
from flows.policy import Action, allowed
from flows.trials import Placed

_FIRST = (
    Role.INVESTIGATOR,
    Role.ON_CALL,
    Role.COORDINATOR,
    Role.ADMINISTRATOR,
    Role.MONITOR,
)


_CODE: Final = re.compile(r"[A-Za-z0-9-]{1,35}")
"""A language tag (RFC 5646)."""


@dataclass(slots=True)
class Turn:
    """The update that is being handled; `done` once a transaction has made it so.

    `answer` takes the words with which a tap is answered, once they are known; None where no tap
    is to be answered.
    """

    update: int | None = None
    done: bool = False
    answer: Callable[[str], None] | None = None


class Tongues:
    """In which language a person is spoken to, also when somebody else's update speaks to them.

    What was chosen by /language comes first, then the language of their app, as far as this
    process has heard it, or another that shares the database and told `learn` of it.
    """

    def __init__(self) -> None:
        self._apps: dict[int, str] = {}
        self.on_new: Callable[[str], None] = lambda _: None
        """Called with what `learn` takes, when somebody's app turns out to be in a language."""

    def hear(self, telegram_id: int, code: str | None) -> None:
        """Telegram tells the language of somebody's app with each update."""
        if code and self._apps.get(telegram_id) != code:
            self._apps[telegram_id] = code
            if _CODE.fullmatch(code):
                self.on_new(f"{telegram_id} {code}")

    def learn(self, about: str) -> None:
        """Another process has heard it."""
        telegram_id, _, code = about.partition(" ")
        self._apps[int(telegram_id)] = code

    def of(self, person: Person, otherwise: str | None) -> Texts:
        """The words for a person; `otherwise` is the language when nothing is known."""
        return texts_in(person.language or self._apps.get(person.telegram_id) or otherwise)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A known person speaking now, and the turn in which they do."""

    person: Person
    chat: int
    texts: Texts
    now: datetime
    turn: Turn = field(default_factory=Turn)
    _held: dict[tuple[str, str | None], frozenset[Role]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def update(self) -> int | None:
        """The row in the inbox, done with the command."""
        return self.turn.update

    def may(self, action: Action, where: Placed, mode: Mode | None = None) -> bool:
        """Whether the policy allows it, with the roles held now in that trial at that site."""
        return allowed(action, self.roles_at(where), mode)

    def roles_at(self, where: Placed) -> frozenset[Role]:
        """The roles held now in that trial at that site.

        A card asks ten times in one turn, in which neither the person nor the moment changes.
        """
        place = (where.site, where.trial)
        found = self._held.get(place)
        if found is None:
            found = self._held[place] = self.person.roles_at(where, self.now)
        return found

    def sees(self, line: Line) -> bool:
        """Whether they may know of this screening at all: carry on with it, or read the log."""
        if line.mode is Mode.PRACTICE:
            return line.owner == self.person.person
        return self.may(Action.CARRY_ON, line, line.mode) or self.may(Action.LOG, line)

    def sees_erased(self, line: Line | None) -> bool:
        """Whether it was erased, as far as that is theirs to know."""
        return line is not None and line.erased_at is not None and self.sees(line)

    def sites_for(self, action: Action) -> tuple[str, ...]:
        """The sites at which it is allowed in some trial."""
        return self.person.sites(self.now, *(role for role in Role if allowed(action, {role})))

    def actor(self, where: Placed | None = None) -> Actor:
        """The person in the first of the roles held there, as the record names them.

        Without a place in the first of those held anywhere.
        """
        held = self.roles_at(where) if where else self.person.roles(self.now)
        return Actor(self.person.person, next(role for role in _FIRST if role in held))
