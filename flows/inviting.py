"""Invitations: a link for one person, which somebody opens and the inviter then confirms.

The secret has 128 bits and is kept as its SHA-256 only. It opens once, for 72 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flows.administration import Account, Asked, Granted, added, delegate
from flows.events import Role
from flows.names import short_name
from flows.outcomes import (
    AlreadySo,
    BadAccount,
    BadPeriod,
    Confirmed,
    Delegated,
    InvitationClosed,
    Invited,
    No,
    NotAllowed,
    NotUsedYet,
    Refusal,
    Refused,
    StillHeld,
    TryAgain,
    UnknownInvitation,
    Used,
    Withdrawn,
)
from flows.people import (
    Delegation,
    Invitation,
    InvitationConfirmed,
    InvitationMade,
    InvitationUsed,
    InvitationWithdrawn,
)
from flows.trials import Placed

LONGEST_HOURS: Final = 72
_ID_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Link:
    """A secret and its SHA-256 in hexadecimal, made outside."""

    secret: str
    sha256: str

    @property
    def invitation(self) -> str:
        """The id of the invitation that it belongs to: the stream is found without a search."""
        return self.sha256[:_ID_LENGTH]


def invite(
    asked: Asked, link: Link, role: Role, where: Placed, hours: int
) -> Granted[Invited] | No:
    """A link that lets one person in, in a role at a site, in one trial there or in all."""
    if not asked.manages(where):
        return NotAllowed()
    if (no := asked.no_trial(where)) is not None:
        return no
    if not 1 <= hours <= LONGEST_HOURS:
        return BadPeriod()
    if link.invitation in asked.directory.invitations:
        return TryAgain()
    expires_at = asked.now + timedelta(hours=hours)
    site, trial = where.site, where.trial
    made = InvitationMade(link.invitation, link.sha256, role, site, expires_at, trial)
    outcome = Invited(link.invitation, link.secret, role, site, expires_at, trial)
    return Granted(outcome, (made,))


def use(asked: Asked, link: Link, telegram_id: int, name: str) -> Granted[Used] | No:
    """Somebody opens a link, once; it gives no role before the inviter has confirmed."""
    found = asked.directory.invitations.get(link.invitation)
    if found is None or found.secret_sha256 != link.sha256:
        return Refused(Refusal.UNKNOWN)
    if found.used_by is not None:
        return Refused(Refusal.USED)
    if found.closed or asked.now >= found.expires_at:
        return Refused(Refusal.EXPIRED)
    if asked.directory.by_telegram(telegram_id) is not None:
        return Refused(Refusal.KNOWN_ALREADY)
    if telegram_id < 1:
        return BadAccount()
    known_as = short_name(name) or f"Telegram {telegram_id}"
    outcome = Used(
        found.invitation, found.by, telegram_id, known_as, found.role, found.site, found.trial
    )
    return Granted(outcome, (InvitationUsed(found.invitation, telegram_id, known_as),))


def confirm(asked: Asked, invitation: str, new_id: str) -> Granted[Confirmed] | No:
    """An administrator of the site, as the inviter is, says that it is the right person."""
    found = _open(asked, invitation)
    if isinstance(found, No):
        return found
    if found.used_by is None:
        return NotUsedYet()
    line = Delegation(found.role, found.site, asked.now, None, found.trial)
    known = asked.directory.by_telegram(found.used_by)
    closing = InvitationConfirmed(invitation, known.person if known else new_id)
    if known is None:
        let_in = added(asked, Account(new_id, found.used_by, found.used_name), line)
    else:  # added in another way since the link was opened
        let_in = delegate(asked, known.person, line)
        if isinstance(let_in, AlreadySo | StillHeld):
            let_in = Granted(Delegated(known.person, known.name, line), ())
    if isinstance(let_in, No):
        return let_in
    so = let_in.outcome
    outcome = Confirmed(invitation, so.person, so.name, found.used_by, so.delegation, so.new)
    return Granted(outcome, (closing, *let_in.events))


def withdraw(asked: Asked, invitation: str) -> Granted[Withdrawn] | No:
    """An administrator of the site takes the link back, or does not know who opened it."""
    found = _open(asked, invitation)
    if isinstance(found, No):
        return found
    outcome = Withdrawn(invitation, found.used_by)
    return Granted(outcome, (InvitationWithdrawn(invitation),))


def pending(asked: Asked, site: str) -> tuple[Invitation, ...]:
    """The invitations of a site that still wait to be opened or confirmed, oldest first."""
    return tuple(
        one
        for one in asked.directory.invitations.values()
        if one.site == site
        and not one.closed
        and (one.used_by is not None or asked.now < one.expires_at)
    )


def _open(asked: Asked, invitation: str) -> Invitation | No:
    found = asked.directory.invitations.get(invitation)
    if found is None:
        return UnknownInvitation()
    if not asked.manages(found):
        return NotAllowed()
    return InvitationClosed() if found.closed else found
