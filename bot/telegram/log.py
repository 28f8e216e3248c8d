"""The log in the conversation: lists that are turned, filtered and tapped, in one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import Final

from bot.lists import Asked, Page, page_of
from bot.pages.log import list_lines
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.choice import Choice
from bot.telegram.painter import Drawing, Painter
from bot.telegram.places import Button, Follow, Place, in_twos, read_place
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from bot.texts.shape import Texts
from flows.listing import Filter
from flows.log import Line
from flows.policy import Action
from flows.trials import Placed

PAGE: Final = 8
"""Cases on one page: as many as a thumb tells apart, in a text that needs no scrolling."""


class LogTalk:
    """Shows the lists to those who may read the log."""

    def __init__(self, register: Register, shelf: Shelf, painter: Painter, choice: Choice) -> None:
        self._register, self._shelf, self._painter = register, shelf, painter
        self._choice = choice

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
        place, found = self._found(speaker, place)
        last = max(0, found.count - 1) // PAGE
        shown = found.lines
        lines = self._lines(speaker, shown, place)
        heading = f"<b>{escape(words.heading(words.filters[place.filter], found.count))}</b>"
        if last:
            heading += f" ({place.page + 1}/{last + 1})"
        stands = self._stands(speaker, place)
        text = "\n".join([*stands, "", heading, *(lines or [words.nothing])])
        numbers = [(one.number, f"{MARK}case:{one.number}:{place}") for one in shown]
        keys = [*in_twos(numbers), *_turns(place, last, texts), *_filters(place, texts)]
        keys += in_twos(self._trials(speaker, place))
        drawing = Drawing(speaker.chat, text, text, as_keyboard(keys), message=message)
        await self._painter.show(drawing)

    def _found(self, speaker: Speaker, place: Place) -> tuple[Place, Page]:
        """What the speaker may read of a list; of all their trials where that one is not theirs."""
        may, chosen = self._choice.allowed(speaker, Action.LOG), self._chosen(speaker, place)
        if chosen is None:
            place = replace(place, trial=0)

        def mine(what: Placed) -> bool:
            return may(what) and chosen in (None, what.trial)

        asked = Asked(place.filter, mine, speaker.now)
        found = page_of(self._register.screenings, asked, place.page, PAGE)
        return replace(place, page=found.page), found

    def _chosen(self, speaker: Speaker, place: Place) -> str | None:
        """The one trial that a list is of, for whoever has several."""
        mine = self._choice.trials(speaker, Action.LOG)
        named = self._shelf.trials[place.trial - 1 : place.trial] if place.trial else ()
        return next((one for one in named if one in mine and len(mine) > 1), None)

    def _lines(self, speaker: Speaker, shown: list[Line], place: Place) -> list[str]:
        found = [(one, self._register.case(one.number)) for one in shown]
        named = self._choice.several(speaker) and not place.trial
        trial_of = self._choice.acronym if named else None
        return list_lines(found, speaker.texts, self._register.directory.name_of, trial_of)

    def _stands(self, speaker: Speaker, place: Place) -> list[str]:
        """How far each trial of the list is."""
        chosen = self._chosen(speaker, place)
        trials = [chosen] if chosen else self._choice.trials(speaker, Action.LOG)
        return [
            escape(self._choice.of(speaker, trial, line), quote=False)
            for trial in trials
            for line in self.recruitment(speaker.texts, trial)
        ]

    def _trials(self, speaker: Speaker, place: Place) -> list[Button]:
        """A button for each trial, and one for all of them; none for whoever has only one."""
        mine = self._choice.trials(speaker, Action.LOG)
        if len(mine) < 2:
            return []
        places = {self._shelf.trials.index(one) + 1: self._choice.acronym(one) for one in mine}
        return [
            (
                f"{'• ' if which == place.trial else ''}{name}",
                f"{MARK}log:{Place(place.filter, 0, which)}",
            )
            for which, name in {**places, 0: speaker.texts.trials.every.capitalize()}.items()
        ]

    def recruitment(self, texts: Texts, trial: str) -> list[str]:
        """How far a trial is, whether the target is reached, and whether it is closed."""
        protocol = self._shelf.current(trial).protocol
        register, target = self._register, protocol.target
        count = register.recruited(protocol.id)
        reached = count >= target
        said = texts.duty.target(count, target) if reached else texts.log.recruitment(count, target)
        closed = [texts.remarks.trial_closed] if protocol.id in register.closed else []
        return [said, *closed]


def _turns(place: Place, last: int, texts: Texts) -> list[list[Button]]:
    words, keys = texts.log, []
    if place.page:
        keys.append((words.previous, f"{MARK}log:{replace(place, page=place.page - 1)}"))
    if place.page < last:
        keys.append((words.following, f"{MARK}log:{replace(place, page=place.page + 1)}"))
    return [keys] if keys else []


def _filters(place: Place, texts: Texts) -> list[list[Button]]:
    named = [
        (
            f"{'• ' if one is place.filter else ''}{texts.log.filters[one]}",
            f"{MARK}log:{Place(one, 0, place.trial)}",
        )
        for one in Filter
    ]
    return in_twos(named)
