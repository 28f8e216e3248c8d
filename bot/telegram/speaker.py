"""Who speaks, in which chat, in which language, and which update brought it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.texts import texts_in
from bot.texts.shape import Texts
from flows.events import Actor, Mode, Role
from flows.people import Person
from flows.policy import Action, allowed

_FIRST = (
    Role.INVESTIGATOR,
    Role.ON_CALL,
    Role.COORDINATOR,
    Role.ADMINISTRATOR,
    Role.MONITOR,
)


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
    process has heard it.
    """

    def __init__(self) -> None:
        self._apps: dict[int, str] = {}

    def hear(self, telegram_id: int, code: str | None) -> None:
        """Telegram tells the language of somebody's app with each update."""
        if code:
            self._apps[telegram_id] = code

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
    _held: dict[str, frozenset[Role]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def update(self) -> int | None:
        """The row in the inbox, done with the command."""
        return self.turn.update

    def may(self, action: Action, site: str, mode: Mode | None = None) -> bool:
        """Whether the policy allows it, with the roles held at that site at this moment."""
        return allowed(action, self._roles(site), mode)

    def sites_for(self, action: Action) -> tuple[str, ...]:
        """The sites at which it is allowed."""
        return tuple(site for site in self.person.sites(self.now, *Role) if self.may(action, site))

    def actor(self, site: str) -> Actor:
        """The person in the first of the roles held at the site, as the record names them."""
        roles = self._roles(site)
        return Actor(self.person.person, next(role for role in _FIRST if role in roles))

    def _roles(self, site: str) -> frozenset[Role]:
        """The roles held at a site at this moment: a tap asks half a dozen times."""
        held = self._held.get(site)
        if held is None:
            held = self._held[site] = self.person.roles(self.now, site)
        return held
