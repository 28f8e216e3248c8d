"""The blank screening form for paper: what is asked, in the reader's language, and room to answer.

For the time when the system is down (ICH E6(R3) 4.3.6). Nothing on it asks who the patient is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asks:
    """One question with the room for its answer.

    `kind` is "choice", "number", "date" or "partial". `options` and `non_answers` are ticked;
    `bands` are ticked in place of a number beyond the limits. `hint` stands beside the room.
    """

    question: str
    kind: str
    only_if: str = ""
    hint: str = ""
    options: tuple[str, ...] = ()
    non_answers: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormCriterion:
    """One criterion: the protocol's words, its questions, its rule in words, what may be found."""

    id: str
    kind: str
    text: str
    rule: str
    asks: tuple[Asks, ...]
    judgement: str
    judgements: tuple[str, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormWords:
    """What stands around the questions, in one language."""

    page_of: tuple[str, str]
    purpose: str
    rules: tuple[str, ...]
    fields: tuple[str, ...]
    number: str
    date_boxes: tuple[str, ...]
    band: str
    finding: str
    at: str
    verdict: str
    verdicts: tuple[tuple[str, str], ...]
    dates: str
    signature: str
    meanings: tuple[str, ...]
    signature_fields: tuple[str, ...]
    entered: str
    entered_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormDocument:
    """The form, from the first line to the signature.

    `foot` stands on every page beside the title. `status` is what the protocol file says of
    itself; `dates` are to be filled in. `expected` are the ids of the protocol's criteria.
    """

    language: str
    title: str
    subtitle: str
    foot: str
    at: datetime
    status: str
    words: FormWords
    criteria: tuple[FormCriterion, ...]
    dates: tuple[str, ...]
    expected: tuple[str, ...]


def form_faults(document: FormDocument) -> Iterator[str]:
    """What would make the paper ask something else than the protocol; nothing where it is sound."""
    if tuple(one.id for one in document.criteria) != document.expected:
        yield "its criteria are not those of the protocol, in its order"
    for criterion in document.criteria:
        if not (criterion.text and criterion.rule and criterion.findings):
            yield f"{criterion.id} lacks its words"
        for asks in criterion.asks:
            if asks.kind == "choice" and not asks.options:
                yield f"{criterion.id} asks for a choice and offers none"
