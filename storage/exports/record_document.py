"""A screening record as it stands on paper, its words already in the reader's language.

Printed name, date and time, and meaning of a signature stand on it (21 CFR 11.50), the screening
number and the page of how many on every page, and a code with which the ledger can confirm it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

Pairs = tuple[tuple[str, str], ...]
"""Labels, each with its value."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer or a judgement that stands; "" where none stands any more.

    `how` is how it came to stand: who, when, old and new value, and the reason.
    """

    text: str
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriterionPart:
    """A criterion in the protocol's words; `outcome` is "pass", "fail", "open" or "none"."""

    id: str
    text: str
    outcome: str
    finding: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class TrailPart:
    """A trail: its heading, what is to be known of it, the heads of its columns, its rows."""

    heading: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SignaturePart:
    """A signature that stands: what it says, and the hash of the record that was signed.

    `bound` says that this is the hash of what is printed; where it is not, the print bears a mark.
    """

    heading: str
    rows: Pairs
    record_sha256: str
    proof: tuple[str, ...]
    bound: bool = True


@dataclass(frozen=True, slots=True)
class CodePart:
    """The code of the print, its own record hash, and how it is checked."""

    text: str
    record_sha256: str
    number: str
    heading: str
    how: str


@dataclass(frozen=True, slots=True)
class RecordDocument:
    """The whole record. `at` is the time of its last event; `marks` say what it is not.

    `expected` are the ids of the protocol's criteria: every one of them has to stand on it. Of a
    screening that was erased only `notes` are left. `verdict` is the label of the verdict in
    `head`.
    """

    language: str
    number: str
    title: str
    subtitle: str
    at: datetime
    page_of: tuple[str, str]
    marks: tuple[str, ...]
    watermark: str
    head: Pairs
    notes: tuple[str, ...]
    verdict: str
    signature: SignaturePart | None = None
    code: CodePart | None = None
    criteria_heading: str = ""
    criteria_head: tuple[str, ...] = ()
    criteria: tuple[CriterionPart, ...] = ()
    trails: tuple[TrailPart, ...] = ()
    expected: tuple[str, ...] = ()


def faults_of(document: RecordDocument) -> Iterator[str]:
    """What would make the print say something else than the record: nothing, where it is sound."""
    printed = tuple(part.id for part in document.criteria)
    if printed != document.expected:
        yield "its criteria are not those of the protocol"
    if document.number not in document.title:
        yield "its number does not stand in its title"
    code, signature = document.code, document.signature
    if code is not None and code.number != document.number:
        yield "its code is that of another record"
    if signature is None:
        return
    if not all(value.strip() for _, value in signature.rows):
        yield "its signature lacks the name, the time or the meaning"
    if code is None or signature.bound != (signature.record_sha256 == code.record_sha256):
        yield "what was signed is not what is printed"
    if not (signature.bound or document.marks):
        yield "no mark says that something else was signed"
