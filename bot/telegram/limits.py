"""How long a call to the Bot API may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """The seconds that each part of a call may take; None waits for ever.

    `read` is for the answer, `pool` for a free place among the connections.
    """

    connect: float | None = 5.0
    read: float | None = 10.0
    write: float | None = 10.0
    pool: float | None = 5.0

    @property
    def connection(self) -> float | None:
        """For a place and a connection together."""
        if self.connect is None or self.pool is None:
            return None
        return self.connect + self.pool


USUAL: Final = Limits()
