"""The outbox in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from storage.errors import NoticeClash, UnknownNotice
from storage.outbox import (
    NewNotice,
    Notice,
    OutboxCounts,
    Settled,
    check_failure,
    check_sent,
)

State = Literal["waiting", "sending", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    new: NewNotice
    due_at: str
    state: State = "waiting"
    attempts: int = 0
    perhaps_sent: bool = False

    @property
    def owed(self) -> bool:
        return self.state in {"waiting", "sending"}

    def notice(self) -> Notice:
        return Notice(
            self.id,
            self.new.key,
            self.new.recipient,
            self.new.kind,
            self.new.body,
            self.due_at,
            self.attempts,
            perhaps_sent=self.perhaps_sent or self.state == "sending",
        )


class MemoryOutbox:
    """Keeps the contract `storage.outbox.Outbox`."""

    def __init__(self) -> None:
        self._rows: dict[int, _Row] = {}
        self._keys: dict[str, NewNotice] = {}

    async def due(self, now: str, limit: int, busy: Collection[str] = ()) -> tuple[Notice, ...]:
        """See `Outbox.due`."""
        rows = sorted(
            (
                row
                for row in self._rows.values()
                if row.owed and row.due_at <= now and row.new.recipient not in busy
            ),
            key=lambda row: (row.due_at, row.id),
        )
        return tuple(row.notice() for row in rows[:limit])

    async def mark_sending(self, notice: int, at: str) -> int:
        """See `Outbox.mark_sending`."""
        row = self._owed(notice)
        self._rows[notice] = replace(
            row,
            state="sending",
            attempts=row.attempts + 1,
            perhaps_sent=row.perhaps_sent or row.state == "sending",
        )
        return row.attempts + 1

    async def mark_sent(self, notice: int, at: str, message_id: int | None) -> None:
        """See `Outbox.mark_sent`."""
        check_sent(at, message_id)
        self._rows[notice] = replace(self._owed(notice), state="sent", perhaps_sent=True)

    async def mark_failed(
        self,
        notice: int,
        at: str,
        reason: str,
        retry_at: str | None,
        *,
        perhaps_sent: bool = False,
    ) -> None:
        """See `Outbox.mark_failed`."""
        check_failure(at, reason, retry_at)
        row = self._owed(notice)
        self._rows[notice] = replace(
            row,
            state="failed" if retry_at is None else "waiting",
            due_at=row.due_at if retry_at is None else retry_at,
            perhaps_sent=row.perhaps_sent or perhaps_sent,
        )

    async def counts(self) -> OutboxCounts:
        """See `Outbox.counts`."""
        states = [row.state for row in self._rows.values()]
        return OutboxCounts(
            states.count("waiting"),
            states.count("sending"),
            states.count("sent"),
            states.count("failed"),
        )

    def check_clash(self, notices: Sequence[NewNotice]) -> None:
        """Raise NoticeClash when two different notices claim one key."""
        keys = dict(self._keys)
        for new in notices:
            known = keys.setdefault(new.key, new)
            if replace(known, due_at=new.due_at) != new:
                raise NoticeClash(new.key)

    def check_owed(self, notice: int) -> None:
        """Raise UnknownNotice when it is not owed."""
        self._owed(notice)

    def settle(self, settled: Settled) -> None:
        """Sent, or given up; nothing is awaited."""
        row, state = self._owed(settled.notice), settled.state
        sent = state == "sent"
        self._rows[row.id] = replace(row, state=state, perhaps_sent=sent or row.perhaps_sent)

    def owe(self, notices: Sequence[NewNotice]) -> None:
        """Add the notices whose key is new."""
        for new in notices:
            if new.key not in self._keys:
                self._keys[new.key] = new
                number = len(self._rows) + 1
                self._rows[number] = _Row(number, new, new.due_at)

    def empty(self, about: str) -> None:
        """Let go of what the notices that name it say; what is still owed is given up."""
        for row in list(self._rows.values()):
            if f"/{about}/" in row.new.key or f'"{about}"'.encode() in row.new.body:
                state: State = "failed" if row.owed else row.state
                said = replace(row.new, key=f"erased/{row.id}", body=b"{}", due_at="erased")
                self._rows[row.id] = replace(row, new=said, due_at="erased", state=state)
                self._keys[said.key] = said
                del self._keys[row.new.key]

    def _owed(self, notice: int) -> _Row:
        row = self._rows.get(notice)
        if row is None or not row.owed:
            raise UnknownNotice(notice)
        return row
