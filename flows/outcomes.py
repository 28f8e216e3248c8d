"""What became of a wish of the administration: something to be recorded, or a plain no.

A `No` means that nothing was recorded and nothing will be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flows.events import Role
from flows.people import Delegation, Site


@dataclass(frozen=True, slots=True)
class No:
    """Nothing was recorded."""


@dataclass(frozen=True, slots=True)
class NewSite:
    """The site takes part."""

    site: Site


@dataclass(frozen=True, slots=True)
class SiteTrials:
    """The site takes part in these trials; where none is named, in all of them."""

    site: Site


@dataclass(frozen=True, slots=True)
class Delegated:
    """The person holds the role at the site for the period. `new`: was not known before.

    `instead` is the line of the delegation log whose place it took.
    """

    person: str
    name: str
    delegation: Delegation
    new: bool = False
    instead: Delegation | None = None


@dataclass(frozen=True, slots=True)
class DelegationEnded:
    """The role at the site ended now, in this trial or in all of them."""

    person: str
    name: str
    role: Role
    site: str
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class PersonOut:
    """The person is out, with every delegation."""

    person: str
    name: str


@dataclass(frozen=True, slots=True)
class LanguageSet:
    """The person reads this language from now on."""

    person: str
    language: str


@dataclass(frozen=True, slots=True)
class Invited:
    """A link for one person. The secret is shown this once: only its hash is kept."""

    invitation: str
    secret: str
    role: Role
    site: str
    expires_at: datetime
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """Somebody opened the link; `inviter` is the person who has to say whether it is the right one.

    The role is not held before that.
    """

    invitation: str
    inviter: str
    telegram_id: int
    name: str
    role: Role
    site: str
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The person who used the link holds the role at the site. `new`: was not known before."""

    invitation: str
    person: str
    name: str
    telegram_id: int
    delegation: Delegation
    new: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The invitation leads nowhere any more; `used_by` is the account that had opened it."""

    invitation: str
    used_by: int | None


@dataclass(frozen=True, slots=True)
class NotAllowed(No):
    """Whoever asks is no administrator there."""


@dataclass(frozen=True, slots=True)
class BadCode(No):
    """Not a site code: two to ten capital letters and digits."""

    code: str


@dataclass(frozen=True, slots=True)
class BadName(No):
    """Not a name: 1 to 80 characters that can be seen."""


@dataclass(frozen=True, slots=True)
class BadZone(No):
    """No time zone of that name in the IANA database."""

    zone: str


@dataclass(frozen=True, slots=True)
class BadAccount(No):
    """No Telegram account can have this number."""


@dataclass(frozen=True, slots=True)
class BadPeriod(No):
    """It ends before it begins, is over already, or is longer than a link may hold."""


@dataclass(frozen=True, slots=True)
class BadLanguage(No):
    """The product does not speak this language."""

    language: str


@dataclass(frozen=True, slots=True)
class SiteExists(No):
    """A site with this code takes part already."""

    site: Site


@dataclass(frozen=True, slots=True)
class UnknownSite(No):
    """No site has this code."""

    code: str


@dataclass(frozen=True, slots=True)
class UnknownTrial(No):
    """This installation does not serve a trial of this id."""

    trial: str


@dataclass(frozen=True, slots=True)
class NotTakingPart(No):
    """The site does not take part in this trial."""

    site: str
    trial: str


@dataclass(frozen=True, slots=True)
class UnknownPerson(No):
    """Nobody has this id, or they are out."""

    person: str


@dataclass(frozen=True, slots=True)
class AlreadySo(No):
    """It was so before."""


@dataclass(frozen=True, slots=True)
class StillHeld(No):
    """The role is held now: a line that begins later would leave a gap."""

    delegation: Delegation


@dataclass(frozen=True, slots=True)
class NotHeld(No):
    """The person does not hold this role at this site, in this trial."""


@dataclass(frozen=True, slots=True)
class LastAdministrator(No):
    """Nobody else would administer these sites; it can be forced."""

    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownInvitation(No):
    """There is no such invitation."""


@dataclass(frozen=True, slots=True)
class NotUsedYet(No):
    """Nobody has opened the link: there is no one to confirm."""


@dataclass(frozen=True, slots=True)
class InvitationClosed(No):
    """It was confirmed or withdrawn before."""


@dataclass(frozen=True, slots=True)
class TryAgain(No):
    """Others wrote at the same moment, twice."""


class Refusal(StrEnum):
    """Why a link does not open. The stranger is not told which."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    KNOWN_ALREADY = "known_already"


@dataclass(frozen=True, slots=True)
class Refused(No):
    """The link does not open for this account. EXPIRED: its time is over, or it was withdrawn."""

    reason: Refusal
