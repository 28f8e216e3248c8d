"""What a condition may say in a protocol file: rules are data, and this is their grammar.

Every class is one shape in the YAML file. They refuse unknown keys, so a slip of the pen is a
fault with a place, never a rule that is silently left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

DATE_OF_SCREENING = "date_of_screening"
"""The built-in date that every rule may use: the calendar day on which it is evaluated."""

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A machine word: what is stored, never what is shown."""


class Form(BaseModel):
    """The common ground of all shapes: closed, and unchangeable once read."""

    # Deferred: what is read is a whole protocol, and a validator for each shape takes a megabyte.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Quantity(Form):
    """A number or a day to compare with: an input's value, moved by days or years."""

    value: Code
    plus_days: int = 0
    plus_years: int = 0


Number = Annotated[
    int | Annotated[float, Field(allow_inf_nan=False)], Field(union_mode="left_to_right")
]
"""A number as the file has it: 18 stays 18, so that it is kept as `< 18`."""

Measure = Annotated[Number | Quantity, Field(union_mode="left_to_right")]


class Is(Form):
    """True when the input's code is one of these; a quantity is never one of them."""

    input: Code
    is_: Code | Annotated[list[Code], Field(min_length=1)] = Field(alias="is")

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes for which it is true."""
        return (self.is_,) if isinstance(self.is_, str) else tuple(self.is_)


class Comparison(Form):
    """At least one of the four comparisons; several must all hold."""

    at_least: Measure | None = None
    at_most: Measure | None = None
    below: Measure | None = None
    above: Measure | None = None

    @model_validator(mode="after")
    def _compares_with_something(self) -> Comparison:
        if not any(True for _ in self.bounds()):
            raise ValueError("expected at_least, at_most, below or above")
        return self

    def bounds(self) -> Iterator[tuple[str, float | Quantity]]:
        """The comparisons that are present, by name."""
        for name in ("at_least", "at_most", "below", "above"):
            bound = getattr(self, name)
            if bound is not None:
                yield name, bound


class Compare(Comparison, Quantity):
    """Compares an input's value; unknown while the value is not known."""


class Days(Comparison):
    """Compares the whole calendar days from one date to another; the same day is 0."""

    days_from: Code
    days_to: Code


class Known(Form):
    """True when the input holds a number or a date, false when it holds a code or nothing."""

    known: Code


class AllOf(Form):
    """True when all parts are."""

    all: list[Condition] = Field(min_length=1)


class AnyOf(Form):
    """True when any part is."""

    any: list[Condition] = Field(min_length=1)


class Not(Form):
    """Turns true and false round; unknown stays unknown."""

    not_: Condition = Field(alias="not")


class Surely(Form):
    """True only when the part is known to be true: it never stays unknown."""

    surely: Condition


_SHAPES = {
    "input": "is",
    "value": "compare",
    "days_from": "days",
    "all": "all",
    "any": "any",
    "not": "not",
    "surely": "surely",
    "known": "known",
}


def _shape(found: object) -> str | None:
    if not isinstance(found, dict):
        return None
    return next((shape for key, shape in _SHAPES.items() if key in found), None)


Condition = Annotated[
    Annotated[Is, Tag("is")]
    | Annotated[Compare, Tag("compare")]
    | Annotated[Days, Tag("days")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Surely, Tag("surely")]
    | Annotated[Known, Tag("known")],
    Discriminator(
        _shape,
        custom_error_type="condition",
        custom_error_message="expected a condition: input/is, value, days_from/days_to, "
        "all, any, not, surely or known",
    ),
]


def parts(condition: Condition) -> Iterator[Condition]:
    """A condition and all conditions inside it."""
    yield condition
    match condition:
        case AllOf():
            inner = condition.all
        case AnyOf():
            inner = condition.any
        case Not():
            inner = [condition.not_]
        case Surely():
            inner = [condition.surely]
        case _:
            inner = []
    for part in inner:
        yield from parts(part)


def names_of(part: Condition) -> list[str]:
    """The inputs that this one condition reads, without those inside it."""
    names: list[str] = []
    match part:
        case Is():
            names = [part.input]
        case Known():
            names = [part.known]
        case Days():
            names = [part.days_from, part.days_to]
        case Compare():
            names = [part.value]
        case _:
            return []
    if isinstance(part, Comparison):
        names += [bound.value for _, bound in part.bounds() if isinstance(bound, Quantity)]
    return [name for name in names if name != DATE_OF_SCREENING]


def names_in(condition: Condition) -> frozenset[str]:
    """All inputs that a condition reads, the built-in date left out."""
    return frozenset(name for part in parts(condition) for name in names_of(part))
