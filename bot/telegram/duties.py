"""The administrator's rota in the chat, and one's own digest: a message, edited in place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from html import escape
from typing import Final

from bot.duty import DutyOffice
from bot.pages.duty import duty_no_line, duty_page, hours
from bot.register import Register
from bot.telegram.noticed import Row
from bot.telegram.painter import Drawing, Painter
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.duty import Shift
from flows.events import Actor, Role
from flows.outcomes import AlreadySo, No, NotAllowed
from flows.people import Person
from flows.policy import Action
from flows.rostering import MINUTES, PRESETS, Change, moved_up, without

MORNINGS: Final = (5, 6, 7, 8, 9, 10)
DIGESTS: Final = (6, 7, 8, 9, 12, 18)
"""Hours that are offered; the command line takes any."""

Follow = tuple[int, Callable[..., Awaitable[str]]]


class DutyTalk:
    """Shows and changes who is told at the administrator's sites."""

    def __init__(self, office: DutyOffice, register: Register, painter: Painter) -> None:
        self._office, self._register, self._painter = office, register, painter

    def buttons(self, message: int | None) -> Mapping[str, Follow]:
        """What each kind of button does; `message` is the one that it stands under."""
        return {
            "duty": (1, partial(self._page, message)),
            "dwho": (1, partial(self._who, message)),
            "dhours": (2, partial(self._hours, message)),
            "dadd": (4, partial(self._add, message)),
            "dup": (3, partial(self._up, message)),
            "dout": (3, partial(self._out, message)),
            "dpi": (1, partial(self._principals, message)),
            "dname": (2, partial(self._name, message)),
            "dmin": (1, partial(self._minutes, message)),
            "dset": (2, partial(self._set_minutes, message)),
            "dam": (1, partial(self._mornings, message)),
            "dmorn": (2, partial(self._set_morning, message)),
            "dig": (1, partial(self._choose, message)),
        }

    async def list_duty(self, speaker: Speaker) -> None:
        """The duty of each site that the speaker administers, a message each."""
        sites = speaker.sites_for(Action.MANAGE_DUTY)
        if not sites:
            await self._say(speaker, None, speaker.texts.chat.not_your_role, [])
        for site in sites:
            await self._page(None, speaker, site)

    async def ask_digest(self, speaker: Speaker) -> None:
        """When does the speaker want the daily digest?"""
        if not speaker.sites_for(Action.FOLLOW):
            await self._say(speaker, None, speaker.texts.chat.not_your_role, [])
            return
        await self._digest(None, speaker)

    # --- a site -------------------------------------------------------------------------------

    async def _page(self, message: int | None, speaker: Speaker, site: str) -> str:
        if not self._may(speaker, site):
            return speaker.texts.chat.not_your_role
        words, duty = speaker.texts.duty, self._register.duty(site)
        page = duty_page(site, duty, self._register.directory, speaker.texts)
        rows = [self._line(speaker, site, at, line) for at, line in enumerate(duty.shifts)]
        rows += [
            [
                (words.add_shift, f"{MARK}dwho:{site}"),
                (words.name_principal, f"{MARK}dpi:{site}"),
            ],
            [
                (words.choose_minutes, f"{MARK}dmin:{site}"),
                (words.choose_morning, f"{MARK}dam:{site}"),
            ],
        ]
        await self._say(speaker, message, page, rows)
        return ""

    def _line(self, speaker: Speaker, site: str, at: int, line: Shift) -> Row:
        """A line moves up when it is tapped; the first stays where it is."""
        name = self._register.directory.name_of(line.person)
        label = f"{'↑ ' if at else ''}{name} · {hours(line, speaker.texts)}"
        return [
            (label[:60], f"{MARK}dup:{site}:{at}:{line.person}"),
            (speaker.texts.duty.take_out, f"{MARK}dout:{site}:{at}:{line.person}"),
        ]

    async def _who(self, message: int | None, speaker: Speaker, site: str) -> str:
        words = speaker.texts.duty
        rows = self._people(speaker, site, Role.COORDINATOR, "dhours")
        said = words.who_shift if rows else words.no_coordinator
        return await self._ask(message, speaker, site, said, rows)

    async def _hours(self, message: int | None, speaker: Speaker, site: str, person: str) -> str:
        name = self._register.directory.name_of(person)
        rows = [
            [
                (
                    hours(Shift(person, since, until), speaker.texts),
                    f"{MARK}dadd:{site}:{person}:{since}:{until}",
                )
            ]
            for since, until in PRESETS
        ]
        return await self._ask(message, speaker, site, speaker.texts.duty.which_hours(name), rows)

    async def _add(
        self, message: int | None, speaker: Speaker, site: str, person: str, since: str, until: str
    ) -> str:
        if not (_is_small(since) and _is_small(until)):
            return speaker.texts.chat.not_a_button
        line = Shift(person, int(since), int(until))
        seen = self._register.duty(site).shifts
        return await self._change(message, speaker, site, Change(rota=(*seen, line), seen=seen))

    async def _up(
        self, message: int | None, speaker: Speaker, site: str, place: str, person: str
    ) -> str:
        return await self._turn(message, speaker, site, place, person, moved_up)

    async def _out(
        self, message: int | None, speaker: Speaker, site: str, place: str, person: str
    ) -> str:
        return await self._turn(message, speaker, site, place, person, without)

    async def _turn(
        self,
        message: int | None,
        speaker: Speaker,
        site: str,
        place: str,
        person: str,
        turned: Callable[[tuple[Shift, ...], int], tuple[Shift, ...]],
    ) -> str:
        """Change one line, if it still stands where the button says."""
        rota = self._register.duty(site).shifts
        at = int(place) if _is_small(place) else len(rota)
        if at >= len(rota) or rota[at].person != person:
            return await self._page(message, speaker, site) or speaker.texts.duty.moved_on
        return await self._change(message, speaker, site, Change(rota=turned(rota, at), seen=rota))

    async def _principals(self, message: int | None, speaker: Speaker, site: str) -> str:
        words = speaker.texts.duty
        rows = self._people(speaker, site, Role.INVESTIGATOR, "dname")
        said = words.who_principal if rows else words.no_investigator
        return await self._ask(message, speaker, site, said, rows)

    async def _name(self, message: int | None, speaker: Speaker, site: str, person: str) -> str:
        return await self._change(message, speaker, site, Change(principal=person))

    async def _minutes(self, message: int | None, speaker: Speaker, site: str) -> str:
        words = speaker.texts.duty
        row = [(words.minutes(one), f"{MARK}dset:{site}:{one}") for one in MINUTES]
        return await self._ask(message, speaker, site, words.which_minutes, [row])

    async def _set_minutes(
        self, message: int | None, speaker: Speaker, site: str, minutes: str
    ) -> str:
        if not _is_small(minutes):
            return speaker.texts.chat.not_a_button
        return await self._change(message, speaker, site, Change(minutes=int(minutes)))

    async def _mornings(self, message: int | None, speaker: Speaker, site: str) -> str:
        words = speaker.texts.duty
        row = [(words.o_clock(one), f"{MARK}dmorn:{site}:{one}") for one in MORNINGS]
        return await self._ask(message, speaker, site, words.which_morning, [row])

    async def _set_morning(
        self, message: int | None, speaker: Speaker, site: str, hour: str
    ) -> str:
        if not _is_small(hour):
            return speaker.texts.chat.not_a_button
        return await self._change(message, speaker, site, Change(morning=int(hour)))

    async def _change(
        self, message: int | None, speaker: Speaker, site: str, wanted: Change
    ) -> str:
        by = Actor(speaker.person.person, Role.ADMINISTRATOR)
        made = await self._office.change(site, wanted, by=by, done=speaker.update)
        if isinstance(made, No) and not isinstance(made, AlreadySo):
            return self._no(made, speaker)
        speaker.turn.done = speaker.turn.done or not isinstance(made, No)
        return await self._page(message, speaker, site)

    # --- one's own digest ---------------------------------------------------------------------

    async def _digest(self, message: int | None, speaker: Speaker) -> None:
        words, hour = speaker.texts.duty, self._register.duties.of(speaker.person.person).digest
        said = words.digest_off_now if hour is None else words.digest_now(hour)
        row = [(words.o_clock(one), f"{MARK}dig:{one}") for one in DIGESTS]
        off = [(words.digest_off, f"{MARK}dig:off")]
        await self._say(speaker, message, said, [row, off])

    async def _choose(self, message: int | None, speaker: Speaker, hour: str) -> str:
        if hour != "off" and not _is_small(hour):
            return speaker.texts.chat.not_a_button
        by = Actor(speaker.person.person, Role.COORDINATOR)
        wanted = None if hour == "off" else int(hour)
        made = await self._office.choose_digest(wanted, by=by, done=speaker.update)
        if isinstance(made, No) and not isinstance(made, AlreadySo):
            return self._no(made, speaker)
        speaker.turn.done = speaker.turn.done or not isinstance(made, No)
        await self._digest(message, speaker)
        return ""

    # --- messages -----------------------------------------------------------------------------

    def _no(self, no: No, speaker: Speaker) -> str:
        if isinstance(no, NotAllowed):
            return speaker.texts.chat.not_your_role
        return duty_no_line(no, self._register.directory, speaker.texts)

    def _people(self, speaker: Speaker, site: str, role: Role, kind: str) -> list[Row]:
        holding: tuple[Person, ...] = self._register.directory.holding(role, site, speaker.now)
        return [[(one.name[:60], f"{MARK}{kind}:{site}:{one.person}")] for one in holding]

    async def _ask(
        self, message: int | None, speaker: Speaker, site: str, said: str, rows: list[Row]
    ) -> str:
        if not self._may(speaker, site):
            return speaker.texts.chat.not_your_role
        back: Row = [(speaker.texts.duty.back, f"{MARK}duty:{site}")]
        await self._say(speaker, message, said, [*rows, back])
        return ""

    async def _say(self, speaker: Speaker, message: int | None, said: str, rows: list[Row]) -> None:
        text = escape(said)
        await self._painter.show(
            Drawing(speaker.chat, text, text, as_keyboard(rows), message=message)
        )

    def _may(self, speaker: Speaker, site: str) -> bool:
        return speaker.may(Action.MANAGE_DUTY, site)


def _is_small(text: str) -> bool:
    """Whether a button may carry it as a number: any client can send any bytes."""
    return text.isascii() and text.isdecimal() and len(text) <= 4
