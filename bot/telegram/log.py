"""The log in the conversation: lists that are turned, filtered and tapped, in one message."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Final

from bot.pages.log import list_lines
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.painter import Drawing, Painter
from bot.telegram.places import Button, Follow, Place, in_twos, read_place
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from bot.texts.shape import Texts
from flows.listing import Filter, selected
from flows.policy import Action
from flows.tallies import recruited

PAGE: Final = 8
"""Cases on one page: as many as a thumb tells apart, in a text that needs no scrolling."""


class LogTalk:
    """Shows the lists to those who may read the log."""

    def __init__(self, register: Register, shelf: Shelf, painter: Painter, trial: str) -> None:
        self._register, self._shelf, self._painter = register, shelf, painter
        self._trial = trial

    def buttons(self, message: int | None) -> Mapping[str, Follow]:
        """What each kind of button does; `message` is the one that it stands under."""
        return {"log": (1, partial(self._turn, message))}

    async def list_log(self, speaker: Speaker) -> None:
        """What is open, as a message of its own."""
        if not speaker.sites_for(Action.LOG):
            words = speaker.texts.chat.not_your_role
            await self._painter.show(Drawing(speaker.chat, words, words))
            return
        await self._draw_list(speaker, Place(), None)

    async def _turn(self, message: int | None, speaker: Speaker, text: str) -> str:
        place = read_place(text)
        if place is None:
            return speaker.texts.chat.not_a_button
        if not speaker.sites_for(Action.LOG):
            return speaker.texts.chat.not_your_role
        await self._draw_list(speaker, place, message)
        return ""

    async def _draw_list(self, speaker: Speaker, place: Place, message: int | None) -> None:
        texts, words = speaker.texts, speaker.texts.log
        mine = [one for one in self._register.lines.values() if speaker.may(Action.LOG, one.site)]
        found = selected(mine, place.filter, speaker.now)
        last = max(0, len(found) - 1) // PAGE
        place = Place(place.filter, min(place.page, last))
        shown = found[place.page * PAGE : (place.page + 1) * PAGE]
        name_of = self._register.directory.name_of
        lines = list_lines(
            [(one, self._register.case(one.number)) for one in shown], texts, name_of
        )
        heading = f"<b>{escape(words.heading(words.filters[place.filter], len(found)))}</b>"
        if last:
            heading += f" ({place.page + 1}/{last + 1})"
        text = "\n".join([*self.recruitment(texts), "", heading, *(lines or [words.nothing])])
        numbers = [(one.number, f"{MARK}case:{one.number}:{place}") for one in shown]
        keys = [*in_twos(numbers), *_turns(place, last, texts), *_filters(place, texts)]
        drawing = Drawing(speaker.chat, text, text, as_keyboard(keys), message=message)
        await self._painter.show(drawing)

    def recruitment(self, texts: Texts) -> list[str]:
        """How far the trial is, whether the target is reached, and whether it is closed."""
        protocol = self._shelf.current(self._trial).protocol
        register, target = self._register, protocol.target
        count = recruited(register.lines.values(), register.cases, protocol.id)
        reached = count >= target
        said = texts.duty.target(count, target) if reached else texts.log.recruitment(count, target)
        closed = [texts.remarks.trial_closed] if protocol.id in register.closed else []
        return [escape(line) for line in (said, *closed)]


def _turns(place: Place, last: int, texts: Texts) -> list[list[Button]]:
    words, keys = texts.log, []
    if place.page:
        keys.append((words.previous, f"{MARK}log:{Place(place.filter, place.page - 1)}"))
    if place.page < last:
        keys.append((words.following, f"{MARK}log:{Place(place.filter, place.page + 1)}"))
    return [keys] if keys else []


def _filters(place: Place, texts: Texts) -> list[list[Button]]:
    named = [
        (
            f"{'• ' if one is place.filter else ''}{texts.log.filters[one]}",
            f"{MARK}log:{Place(one)}",
        )
        for one in Filter
    ]
    return in_twos(named)
