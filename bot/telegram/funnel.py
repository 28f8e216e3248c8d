"""The participant flow in the conversation: a picture with its counts."""

from __future__ import annotations

from bot.drawing import CannotDraw, Drawer
from bot.pages.flow import counts_of, flow_caption, flow_chart
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.painter import Drawing, Painter
from bot.telegram.speaker import Speaker
from flows.policy import Action


class FunnelTalk:
    """Draws the flow of the sites whose log the speaker may read."""

    def __init__(
        self, register: Register, shelf: Shelf, painter: Painter, drawer: Drawer, trial: str
    ) -> None:
        self._register, self._shelf = register, shelf
        self._painter, self._drawer, self._trial = painter, drawer, trial

    async def send(self, speaker: Speaker) -> None:
        """The picture; where it cannot be drawn or sent, the counts in words."""
        sites = speaker.sites_for(Action.LOG)
        if not sites:
            words = speaker.texts.chat.not_your_role
            await self._painter.show(Drawing(speaker.chat, words, words))
            return
        protocol = self._shelf.current(self._trial).protocol
        at = speaker.now.astimezone(self._register.zone(sites[0]))
        mine = [line for line in self._register.lines.values() if line.site in sites]
        counts = counts_of(self._register, mine, protocol, at)
        caption = flow_caption(counts, speaker.texts)
        try:
            await self._painter.busy(speaker.chat)
            picture = await self._drawer.draw(flow_chart(counts, speaker.texts))
            shown = await self._painter.picture(speaker.chat, picture, "flow.png", caption)
        except CannotDraw:
            shown = False
        if not shown:
            said = f"{caption}\n\n{speaker.texts.flow.no_picture}"
            await self._painter.show(Drawing(speaker.chat, said, said))
