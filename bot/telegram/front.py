"""From an update to what it asks for: who speaks, are they let in, and which part answers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import Bot, Chat, Update, User
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ChatMemberHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.clock import Clock
from bot.desk import PermissionChanged
from bot.office import Office
from bot.pins import PinKeeper
from bot.register import Register
from bot.telegram.asking import Asking
from bot.telegram.calls import Calls
from bot.telegram.case import CaseTalk
from bot.telegram.charts import ChartTalk
from bot.telegram.choice import Choice
from bot.telegram.doubles import Doubles
from bot.telegram.duties import DutyTalk
from bot.telegram.erasing import ErasingTalk
from bot.telegram.following import Following
from bot.telegram.log import LogTalk
from bot.telegram.mailing import Mailing
from bot.telegram.menu import Menu
from bot.telegram.painter import Drawing, Painter
from bot.telegram.people import PeopleTalk
from bot.telegram.rides import Rides
from bot.telegram.rows import MARK
from bot.telegram.screenings import Screenings
from bot.telegram.signing import MARK as SECRET
from bot.telegram.signing import SignTalk
from bot.telegram.silence import Silence
from bot.telegram.speaker import Speaker, Turn
from bot.telegram.strangers import Strangers
from bot.telegram.talk import Talk
from bot.telegram.tap import Answering, Tap, answer, read_tap
from bot.telegram.trial import TrialTalk
from bot.telegram.unsaved import Unsaved
from bot.texts import ALL, texts_in
from bot.texts.shape import Texts
from flows.events import Actor, Role
from storage.errors import StorageError
from storage.inbox import Update as Row

log = logging.getLogger(__name__)

_TURN: ContextVar[Turn] = ContextVar("turn")
_FAILED: ContextVar[list[BaseException]] = ContextVar("failed")

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE


@dataclass(frozen=True, slots=True)
class Parts:
    """What the front is made of."""

    bot: Bot
    register: Register
    office: Office
    screenings: Screenings
    talk: Talk
    people: PeopleTalk
    painter: Painter
    menu: Menu
    signing: SignTalk
    following: Following
    doubles: Doubles
    asking: Asking
    log: LogTalk
    case: CaseTalk
    trial: TrialTalk
    charts: ChartTalk
    choice: Choice
    duties: DutyTalk
    mailing: Mailing
    pins: PinKeeper | None
    erasing: ErasingTalk


class Front:
    """Telegram's side of the house. `handle` takes one row of the inbox."""

    def __init__(
        self, parts: Parts, clock: Clock, language: str, rides: Rides | None = None
    ) -> None:
        self._bot, self._register, self._office = parts.bot, parts.register, parts.office
        self._calls = Calls(parts.bot, rides)
        self._screenings, self._talk = parts.screenings, parts.talk
        self._people, self._painter, self._menu = parts.people, parts.painter, parts.menu
        self._signing, self._following = parts.signing, parts.following
        self._erasing = parts.erasing
        self._doubles, self._asking = parts.doubles, parts.asking
        self._log, self._case = parts.log, parts.case
        self._trial, self._charts = parts.trial, parts.charts
        self._duties = parts.duties
        self._mailing = parts.mailing
        self._clock, self._language = clock, language
        self._strangers = Strangers()
        self.unsaved = Unsaved(parts.bot, self._texts_for)
        self.silence = Silence(parts.register, parts.screenings, clock, language)
        self._beginning, self._begun = asyncio.Lock(), False
        self._app: App = ApplicationBuilder().bot(parts.bot).updater(None).job_queue(None).build()
        self._app.add_handler(TypeHandler(Update, self._outside), group=0)
        self._app.add_handler(MessageHandler(filters.COMMAND, self._commanded), group=1)
        self._app.add_handler(MessageHandler(filters.ALL, self._typed), group=1)
        self._app.add_handler(ChatMemberHandler(_nothing), group=1)
        self._app.add_error_handler(_remember)

    async def start(self, username: str) -> None:
        """Begin; the probe has told the bot's own name already."""
        self._people.username = username
        await self._begin()

    async def _begin(self) -> None:
        """Make PTB ready. What an earlier run left may be handled before `start` is called."""
        if self._begun:
            return
        async with self._beginning:
            if not self._begun:
                await self._app.initialize()
                self._begun = True

    async def stop(self) -> None:
        """Stop trying to show what could not be shown; the next start draws every open card."""
        await self.silence.close()
        await self.unsaved.close()
        await self._painter.close()
        await self._app.shutdown()

    async def handle(self, row: Row) -> bool:
        """Do what one update asks for; True when that has made it done already.

        Raises:
            StorageError: nothing was recorded; it can be tried again.
            Exception: the update cannot be understood; it is to be put aside.

        """
        await self._begin()
        turn = Turn(row.id)
        tap = read_tap(row.raw)
        if tap is None:
            update = Update.de_json(json.loads(row.raw), self._bot)
            await self._on_what_holds(partial(self._processed, update, turn))
        else:
            await self._taken(tap, turn)
        return turn.done

    async def _on_what_holds(self, follow: Callable[[], Awaitable[None]]) -> None:
        """Decide on what the register knows now; anew, when that moves on before it is recorded."""
        await self._register.catch_up()
        try:
            await follow()
        except PermissionChanged:
            await self._register.catch_up()
            await follow()

    async def _processed(self, update: Update, turn: Turn) -> None:
        """Let PTB find who answers; raises what a handler raised."""
        failed: list[BaseException] = []
        _TURN.set(turn)
        _FAILED.set(failed)
        await self._app.process_update(update)
        if failed:
            raise failed[0]

    async def _taken(self, tap: Tap, turn: Turn) -> None:
        """Follow a tap; when nothing can be recorded, say so at once: the intake goes on trying."""
        try:
            await self._on_what_holds(partial(self._tapped, tap, turn))
        except StorageError:
            texts = self._texts_for(tap.user.id, tap.user.language_code)
            await answer(self._calls, tap.id, texts.remarks.not_saved_yet)
            raise

    # --- who speaks ---------------------------------------------------------------------------

    async def _outside(self, update: Update, _: Context) -> None:
        """In groups the bot says nothing and leaves."""
        chat = update.effective_chat
        if chat is not None and chat.type not in (Chat.PRIVATE, Chat.SENDER):
            await self._leave(chat.id)

    async def _leave(self, group: int) -> None:
        try:
            await self._bot.leave_chat(group)
        except TelegramError as error:
            log.info("a group could not be left: %s", type(error).__name__)

    async def _speaker(self, account: int, language: str | None, turn: Turn) -> Speaker | None:
        """Who speaks in their own chat; None for a stranger."""
        person = self._register.directory.by_telegram(account)
        now = self._clock.now()
        if person is None or not person.roles(now):
            return None
        self._screenings.tongues.hear(account, language)
        texts = self._screenings.tongues.of(person, self._language)
        speaker = Speaker(person, account, texts, now, turn)
        await self._menu.refresh(speaker)
        return speaker

    def _texts_for(self, account: int, language: str | None) -> Texts:
        person = self._register.directory.by_telegram(account)
        chosen = person.language if person else None
        return texts_in(chosen or language or self._language)

    async def _stranger(self, user: User, chat: Chat) -> None:
        if not _own(user, chat) or user.is_bot:
            return
        if self._strangers.may_be_answered(user.id, self._clock.now()):
            words = self._texts_for(user.id, user.language_code).chat.stranger
            await self._painter.show(Drawing(chat.id, words, words))

    # --- taps ---------------------------------------------------------------------------------

    async def _tapped(self, tap: Tap, turn: Turn) -> None:
        if (group := tap.group) is not None:
            await self._leave(group)
        speaker = None
        if tap.own:
            speaker = await self._speaker(tap.user.id, tap.user.language_code, turn)
        answering, said = Answering(self._calls, tap.id), ""
        if speaker is not None and tap.data:
            turn.answer = answering.say
            said = await self._pressed(speaker, tap)
        await answering.end(said)

    async def _pressed(self, speaker: Speaker, tap: Tap) -> str:
        """Follow what a button carries; what is answered."""
        message = tap.message.message_id if tap.message else None
        if tap.data.startswith(MARK):
            return await self._choice(speaker, tap.data[1:], message)
        if tap.data.startswith(SECRET):
            return await self._keyed(speaker, tap.data[1:], message)
        return await self._screenings.tap(speaker, tap.data, message)

    async def _keyed(self, speaker: Speaker, word: str, message: int | None) -> str:
        """A key of a keypad for secrets; after a signature the card shows it."""
        number = self._signing.about(speaker)
        if message == await self._screenings.card_message(speaker):
            message = None  # a forged key on a card: the card is not a keypad, and stays
        said = await self._signing.press(speaker, word, message)
        if number and speaker.turn.done:
            await self._screenings.show_signed(speaker, number)
        return said

    async def _choice(self, speaker: Speaker, data: str, message: int | None) -> str:
        """The buttons that are not on a card."""
        kind, *words = data.split(":")
        taken: dict[str, tuple[int, Callable[..., Awaitable[str]]]] = {
            "n": (3, self._talk.begin_at),
            "protocol": (1, self._talk.protocol_of),
            "o": (1, self._talk.take_up),
            "l": (1, self._choose_language),
            "p": (1, self._people.show),
            "r": (1, self._people.revoke),
            "it": (1, self._people.ask_role_in),
            "i": (3, self._people.invite),
            "c": (1, self._people.confirm),
            "w": (1, self._people.withdraw),
            "t": (1, self._following.take),
            "take": (1, partial(self._following.take_here, message)),
            "over": (2, partial(self._following.take_over, message)),
            "seen": (2, partial(self._following.seen, message)),
            "done": (0, self._following.already),
            "k": (1, self._people.reset_pin),
            "y": (1, partial(self._signing.confirmed, message)),
            "ea": (2, self._erasing.sure),
            "ey": (2, self._erasing.erase),
            "en": (1, self._erasing.keep),
            "double": (3, partial(self._doubles.chosen, message)),
            "qcase": (1, self._asking.answer_case),
            "qask": (2, self._asking.ask_answer),
            "qsay": (3, partial(self._asking.answer, message)),
            **self._log.buttons(message),
            **self._case.buttons(message),
            **self._trial.buttons(message),
            **self._charts.buttons(),
        }
        taken |= self._duties.buttons(message)
        count, follow = taken.get(kind, (-1, None))
        if follow is None or count != len(words):
            return speaker.texts.chat.not_a_button
        return await follow(speaker, *words)

    async def _choose_language(self, speaker: Speaker, code: str) -> str:
        if code not in ALL:
            return speaker.texts.chat.not_a_button
        by = Actor(speaker.person.person, _any_role(speaker))
        await self._office.choose_language(speaker.person.person, code, by=by, done=speaker.update)
        await self._register.catch_up()
        person = self._register.directory.people[speaker.person.person]
        changed = Speaker(person, speaker.chat, ALL[code], speaker.now)
        await self._menu.refresh(changed)
        await self._talk.say(changed, changed.texts.chat.language_set)
        return ""

    # --- messages -----------------------------------------------------------------------------

    async def _commanded(self, update: Update, _: Context) -> None:
        message, user = update.effective_message, update.effective_user
        if message is None or user is None or not _own(user, message.chat):
            return
        word, _sep, rest = (message.text or "").strip().partition(" ")
        word = word.removeprefix("/").partition("@")[0].casefold()
        if word == "start" and rest and await self._invited(user, rest.strip()):
            return
        speaker = await self._speaker(user.id, user.language_code, _TURN.get())
        if speaker is None:
            await self._stranger(user, message.chat)
            return
        follow = self._commands(rest).get(word)
        if follow is None:
            await self._talk.say(speaker, speaker.texts.chat.unknown_command)
        else:
            await follow(speaker)

    def _commands(self, rest: str) -> dict[str, Callable[[Speaker], Awaitable[None]]]:
        talk, people = self._talk, self._people
        return {
            "start": talk.greet,
            "help": talk.help,
            "screen": lambda speaker: talk.begin(speaker, "screen"),
            "check": lambda speaker: talk.begin(speaker, "check"),
            "practice": lambda speaker: talk.begin(speaker, "practice"),
            "open": talk.list_open,
            "queries": self._asking.list_open,
            "log": self._log.list_log,
            "funnel": self._charts.flow,
            "chart": self._charts.ask,
            "trial": self._trial.show,
            "protocol": talk.protocol,
            "language": talk.ask_language,
            "email": lambda speaker: self._mailing.choose(speaker, rest),
            "people": people.list_people,
            "invite": people.ask_role,
            "erase": lambda speaker: self._erasing.ask(speaker, rest),
            "duty": self._duties.list_duty,
            "digest": self._duties.ask_digest,
        }

    async def _invited(self, user: User, secret: str) -> bool:
        return await self._people.use(
            user.id, user.full_name, user.language_code, secret, _TURN.get()
        )

    async def _typed(self, update: Update, _: Context) -> None:
        message, user = update.message, update.effective_user
        if message is None or user is None or not _own(user, message.chat):
            return
        speaker = await self._speaker(user.id, user.language_code, _TURN.get())
        if speaker is None:
            await self._stranger(user, message.chat)
            return
        said = await self._screenings.typed(speaker, message.text or "")
        if said:
            await self._talk.say(speaker, said)
        await self._painter.remove(message.chat.id, message.message_id)


def _own(user: User, chat: Chat) -> bool:
    """Whether this is the person's own chat with the bot, which bears their number.

    Telegram words it so; a body that does not is forged, and nothing may be shown in that chat.
    """
    return chat.type == Chat.PRIVATE and chat.id == user.id


async def _nothing(_: Update, __: Context) -> None:
    """Being blocked or added is noticed elsewhere; there is nothing to answer."""


async def _remember(_: object, context: Context) -> None:
    """Hand a handler's exception on: the intake decides between trying again and putting aside."""
    if context.error is not None:
        _FAILED.get().append(context.error)


def _any_role(speaker: Speaker) -> Role:
    return next(iter(sorted(speaker.person.roles(speaker.now))))
