"""The trial as a whole in the conversation: its counts, and whether it takes new screenings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

from bot.desk import Along, trial_stream
from bot.enrolment import Enrolment
from bot.gate import Gate
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.log import LogTalk
from bot.telegram.painter import Drawing, Painter
from bot.telegram.places import Button, Follow
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.events import Actor, Role
from flows.policy import Action


class TrialTalk:
    """Shows how the trial stands; an administrator closes it and reopens it."""

    def __init__(
        self,
        register: Register,
        gate: Gate,
        enrolment: Enrolment,
        shelf: Shelf,
        painter: Painter,
        log: LogTalk,
        trial: str,
    ) -> None:
        self._register, self._gate, self._enrolment = register, gate, enrolment
        self._painter, self._log = painter, log
        self._shelf, self._trial = shelf, trial

    def buttons(self, message: int | None) -> Mapping[str, Follow]:
        """What each kind of button does; `message` is the one that it stands under."""
        return {
            "trial": (0, partial(self._show, message)),
            "close": (1, partial(self._ask, message)),
            "closed": (1, partial(self._close, message)),
            "reopen": (1, partial(self._reopen, message)),
        }

    async def show(self, speaker: Speaker) -> None:
        """How the trial stands, as a message of its own."""
        if not speaker.sites_for(Action.CLOSE_TRIAL):
            words = speaker.texts.chat.not_your_role
            await self._painter.show(Drawing(speaker.chat, words, words))
            return
        await self._show(None, speaker)

    async def _show(self, message: int | None, speaker: Speaker) -> str:
        if (no := await self._refused(speaker)) is not None:
            return no
        words, protocol = speaker.texts.log, self._shelf.current(self._trial).protocol
        is_closed = protocol.id in self._register.closed
        state = [] if is_closed else [escape(words.trial_open)]
        heading = f"<b>{escape(f'{protocol.acronym} {protocol.version}')}</b>"
        text = "\n".join([heading, *self._log.recruitment(speaker.texts), *state])
        label, kind = (words.reopen, "reopen") if is_closed else (words.close, "close")
        await self._draw(speaker, text, [(label, f"{MARK}{kind}:{self._version()}")], message)
        return ""

    async def _ask(self, message: int | None, speaker: Speaker, seen: str) -> str:
        """Really close it?"""
        if (no := await self._refused(speaker)) is not None:
            return no
        words = speaker.texts.log
        keys = [(words.close_yes, f"{MARK}closed:{seen}"), (words.no, f"{MARK}trial")]
        await self._draw(speaker, escape(words.close_sure), keys, message)
        return ""

    async def _close(self, message: int | None, speaker: Speaker, seen: str) -> str:
        return await self._move(message, speaker, seen, closing=True)

    async def _reopen(self, message: int | None, speaker: Speaker, seen: str) -> str:
        return await self._move(message, speaker, seen, closing=False)

    async def _move(
        self, message: int | None, speaker: Speaker, seen: str, *, closing: bool
    ) -> str:
        """Close or reopen it, under the version that the speaker saw."""
        if (no := await self._refused(speaker)) is not None:
            return no
        words = speaker.texts.log
        trial = self._shelf.current(self._trial).protocol.id
        moved = (trial in self._register.closed) is not closing and seen == self._version()
        if moved:
            along = Along(speaker.update, (self._gate.guard(speaker.person.person),))
            by = Actor(speaker.person.person, Role.ADMINISTRATOR)
            move = self._enrolment.close if closing else self._enrolment.reopen
            moved = await move(trial, int(seen), by, along)
            speaker.turn.done = speaker.turn.done or moved
        await self._show(message, speaker)
        if not moved:
            return words.trial_moved
        return words.closed if closing else words.reopened

    def _version(self) -> str:
        trial = self._shelf.current(self._trial).protocol.id
        return str(self._register.version(trial_stream(trial)))

    async def _refused(self, speaker: Speaker) -> str | None:
        """What is said to whoever may not close the trial; it is kept for the record."""
        if speaker.sites_for(Action.CLOSE_TRIAL):
            return None
        await refuse(self._gate, speaker, Action.CLOSE_TRIAL, self._trial)
        return speaker.texts.chat.not_your_role

    async def _draw(
        self, speaker: Speaker, text: str, keys: list[Button], message: int | None
    ) -> None:
        rows = as_keyboard([[key] for key in keys])
        await self._painter.show(Drawing(speaker.chat, text, text, rows, message=message))
