"""The contract of the outbox: messages owed to someone, written with the event that owes them.

Exactly once is impossible: nobody can know whether a call that broke off was heard. So a notice
is marked before the call, and whoever sends it again is told that it may have been seen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, Protocol

from storage.limits import check_bytes, check_name, check_number, check_text


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to be owed; `key` tells it from every other, `due_at` is when to send it first."""

    key: str
    recipient: str
    kind: str
    body: bytes
    due_at: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that is owed.

    `attempts` counts the calls begun. `perhaps_sent` says that one of them may have been heard:
    the next must be labelled as a repeat.
    """

    id: int
    key: str
    recipient: str
    kind: str
    body: bytes
    due_at: str
    attempts: int
    perhaps_sent: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """The end of a notice, for the transaction that records it: sent, or with a `reason` given up.

    `message_id` is the message that the call made, when it made one.
    """

    notice: int
    at: str
    message_id: int | None = None
    reason: str | None = None

    @property
    def state(self) -> Literal["sent", "failed"]:
        """What the notice is from then on."""
        return "sent" if self.reason is None else "failed"


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many notices wait, are being sent, were sent, or were given up.

    Those that wait may be due later, as every timer is: that many wait is no sign of trouble.
    """

    waiting: int
    sending: int
    sent: int
    failed: int


class Outbox(Protocol):
    """Keeps notices until they are sent or given up. `Ledger.append(notices=…)` adds them.

    What is sent or given up stays so: every method that takes an id raises UnknownNotice when no
    such notice is owed any more, and `mark_sending` when another process has taken it over.
    """

    async def due(self, now: str, limit: int, busy: Collection[str] = ()) -> tuple[Notice, ...]:
        """Notices to send by `now`, the earliest first, but for the recipients in `busy`.

        A notice left in sending by a crash is due again; name in `busy` everybody to whom one
        is still in the air, and nothing overtakes it.

        Where several processes share it, what is returned is claimed by this one, until it is
        settled or the process is gone; nobody else is then handed anything for its recipient.
        """
        ...

    async def mark_sending(self, notice: int, at: str) -> int:
        """Say, on disk, that a call is about to be made; returns its number, 1 for the first."""
        ...

    async def mark_sent(self, notice: int, at: str, message_id: int | None) -> None:
        """Say that the call was answered; `message_id` is the message it made."""
        ...

    async def mark_failed(
        self,
        notice: int,
        at: str,
        reason: str,
        retry_at: str | None,
        *,
        perhaps_sent: bool = False,
    ) -> None:
        """Say that the call failed: due again at `retry_at`, or given up when that is None.

        `perhaps_sent` is for a call that broke off without an answer.
        """
        ...

    async def counts(self) -> OutboxCounts:
        """How many notices there are of each sort."""
        ...


def check_notice(notice: NewNotice) -> None:
    """Refuse a notice that some backend could not keep; raises BadEntry."""
    check_name("notice's key", notice.key)
    check_name("notice's recipient", notice.recipient)
    check_name("notice's kind", notice.kind)
    check_name("notice's time", notice.due_at)
    check_bytes("notice", notice.body)


def check_sent(at: str, message_id: int | None) -> None:
    """Refuse an answer that some backend could not keep; raises BadEntry."""
    check_name("time of sending", at)
    if message_id is not None:
        check_number("message", message_id, 0)


def check_settled(settled: Settled | None) -> None:
    """Refuse an end that some backend could not keep; raises BadEntry."""
    if settled is not None:
        check_sent(settled.at, settled.message_id)
        check_text("reason", settled.reason or "")


def check_failure(at: str, reason: str, retry_at: str | None) -> None:
    """Refuse a failure that some backend could not keep; raises BadEntry."""
    check_name("time of failure", at)
    check_text("reason", reason)
    if retry_at is not None:
        check_name("time of the next attempt", retry_at)
