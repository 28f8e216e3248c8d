"""The machine's clock, as far as the record must know of it.

Events keep the order of the ledger, not that of their times (ALCOA: contemporaneous). When the
clock is found to have gone backwards, that is itself recorded, so that a reader of the trail knows
why a later event bears an earlier time (E6(R3) 4.2.2; EMA computerised systems 2023, 6.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class ClockSetBack:
    """The clock shows less than the newest time in the ledger: that time, and by how much.

    `seconds` is a whole number, at least one. The event itself bears the time as it is now.
    """

    kind: ClassVar[Literal["clock-set-back"]] = "clock-set-back"
    newest: datetime
    seconds: int


ClockEvent: TypeAlias = ClockSetBack
"""Kept in the stream `clock/set-back`."""
