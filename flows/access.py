"""Access: what was refused, and the life of PINs. Part of the audit trail (E6(R3) 4.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class PinChosen:
    """Somebody chose the PIN with which they sign; the PIN itself is nowhere in the ledger."""

    kind: ClassVar[Literal["pin-chosen"]] = "pin-chosen"
    person: str


@dataclass(frozen=True, slots=True)
class PinReset:
    """An administrator let somebody choose a new PIN, without ever knowing one."""

    kind: ClassVar[Literal["pin-reset"]] = "pin-reset"
    person: str


@dataclass(frozen=True, slots=True)
class PinLocked:
    """Too many wrong PINs: no more is compared until this moment."""

    kind: ClassVar[Literal["pin-locked"]] = "pin-locked"
    person: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AccessRefused:
    """A known person wanted to do what the policy does not allow; nothing was done.

    `about` is the screening number, the site or the trial that it was about, never an answer.
    """

    kind: ClassVar[Literal["access-refused"]] = "access-refused"
    action: str
    about: str


AccessEvent: TypeAlias = AccessRefused | PinChosen | PinReset | PinLocked
