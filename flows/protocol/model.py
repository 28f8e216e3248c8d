"""What a protocol file may say: the second of the three moves from text to protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flows.protocol.conditions import Code, Condition, Form, Number, Quantity

CriterionId = Annotated[str, Field(pattern=r"^[IE][1-9][0-9]?$")]
"""`I1`…`I99` for inclusion, `E1`…`E99` for exclusion."""

Line = Annotated[str, Field(min_length=1, max_length=2000)]


class Words(Form):
    """One sentence in each language of the product."""

    en: Line
    fr: Line

    def of(self, language: str) -> str:
        """The sentence in `language` ("en" or "fr")."""
        return self.fr if language == "fr" else self.en


class Outcome(StrEnum):
    """What a row of a rule says about its criterion."""

    PASS = "pass"
    FAIL = "fail"
    UNDETERMINED = "undetermined"
    JUDGEMENT = "judgement"


class Row(Form):
    """One row of a decision table: the first row that holds decides."""

    when: Condition | None = None
    then: Annotated[Outcome, Field(strict=False)]
    open_until: Code | None = None
    """The deadline until which time alone keeps this undetermined ("not yet")."""


class Refusal(Form):
    """An answer that contradicts another: never accepted."""

    when: Condition
    message: Words


class Option(Form):
    """A code that may be chosen, with its button label."""

    code: Code
    label: Words
    rare: bool = False
    """Shown behind "more answers…"."""


class Band(Form):
    """What is stored instead of the exact number: only that it lies beyond a bound."""

    below: Number | None = None
    at_least: Number | None = None
    above: Number | None = None

    @model_validator(mode="after")
    def _has_one_bound(self) -> Band:
        if len(self.model_fields_set) != 1:
            raise ValueError("expected exactly one of below, at_least, above")
        return self


class InputType(StrEnum):
    """How an input is asked and read."""

    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    CHOICE = "choice"
    YES_NO = "yes_no"


class Input(Form):
    """One fact asked for."""

    id: Code
    question: Words
    type: Annotated[InputType, Field(strict=False)]
    unit: Words | None = None
    minimum: int | None = None
    maximum: int | None = None
    choices: list[Option] = []
    non_answers: list[Option] = []
    applies_when: Condition | None = None
    """While this is false the input is not asked and counts as `not_applicable`."""
    when_absent: Code | None = None
    """An optional input: the code it counts as when no answer is given at all."""
    record_only: bool = False
    """Kept for the record; no rule reads it and the conversation does not ask it."""
    refuse: list[Refusal] = []
    warn: list[Refusal] = []
    keep: list[Band] = []
    """Bands stored instead of the number itself (data minimisation)."""
    keep_precision_for: Condition | None = None
    """A date is stored only as precisely as this condition needs to be settled."""


class Deadline(Form):
    """A named date, shown while its condition holds and its criterion is undetermined."""

    name: Code
    label: Words
    date: Quantity
    when: Condition | None = None


class Judgement(Form):
    """What the investigator is asked when all facts are known and the text does not decide."""

    question: Words


class Change(Form):
    """Whether, and until when, the answer may change."""

    expected: bool
    until: Words


class Criterion(Form):
    """One eligibility criterion in the protocol's words, with its inputs and its rule."""

    id: CriterionId
    kind: Literal["inclusion", "exclusion"]
    text: Words
    confidential: bool = False
    """The criterion itself reveals something: never named outside the record."""
    inputs: list[Input] = []
    rule: list[Row] = Field(min_length=1)
    rule_text: Words
    judgement: Judgement | None = None
    deadlines: list[Deadline] = []
    help: Words
    meanings: dict[str, Words] = {}
    """What a non-answer means for this criterion, by code or by `code (input)`."""
    may_change: Change
    open_points: list[Words] = []
    note: Words | None = None
    sources: list[Code] = Field(min_length=1)


class Signer(StrEnum):
    """Who signs a verdict at a site (21 CFR 11.10(g)), each with a current delegation there."""

    INVESTIGATOR = "investigator"
    PRINCIPAL_INVESTIGATOR = "principal_investigator"


class Source(Form):
    """Where a statement of the file comes from."""

    id: Code
    text: Line


class Protocol(Form):
    """The whole file: one version of one trial's eligibility criteria."""

    format: Literal[1]
    id: Code
    version: Annotated[str, Field(min_length=1, max_length=40)]
    acronym: Line
    title: Words
    status: Words
    registry_ids: dict[str, str]
    time_zone: Line
    date_rule: Words
    target: Annotated[int, Field(gt=0)]
    """Participants to enrol."""
    signed_by: Annotated[Signer, Field(strict=False)] = Signer.INVESTIGATOR
    advisories: list[Deadline] = []
    """Dates shown beside the verdict and never used to decide."""
    criteria: list[Criterion] = Field(min_length=1)
    sources: list[Source] = []

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All inputs, in protocol order."""
        return tuple(entry for criterion in self.criteria for entry in criterion.inputs)
