"""Copies by e-mail: whoever owes a notice owes its copy in the same transaction.

A copy is a row of its own in the outbox, so that it is tried again, labelled and given up by
itself. It holds no address: that is looked up when it is sent, so `off` counts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.notice_trail import EMAIL
from bot.notices import TIMEKEEPER
from storage.ledger import Append, Entry, Ledger
from storage.outbox import NewNotice, Settled

Wants = Callable[[str], bool]
"""Whether a person wants copies by e-mail."""


class CopyingLedger:
    """A ledger that owes an e-mail copy of each notice to those who want one."""

    def __init__(self, ledger: Ledger, wants: Wants) -> None:
        self._ledger, self._wants = ledger, wants
        self.read, self.streams, self.walk = ledger.read, ledger.streams, ledger.walk
        self.since = ledger.since
        self.head, self.close = ledger.head, ledger.close

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """See `Ledger.append`."""
        copies = [copy_of(one) for one in notices if self._copied(one)]
        return await self._ledger.append(
            *batches, done=done, notices=[*notices, *copies], settled=settled
        )

    def _copied(self, notice: NewNotice) -> bool:
        return notice.recipient != TIMEKEEPER and self._wants(notice.recipient)


def copy_of(notice: NewNotice) -> NewNotice:
    """The row that owes the copy: the same words, on a lane of its own."""
    return replace(
        notice,
        key=EMAIL + notice.key,
        recipient=EMAIL + notice.recipient,
        kind=EMAIL + notice.kind,
    )
