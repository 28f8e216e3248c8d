"""The variables of TI and IE (SDTMIG 3.4, sections 7.4.1 and 6.3.4), and rows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

Cell: TypeAlias = str | int
Record: TypeAlias = Mapping[str, Cell]
"""A row by the names of its variables."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A column. `width` is that of a text, in characters; a number has none.

    `key` is its place among those that a row is known by. A `day` is a date of ISO 8601, as text.
    """

    name: str
    label: str
    width: int | None = None
    key: int | None = None
    day: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """One domain."""

    name: str
    label: str
    variables: tuple[Variable, ...]

    def without(self, *names: str) -> Dataset:
        """The same without these variables."""
        kept = tuple(one for one in self.variables if one.name not in names)
        return Dataset(self.name, self.label, kept)


class Container(Protocol):
    """A file format that takes rows one after the other."""

    def write(self, record: Record) -> None:
        """One row more."""
        ...

    def close(self) -> None:
        """Nothing more comes; the file itself stays open."""
        ...


_STUDY: Final = Variable("STUDYID", "Study Identifier", 20, key=1)
_DOMAIN: Final = Variable("DOMAIN", "Domain Abbreviation", 2)
_TEST: Final = Variable("IETEST", "Inclusion/Exclusion Criterion", 200)
_CATEGORY: Final = Variable("IECAT", "Inclusion/Exclusion Category", 9)

TI: Final = Dataset(
    "TI",
    "Trial Inclusion/Exclusion Criteria",
    (
        _STUDY,
        _DOMAIN,
        Variable("IETESTCD", "Incl/Excl Criterion Short Name", 8, key=2),
        _TEST,
        _CATEGORY,
        Variable("TIVERS", "Protocol Criteria Versions", 40, key=3),
    ),
)

IE: Final = Dataset(
    "IE",
    "Inclusion/Exclusion Criteria Not Met",
    (
        _STUDY,
        _DOMAIN,
        Variable("USUBJID", "Unique Subject Identifier", 64, key=2),
        Variable("IESEQ", "Sequence Number"),
        Variable("IETESTCD", "Inclusion/Exclusion Criterion Short Name", 8, key=3),
        _TEST,
        _CATEGORY,
        Variable("IEORRES", "I/E Criterion Original Result", 1),
        Variable("IESTRESC", "I/E Criterion Result in Std Format", 1),
        Variable("IEDTC", "Date/Time of Collection", 10, day=True),
        Variable("IEDY", "Study Day of Collection"),
    ),
)
