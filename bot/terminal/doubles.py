"""Before a screening is opened in the terminal: may it be of the same patient?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

import click

from bot.cards.typing import plain
from bot.terminal.paint import wrapped
from bot.texts.shape import Texts
from flows.log import Line


class Choice(Enum):
    """What was chosen."""

    ANOTHER = "another"
    SAME = "same"
    CANCEL = "cancel"


def choose(
    other: Line,
    name: str,
    now: datetime,
    texts: Texts,
    hear: Callable[[], str | None],
    say: Callable[[str], None],
) -> Choice:
    """Ask until one of the three is typed, by number, word or label; the input's end cancels."""
    words = texts.again
    ago = int(max(now - other.opened_at, timedelta()) / timedelta(minutes=1))
    said = words.same(ago, other.number, name)
    labels = {
        Choice.ANOTHER: words.another,
        Choice.SAME: words.open_that,
        Choice.CANCEL: words.cancel,
    }
    say(click.style(wrapped(said, "! "), fg="yellow"))
    for place, label in enumerate(labels.values(), start=1):
        say(f"{place:>3}) {label}")
    while (line := hear()) is not None:
        for place, (choice, label) in enumerate(labels.items(), start=1):
            if plain(line) in (str(place), choice.value, plain(label)):
                return choice
        if line.strip():
            say(click.style(f"! {texts.commands.not_a_button(len(labels))}", fg="yellow"))
    return Choice.CANCEL
