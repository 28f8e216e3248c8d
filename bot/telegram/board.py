"""The cards in people's chats: which is looked at, drawing it, moving it, folding it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.attempts import Attempts
from bot.cards.card import Card
from bot.cards.draw import draw
from bot.cards.reader import Reader
from bot.cards.views import Folded, Front, View
from bot.desk import Handled, stream_of
from bot.register import Register
from bot.telegram.painter import Drawing, Painter
from bot.telegram.render import html, keyboard, plain_text
from bot.telegram.speaker import Speaker, Tongues
from flows.events import Role
from flows.policy import Action
from flows.replies import Overtaken, Remark
from flows.screening import Screening
from storage.cards import Cards


@dataclass(frozen=True, slots=True)
class Shown:
    """The card that a chat looks at, as this process drew it."""

    number: str
    version: int
    view: View


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on a card beside the screening: a remark, or words of our own.

    `earlier` is the attempt before, where the card tells what has changed since.
    """

    remark: Remark | None = None
    said: str = ""
    earlier: Screening | None = None


class Board:
    """Draws cards for their readers. `signs` says whether signing is set up here.

    `shared` says that other processes may draw the same cards.
    """

    def __init__(
        self,
        register: Register,
        painter: Painter,
        cards: Cards,
        *,
        signs: bool,
        shared: bool = False,
    ) -> None:
        self._register, self._painter, self._cards = register, painter, cards
        self._signs, self.shared = signs, shared
        self._shown: dict[int, Shown] = {}
        self.tongues = Tongues()

    def shown(self, chat: int) -> Shown | None:
        """What the chat looks at; None when this process has not drawn it."""
        return self._shown.get(chat)

    def forget(self, chat: int) -> Shown | None:
        """The chat turns to something else; what it looked at."""
        return self._shown.pop(chat, None)

    def forget_all(self) -> frozenset[int]:
        """No chat is known to look at anything any more; those that did."""
        chats = frozenset(self._shown)
        self._shown.clear()
        return chats

    def let_go(self, number: str) -> None:
        """A screening was erased: no chat looks at it any more."""
        for chat in [chat for chat, shown in self._shown.items() if shown.number == number]:
            del self._shown[chat]

    async def place(self, speaker: Speaker, number: str) -> int | None:
        """The message that shows a screening in the speaker's chat."""
        return await self._cards.card(stream_of(number), speaker.chat)

    def card(
        self, speaker: Speaker, screening: Screening, view: View, beside: Beside | None = None
    ) -> Card:
        """The card as this speaker sees it."""
        beside = beside or Beside()
        reader = self._reader(speaker, screening, beside.earlier)
        card = draw(screening, speaker.texts, speaker.now, view, beside.remark, reader)
        return replace(card, remark=beside.said) if beside.said else card

    async def paint(
        self,
        speaker: Speaker,
        screening: Screening,
        view: View,
        message: int | None = None,
        beside: Beside | None = None,
        *,
        answers: bool = False,
    ) -> str:
        """Show the card, which the chat then looks at; what is remarked on it.

        With `answers` the tap is answered with that at the same time.
        """
        self.looks_at(speaker.chat, screening, view)
        card = self.card(speaker, screening, view, beside)
        if answers and speaker.turn.answer is not None:
            speaker.turn.answer(card.remark)
        await self._painter.show(_drawing(speaker, screening, card, message))
        return card.remark

    def looks_at(self, chat: int, screening: Screening, view: View) -> None:
        """From now on what is typed in the chat is for this card."""
        self._shown[chat] = Shown(screening.number, screening.version, view)

    async def redraw(self, speaker: Speaker, screening: Screening) -> None:
        """Bring the card up to date in its place, or show a lost one anew; nothing else changes."""
        message = await self.place(speaker, screening.number)
        card = self.card(speaker, screening, Front())
        await self._painter.show(_drawing(speaker, screening, card, message))

    async def bring(self, speaker: Speaker, screening: Screening, said: str) -> int | None:
        """Show the card as a new message, once, in place of an older one; its id.

        Raises TelegramError.
        """
        old = await self.place(speaker, screening.number)
        self.looks_at(speaker.chat, screening, Front())
        card = self.card(speaker, screening, Front(), Beside(said=said))
        message = await self._painter.once(_drawing(speaker, screening, card, None))
        if old is not None and message is not None:
            await self._painter.remove(speaker.chat, old)
        return message

    async def move_here(self, speaker: Speaker, screening: Screening, said: str = "") -> None:
        """The card as a new message at the end of the chat; the old one goes."""
        old = await self.place(speaker, screening.number)
        await self.paint(speaker, screening, Front(), beside=Beside(said=said))
        if old is not None:
            await self._painter.remove(speaker.chat, old)

    async def fold(self, speaker: Speaker, screening: Screening) -> None:
        """Fold a finished card in its place."""
        message = await self.place(speaker, screening.number)
        if message is not None:
            card = self.card(speaker, screening, Folded())
            await self._painter.show(_drawing(speaker, screening, card, message))

    async def tell_others(self, speaker: Speaker, handled: Handled) -> bool:
        """Whoever has the same card open sees that it moved on, and by whom; whether any does."""
        told = False
        screening, last = handled.screening, handled.events[-1]
        beside = Beside(Overtaken(last.by.person, last.at))
        for place in await self._cards.drawn(stream_of(screening.number)):
            person = self._register.directory.by_telegram(place.chat)
            if place.chat == speaker.chat or person is None:
                continue
            other = self.spoken_to(replace(speaker, person=person, chat=place.chat), screening)
            if not other.may(Action.CARRY_ON, screening.opened, screening.mode):
                continue
            told = True
            card = self.card(other, screening, Front(), beside)
            await self._painter.show(_drawing(other, screening, card, place.message_id))
            if (shown := self._shown.get(place.chat)) and shown.number == screening.number:
                self.looks_at(place.chat, screening, Front())
        return told

    async def redraw_everywhere(self, screening: Screening, now: datetime) -> None:
        """Bring its card up to date in every chat that shows it and may still see it."""
        for place in await self._cards.drawn(stream_of(screening.number)):
            person = self._register.directory.by_telegram(place.chat)
            if person is None:
                continue
            texts = self.tongues.of(person, screening.opened.language)
            reader = Speaker(person, place.chat, texts, now)
            if not reader.may(Action.CARRY_ON, screening.opened, screening.mode):
                continue
            card = self.card(reader, screening, Front())
            await self._painter.show(_drawing(reader, screening, card, place.message_id))
            if (shown := self._shown.get(place.chat)) and shown.number == screening.number:
                self.looks_at(place.chat, screening, Front())

    def spoken_to(self, speaker: Speaker, screening: Screening) -> Speaker:
        """Without an update of theirs: in their language, or in that of the screening."""
        texts = self.tongues.of(speaker.person, screening.opened.language)
        return replace(speaker, texts=texts)

    def colleagues(self, speaker: Speaker, screening: Screening) -> tuple[tuple[str, str], ...]:
        """Who may carry on instead: the other investigators of its trial at the site, by id."""
        holding = self._register.directory.holding(Role.INVESTIGATOR, screening.opened, speaker.now)
        return tuple((one.person, one.name) for one in holding if one != speaker.person)

    def _reader(self, speaker: Speaker, screening: Screening, earlier: Screening | None) -> Reader:
        where, mode, number = screening.opened, screening.mode, screening.number
        opens = self._register.directory.takes_part(where)
        return Reader(
            person=speaker.person.person,
            judges=speaker.may(Action.JUDGE, where, mode),
            promotes=opens and speaker.may(Action.PROMOTE, where, mode),
            signs=self._signs and self._register.may_sign(speaker.person, screening, speaker.now),
            colleagues=self.colleagues(speaker, screening),
            taps=True,
            screens=opens and speaker.may(Action.SCREEN, where),
            asks=True,
            name_of=self._register.directory.name_of,
            attempts=Attempts(
                self._register.attempt(number), self._register.later.get(number, ""), earlier
            ),
        )


def _drawing(speaker: Speaker, screening: Screening, card: Card, message: int | None) -> Drawing:
    return Drawing(
        chat=speaker.chat,
        html=html(card, speaker.texts),
        plain=plain_text(card, speaker.texts),
        keyboard=keyboard(card, screening),
        stream=stream_of(screening.number),
        version=screening.version,
        message=message,
    )
