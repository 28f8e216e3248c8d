"""Taps and typed answers on the cards of screenings."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from bot.attempts import before
from bot.cards.querying import back_from
from bot.cards.typing import read_value
from bot.cards.views import (
    Again,
    AskAbout,
    Do,
    Elsewhere,
    Front,
    Reviewing,
    Show,
    Signing,
    TakeUp,
    View,
)
from bot.desk import Along, ClosedTrial, Desk, UnknownScreening
from bot.gate import Gate
from bot.register import Register
from bot.telegram.asking import Asking
from bot.telegram.board import Beside, Board
from bot.telegram.choice import Offer
from bot.telegram.codec import Frame, decode, frame
from bot.telegram.refusing import refuse
from bot.telegram.repeating import Repeating
from bot.telegram.signing import SignTalk
from bot.telegram.speaker import Speaker, Tongues
from bot.texts.shape import Texts
from flows.commands import Command, GiveAnswer, GiveJudgement, HandOver, LookAgain, Promote, Resume
from flows.events import JudgementVerdict, Mode
from flows.policy import Action
from flows.questions import AskInput, AskJudgement
from flows.replies import Overtaken, Remark
from flows.screening import Screening
from flows.stages import Stage

_ENDED = (Stage.CONCLUDED, Stage.SIGNED, Stage.STOPPED)
"""The stages in which nothing is asked any more: such a card folds."""


class Screenings:
    """Screenings as a person meets them in a chat."""

    def __init__(
        self,
        desk: Desk,
        register: Register,
        gate: Gate,
        board: Board,
        signing: SignTalk,
        repeating: Repeating,
        asking: Asking,
    ) -> None:
        self._desk, self._register, self._gate = desk, register, gate
        self._board, self._signing = board, signing
        self._repeating, self._asking = repeating, asking

    @property
    def tongues(self) -> Tongues:
        """In which language each person is spoken to."""
        return self._board.tongues

    async def open(self, speaker: Speaker, where: Offer, mode: Mode) -> str | None:
        """Begin a screening and show its card at the end of the chat; what to say if not.

        A closed trial takes no new ones.
        """
        site, language = where.site, speaker.texts.language
        zone, by = self._register.directory.sites[site].time_zone, speaker.actor(where)
        here = self._gate.unchanged(f"site/{site}")  # that it takes part in the trial
        along = Along(speaker.update, (self._gate.guard(speaker.person.person), here))
        try:
            handled = await self._desk.open(where.trial, site, mode, language, by, zone, along)
        except ClosedTrial:
            return speaker.texts.remarks.trial_closed
        await self._fold_last(speaker)
        speaker.turn.done = True
        await self._board.paint(speaker, handled.screening, Front())
        return None

    async def take_up(self, speaker: Speaker, number: str) -> str | None:
        """Show an open screening's card at the end of the chat; what to say when it may not be."""
        if speaker.sees_erased(self._register.lines.get(number)):
            return speaker.texts.erasure.erased(number)
        screening = await self._mine(speaker, number)
        if screening is None:
            await refuse(self._gate, speaker, Action.CARRY_ON, number)
            return speaker.texts.chat.not_yours
        await self._fold_last(speaker)
        command: Command = Resume() if screening.stage is Stage.PAUSED else LookAgain()
        actor = speaker.actor(screening.opened)
        handled = await self._desk.handle(number, command, actor, along=self._along(speaker))
        speaker.turn.done = bool(handled.events)
        await self._board.move_here(speaker, handled.screening)
        return None

    async def tap(self, speaker: Speaker, data: str, message: int | None) -> str:
        """Follow a press; returns what is answered to the tap itself."""
        words = speaker.texts.chat
        found = frame(data)
        screening = await self._mine(speaker, found.number) if found else None
        if found is not None and speaker.sees_erased(self._register.lines.get(found.number)):
            return speaker.texts.erasure.erased(found.number)
        if found is None or screening is None:
            if found is not None:
                await refuse(self._gate, speaker, Action.CARRY_ON, found.number)
            return words.not_yours if found else words.not_a_button
        press = decode(found.body, screening.book)
        if press is None:
            return words.not_a_button
        if isinstance(press, Show):
            return await self._turn(speaker, screening, found, press.view, message)
        if not isinstance(press, Do):
            return await self._beside(speaker, screening, press, message)
        action = self._refused(speaker, screening, press.command)
        if action is not None:
            await refuse(self._gate, speaker, action, found.number)
            return words.not_your_role
        return await self._say(speaker, screening, press, found.version, message)

    async def typed(self, speaker: Speaker, text: str) -> str | None:
        """Take a typed value for the question that the chat looks at; None when there is one."""
        shown = self._board.shown(speaker.chat)
        if shown is None:
            return await self._show_again(speaker)
        screening = await self._mine(speaker, shown.number)
        if screening is None:
            return speaker.texts.chat.not_yours
        card = self._board.card(speaker, screening, shown.view)
        message = await self._board.place(speaker, shown.number)
        if card.face.expects is None:
            earlier = await self._earlier(screening, shown.view)
            beside = Beside(said=speaker.texts.chat.no_typing, earlier=earlier)
            await self._board.paint(speaker, screening, shown.view, message, beside)
            return None
        value = read_value(card.face.expects, text, screening.day(speaker.now))
        press = Do(GiveAnswer(card.face.expects.id, value))
        await self._say(speaker, screening, press, shown.version, message)
        return None

    async def remind(self, speaker: Speaker, number: str, said: Callable[[Texts], str]) -> None:
        """Ask the open question again, below everything else in the chat."""
        screening = await self._mine(speaker, number)
        if screening is not None:
            screening = await self._today(speaker, screening)
            speaker = self._board.spoken_to(speaker, screening)
            await self._board.move_here(speaker, screening, said(speaker.texts))

    async def draw_again(self, speaker: Speaker, number: str) -> None:
        """Bring a card up to date in its place; a lost one is shown anew.

        It is not taken for what the chat looks at: a value typed before it was drawn again may
        have been meant for the question before.
        """
        screening = await self._mine(speaker, number)
        shown = self._board.shown(speaker.chat)
        if screening is not None and (shown is None or shown.number != number):
            screening = await self._today(speaker, screening)
            await self._board.redraw(self._board.spoken_to(speaker, screening), screening)
            await self._until_newest(screening)

    def let_go_of_all(self) -> frozenset[str]:
        """Take no chat for looking at anything; the lanes of those that did."""
        return frozenset(map(str, self._board.forget_all()))

    async def _today(self, speaker: Speaker, screening: Screening) -> Screening:
        """The screening as this day finds it: a window may have closed while nobody looked."""
        step = screening.walk(screening.day(speaker.now)).step
        if screening.stage is not Stage.ASKING or isinstance(step, AskInput | AskJudgement):
            return screening
        actor = speaker.actor(screening.opened)
        along = self._along(speaker)
        handled = await self._desk.handle(screening.number, LookAgain(), actor, along=along)
        speaker.turn.done = speaker.turn.done or bool(handled.events)
        return handled.screening

    async def changed(self, number: str) -> None:
        """Bring every card of a screening up to date that changed by itself, as time went by."""
        screening = await self._desk.look(number)
        await self._board.redraw_everywhere(screening, self._desk.now())
        await self._until_newest(screening)

    async def deliver(self, speaker: Speaker, number: str, said: str) -> int | None:
        """Bring a screening to somebody; the message's id.

        Raises:
            TelegramError: it was not shown.

        """
        screening = await self._mine(speaker, number)
        if screening is None:
            return None
        return await self._board.bring(speaker, screening, said)

    async def card_message(self, speaker: Speaker) -> int | None:
        """The message of the card that the chat looks at."""
        shown = self._board.shown(speaker.chat)
        return await self._board.place(speaker, shown.number) if shown else None

    async def show_signed(self, speaker: Speaker, number: str) -> None:
        """Bring the card up to date after its verdict was signed elsewhere in the chat."""
        screening = await self._mine(speaker, number)
        if screening is not None:
            message = await self._board.place(speaker, number)
            await self._board.paint(speaker, screening, Front(), message)

    # --- one press ----------------------------------------------------------------------------

    async def _turn(
        self,
        speaker: Speaker,
        screening: Screening,
        found: Frame,
        view: View,
        message: int | None,
    ) -> str:
        """Turn the card; a card that is out of date is brought up to date instead."""
        said = ""
        if found.version != screening.version:
            view, said = Front(), speaker.texts.remarks.overtaken_self
        elif isinstance(view, Signing):
            return await self._signing.begin(speaker, screening)
        screening = await self._today(speaker, screening)
        beside = Beside(said=said, earlier=await self._earlier(screening, view))
        return await self._board.paint(speaker, screening, view, message, beside, answers=True)

    async def _earlier(self, screening: Screening, view: View) -> Screening | None:
        """The attempt before, for the view that compares with it."""
        number = screening.opened.earlier
        compares = isinstance(view, Reviewing) and number is not None
        return await before(self._desk, number) if compares else None

    async def _beside(
        self, speaker: Speaker, screening: Screening, press: Elsewhere, message: int | None
    ) -> str:
        """What is done beside the screening; its card does not move on."""
        match press:
            case Again():
                return await self._repeating.again(speaker, screening, message)
            case TakeUp(number=number):
                return await self.take_up(speaker, number) or ""
            case AskAbout():
                said = await self._asking.ask(speaker, screening, press)
                view = back_from(screening, press.criterion, screening.day(speaker.now))
                earlier = await self._earlier(screening, view)
                await self._board.paint(speaker, screening, view, message, Beside(earlier=earlier))
                return said

    async def _say(
        self, speaker: Speaker, screening: Screening, press: Do, seen: int, message: int | None
    ) -> str:
        actor = speaker.actor(screening.opened)
        number = screening.number
        handled = await self._desk.handle(number, press.command, actor, seen, self._along(speaker))
        speaker.turn.done = speaker.turn.done or bool(handled.events)
        view = Front() if handled.events else self._kept_view(speaker, number, handled.remark)
        beside = Beside(handled.remark)
        said = await self._board.paint(
            speaker, handled.screening, view, message, beside, answers=True
        )
        if handled.events and await self._board.tell_others(speaker, handled):
            await self._until_newest(handled.screening)
        return said

    async def _until_newest(self, drawn: Screening) -> None:
        """Another process may have drawn a newer card meanwhile: whoever is last, draws what holds.

        Within one process the painter sees to that.
        """
        if not self._board.shared:
            return
        with contextlib.suppress(UnknownScreening):  # erased meanwhile: its card says so
            while (newest := await self._desk.look(drawn.number)).version != drawn.version:
                await self._board.redraw_everywhere(newest, self._desk.now())
                drawn = newest

    def _kept_view(self, speaker: Speaker, number: str, remark: Remark | None) -> View:
        """After a refusal the same question stays on the card."""
        shown = self._board.shown(speaker.chat)
        if shown is None or shown.number != number or isinstance(remark, Overtaken):
            return Front()
        return shown.view

    def _refused(self, speaker: Speaker, screening: Screening, command: Command) -> Action | None:
        """The action that the policy does not allow this speaker; None when all is well."""
        match command:
            case GiveJudgement(verdict=verdict) if verdict is not JudgementVerdict.DEFERRED:
                action = Action.JUDGE
            case Promote():
                action = Action.PROMOTE
                if not self._register.directory.takes_part(screening.opened):
                    return action
            case HandOver(to=person):
                action = Action.HAND_OVER
                if person not in {one for one, _ in self._board.colleagues(speaker, screening)}:
                    return action
            case _:
                return None
        may = speaker.may(action, screening.opened, screening.mode)
        return None if may else action

    def _along(self, speaker: Speaker) -> Along:
        return Along(speaker.update, (self._gate.guard(speaker.person.person),))

    async def _mine(self, speaker: Speaker, number: str) -> Screening | None:
        """The screening, if this person may carry on with it."""
        try:
            screening = await self._desk.look(number)
        except UnknownScreening:
            return None
        if screening.mode is Mode.PRACTICE and screening.owner != speaker.person.person:
            return None
        if not speaker.may(Action.CARRY_ON, screening.opened, screening.mode):
            return None
        return screening

    # --- what the chat turns to ----------------------------------------------------------------

    async def _fold_last(self, speaker: Speaker) -> None:
        """A finished card folds when its chat turns to something else."""
        shown = self._board.forget(speaker.chat)
        screening = await self._mine(speaker, shown.number) if shown else None
        if screening is not None and screening.stage in _ENDED:
            await self._board.fold(speaker, screening)

    async def _show_again(self, speaker: Speaker) -> str | None:
        """After a restart nobody knows which question a typed value was for: show, do not guess."""
        mine = speaker.person.person
        own = [line for line in self._register.open.values() if line.owner == mine]
        last = max(own, key=lambda line: line.opened_at, default=None)
        screening = await self._mine(speaker, last.number) if last else None
        if screening is None:
            return speaker.texts.chat.nothing_open
        await self._board.move_here(speaker, screening, speaker.texts.chat.type_again)
        return None
