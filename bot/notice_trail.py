"""The life of each notice in the audit trail: sent, or given up, in the transaction that says so.

What coordinators were told is part of the audit trail (E6(R3) 4.2.2). The streams are
`notices/<number>` for a notice about a screening and `notices/-<recipient>` for any other, such
as a digest; the courier alone writes them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flows.cases import NoticeEvent, NoticeFailed, NoticeSent
from flows.events import Actor, Happened, Role
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.outbox import NewNotice, Notice, Settled

SOFTWARE: Final = Actor("software", Role.SYSTEM)
"""Who sends notices: nobody in person."""

EMAIL: Final = "email/"
"""What the kind, the key and the recipient of an e-mail copy begin with."""


def time_text(at: datetime) -> str:
    """A moment as the outbox keeps it."""
    return at.isoformat(timespec="milliseconds")


def number_of(notice: Notice) -> str:
    """The screening that a notice is about; "" when it is about none."""
    body = json.loads(notice.body)
    number = body.get("number") if isinstance(body, dict) else None
    return number if isinstance(number, str) else ""


def person_of(notice: Notice) -> str:
    """The pseudonymous id of whoever it is for."""
    return notice.recipient.removeprefix(EMAIL)


class NoticeTrail:
    """Settles notices, each in one transaction with the event that says so."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def sent(self, notice: Notice, at: datetime, message: int | None) -> None:
        """It was taken; labelled, when an earlier call may have been heard.

        Raises StorageError: nothing was recorded, and the notice is still owed.
        """
        number, person = number_of(notice), person_of(notice)
        event = NoticeSent(number, person, notice.kind, notice.perhaps_sent)
        await self._settle(notice, event, Settled(notice.id, time_text(at), message), at)

    async def given_up(
        self,
        notice: Notice,
        at: datetime,
        why: str,
        *along: Append,
        owing: Sequence[NewNotice] = (),
    ) -> None:
        """It can reach nobody. What follows from that, and whom to tell instead, goes along.

        Raises StorageError: nothing was recorded, and the notice is still owed. A VersionConflict
        is one of `along`: whoever handed it in decides anew.
        """
        event = NoticeFailed(number_of(notice), person_of(notice), notice.kind)
        settled = Settled(notice.id, time_text(at), reason=why)
        await self._settle(notice, event, settled, at, along, owing)

    async def _settle(
        self,
        notice: Notice,
        event: NoticeEvent,
        settled: Settled,
        at: datetime,
        along: Sequence[Append] = (),
        owing: Sequence[NewNotice] = (),
    ) -> None:
        stream = f"notices/{event.number or f'-{event.recipient}'}"
        new = to_entry(Happened(event, at, SOFTWARE))
        version = len(await self._ledger.read(stream))
        while True:
            batch = Append(stream, version, (new,), at.isoformat())
            try:
                await self._ledger.append(batch, *along, notices=owing, settled=settled)
            except VersionConflict as error:
                if error.stream != stream:
                    raise
                version = error.found  # another lane wrote about the same screening
            else:
                return
