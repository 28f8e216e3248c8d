"""The participant flow in the conversation: a picture with its counts."""

from __future__ import annotations

from bot.drawing import CannotDraw, Drawer
from bot.pages.flow import counts_of, flow_caption, flow_chart
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.choice import Choice
from bot.telegram.painter import Drawing, Painter
from bot.telegram.rows import as_keyboard
from bot.telegram.speaker import Speaker
from flows.policy import Action


class FunnelTalk:
    """Draws the flow of the sites whose log the speaker may read."""

    def __init__(
        self, register: Register, shelf: Shelf, painter: Painter, drawer: Drawer, choice: Choice
    ) -> None:
        self._register, self._shelf = register, shelf
        self._painter, self._drawer, self._choice = painter, drawer, choice

    async def send(self, speaker: Speaker) -> None:
        """The picture of the trial; of which, where the speaker has several."""
        trials, words = self._choice.trials(speaker, Action.LOG), speaker.texts
        if len(trials) == 1:
            await self.draw(speaker, trials[0])
            return
        said = words.trials.which if trials else words.chat.not_your_role
        keys = as_keyboard(self._choice.of_trials(speaker, Action.LOG, "funnel"))
        await self._painter.show(Drawing(speaker.chat, said, said, keys))

    async def draw(self, speaker: Speaker, trial: str) -> str:
        """The picture; where it cannot be drawn or sent, the counts in words."""
        offers = self._choice.offers(speaker, Action.LOG)
        sites = [one.site for one in offers if one.trial == trial]
        if not sites:
            return speaker.texts.chat.not_your_role
        protocol = self._shelf.current(trial).protocol
        at = speaker.now.astimezone(self._register.zone(sites[0]))
        mine = self._choice.lines(speaker, Action.LOG)
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
        return ""
