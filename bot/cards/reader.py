"""Who looks at a card: what they may do, and what their front can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.cards.attempts import ALONE, Attempts


def _same(person: str) -> str:
    return person


@dataclass(frozen=True, slots=True)
class Reader:
    """What a card needs to know of whoever reads it.

    `colleagues` are those who may carry on instead (id and name); `taps` says that the front has
    buttons that copy and cards that fold. `screens` says that they may begin a new attempt,
    `asks` that coordinators can be asked about a criterion.
    """

    person: str = ""
    judges: bool = True
    promotes: bool = True
    signs: bool = False
    screens: bool = False
    asks: bool = False
    colleagues: tuple[tuple[str, str], ...] = ()
    taps: bool = False
    name_of: Callable[[str], str] = _same
    attempts: Attempts = ALONE
