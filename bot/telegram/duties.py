"""The administrator's rota in the chat, and one's own digest: a message, edited in place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from html import escape
from typing import Final

from bot.duty import DutyOffice
from bot.pages.duty import duty_no_line, duty_page, hours
from bot.register import Register
from bot.telegram.choice import Choice, Offer
from bot.telegram.noticed import Row
from bot.telegram.painter import Drawing, Painter
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.duty import Shift, SiteDuty
from flows.events import Actor, Role
from flows.outcomes import AlreadySo, No, NotAllowed
from flows.policy import Action
from flows.rostering import MINUTES, PRESETS, Change, moved_up, without
from flows.trials import Where

MORNINGS: Final = (5, 6, 7, 8, 9, 10)
DIGESTS: Final = (6, 7, 8, 9, 12, 18)
"""Hours that are offered; the command line takes any."""

Follow = tuple[int, Callable[..., Awaitable[str]]]


class DutyTalk:
    """Shows and changes who is told in the administrator's trials, at their sites."""

    def __init__(
        self, office: DutyOffice, register: Register, painter: Painter, choice: Choice
    ) -> None:
        self._office, self._register, self._painter = office, register, painter
        self._choice = choice

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
        """The duty of each trial at each site that the speaker administers, a message each."""
        spots = self._spots(speaker)
        if not spots:
            await self._say(speaker, None, speaker.texts.chat.not_your_role, [])
        for spot in spots:
            await self._page(None, speaker, spot)

    def _spots(self, speaker: Speaker) -> list[str]:
        """What is set for all trials of a site is set here where there is one trial only."""
        sites = speaker.sites_for(Action.MANAGE_DUTY)
        whole = [site for site in sites if self._may(speaker, site)]
        if whole and not self._choice.are_several:
            return whole
        offers = self._choice.offers(speaker, Action.MANAGE_DUTY)
        return [f"{one.site}.{one.trial}" for one in offers]

    def _duty(self, spot: str, now: datetime) -> SiteDuty:
        """How it is told there, among the people who work there: others are not named."""
        where = _where(spot)
        duty = self._register.duty(where)
        if where.trial is None:
            return duty
        coordinators = self._register.coordinators(where, now)
        holding = self._register.directory.holding(Role.INVESTIGATOR, where, now)
        named = duty.principal if duty.principal in {one.person for one in holding} else None
        shifts = tuple(one for one in duty.shifts if one.person in coordinators)
        return replace(duty, shifts=shifts, principal=named)

    async def ask_digest(self, speaker: Speaker) -> None:
        """When does the speaker want the daily digest?"""
        if not speaker.sites_for(Action.FOLLOW):
            await self._say(speaker, None, speaker.texts.chat.not_your_role, [])
            return
        await self._digest(None, speaker)

    # --- a site -------------------------------------------------------------------------------

    async def _page(self, message: int | None, speaker: Speaker, spot: str) -> str:
        if not self._may(speaker, spot):
            return speaker.texts.chat.not_your_role
        words, where, duty = speaker.texts.duty, _where(spot), self._duty(spot, speaker.now)
        page = duty_page(where.site, duty, self._register.directory, speaker.texts)
        if where.trial is not None:
            page = self._choice.of(speaker, where.trial, page)
        rows = [self._line(speaker, spot, at, line) for at, line in enumerate(duty.shifts)]
        rows += [
            [
                (words.add_shift, f"{MARK}dwho:{spot}"),
                (words.name_principal, f"{MARK}dpi:{spot}"),
            ],
            [
                (words.choose_minutes, f"{MARK}dmin:{spot}"),
                (words.choose_morning, f"{MARK}dam:{spot}"),
            ],
        ]
        await self._say(speaker, message, page, rows)
        return ""

    def _line(self, speaker: Speaker, spot: str, at: int, line: Shift) -> Row:
        """A line moves up when it is tapped; the first stays where it is."""
        name = self._register.directory.name_of(line.person)
        label = f"{'↑ ' if at else ''}{name} · {hours(line, speaker.texts)}"
        return [
            (label[:60], f"{MARK}dup:{spot}:{at}:{line.person}"),
            (speaker.texts.duty.take_out, f"{MARK}dout:{spot}:{at}:{line.person}"),
        ]

    async def _who(self, message: int | None, speaker: Speaker, spot: str) -> str:
        words = speaker.texts.duty
        rows = self._people(speaker, spot, Role.COORDINATOR, "dhours")
        said = words.who_shift if rows else words.no_coordinator
        return await self._ask(message, speaker, spot, said, rows)

    async def _hours(self, message: int | None, speaker: Speaker, spot: str, person: str) -> str:
        known, where = self._register.directory.people.get(person), _where(spot)
        if known is None or not known.works(Role.COORDINATOR, where, speaker.now):
            return speaker.texts.chat.not_a_button
        rows = [
            [
                (
                    hours(Shift(person, since, until), speaker.texts),
                    f"{MARK}dadd:{spot}:{person}:{since}:{until}",
                )
            ]
            for since, until in PRESETS
        ]
        said = speaker.texts.duty.which_hours(known.name)
        return await self._ask(message, speaker, spot, said, rows)

    async def _add(
        self, message: int | None, speaker: Speaker, spot: str, person: str, since: str, until: str
    ) -> str:
        if not (_is_small(since) and _is_small(until)):
            return speaker.texts.chat.not_a_button
        line = Shift(person, int(since), int(until))
        rota, seen = self._duty(spot, speaker.now).shifts, self._register.duty(_where(spot)).shifts
        return await self._change(message, speaker, spot, Change(rota=(*rota, line), seen=seen))

    async def _up(
        self, message: int | None, speaker: Speaker, spot: str, at: str, person: str
    ) -> str:
        return await self._turn(message, speaker, spot, at, person, moved_up)

    async def _out(
        self, message: int | None, speaker: Speaker, spot: str, at: str, person: str
    ) -> str:
        return await self._turn(message, speaker, spot, at, person, without)

    async def _turn(
        self,
        message: int | None,
        speaker: Speaker,
        spot: str,
        place: str,
        person: str,
        turned: Callable[[tuple[Shift, ...], int], tuple[Shift, ...]],
    ) -> str:
        """Change one line, if it still stands where the button says."""
        rota, seen = self._duty(spot, speaker.now).shifts, self._register.duty(_where(spot)).shifts
        at = int(place) if _is_small(place) else len(rota)
        if at >= len(rota) or rota[at].person != person:
            return await self._page(message, speaker, spot) or speaker.texts.duty.moved_on
        return await self._change(message, speaker, spot, Change(rota=turned(rota, at), seen=seen))

    async def _principals(self, message: int | None, speaker: Speaker, spot: str) -> str:
        words = speaker.texts.duty
        rows = self._people(speaker, spot, Role.INVESTIGATOR, "dname")
        said = words.who_principal if rows else words.no_investigator
        return await self._ask(message, speaker, spot, said, rows)

    async def _name(self, message: int | None, speaker: Speaker, spot: str, person: str) -> str:
        return await self._change(message, speaker, spot, Change(principal=person))

    async def _minutes(self, message: int | None, speaker: Speaker, spot: str) -> str:
        words = speaker.texts.duty
        row = [(words.minutes(one), f"{MARK}dset:{spot}:{one}") for one in MINUTES]
        return await self._ask(message, speaker, spot, words.which_minutes, [row])

    async def _set_minutes(
        self, message: int | None, speaker: Speaker, spot: str, minutes: str
    ) -> str:
        if not _is_small(minutes):
            return speaker.texts.chat.not_a_button
        return await self._change(message, speaker, spot, Change(minutes=int(minutes)))

    async def _mornings(self, message: int | None, speaker: Speaker, spot: str) -> str:
        words = speaker.texts.duty
        row = [(words.o_clock(one), f"{MARK}dmorn:{spot}:{one}") for one in MORNINGS]
        return await self._ask(message, speaker, spot, words.which_morning, [row])

    async def _set_morning(
        self, message: int | None, speaker: Speaker, spot: str, hour: str
    ) -> str:
        if not _is_small(hour):
            return speaker.texts.chat.not_a_button
        return await self._change(message, speaker, spot, Change(morning=int(hour)))

    async def _change(
        self, message: int | None, speaker: Speaker, spot: str, wanted: Change
    ) -> str:
        by = Actor(speaker.person.person, Role.ADMINISTRATOR)
        made = await self._office.change(_where(spot), wanted, by=by, done=speaker.update)
        if isinstance(made, No) and not isinstance(made, AlreadySo):
            return self._no(made, speaker)
        speaker.turn.done = speaker.turn.done or not isinstance(made, No)
        return await self._page(message, speaker, spot)

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

    def _people(self, speaker: Speaker, spot: str, role: Role, kind: str) -> list[Row]:
        people, where = self._register.directory.people.values(), _where(spot)
        working = [one for one in people if one.works(role, where, speaker.now)]
        return [[(one.name[:60], f"{MARK}{kind}:{spot}:{one.person}")] for one in working]

    async def _ask(
        self, message: int | None, speaker: Speaker, spot: str, said: str, rows: list[Row]
    ) -> str:
        if not self._may(speaker, spot):
            return speaker.texts.chat.not_your_role
        back: Row = [(speaker.texts.duty.back, f"{MARK}duty:{spot}")]
        await self._say(speaker, message, said, [*rows, back])
        return ""

    async def _say(self, speaker: Speaker, message: int | None, said: str, rows: list[Row]) -> None:
        text = escape(said)
        await self._painter.show(
            Drawing(speaker.chat, text, text, as_keyboard(rows), message=message)
        )

    def _may(self, speaker: Speaker, spot: str) -> bool:
        where = _where(spot)
        if where.trial is None:
            return speaker.may(Action.MANAGE_DUTY, where)
        return self._choice.open_to(speaker, Action.MANAGE_DUTY, Offer(where.trial, where.site))


def _where(spot: str) -> Where:
    """A site, as `HM`, or a trial at a site, as `HM.lysyme`: as a button carries it."""
    site, _, trial = spot.partition(".")
    return Where(site, trial or None)


def _is_small(text: str) -> bool:
    """Whether a button may carry it as a number: any client can send any bytes."""
    return text.isascii() and text.isdecimal() and len(text) <= 4
