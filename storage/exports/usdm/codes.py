"""Terms of CDISC's controlled terminology that the export needs, by their NCI codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the release 2024-09-27, to which USDM 4.0's own examples refer."""

    code: str
    decode: str
    release: str = "2024-09-27"


CATEGORIES: Final = {
    "inclusion": Term("C25532", "Inclusion Criteria"),
    "exclusion": Term("C25370", "Exclusion Criteria"),
}
"""C66797, by kind of criterion."""

UNKNOWN: Final = Term("C17998", "Unknown")
OFFICIAL_TITLE: Final = Term("C207616", "Official Study Title")
ACRONYM: Final = Term("C94108", "Study Acronym")
REGISTRY: Final = Term("C93453", "Study Registry")
SPONSOR: Final = Term("C70793", "Clinical Study Sponsor")

ISSUERS: Final = {
    "nct": ("ClinicalTrials.gov", REGISTRY),
    "ctis": ("EU Clinical Trials Information System", REGISTRY),
    "eudract": ("EudraCT", REGISTRY),
    "sponsor_code": ("Sponsor", UNKNOWN),
}
"""Who gives the numbers that a protocol file names, by the names it gives them."""
