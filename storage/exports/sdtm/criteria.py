"""The criteria of a trial in all its versions, as TI lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flows.protocol.model import Criterion, Protocol
from flows.tallies import CONFIDENTIAL, Criteria
from storage.exports.form import About
from storage.exports.sdtm.text import LONGEST, ascii_of, shortened

CATEGORIES: Final = {"inclusion": "INCLUSION", "exclusion": "EXCLUSION"}
"""IECAT (NCI C66797) by kind of criterion."""

_PREFIXES: Final = {"inclusion": "IN", "exclusion": "EX"}


@dataclass(frozen=True, slots=True)
class CodedCriterion:
    """A criterion as SDTM names it: IETESTCD, IETEST, IECAT, and TIVERS.

    A `merged` one stands for every confidential criterion of its category.
    """

    code: str
    text: str
    category: str
    version: str
    merged: bool = False


@dataclass(frozen=True, slots=True)
class CodedCriteria:
    """Every test of a trial: by protocol file (its SHA-256) and criterion, in protocol order.

    Where `criteria` says which may be named, each kind that has others gets one test more, under
    the id `CONFIDENTIAL`; so its exceptions can be counted and nobody's reason is told.
    """

    by_book: Mapping[str, Mapping[str, CodedCriterion]]
    criteria: Criteria | None

    @classmethod
    def of(cls, about: About) -> CodedCriteria:
        """Those of all versions of the protocol. Raises NotSound for a text that has no ASCII."""
        criteria = None if about.dates else Criteria.of(about.book.protocol)
        codes = _Codes()
        return cls(
            {book.sha256: _tests(book.protocol, codes, criteria) for book in about.books}, criteria
        )

    def all(self) -> Iterable[CodedCriterion]:
        """In the order of TI."""
        return (test for tests in self.by_book.values() for test in tests.values())

    def of_criterion(self, sha256: str, criterion: str) -> CodedCriterion:
        """The test of a criterion that somebody did not meet, under the version of the screening.

        Raises KeyError: the protocol file has no such criterion.
        """
        tests = self.by_book[sha256]
        if self.criteria is None or criterion in self.criteria.named:
            return tests[criterion]
        return tests[f"{CONFIDENTIAL} {tests[criterion].category}"]


def study_of(protocol: Protocol) -> str:
    """STUDYID: the sponsor's number of the study where the file has it, or the file's own id."""
    return ascii_of(protocol.registry_ids.get("sponsor_code", protocol.id.upper()))


class _Codes:
    """Codes that are the same as long as the wording is, over all versions (SDTMIG 3.4, 7.4.1)."""

    def __init__(self) -> None:
        self._wordings: dict[str, list[str]] = {}
        self._texts: dict[str, str] = {}

    def test(self, criterion: Criterion, version: str) -> CodedCriterion:
        """The test of one criterion in one version."""
        full = ascii_of(criterion.text.en)
        wordings = self._wordings.setdefault(criterion.id, [])
        if full not in wordings:
            wordings.append(full)
        place = wordings.index(full)
        code = f"{_PREFIXES[criterion.kind]}{int(criterion.id[1:]):02d}{_letter(place)}"
        return CodedCriterion(code, self._text(full, code), CATEGORIES[criterion.kind], version)

    def _text(self, full: str, code: str) -> str:
        """IETEST: one for each code, and one code for each."""
        text = shortened(full)
        if self._texts.setdefault(text, code) == code:
            return text
        mark = f" [{code}]"
        return shortened(full, LONGEST - len(mark)) + mark


def _letter(place: int) -> str:
    """Nothing for the first wording, then A to Z; digits after that."""
    return "" if place == 0 else chr(64 + place) if place <= 26 else str(place)


def _tests(
    protocol: Protocol, codes: _Codes, criteria: Criteria | None
) -> dict[str, CodedCriterion]:
    tests = {one.id: codes.test(one, ascii_of(protocol.version)) for one in protocol.criteria}
    if criteria is None:
        return tests
    hidden = [one.kind for one in protocol.criteria if one.id not in criteria.named]
    for kind in dict.fromkeys(hidden):
        merged = CodedCriterion(
            f"{_PREFIXES[kind]}CONF",
            f"A confidential {kind} criterion",
            CATEGORIES[kind],
            ascii_of(protocol.version),
            merged=True,
        )
        tests[f"{CONFIDENTIAL} {merged.category}"] = merged
    return tests
