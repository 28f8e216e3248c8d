"""What coordinators do about a screening: kept beside it, so that no card moves on for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class CaseTaken:
    """A coordinator follows this case from now on, in place of whoever did before."""

    kind: ClassVar[Literal["case-taken"]] = "case-taken"
    number: str
