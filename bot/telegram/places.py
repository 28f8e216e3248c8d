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
    """Where in the log somebody is: a list and its page, as `open.0` in a button.

    `trial` counts the trials of the installation from 1, as in `open.0.2`: a button has no room
    for a long name, and a list is only looked at. With 0 it is of all of them.
    """

    filter: Filter = Filter.OPEN
    page: int = 0
    trial: int = 0

    def __str__(self) -> str:
        place = f"{self.filter.value}.{self.page}"
        return f"{place}.{self.trial}" if self.trial else place


NOWHERE: Final = "-"
"""Stands for the place of a case that was opened from a notice: there is no list to go back to."""


def read_place(text: str) -> Place | None:
    """The place that a button carries; None when it is none."""
    name, *numbers = text.split(".")
    if name not in list(Filter) or not 1 <= len(numbers) <= 2:
        return None
    if not all(one.isascii() and one.isdecimal() and len(one) < 5 for one in numbers):
        return None
    return Place(Filter(name), *map(int, numbers))


def in_twos(keys: list[Button]) -> list[list[Button]]:
    """Two buttons a row."""
    return [keys[at : at + 2] for at in range(0, len(keys), 2)]
