"""A case in the conversation: what stands, and the buttons that record what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

from bot.desk import Along, Desk
from bot.enrolment import Enrolment, NotOffered, Recorded
from bot.gate import Gate
from bot.pages.case import case_page, step_text
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.painter import Drawing, Painter
from bot.telegram.places import NOWHERE, Button, Follow, in_twos, read_place
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.cases import DeclineReason, FollowUp, FollowUpRecorded
from flows.events import Actor, Mode, Role
from flows.follow_up import Step
from flows.log import Line
from flows.policy import Action
from flows.replies import Overtaken
from flows.steps import correctable, offered
from flows.tallies import Row, row_of


class CaseTalk:
    """Shows cases to those who may read the log; whoever follows cases records steps."""

    def __init__(
        self,
        desk: Desk,
        register: Register,
        gate: Gate,
        enrolment: Enrolment,
        shelf: Shelf,
        painter: Painter,
    ) -> None:
        self._desk, self._register, self._gate = desk, register, gate
        self._enrolment, self._shelf = enrolment, shelf
        self._painter = painter

    def buttons(self, message: int | None) -> Mapping[str, Follow]:
        """What each kind of button does; `message` is the one that it stands under."""
        return {
            "s": (1, self.show),
            "case": (2, partial(self._open, message)),
            "step": (4, partial(self._step, message)),
            "sure": (3, partial(self._sure, message)),
            "why": (4, partial(self._declined, message)),
            "fix": (2, partial(self._correct, message)),
        }

    async def show(self, speaker: Speaker, number: str) -> str:
        """A case as a message of its own: asked for under a notice, which stays."""
        return await self._open(None, speaker, number, NOWHERE)

    async def _open(self, message: int | None, speaker: Speaker, number: str, text: str) -> str:
        row = await self._seen(speaker, number, text)
        if isinstance(row, str):
            return row
        await self._draw_case(speaker, row, text, message)
        return ""

    async def _seen(
        self, speaker: Speaker, number: str, text: str, action: Action = Action.LOG
    ) -> Row | str:
        """The case, if this person may do this with it; otherwise what is said instead."""
        words = speaker.texts.chat
        if text != NOWHERE and read_place(text) is None:
            return words.not_a_button
        line = self._register.lines.get(number)
        if line is None or line.mode is Mode.PRACTICE:
            return words.not_yours
        if not speaker.may(action, line):
            await refuse(self._gate, speaker, action, number)
            return words.not_yours
        if line.erased_at is not None:
            return speaker.texts.erasure.erased(number)
        return self._row(number)

    def _row(self, number: str) -> Row:
        attempts = self._register.screenings.attempts(number)
        lines = {one: known.line for one, known in attempts.items() if known.line}
        cases = {one: known.case for one, known in attempts.items() if known.case}
        return row_of(number, lines, cases)

    async def _draw_case(self, speaker: Speaker, row: Row, text: str, message: int | None) -> None:
        screening = await self._desk.look(row.line.number)
        name_of = self._register.directory.name_of
        page = case_page(row, screening.book.protocol, speaker.texts, name_of)
        await self._show(speaker, page, self._keys(speaker, row, text), message)

    def _keys(self, speaker: Speaker, row: Row, text: str) -> list[list[Button]]:
        """The next steps for whoever follows cases; the way back for everybody."""
        words, number, case = speaker.texts.log, row.line.number, row.case
        keys: list[list[Button]] = []
        if speaker.may(Action.FOLLOW, row.line):
            if case.follower != speaker.person.person:
                keys.append([(speaker.texts.chat.take, f"{MARK}t:{number}")])
            keys += in_twos(self._steps(speaker, row, text, offered(row.line, case)))
            if correctable(row.line, case):
                keys.append([(words.correct, f"{MARK}fix:{number}:{text}")])
        back = [(words.back, f"{MARK}log:{text}")] if text != NOWHERE else []
        return [*keys, [*back, (words.refresh, f"{MARK}case:{number}:{text}")]]

    def _steps(
        self, speaker: Speaker, row: Row, text: str, statuses: tuple[FollowUp, ...]
    ) -> list[Button]:
        number, seen, names = row.line.number, len(row.case.steps), speaker.texts.duty.steps
        return [
            (names[status].capitalize(), f"{MARK}step:{number}:{text}:{seen}:{status.value}")
            for status in statuses
        ]

    # --- what is recorded ----------------------------------------------------------------------

    async def _step(
        self, message: int | None, speaker: Speaker, number: str, text: str, seen: str, name: str
    ) -> str:
        """A step was tapped: some ask a question first, the others are recorded."""
        words = speaker.texts.log
        row = await self._seen(speaker, number, text, Action.FOLLOW)
        if isinstance(row, str):
            return row
        if name not in list(FollowUp) or not _is_count(seen):
            return speaker.texts.chat.not_a_button
        back = [(words.no, f"{MARK}case:{number}:{text}")]
        if name == FollowUp.DECLINED:
            reasons = [
                (words.declines[reason].capitalize(), f"{MARK}why:{number}:{text}:{seen}:{reason}")
                for reason in DeclineReason
            ]
            await self._ask(speaker, row, words.declined_why, [*in_twos(reasons), back], message)
            return ""
        if name == FollowUp.ENROLLED_IN_ERROR:
            yes = [(words.sure_yes, f"{MARK}sure:{number}:{text}:{seen}")]
            await self._ask(speaker, row, words.sure_error, [yes, back], message)
            return ""
        step = FollowUpRecorded(number, FollowUp(name))
        return await self._record(message, speaker, text, int(seen), step)

    async def _sure(
        self, message: int | None, speaker: Speaker, number: str, text: str, seen: str
    ) -> str:
        step = FollowUpRecorded(number, FollowUp.ENROLLED_IN_ERROR)
        return await self._checked(message, speaker, text, seen, step)

    async def _declined(
        self, message: int | None, speaker: Speaker, number: str, text: str, seen: str, name: str
    ) -> str:
        if name not in list(DeclineReason):
            return speaker.texts.chat.not_a_button
        step = FollowUpRecorded(number, FollowUp.DECLINED, DeclineReason(name))
        return await self._checked(message, speaker, text, seen, step)

    async def _correct(self, message: int | None, speaker: Speaker, number: str, text: str) -> str:
        """Which status was meant?"""
        row = await self._seen(speaker, number, text, Action.FOLLOW)
        if isinstance(row, str):
            return row
        steps = self._steps(speaker, row, text, correctable(row.line, row.case))
        back = [(speaker.texts.log.no, f"{MARK}case:{number}:{text}")]
        words = speaker.texts.log.correct_to
        await self._ask(speaker, row, words, [*in_twos(steps), back], message)
        return ""

    async def _checked(
        self, message: int | None, speaker: Speaker, text: str, seen: str, step: FollowUpRecorded
    ) -> str:
        row = await self._seen(speaker, step.number, text, Action.FOLLOW)
        if isinstance(row, str):
            return row
        if not _is_count(seen):
            return speaker.texts.chat.not_a_button
        return await self._record(message, speaker, text, int(seen), step)

    async def _record(
        self, message: int | None, speaker: Speaker, text: str, seen: int, step: FollowUpRecorded
    ) -> str:
        """Record it, and show the case as it then stands, whoever was faster."""
        by = Actor(speaker.person.person, Role.COORDINATOR)
        along = Along(speaker.update, (self._gate.guard(speaker.person.person),))
        target = await self._target(self._register.lines[step.number])
        made = await self._enrolment.record(step, seen, target, by, along)
        speaker.turn.done = speaker.turn.done or isinstance(made, Recorded)
        row = self._row(step.number)
        if row.line.erased_at is not None:  # meanwhile
            return speaker.texts.erasure.erased(step.number)
        await self._draw_case(speaker, row, text, message)
        match made:
            case Recorded(case=case):
                said = step_text(
                    Step(step.status, step.declined, by.person, speaker.now), speaker.texts
                )
                return speaker.texts.log.recorded(case.number, said)
            case NotOffered():
                return speaker.texts.log.not_offered
            case Overtaken(by=person, at=at):
                name = self._register.directory.name_of(person)
                local = at.astimezone(self._register.zone(row.line.site))
                return speaker.texts.remarks.overtaken(name, local)

    async def _target(self, line: Line) -> int:
        """How many its trial enrols: by today's protocol, or by its own where there is none."""
        if line.trial in self._shelf.trials:
            return self._shelf.current(line.trial).protocol.target
        return (await self._desk.look(line.number)).book.protocol.target

    # --- messages ------------------------------------------------------------------------------

    async def _ask(
        self,
        speaker: Speaker,
        row: Row,
        question: str,
        keys: list[list[Button]],
        message: int | None,
    ) -> None:
        text = f"<b>{row.line.number}</b>\n{escape(question)}"
        await self._show(speaker, text, keys, message)

    async def _show(
        self, speaker: Speaker, text: str, keys: list[list[Button]], message: int | None
    ) -> None:
        drawing = Drawing(speaker.chat, text, text, as_keyboard(keys), message=message)
        await self._painter.show(drawing)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6
