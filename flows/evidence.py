"""Evidence that survives whoever has the database: signed heads of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class CheckpointSigned:
    """The head of the ledger was signed; kept in the stream `checkpoint/ledger`.

    `text` is the whole signed note, word for word. `stamp` is the RFC 3161 answer over it, in
    base64: it comes later, and then the checkpoint stands a second time, with it.
    """

    kind: ClassVar[Literal["checkpoint-signed"]] = "checkpoint-signed"
    text: str
    stamp: str | None = None
