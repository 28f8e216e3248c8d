"""What is said beside the cards: greetings, lists, choices of site and language, the protocol."""

from __future__ import annotations

import re
from html import escape

from bot.pages.protocol import short_page
from bot.register import Register
from bot.shelf import Shelf
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

_BEGIN = {"screen": (Mode.SCREENING, Action.SCREEN), "check": (Mode.QUICK_CHECK, Action.CHECK)}
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
        trial: str,
        doubles: Doubles,
    ) -> None:
        self._screenings, self._register = screenings, register
        self._doubles = doubles
        self._shelf, self._painter, self._trial = shelf, painter, trial
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
        """Open a screening or a quick check, at the only site or at the one that is chosen."""
        mode, action = _BEGIN[what]
        sites = speaker.sites_for(action)
        if not sites:
            await self.say(speaker, speaker.texts.chat.not_your_role)
        elif len(sites) == 1:
            await self._open(speaker, sites[0], mode)
        else:
            rows = [
                [(self._register.directory.sites[site].name, f"{MARK}n:{what}:{site}")]
                for site in sites
            ]
            await self.say(speaker, speaker.texts.chat.which_site, rows)

    async def begin_at(self, speaker: Speaker, what: str, site: str) -> str:
        """Open it at the site that was tapped."""
        mode, action = _BEGIN.get(what, (None, None))
        if mode is None or action is None or not speaker.may(action, site):
            return speaker.texts.chat.not_your_role
        return await self._doubles.begin(speaker, site, mode) or ""

    async def practise(self, speaker: Speaker) -> None:
        """An invented patient, never counted."""
        sites = speaker.sites_for(Action.PRACTICE)
        if not sites:
            await self.say(speaker, speaker.texts.chat.not_your_role)
            return
        await self._open(speaker, sites[0], Mode.PRACTICE)

    async def _open(self, speaker: Speaker, site: str, mode: Mode) -> None:
        if (no := await self._doubles.begin(speaker, site, mode)) is not None:
            await self.say(speaker, no)

    async def list_open(self, speaker: Speaker) -> None:
        """What this person has open, then what others have open at the same sites."""
        words = speaker.texts.chat
        lines = [line for line in self._register.lines.values() if self._sees(speaker, line)]
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
        return line.open and speaker.may(Action.CARRY_ON, line.site, line.mode)

    def _label(self, speaker: Speaker, line: Line) -> str:
        records = speaker.texts.records
        parts = [line.number]
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
        """The version, the criteria and the sources of the trial."""
        book = self._shelf.current(self._trial)
        for page in short_page(book, speaker.texts):
            await self.say(speaker, page)
