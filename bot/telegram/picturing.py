"""Draws a picture and sends it; where that cannot be done, what it shows is said in words."""

from __future__ import annotations

from bot.drawing import CannotDraw, Drawer
from bot.pages.pictures import Picture
from bot.telegram.painter import Drawing, Painter
from bot.telegram.speaker import Speaker


class Picturing:
    """Pictures for those who speak."""

    def __init__(self, painter: Painter, drawer: Drawer) -> None:
        self._painter, self._drawer = painter, drawer

    async def send(self, speaker: Speaker, picture: Picture, name: str) -> None:
        """The picture under a file name, or its caption alone."""
        try:
            await self._painter.busy(speaker.chat)
            drawn = await self._drawer.draw(picture.drawn)
            shown = await self._painter.picture(speaker.chat, drawn, name, picture.caption)
        except CannotDraw:
            shown = False
        if not shown:
            said = f"{picture.caption}\n\n{speaker.texts.flow.no_picture}"
            await self._painter.show(Drawing(speaker.chat, said, said))
