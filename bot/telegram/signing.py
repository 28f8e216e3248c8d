"""Signing on the phone: the frozen record, the meaning, and a keypad for the PIN."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape

from bot.cards.ending import signable
from bot.desk import Along, Desk, UnknownScreening
from bot.gate import Gate
from bot.pages.record import frozen_page
from bot.pins import Chosen, Locked, PinKeeper, Right, Wrong, trivial
from bot.register import Register
from bot.signing_session import SigningSession
from bot.telegram.keypad import LENGTH, Keypad, Keypads
from bot.telegram.painter import Drawing, Painter
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK as CHOICE
from bot.telegram.rows import as_keyboard
from bot.telegram.speaker import Speaker
from flows.access import PinChosen, PinLocked, PinReset
from flows.commands import Sign
from flows.events import Actor, Role
from flows.policy import Action
from flows.screening import Screening
from storage.frozen import fingerprint_of
from storage.ledger import Append

MARK = "#"
"""Every key of a keypad begins with it."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a keypad is for: the record as it was shown, and which PIN is being keyed.

    `first` holds the first entry while a new PIN is keyed a second time.
    """

    number: str
    version: int
    sha256: str
    page: str
    choosing: bool = False
    first: str = field(default="", repr=False)


class SignTalk:
    """Shows the record, takes the PIN, signs. Without a pepper (`pins` None) it is not offered."""

    def __init__(
        self,
        desk: Desk,
        register: Register,
        gate: Gate,
        painter: Painter,
        pins: PinKeeper | None,
        keypads: Keypads,
    ) -> None:
        self._desk, self._register, self._gate = desk, register, gate
        self._painter, self._pins, self._keypads = painter, pins, keypads
        self._session = SigningSession()

    @property
    def offered(self) -> bool:
        """Whether signing is set up here."""
        return self._pins is not None

    async def begin(self, speaker: Speaker, screening: Screening) -> str:
        """Show what would be signed, and ask for the PIN."""
        words = speaker.texts.chat
        if self._pins is None:
            return words.sign_off
        if not self._register.may_sign(speaker.person, screening, speaker.now):
            await refuse(self._gate, speaker, Action.SIGN, screening.number)
            return words.not_your_role
        if not signable(screening):
            return speaker.texts.remarks.cannot_sign
        person = speaker.person.person
        if self._session.needs_identity(person, speaker.now, self._recorded(person)):
            await self._ask_who(speaker, screening.number)
            return ""
        await self._ask_pin(speaker, screening, None)
        return ""

    async def confirmed(self, message: int | None, speaker: Speaker, number: str) -> str:
        """The signer has said that it is they: first in a session, and after 15 idle minutes.

        Two components at the first signing, the account and the PIN (21 CFR 11.200(a)(1)).
        """
        words = speaker.texts.chat
        try:
            screening = await self._desk.look(number)
        except UnknownScreening:
            return words.not_yours
        if not self._register.may_sign(speaker.person, screening, speaker.now):
            await refuse(self._gate, speaker, Action.SIGN, screening.number)
            return words.not_your_role
        if self._pins is None:
            return words.sign_off
        if not signable(screening):
            return words.sign_expired
        await self._ask_pin(speaker, screening, message)
        return ""

    async def _ask_who(self, speaker: Speaker, number: str) -> None:
        words = speaker.texts.chat
        html = words.sign_as(escape(speaker.person.name))
        rows = [[(words.sign_it_is_me, f"{CHOICE}y:{number}")]]
        await self._painter.show(Drawing(speaker.chat, html, html, as_keyboard(rows)))

    async def _ask_pin(self, speaker: Speaker, screening: Screening, message: int | None) -> None:
        words = speaker.texts.chat
        assert self._pins is not None
        purpose = Purpose(
            number=screening.number,
            version=screening.version,
            sha256=fingerprint_of(screening),
            page=frozen_page(screening, speaker.texts, speaker.person.name),
            choosing=not await self._pins.has_pin(speaker.person.person),
        )
        ask = words.sign_choose if purpose.choosing else words.sign_pin
        await self._show(speaker, purpose, ask, message)

    async def has_pin(self, person: str) -> bool:
        """Whether somebody has chosen a PIN."""
        return self._pins is not None and await self._pins.has_pin(person)

    async def reset_pin(self, person: str, by: Actor) -> None:
        """Let somebody choose a new PIN, and say anew who they are."""
        if self._pins is not None:
            await self._pins.reset(person)
            self._session.end(person)
            await self._gate.about_pin(PinReset(person), by)

    def about(self, speaker: Speaker) -> str | None:
        """The number of the screening whose keypad is open in this chat."""
        purpose = self._keypads.purpose(speaker.chat)
        return purpose.number if isinstance(purpose, Purpose) else None

    async def press(self, speaker: Speaker, word: str, message: int | None) -> str:
        """One key of the keypad; at the sixth digit it is decided."""
        found = self._keypads.press(speaker.chat, word, speaker.now)
        if found is None:
            if message is not None:
                await self._painter.remove(speaker.chat, message)
            return speaker.texts.chat.sign_expired
        keypad, key = found
        purpose = keypad.purpose
        assert isinstance(purpose, Purpose)
        if key == "x":
            return await self._end(speaker, message, speaker.texts.chat.sign_cancelled)
        if len(keypad.digits) < LENGTH:
            await self._redraw(speaker, keypad, purpose, message)
            return ""
        if not speaker.sites_for(Action.SIGN):  # an investigator when it was shown, and not now
            return await self._end(speaker, message, speaker.texts.chat.not_your_role)
        if purpose.choosing:
            return await self._choose(speaker, purpose, keypad.digits, message)
        return await self._check(speaker, purpose, keypad.digits, message)

    async def _choose(
        self, speaker: Speaker, purpose: Purpose, pin: str, message: int | None
    ) -> str:
        words = speaker.texts.chat
        assert self._pins is not None
        if not purpose.first:
            if trivial(pin):
                await self._show(speaker, purpose, words.sign_trivial, message)
                return words.sign_trivial
            await self._show(speaker, replace(purpose, first=pin), words.sign_again, message)
            return ""
        if purpose.first != pin:
            await self._show(speaker, replace(purpose, first=""), words.sign_differs, message)
            return words.sign_differs
        chosen = await self._pins.choose(speaker.person.person, pin)
        if not isinstance(chosen, Chosen):
            return await self._end(speaker, message, words.sign_expired)
        await self._gate.about_pin(PinChosen(speaker.person.person), self._by(speaker))
        return await self._sign(speaker, purpose, message)

    async def _check(
        self, speaker: Speaker, purpose: Purpose, pin: str, message: int | None
    ) -> str:
        words = speaker.texts.chat
        assert self._pins is not None
        match await self._pins.check(speaker.person.person, pin):
            case Right():
                return await self._sign(speaker, purpose, message)
            case Wrong(left=left) if left:
                await self._show(speaker, purpose, words.sign_wrong(left), message)
                return words.sign_wrong(left)
            case Locked() as locked:
                return await self._locked(speaker, locked, message)
            case _:
                return await self._end(speaker, message, words.sign_expired)

    async def _locked(self, speaker: Speaker, locked: Locked, message: int | None) -> str:
        until = datetime.fromisoformat(locked.until)
        if locked.just_now:
            event = PinLocked(speaker.person.person, until)
            self._session.end(speaker.person.person)
            await self._gate.about_pin(event, self._by(speaker))
        zone = self._register.zone(speaker.sites_for(Action.SIGN)[0])
        said = speaker.texts.chat.sign_locked(until.astimezone(zone))
        return await self._end(speaker, message, said)

    def _recorded(self, person: str) -> int:
        """How much is recorded about somebody's PIN."""
        return self._register.version(f"pin/{person}")

    def _by(self, speaker: Speaker) -> Actor:
        return Actor(speaker.person.person, Role.INVESTIGATOR)

    async def _sign(self, speaker: Speaker, purpose: Purpose, message: int | None) -> str:
        words = speaker.texts.chat
        try:
            screening = await self._desk.look(purpose.number)
        except UnknownScreening:  # erased meanwhile
            return await self._end(speaker, message, words.sign_moved)
        if not self._register.may_sign(speaker.person, screening, speaker.now):
            return await self._end(speaker, message, words.not_your_role)
        if (screening.version, fingerprint_of(screening)) != (purpose.version, purpose.sha256):
            return await self._end(speaker, message, words.sign_moved)
        handled = await self._desk.handle(
            purpose.number,
            Sign(speaker.person.name, purpose.sha256),
            speaker.actor(screening.opened),
            purpose.version,
            Along(speaker.update, self._guards(speaker, screening)),
        )
        speaker.turn.done = bool(handled.events)
        if handled.events:
            await self._register.catch_up()  # a PIN that was chosen just now is recorded, too
            person = speaker.person.person
            self._session.signed(person, speaker.now, self._recorded(person))
        said = words.sign_done if handled.events else words.sign_moved
        return await self._end(speaker, message, said)

    def _guards(self, speaker: Speaker, screening: Screening) -> tuple[Append, ...]:
        """What the permission to sign rests on: the delegation, and who is named at the site."""
        named = self._gate.unchanged(f"duty/{screening.opened.site}")
        return (self._gate.guard(speaker.person.person), named)

    async def _end(self, speaker: Speaker, message: int | None, said: str) -> str:
        self._keypads.close(speaker.chat)
        if message is not None:
            await self._painter.remove(speaker.chat, message)
        return said

    async def _show(
        self, speaker: Speaker, purpose: Purpose, ask: str, message: int | None
    ) -> None:
        keypad = self._keypads.open(speaker.chat, (purpose, ask), speaker.now)
        keypad.purpose = purpose
        await self._draw(speaker, keypad, purpose, ask, message)

    async def _redraw(
        self, speaker: Speaker, keypad: Keypad, purpose: Purpose, message: int | None
    ) -> None:
        words = speaker.texts.chat
        ask = words.sign_pin
        if purpose.choosing:
            ask = words.sign_again if purpose.first else words.sign_choose
        await self._draw(speaker, keypad, purpose, ask, message)

    async def _draw(
        self, speaker: Speaker, keypad: Keypad, purpose: Purpose, ask: str, message: int | None
    ) -> None:
        filled = len(keypad.digits)
        dots = "●" * filled + "○" * (LENGTH - filled)
        html = f"{purpose.page}\n\n<b>{escape(ask)}</b>  {dots}"
        labels = {"<": "⌫", "x": speaker.texts.cards.cancel}
        keys = [(labels.get(key, key), f"{MARK}{word}") for word, key in keypad.keys.items()]
        rows = [keys[0:3], keys[3:6], keys[6:9], [keys[9], keys[10]], [keys[11]]]
        await self._painter.show(
            Drawing(speaker.chat, html, ask, as_keyboard(rows), message=message)
        )
