"""What of the evidence is printed: the checkpoint under a signature, and what a copy holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.checkpoints import Kept, covering, kept
from bot.desk import stream_of
from bot.texts.shape import Texts
from flows.events import ScreeningSigned
from flows.screening import Screening
from storage.backup import Copied, NotCopied
from storage.chain import Fault
from storage.ledger import Entry, Ledger
from storage.stamp import Stamped, check_stamp


async def proof_lines(ledger: Ledger, screening: Screening, texts: Texts) -> tuple[str, ...]:
    """The newest checkpoint that covers the signature that stands; nothing without a signature.

    Raises StorageError.
    """
    if screening.signature is None:
        return ()
    entries = await ledger.read(stream_of(screening.number))
    return covered_lines(await kept(ledger), entries, texts)


def covered_lines(
    checkpoints: Sequence[Kept], entries: Sequence[Entry], texts: Texts
) -> tuple[str, ...]:
    """The same where the checkpoints and the entries of a signed screening are at hand."""
    position = max(one.position for one in entries if one.kind == ScreeningSigned.kind)
    words = texts.evidence
    found = covering(checkpoints, position)
    if found is None:
        return (f"{words.heading}{texts.colon}{words.not_covered}",)
    said = words.covers(found.said.head.position, position)
    lines = found.text.rstrip("\n").split("\n")
    head = f"{words.heading}{texts.colon}{said}"
    return (head, *(f"  {line}".rstrip() for line in lines), *_stamp_line(found, texts))


def _stamp_line(checkpoint: Kept, texts: Texts) -> tuple[str, ...]:
    """What the stamp of a checkpoint says of itself; whether it can be relied on is not told."""
    if checkpoint.stamp is None:
        return ()
    said = check_stamp(checkpoint.stamp, checkpoint.text, ())
    return (texts.documents.stamp_says(said.at),) if isinstance(said, Stamped) else ()


def copied_lines(made: Copied, name: str, now: datetime, texts: Texts, *, back: bool) -> str:
    """How many events a copy holds, their digest, and how old the newest is."""
    words = texts.evidence
    say = words.restored if back else words.backed_up
    first = say(name, made.head.position, made.head.digest.hex())
    if made.newest is None:
        return f"{first}\n{words.no_events}"
    try:
        age = now - datetime.fromisoformat(made.newest)
    except (ValueError, TypeError):
        return first
    return f"{first}\n{words.newest(max(0, int(age.total_seconds())), made.newest)}"


def not_copied_line(refused: NotCopied, texts: Texts) -> str:
    """Why nothing was copied."""
    if refused.fault is not None:
        why = reason_of(refused.fault, texts)
        return texts.evidence.broken(str(refused.path), refused.fault.position, why)
    return texts.evidence.refusals[refused.why.name](str(refused.path))


def reason_of(fault: Fault, texts: Texts) -> str:
    """What is wrong with the event at which the chain breaks."""
    return texts.commands.chain_reasons[fault.why.name]
