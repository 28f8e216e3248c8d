"""What is said beside the cards: greetings, lists, which trial, site and language, protocols."""

from __future__ import annotations

import re
from html import escape

from bot.pages.protocol import short_page
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.choice import Choice, Offer
from bot.telegram.doubles import Doubles
from bot.telegram.menu import commands_for
from bot.telegram.painter import Drawing, Painter
from bot.telegram.rows import MARK, Rows, as_keyboard
from bot.telegram.screenings import Screenings
from bot.telegram.speaker import Speaker
from bot.texts import ALL
from flows.events import Mode
from flows.log import Line
from flows.policy import Action

_BEGIN = {
    "screen": (Mode.SCREENING, Action.SCREEN),
    "check": (Mode.QUICK_CHECK, Action.CHECK),
    "practice": (Mode.PRACTICE, Action.PRACTICE),
}
_NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
_MOST = 30
"""Open screenings in one list: more than a coordinator of one trial ever has."""


class Talk:
    """Answers to commands, and to the buttons under those answers."""

    def __init__(
        self,
        screenings: Screenings,
        register: Register,
        shelf: Shelf,
        painter: Painter,
        choice: Choice,
        doubles: Doubles,
    ) -> None:
        self._screenings, self._register = screenings, register
        self._doubles, self._choice = doubles, choice
        self._shelf, self._painter = shelf, painter
        self.tongues = screenings.tongues

    async def say(self, speaker: Speaker, html: str, rows: Rows = ()) -> None:
        """A message of its own, with buttons (label and data) where there are any."""
        await self._painter.show(Drawing(speaker.chat, html, html, as_keyboard(rows)))

    async def greet(self, speaker: Speaker) -> None:
        """Who the bot is and what this person can do."""
        words = speaker.texts.chat
        lines = [words.greeting(escape(speaker.person.name)), "", self._commands(speaker)]
        await self.say(speaker, "\n".join([*lines, "", words.caution]))

    async def help(self, speaker: Speaker) -> None:
        """The commands and how a screening goes."""
        words = speaker.texts.chat
        await self.say(speaker, f"{words.help}\n\n{self._commands(speaker)}\n\n{words.caution}")

    def _commands(self, speaker: Speaker) -> str:
        words = speaker.texts.chat
        roles = speaker.person.roles(speaker.now)
        names = commands_for(roles, mailing=self._register.mailing)
        return "\n".join(f"/{name}  {escape(words.commands[name])}" for name in names)

    async def begin(self, speaker: Speaker, what: str) -> None:
        """Open it at once where there is one trial at one site; else ask, with one tap, for both.

        At which site an invented patient is does not matter.
        """
        mode, action = _BEGIN[what]
        offers = self._choice.offers(speaker, action)
        if mode is Mode.PRACTICE:
            offers = tuple({one.trial: one for one in reversed(offers)}.values())[::-1]
        if not offers:
            await self.say(speaker, speaker.texts.chat.not_your_role)
        elif len(offers) > 1:
            rows = self._choice.of_places(speaker, offers, f"n:{what}")
            await self.say(speaker, self._choice.question(speaker, offers), rows)
        elif (no := await self._doubles.begin(speaker, offers[0], mode)) is not None:
            await self.say(speaker, no)

    async def begin_at(self, speaker: Speaker, what: str, site: str, trial: str) -> str:
        """Open it for the trial, at the site, that was tapped."""
        mode, action = _BEGIN.get(what, (None, None))
        offer = Offer(trial, site)
        if mode is None or action is None or not self._choice.open_to(speaker, action, offer):
            return speaker.texts.chat.not_your_role
        return await self._doubles.begin(speaker, offer, mode) or ""

    async def list_open(self, speaker: Speaker) -> None:
        """What this person has open, then what others have open in the same trials and sites."""
        words = speaker.texts.chat
        lines = [line for line in self._register.open.values() if self._sees(speaker, line)]
        lines.sort(key=lambda line: (line.owner != speaker.person.person, line.opened_at))
        if not lines:
            await self.say(speaker, words.nothing_open)
            return
        rows = [[(self._label(speaker, line), f"{MARK}o:{line.number}")] for line in lines[:_MOST]]
        await self.say(speaker, words.open_which, rows)

    def _sees(self, speaker: Speaker, line: Line) -> bool:
        if line.mode is Mode.PRACTICE and line.owner != speaker.person.person:
            return False
        if line.number in self._register.later:
            return False  # it is carried on in the later attempt
        return speaker.may(Action.CARRY_ON, line, line.mode)

    def _label(self, speaker: Speaker, line: Line) -> str:
        records = speaker.texts.records
        parts = [line.number]
        if self._choice.several(speaker):
            parts.append(self._choice.acronym(line.trial))
        if line.mode is not Mode.SCREENING:
            parts.append(speaker.texts.cards.watermark[line.mode])
        if line.verdict:
            parts.append(records.verdicts[line.verdict])
        if line.owner != speaker.person.person:
            parts.append(self._register.directory.name_of(line.owner))
        return " · ".join(parts)[:60]

    async def take_up(self, speaker: Speaker, number: str) -> str:
        """Take up what was tapped in the list."""
        if not _NUMBER.fullmatch(number):
            return speaker.texts.chat.not_a_button
        return await self._screenings.take_up(speaker, number) or ""

    async def ask_language(self, speaker: Speaker) -> None:
        """Which language?"""
        rows = [[(texts.chat.own_name, f"{MARK}l:{code}") for code, texts in ALL.items()]]
        await self.say(speaker, speaker.texts.chat.which_language, rows)

    async def protocol(self, speaker: Speaker) -> None:
        """The version, the criteria and the sources of a trial; which, where there are several."""
        trials = self._choice.trials(speaker, Action.PROTOCOL)
        if len(trials) > 1:
            rows = self._choice.of_trials(speaker, Action.PROTOCOL, "protocol")
            await self.say(speaker, speaker.texts.trials.which, rows)
        elif trials:
            await self.protocol_of(speaker, trials[0])
        else:
            await self.say(speaker, speaker.texts.chat.not_your_role)

    async def protocol_of(self, speaker: Speaker, trial: str) -> str:
        """The same, of the trial that was tapped."""
        if trial not in self._choice.trials(speaker, Action.PROTOCOL):
            return speaker.texts.chat.not_your_role
        for page in short_page(self._shelf.current(trial), speaker.texts):
            await self.say(speaker, page)
        return ""
