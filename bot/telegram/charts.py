"""The pictures of a trial in the conversation: `/funnel` sends the flow, `/chart` asks which."""

from __future__ import annotations

from collections.abc import Mapping

from bot.pages.pictures import Seen, picture_of
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.painter import Drawing, Painter
from bot.telegram.picturing import Picturing
from bot.telegram.places import Follow, in_twos
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.policy import Action
from storage.exports.chart import Kind


class ChartTalk:
    """Draws what the sites add up to whose log the speaker may read."""

    def __init__(
        self,
        register: Register,
        shelf: Shelf,
        painter: Painter,
        picturing: Picturing,
        trial: str,
    ) -> None:
        self._register, self._shelf = register, shelf
        self._painter, self._picturing, self._trial = painter, picturing, trial

    def buttons(self) -> Mapping[str, Follow]:
        """What each kind of button does."""
        return {"chart": (1, self._chosen)}

    async def ask(self, speaker: Speaker) -> None:
        """Which picture?"""
        texts = speaker.texts
        if not speaker.sites_for(Action.LOG):
            await self._painter.show(
                Drawing(speaker.chat, texts.chat.not_your_role, texts.chat.not_your_role)
            )
            return
        words = texts.pictures
        keys = in_twos([(words.kinds[kind], f"{MARK}chart:{kind.value}") for kind in Kind])
        await self._painter.show(Drawing(speaker.chat, words.which, words.which, as_keyboard(keys)))

    async def flow(self, speaker: Speaker) -> None:
        """The participant flow."""
        if no := await self._chosen(speaker, Kind.FLOW.value):
            await self._painter.show(Drawing(speaker.chat, no, no))

    async def _chosen(self, speaker: Speaker, name: str) -> str:
        """Send the picture of this name, or say why not."""
        sites = speaker.sites_for(Action.LOG)
        if not sites:
            return speaker.texts.chat.not_your_role
        if name not in list(Kind):
            return speaker.texts.chat.not_a_button
        protocol = self._shelf.current(self._trial).protocol
        at = speaker.now.astimezone(self._register.zone(sites[0]))
        mine = tuple(line for line in self._register.lines.values() if line.site in sites)
        seen = Seen(self._register, mine, protocol, at)
        picture = picture_of(Kind(name), seen, speaker.texts)
        await self._picturing.send(speaker, picture, f"{name}.png")
        return ""
