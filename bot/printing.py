"""Prints records: reads what one needs from the ledger, and checks what a print says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.attempts import standing
from bot.checkpoints import Kept
from bot.desk import Desk, ErasedScreening, UnknownScreening, stream_of
from bot.pages.evidence import covered_lines
from bot.pages.record_document import erased_document, is_bound, record_document
from bot.register import Register
from bot.texts.shape import Texts
from flows.events import Happened
from flows.screening import fold
from storage.exports.record_document import RecordDocument
from storage.frozen import fingerprint_of
from storage.ledger import Ledger
from storage.mapper import to_event
from storage.record_code import RecordCode, code_of


async def beside(ledger: Ledger, number: str) -> list[Happened]:
    """What was done about a screening in other streams than its own; none of it an answer."""
    streams = (f"case/{number}", f"notices/{number}")
    return [to_event(entry) for stream in streams for entry in await ledger.read(stream)]


class Printer:
    """Makes the documents of records; the register has caught up, and so have the checkpoints."""

    def __init__(
        self, ledger: Ledger, desk: Desk, register: Register, checkpoints: Sequence[Kept]
    ) -> None:
        self._ledger, self._desk, self._register = ledger, desk, register
        self._checkpoints = checkpoints

    async def document(self, number: str, texts: Texts) -> RecordDocument:
        """The record as it stands; of an erased one what stays.

        Raises:
            UnknownScreening: no screening has this number.
            StorageError: it cannot be read.

        """
        about = await beside(self._ledger, number)
        try:
            screening, history = await self._desk.history(number)
        except ErasedScreening:
            erasure = to_event((await self._ledger.read(f"erasure/{number}"))[0])
            return erased_document(erasure, about, texts)
        entries = await self._ledger.read(stream_of(number))
        proof = covered_lines(self._checkpoints, entries, texts) if screening.signature else ()
        attempts = await standing(self._desk, self._register, screening)
        # What came after the history was read is no part of this print.
        code = code_of(screening, entries[len(history) - 1])
        return record_document(screening, history, texts, attempts, proof, code, about)


class Untrue(Enum):
    """Why the ledger does not confirm a print."""

    UNKNOWN = "it has no such record"
    AHEAD = "the print tells of more than it holds"
    OTHER_EVENT = "its event at this place is another"
    OTHER_RECORD = "the record after these events is another"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The ledger holds what was printed; `later` events came after it.

    `stood` says what stood under it then: "signed", "unsigned", or "unbound" where the signature
    was over another record; "" when the answers were erased since.
    """

    stood: str
    later: int


async def confirm(ledger: Ledger, desk: Desk, code: RecordCode) -> Confirmed | Untrue:
    """Whether the ledger holds the record that a code is printed on. Whoever calls walks the chain.

    Raises StorageError.
    """
    entries = await ledger.read(stream_of(code.number))
    if not entries:
        return Untrue.UNKNOWN
    if len(entries) < code.events:
        return Untrue.AHEAD
    last, later = entries[code.events - 1], len(entries) - code.events
    if (last.position, last.digest.hex()) != (code.position, code.digest):
        return Untrue.OTHER_EVENT
    try:
        screening, history = await desk.history(code.number)
    except ErasedScreening:
        return Confirmed("", later)
    except UnknownScreening:
        return Untrue.UNKNOWN
    then = fold(screening.book, history[: code.events])
    if fingerprint_of(then) != code.record_sha256:
        return Untrue.OTHER_RECORD
    if then.signature is None:
        return Confirmed("unsigned", later)
    return Confirmed("signed" if is_bound(then) else "unbound", later)
