"""Access that was refused: part of the audit trail, as access that was given is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class AccessRefused:
    """A known person wanted to do what the policy does not allow; nothing was done.

    `about` is the screening number or the site that it was about, never an answer.
    """

    kind: ClassVar[Literal["access-refused"]] = "access-refused"
    action: str
    about: str
