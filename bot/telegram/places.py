"""Where in the log somebody is, as a button carries it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from flows.listing import Filter

Button = tuple[str, str]
Follow = tuple[int, Callable[..., Awaitable[str]]]
"""How many words a button carries, and what follows it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the log somebody is: a list and its page, as `open.0` in a button."""

    filter: Filter = Filter.OPEN
    page: int = 0

    def __str__(self) -> str:
        return f"{self.filter.value}.{self.page}"


NOWHERE: Final = "-"
"""Stands for the place of a case that was opened from a notice: there is no list to go back to."""


def read_place(text: str) -> Place | None:
    """The place that a button carries; None when it is none."""
    name, _, page = text.partition(".")
    if name not in list(Filter) or not (page.isascii() and page.isdecimal() and len(page) < 5):
        return None
    return Place(Filter(name), int(page))


def in_twos(keys: list[Button]) -> list[list[Button]]:
    """Two buttons a row."""
    return [keys[at : at + 2] for at in range(0, len(keys), 2)]
