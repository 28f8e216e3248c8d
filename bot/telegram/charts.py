"""The pictures of a trial in the conversation: `/funnel` sends the flow, `/chart` asks which."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from bot.closed import Known
from bot.known import rows_in
from bot.pages.pictures import Picture, Seen, picture_of
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.choice import Choice
from bot.telegram.painter import Drawing, Painter
from bot.telegram.picturing import Picturing
from bot.telegram.places import Follow, in_twos
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.policy import Action
from storage.exports.chart import Kind

PAGE: Final = 100
"""So many screenings are read before anybody else has a turn."""


class ChartTalk:
    """Draws what the sites add up to whose log the speaker may read."""

    def __init__(
        self,
        register: Register,
        shelf: Shelf,
        painter: Painter,
        picturing: Picturing,
        choice: Choice,
    ) -> None:
        self._register, self._shelf = register, shelf
        self._painter, self._picturing, self._choice = painter, picturing, choice

    def buttons(self) -> Mapping[str, Follow]:
        """What each kind of button does."""
        return {"chart": (2, self._chosen), "charts": (1, self._which), "funnel": (1, self._flow)}

    async def ask(self, speaker: Speaker) -> None:
        """Which picture? Before that, of which trial, where the speaker has several."""
        if trial := await self._only(speaker, "charts"):
            await self._which(speaker, trial)

    async def flow(self, speaker: Speaker) -> None:
        """The participant flow; of which trial, where the speaker has several."""
        if trial := await self._only(speaker, "funnel"):
            await self._flow(speaker, trial)

    async def _only(self, speaker: Speaker, kind: str) -> str | None:
        """The one trial whose log the speaker may read; where it is not one, that is said."""
        trials, texts = self._choice.trials(speaker, Action.LOG), speaker.texts
        if len(trials) == 1:
            return trials[0]
        said = texts.trials.which if trials else texts.chat.not_your_role
        keys = as_keyboard(self._choice.of_trials(speaker, Action.LOG, kind))
        await self._painter.show(Drawing(speaker.chat, said, said, keys))
        return None

    async def _which(self, speaker: Speaker, trial: str) -> str:
        """Ask which picture of a trial."""
        words = speaker.texts.pictures
        keys = [(words.kinds[kind], f"{MARK}chart:{kind.value}:{trial}") for kind in Kind]
        said = self._choice.of(speaker, trial, words.which)
        await self._painter.show(Drawing(speaker.chat, said, said, as_keyboard(in_twos(keys))))
        return ""

    async def _flow(self, speaker: Speaker, trial: str) -> str:
        return await self._chosen(speaker, Kind.FLOW.value, trial)

    async def _chosen(self, speaker: Speaker, name: str, trial: str) -> str:
        """Send the picture of this name, or say why not."""
        offers = self._choice.offers(speaker, Action.LOG)
        sites = [one.site for one in offers if one.trial == trial]
        if not sites:
            return speaker.texts.chat.not_your_role
        if name not in list(Kind):
            return speaker.texts.chat.not_a_button
        protocol = self._shelf.current(trial).protocol
        at = speaker.now.astimezone(self._register.zone(sites[0]))
        every = await self._every(trial)

        def made() -> Picture:
            theirs = {n: one for n, one in every.items() if one.line and one.line.site in sites}
            seen = Seen(rows_in(theirs), rows_in(every), protocol, at)
            return picture_of(Kind(name), seen, speaker.texts)

        picture = await asyncio.to_thread(made)  # of a long log it takes a while
        await self._picturing.send(speaker, picture, f"{name}.png")
        return ""

    async def _every(self, trial: str) -> dict[str, Known]:
        """What is known of each screening of a trial; while a long log is read, others go on."""
        found: dict[str, Known] = {}
        for number, known in self._register.screenings.walk(lambda label: label.trial == trial):
            found[number] = known
            if len(found) % PAGE == 0:
                await asyncio.sleep(0)
        return found
