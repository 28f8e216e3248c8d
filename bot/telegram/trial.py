"""A trial as a whole in the conversation: its counts, and whether it takes new screenings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

from bot.desk import Along, trial_stream
from bot.enrolment import Enrolment
from bot.gate import Gate
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.choice import Choice
from bot.telegram.log import LogTalk
from bot.telegram.painter import Drawing, Painter
from bot.telegram.places import Button, Follow
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.events import Actor, Role
from flows.policy import Action


class TrialTalk:
    """Shows how a trial stands; an administrator of it closes it and reopens it."""

    def __init__(
        self,
        register: Register,
        gate: Gate,
        enrolment: Enrolment,
        shelf: Shelf,
        painter: Painter,
        log: LogTalk,
        choice: Choice,
    ) -> None:
        self._register, self._gate, self._enrolment = register, gate, enrolment
        self._painter, self._log = painter, log
        self._shelf, self._choice = shelf, choice

    def buttons(self, message: int | None) -> Mapping[str, Follow]:
        """What each kind of button does; `message` is the one that it stands under."""
        return {
            "trial": (1, partial(self._show, message)),
            "close": (2, partial(self._ask, message)),
            "closed": (2, partial(self._close, message)),
            "reopen": (2, partial(self._reopen, message)),
        }

    async def show(self, speaker: Speaker) -> None:
        """How the trial stands, as a message of its own; which, where there are several."""
        trials, words = self._choice.trials(speaker, Action.CLOSE_TRIAL), speaker.texts
        if len(trials) == 1:
            await self._show(None, speaker, trials[0])
            return
        said = words.trials.which if trials else words.chat.not_your_role
        keys = as_keyboard(self._choice.of_trials(speaker, Action.CLOSE_TRIAL, "trial"))
        await self._painter.show(Drawing(speaker.chat, said, said, keys))

    async def _show(self, message: int | None, speaker: Speaker, trial: str) -> str:
        if (no := await self._refused(speaker, trial)) is not None:
            return no
        words, protocol = speaker.texts.log, self._shelf.current(trial).protocol
        is_closed = protocol.id in self._register.closed
        state = [] if is_closed else [escape(words.trial_open)]
        heading = f"<b>{escape(f'{protocol.acronym} {protocol.version}')}</b>"
        stands = map(escape, self._log.recruitment(speaker.texts, trial))
        text = "\n".join([heading, *stands, *state])
        label, kind = (words.reopen, "reopen") if is_closed else (words.close, "close")
        data = f"{MARK}{kind}:{self._version(trial)}:{trial}"
        await self._draw(speaker, text, [(label, data)], message)
        return ""

    async def _ask(self, message: int | None, speaker: Speaker, seen: str, trial: str) -> str:
        """Really close it?"""
        if (no := await self._refused(speaker, trial)) is not None:
            return no
        words = speaker.texts.log
        said = self._choice.of(speaker, trial, words.close_sure)
        keys = [
            (words.close_yes, f"{MARK}closed:{seen}:{trial}"),
            (words.no, f"{MARK}trial:{trial}"),
        ]
        await self._draw(speaker, escape(said), keys, message)
        return ""

    async def _close(self, message: int | None, speaker: Speaker, seen: str, trial: str) -> str:
        return await self._move(message, speaker, seen, trial, closing=True)

    async def _reopen(self, message: int | None, speaker: Speaker, seen: str, trial: str) -> str:
        return await self._move(message, speaker, seen, trial, closing=False)

    async def _move(
        self, message: int | None, speaker: Speaker, seen: str, trial: str, *, closing: bool
    ) -> str:
        """Close or reopen it, under the version that the speaker saw."""
        if (no := await self._refused(speaker, trial)) is not None:
            return no
        words = speaker.texts.log
        moved = (trial in self._register.closed) is not closing and seen == self._version(trial)
        if moved:
            along = Along(speaker.update, (self._gate.guard(speaker.person.person),))
            by = Actor(speaker.person.person, Role.ADMINISTRATOR)
            move = self._enrolment.close if closing else self._enrolment.reopen
            moved = await move(trial, int(seen), by, along)
            speaker.turn.done = speaker.turn.done or moved
        await self._show(message, speaker, trial)
        if not moved:
            return words.trial_moved
        return words.closed if closing else words.reopened

    def _version(self, trial: str) -> str:
        return str(self._register.version(trial_stream(trial)))

    async def _refused(self, speaker: Speaker, trial: str) -> str | None:
        """What is said to whoever may not close a trial; it is kept for the record."""
        if trial in self._choice.trials(speaker, Action.CLOSE_TRIAL):
            return None
        if trial not in self._shelf.trials:
            return speaker.texts.chat.not_a_button
        await refuse(self._gate, speaker, Action.CLOSE_TRIAL, trial)
        return speaker.texts.chat.not_your_role

    async def _draw(
        self, speaker: Speaker, text: str, keys: list[Button], message: int | None
    ) -> None:
        rows = as_keyboard([[key] for key in keys])
        await self._painter.show(Drawing(speaker.chat, text, text, rows, message=message))
