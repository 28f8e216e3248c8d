"""Taps and typed answers on the cards of screenings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.cards.draw import draw
from bot.cards.reader import Reader
from bot.cards.typing import read_value
from bot.cards.views import Do, Folded, Front, Show, Signing, View
from bot.desk import Along, Desk, Handled, UnknownScreening, stream_of
from bot.gate import Gate
from bot.register import Register
from bot.telegram.codec import Frame, decode, frame
from bot.telegram.painter import Drawing, Painter
from bot.telegram.render import html, keyboard, plain_text
from bot.telegram.signing import SignTalk
from bot.telegram.speaker import Speaker, Tongues
from bot.texts.shape import Texts
from flows.commands import Command, GiveAnswer, GiveJudgement, HandOver, LookAgain, Promote, Resume
from flows.events import JudgementVerdict, Mode, Role
from flows.policy import Action
from flows.questions import AskInput, AskJudgement
from flows.replies import Overtaken, Remark
from flows.screening import Screening
from flows.stages import Stage
from storage.cards import Cards

_ENDED = (Stage.CONCLUDED, Stage.SIGNED, Stage.STOPPED)
"""The stages in which nothing is asked any more: such a card folds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The card that a chat looks at, as this process drew it."""

    number: str
    version: int
    view: View


class Screenings:
    """Screenings as a person meets them in a chat."""

    def __init__(
        self,
        desk: Desk,
        register: Register,
        gate: Gate,
        painter: Painter,
        cards: Cards,
        signing: SignTalk,
    ) -> None:
        self._desk, self._register, self._gate = desk, register, gate
        self._painter, self._cards, self._signing = painter, cards, signing
        self._shown: dict[int, Shown] = {}
        self.tongues = Tongues()

    async def open(self, speaker: Speaker, site: str, mode: Mode, trial: str) -> None:
        """Begin a screening at a site and show its card at the end of the chat."""
        await self._fold_last(speaker)
        zone = self._register.directory.sites[site].time_zone
        handled = await self._desk.open(
            trial,
            site,
            mode,
            speaker.texts.language,
            speaker.actor(site),
            zone,
            self._along(speaker),
        )
        speaker.turn.done = True
        await self._paint(speaker, handled.screening, Front())

    async def take_up(self, speaker: Speaker, number: str) -> str | None:
        """Show an open screening's card at the end of the chat; what to say when it may not be."""
        screening = await self._mine(speaker, number)
        if screening is None:
            return speaker.texts.chat.not_yours
        await self._fold_last(speaker)
        command: Command = Resume() if screening.stage is Stage.PAUSED else LookAgain()
        actor = speaker.actor(screening.opened.site)
        handled = await self._desk.handle(number, command, actor, along=self._along(speaker))
        speaker.turn.done = bool(handled.events)
        await self._move_here(speaker, handled.screening)
        return None

    async def tap(self, speaker: Speaker, data: str, message: int | None) -> str:
        """Follow a press; returns what is answered to the tap itself."""
        words = speaker.texts.chat
        found = frame(data)
        screening = await self._mine(speaker, found.number) if found else None
        if found is None or screening is None:
            if found is not None:
                await self._refuse(speaker, Action.CARRY_ON, found.number)
            return words.not_yours if found else words.not_a_button
        press = decode(found.body, screening.book)
        if press is None:
            return words.not_a_button
        if isinstance(press, Show):
            return await self._turn(speaker, screening, found, press.view, message)
        action = self._refused(speaker, screening, press.command)
        if action is not None:
            await self._refuse(speaker, action, found.number)
            return words.not_your_role
        return await self._say(speaker, screening, press, found.version, message)

    async def typed(self, speaker: Speaker, text: str) -> str | None:
        """Take a typed value for the question that the chat looks at; None when there is one."""
        shown = self._shown.get(speaker.chat)
        if shown is None:
            return await self._show_again(speaker)
        screening = await self._mine(speaker, shown.number)
        if screening is None:
            return speaker.texts.chat.not_yours
        card = draw(
            screening,
            speaker.texts,
            speaker.now,
            shown.view,
            reader=self._reader(speaker, screening),
        )
        if card.expects is None:
            await self._paint(speaker, screening, shown.view, said=speaker.texts.chat.no_typing)
            return None
        value = read_value(card.expects, text, screening.day(speaker.now))
        press = Do(GiveAnswer(card.expects.id, value))
        message = await self._cards.card(stream_of(shown.number), speaker.chat)
        await self._say(speaker, screening, press, shown.version, message)
        return None

    async def remind(self, speaker: Speaker, number: str, said: Callable[[Texts], str]) -> None:
        """Ask the open question again, below everything else in the chat."""
        screening = await self._mine(speaker, number)
        if screening is not None:
            screening = await self._today(speaker, screening)
            speaker = self._spoken_to(speaker, screening)
            await self._move_here(speaker, screening, said(speaker.texts))

    async def draw_again(self, speaker: Speaker, number: str) -> None:
        """Bring a card up to date in its place; a lost one is shown anew.

        It is not taken for what the chat looks at: a value typed before it was drawn again may
        have been meant for the question before.
        """
        screening = await self._mine(speaker, number)
        shown = self._shown.get(speaker.chat)
        if screening is not None and (shown is None or shown.number != number):
            screening = await self._today(speaker, screening)
            speaker = self._spoken_to(speaker, screening)
            message = await self._cards.card(stream_of(number), speaker.chat)
            await self._painter.show(self._drawing(speaker, screening, Front(), message))

    async def _today(self, speaker: Speaker, screening: Screening) -> Screening:
        """The screening as this day finds it: a window may have closed while nobody looked."""
        step = screening.walk(screening.day(speaker.now)).step
        if screening.stage is not Stage.ASKING or isinstance(step, AskInput | AskJudgement):
            return screening
        actor = speaker.actor(screening.opened.site)
        along = self._along(speaker)
        handled = await self._desk.handle(screening.number, LookAgain(), actor, along=along)
        speaker.turn.done = speaker.turn.done or bool(handled.events)
        return handled.screening

    def _spoken_to(self, speaker: Speaker, screening: Screening) -> Speaker:
        """Without an update of theirs: in their language, or in that of the screening."""
        texts = self.tongues.of(speaker.person, screening.opened.language)
        return replace(speaker, texts=texts)

    async def deliver(self, speaker: Speaker, number: str, said: str) -> int | None:
        """Bring a screening to somebody; the message's id.

        Raises:
            TelegramError: it was not shown.

        """
        screening = await self._mine(speaker, number)
        if screening is None:
            return None
        self._shown[speaker.chat] = Shown(number, screening.version, Front())
        drawing = self._drawing(speaker, screening, Front(), None, said=said)
        return await self._painter.once(drawing)

    async def show_signed(self, speaker: Speaker, number: str) -> None:
        """Bring the card up to date after its verdict was signed elsewhere in the chat."""
        screening = await self._mine(speaker, number)
        if screening is not None:
            message = await self._cards.card(stream_of(number), speaker.chat)
            await self._paint(speaker, screening, Front(), message=message)

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
        await self._paint(speaker, screening, view, message=message, said=said)
        return said

    async def _say(
        self, speaker: Speaker, screening: Screening, press: Do, seen: int, message: int | None
    ) -> str:
        actor = speaker.actor(screening.opened.site)
        number = screening.number
        handled = await self._desk.handle(number, press.command, actor, seen, self._along(speaker))
        speaker.turn.done = speaker.turn.done or bool(handled.events)
        view = Front() if handled.events else self._kept_view(speaker, number, handled.remark)
        await self._paint(speaker, handled.screening, view, message=message, remark=handled.remark)
        if handled.events:
            await self._tell_others(speaker, handled)
        reader = self._reader(speaker, handled.screening)
        card = draw(handled.screening, speaker.texts, speaker.now, view, handled.remark, reader)
        return card.remark

    def _kept_view(self, speaker: Speaker, number: str, remark: Remark | None) -> View:
        """After a refusal the same question stays on the card."""
        shown = self._shown.get(speaker.chat)
        if shown is None or shown.number != number or isinstance(remark, Overtaken):
            return Front()
        return shown.view

    def _refused(self, speaker: Speaker, screening: Screening, command: Command) -> Action | None:
        """The action that the policy does not allow this speaker; None when all is well."""
        offered = {one for one, _ in self._colleagues(speaker, screening)}
        match command:
            case GiveJudgement(verdict=verdict) if verdict is not JudgementVerdict.DEFERRED:
                action = Action.JUDGE
            case Promote():
                action = Action.PROMOTE
            case HandOver(to=person):
                action = Action.HAND_OVER
                if person not in offered:
                    return action
            case _:
                return None
        may = speaker.may(action, screening.opened.site, screening.mode)
        return None if may else action

    def _along(self, speaker: Speaker) -> Along:
        return Along(speaker.update, self._gate.guard(speaker.person.person))

    async def _refuse(self, speaker: Speaker, action: Action, about: str) -> None:
        """Keep the refusal; one that cannot be told from another is not kept twice."""
        sites = speaker.person.sites(speaker.now, *Role)
        by = speaker.actor(sites[0])
        if await self._gate.refused(by, action, about, speaker.update):
            speaker.turn.done = True

    async def _mine(self, speaker: Speaker, number: str) -> Screening | None:
        """The screening, if this person may carry on with it."""
        try:
            screening = await self._desk.look(number)
        except UnknownScreening:
            return None
        if screening.mode is Mode.PRACTICE and screening.owner != speaker.person.person:
            return None
        if not speaker.may(Action.CARRY_ON, screening.opened.site, screening.mode):
            return None
        return screening

    # --- cards in chats -----------------------------------------------------------------------

    async def _paint(
        self,
        speaker: Speaker,
        screening: Screening,
        view: View,
        *,
        message: int | None = None,
        remark: Remark | None = None,
        said: str = "",
    ) -> None:
        self._shown[speaker.chat] = Shown(screening.number, screening.version, view)
        await self._painter.show(self._drawing(speaker, screening, view, message, remark, said))

    def _drawing(
        self,
        speaker: Speaker,
        screening: Screening,
        view: View,
        message: int | None,
        remark: Remark | None = None,
        said: str = "",
    ) -> Drawing:
        reader = self._reader(speaker, screening)
        card = draw(screening, speaker.texts, speaker.now, view, remark, reader)
        if said:
            card = replace(card, remark=said)
        return Drawing(
            chat=speaker.chat,
            html=html(card, speaker.texts),
            plain=plain_text(card),
            keyboard=keyboard(card, screening),
            stream=stream_of(screening.number),
            version=screening.version,
            message=message,
        )

    async def _move_here(self, speaker: Speaker, screening: Screening, said: str = "") -> None:
        """The card as a new message at the end of the chat; the old one goes."""
        old = await self._cards.card(stream_of(screening.number), speaker.chat)
        await self._paint(speaker, screening, Front(), said=said)
        if old is not None:
            await self._painter.remove(speaker.chat, old)

    async def _fold_last(self, speaker: Speaker) -> None:
        """A finished card folds when its chat turns to something else."""
        shown = self._shown.pop(speaker.chat, None)
        if shown is None:
            return
        screening = await self._mine(speaker, shown.number)
        if screening is None or screening.stage not in _ENDED:
            return
        message = await self._cards.card(stream_of(shown.number), speaker.chat)
        if message is not None:
            await self._painter.show(self._drawing(speaker, screening, Folded(), message))

    async def _show_again(self, speaker: Speaker) -> str | None:
        """After a restart nobody knows which question a typed value was for: show, do not guess."""
        own = [
            line.number
            for line in self._register.lines.values()
            if line.open and line.owner == speaker.person.person
        ]
        if not own:
            return speaker.texts.chat.nothing_open
        screening = await self._mine(speaker, own[-1])
        if screening is None:
            return speaker.texts.chat.nothing_open
        await self._move_here(speaker, screening, speaker.texts.chat.type_again)
        return None

    async def _tell_others(self, speaker: Speaker, handled: Handled) -> None:
        """Whoever has the same card open sees that it moved on, and by whom."""
        screening = handled.screening
        last = handled.events[-1]
        for place in await self._cards.drawn(stream_of(screening.number)):
            person = self._register.directory.by_telegram(place.chat)
            if place.chat == speaker.chat or person is None:
                continue
            other = self._spoken_to(replace(speaker, person=person, chat=place.chat), screening)
            if not other.may(Action.CARRY_ON, screening.opened.site, screening.mode):
                continue
            remark = Overtaken(last.by.person, last.at)
            drawing = self._drawing(other, screening, Front(), place.message_id, remark)
            await self._painter.show(drawing)
            if (shown := self._shown.get(place.chat)) and shown.number == screening.number:
                self._shown[place.chat] = Shown(screening.number, screening.version, Front())

    def _reader(self, speaker: Speaker, screening: Screening) -> Reader:
        site, mode = screening.opened.site, screening.mode
        return Reader(
            person=speaker.person.person,
            judges=speaker.may(Action.JUDGE, site, mode),
            promotes=speaker.may(Action.PROMOTE, site, mode),
            signs=self._signing.offered and speaker.may(Action.SIGN, site, mode),
            colleagues=self._colleagues(speaker, screening),
            taps=True,
            name_of=self._register.directory.name_of,
        )

    def _colleagues(self, speaker: Speaker, screening: Screening) -> tuple[tuple[str, str], ...]:
        holding = self._register.directory.holding(
            Role.INVESTIGATOR, screening.opened.site, speaker.now
        )
        return tuple((one.person, one.name) for one in holding if one != speaker.person)
