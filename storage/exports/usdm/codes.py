"""Terms of CDISC's controlled terminology that the export needs, by their NCI codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """A term and the release of the terminology that it was read in."""

    code: str
    decode: str
    release: str


_PROTOCOL, _DDF = "2025-03-28", "2024-09-27"

CATEGORIES: Final = {
    "inclusion": Term("C25532", "Inclusion Criteria", _PROTOCOL),
    "exclusion": Term("C25370", "Exclusion Criteria", _PROTOCOL),
}
"""C66797, by kind of criterion."""

UNKNOWN: Final = Term("C17998", "Unknown", _PROTOCOL)
OFFICIAL_TITLE: Final = Term("C207616", "Official Study Title", _DDF)
ACRONYM: Final = Term("C94108", "Study Acronym", _DDF)
REGISTRY: Final = Term("C93453", "Clinical Study Registry", _DDF)
SPONSOR: Final = Term("C70793", "Clinical Study Sponsor", _DDF)

ISSUERS: Final = {
    "nct": ("ClinicalTrials.gov", REGISTRY),
    "ctis": ("EU Clinical Trials Information System", REGISTRY),
    "eudract": ("EudraCT", REGISTRY),
    "sponsor_code": ("Sponsor", UNKNOWN),
}
"""Who gives the numbers that a protocol file names, by the names it gives them."""
