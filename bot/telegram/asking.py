"""Queries about criteria in a chat: asked on a card, answered from a list."""

from __future__ import annotations

import re
from html import escape

from bot.cards.querying import reason_text
from bot.cards.views import AskAbout
from bot.desk import Along
from bot.gate import Gate
from bot.queries import Became, Queries
from bot.register import Register
from bot.telegram.choice import Choice
from bot.telegram.painter import Drawing, Painter
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK, Rows, as_keyboard
from bot.telegram.speaker import Speaker
from bot.texts.shape import Texts
from flows.cases import CriterionQueried, QueryAnswer
from flows.events import Actor, Role
from flows.policy import Action
from flows.queries import Named, tallies
from flows.screening import Screening

_NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
_MOST = 30
"""Open queries in one list."""


class Asking:
    """Takes queries from whoever screens, and the answers of coordinators."""

    def __init__(
        self, queries: Queries, register: Register, gate: Gate, painter: Painter, choice: Choice
    ) -> None:
        self._queries, self._register, self._choice = queries, register, choice
        self._gate, self._painter = gate, painter

    async def ask(self, speaker: Speaker, screening: Screening, press: AskAbout) -> str:
        """Ask about a criterion; what is answered to the tap. Whoever sees the card may ask."""
        words = speaker.texts.queries
        query = CriterionQueried(screening.number, press.criterion, press.reason)
        by = speaker.actor(screening.opened)
        became = await self._queries.ask(screening, query, by, self._along(speaker))
        speaker.turn.done = became is Became.DONE
        return {
            Became.DONE: words.asked,
            Became.BEFORE: words.asked_before,
            Became.PRACTICE: words.practice,
        }[became]

    async def list_open(self, speaker: Speaker) -> None:
        """What is open in this person's trials and sites, and how often what was asked."""
        if not speaker.sites_for(Action.ANSWER_QUERY):
            await self._say(speaker, speaker.texts.chat.not_your_role)
            return
        found = await self._theirs(speaker)
        erased = self._register.is_erased
        waiting = [one for one in found if one.asked.open and not erased(one.asked.number)]
        words = speaker.texts.queries
        lines = [words.open_heading if waiting else words.none_open]
        if found:
            lines += ["", words.counts_heading, *self._counts(speaker, found)]
        rows = [
            [(self._label(speaker, one), f"{MARK}qask:{one.asked.number}:{one.asked.place}")]
            for one in waiting[:_MOST]
        ]
        await self._say(speaker, "\n".join(lines), rows)

    async def answer_case(self, speaker: Speaker, number: str) -> str:
        """The presets for the oldest open query of a case; so a notice leads to its answer."""
        case, line = self._register.case(number), self._register.lines.get(number)
        waiting = (place for place, one in enumerate(case.queries) if one.answer is None)
        place = next(waiting, None)
        if place is None and line is not None and speaker.may(Action.ANSWER_QUERY, line):
            return speaker.texts.queries.answered_before
        return await self.ask_answer(speaker, number, str(place or 0))

    async def ask_answer(self, speaker: Speaker, number: str, place: str) -> str:
        """The presets for one query."""
        words = speaker.texts.queries
        if said := await self._refused(speaker, number, place):
            return said
        found = await self._queries.of([number])
        one = next(one for one in found if one.asked.place == int(place))
        if not one.asked.open:
            return words.answered_before
        reason = reason_text(one.asked.query.reason, speaker.texts)
        rows = [
            [
                (
                    speaker.texts.duty.query_answers[answer].removesuffix("."),
                    f"{MARK}qsay:{number}:{place}:{answer}",
                )
            ]
            for answer in QueryAnswer
        ]
        said = words.answer_which(number, _criterion(one, speaker.texts), reason)
        await self._say(speaker, said, rows)
        return ""

    async def answer(
        self, message: int | None, speaker: Speaker, number: str, place: str, code: str
    ) -> str:
        """Answer it; what is answered to the tap."""
        words = speaker.texts.queries
        if said := await self._refused(speaker, number, place):
            return said
        if code not in list(QueryAnswer):
            return speaker.texts.chat.not_a_button
        by = Actor(speaker.person.person, Role.COORDINATOR)
        became = await self._queries.answer(
            number, int(place), QueryAnswer(code), by, self._along(speaker)
        )
        speaker.turn.done = became is Became.DONE
        if message is not None:
            await self._painter.remove(speaker.chat, message)
        return words.answered if became is Became.DONE else words.answered_before

    async def _refused(self, speaker: Speaker, number: str, place: str) -> str:
        """Why this person cannot answer that; "" when they can."""
        words, line = speaker.texts.chat, self._register.lines.get(number)
        if not _NUMBER.fullmatch(number) or line is None:
            return words.not_yours
        if not speaker.may(Action.ANSWER_QUERY, line):
            await refuse(self._gate, speaker, Action.ANSWER_QUERY, number)
            return words.not_yours
        if line.erased_at is not None:
            return speaker.texts.erasure.erased(number)
        known = len(self._register.case(number).queries)
        return "" if place.isdecimal() and int(place) < known else words.not_a_button

    async def _theirs(self, speaker: Speaker) -> list[Named]:
        may = self._choice.allowed(speaker, Action.ANSWER_QUERY)
        found = self._register.screenings.walk(lambda label: label.queried and may(label))
        return await self._queries.of([number for number, _ in found])

    def _label(self, speaker: Speaker, one: Named) -> str:
        reason = reason_text(one.asked.query.reason, speaker.texts)
        criterion = _criterion(one, speaker.texts)
        said = speaker.texts.queries.line(one.asked.number, criterion, reason)
        return self._choice.of(speaker, one.trial, said)[:60]

    def _counts(self, speaker: Speaker, found: list[Named]) -> list[str]:
        texts = speaker.texts
        return [
            self._choice.of(
                speaker,
                one.trial,
                texts.queries.count(
                    one.criterion or texts.duty.some_criterion,
                    reason_text(one.reason, texts),
                    one.asked,
                ),
            )
            for one in tallies(found)
        ]

    def _along(self, speaker: Speaker) -> Along:
        return Along(speaker.update, (self._gate.guard(speaker.person.person),))

    async def _say(self, speaker: Speaker, said: str, rows: Rows = ()) -> None:
        html = escape(said, quote=False)
        await self._painter.show(Drawing(speaker.chat, html, said, as_keyboard(rows)))


def _criterion(one: Named, texts: Texts) -> str:
    return one.criterion or texts.duty.some_criterion
