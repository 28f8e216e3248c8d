"""Whole records for the tests: a ledger in which plays, cases, notices and people stand mixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from bot.clock import RandomNumbers
from bot.desk import Desk
from bot.notice_trail import SOFTWARE
from bot.register import Register
from bot.shelf import Shelf
from bot.tables import Tables
from flows.access import AccessRefused, PinChosen
from flows.cases import (
    CaseTaken,
    CriterionQueried,
    CriterionQueryAnswered,
    DeclineReason,
    FollowUp,
    FollowUpRecorded,
    NoticeSeen,
    NoticeSent,
    QueryAnswer,
    QueryReason,
)
from flows.duty import DigestChosen, EmailChosen, RotaSet
from flows.events import Actor, Event, Happened, Role, ScreeningOpened
from flows.people import (
    DelegationRevoked,
    LanguageChosen,
    PersonAdded,
    PersonRevoked,
    RoleDelegated,
    SiteAdded,
)
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.memory import MemoryLedger
from tests.bot.staff import HandClock
from tests.flows.logs import histories
from tests.flows.robot import PEOPLE, START

SITES = ("HM", "LY")
TELEGRAM_ID, EMAIL = 7_310_045_511, "canary@example.org"
"""What is known of people, and never leaves a site."""

Story = tuple[str, list[Happened]]
"""A stream and what happened in it."""


BOSS = Actor("console", Role.ADMINISTRATOR)


def begun() -> Iterator[Story]:
    """Two sites and a person."""
    for site in SITES:
        yield f"site/{site}", [Happened(SiteAdded(site, site, "Europe/Paris"), START, BOSS)]
    known = PersonAdded("p1", "Inès", TELEGRAM_ID)
    yield f"account/{TELEGRAM_ID}", [Happened(known, START, BOSS)]


def people() -> Iterator[Story]:
    """Somebody is delegated twice, and goes."""
    boss, later = BOSS, START + timedelta(hours=3)
    role, until = Role.INVESTIGATOR, START + timedelta(days=90)
    told: list[Event] = [
        RoleDelegated("p1", role, "HM", START, None),
        RoleDelegated("p1", role, "HM", START, until),
        RoleDelegated("p1", Role.COORDINATOR, "LY", START, until),
        LanguageChosen("p1", "fr"),
        DelegationRevoked("p1", role, "HM"),
        PersonRevoked("p1"),
    ]
    yield "person/p1", [Happened(event, later, boss) for event in told]
    yield "pin/p1", [Happened(PinChosen("p1"), later, PEOPLE[0])]
    yield "access/p1", [Happened(AccessRefused("log", "HM"), later, PEOPLE[0])]
    yield "duty/HM", [Happened(RotaSet("HM", (("p1", 20, 8),)), later, boss)]
    chosen: list[Event] = [DigestChosen("p1", None), EmailChosen("p1", EMAIL)]
    yield "preference/p1", [Happened(event, later, PEOPLE[0]) for event in chosen]


def case(number: str, draw: Random, since: datetime) -> Iterator[Story]:
    """What is done about a screening beside it."""
    coordinator = Actor("p9", Role.COORDINATOR)
    events: list[Event] = [CaseTaken(number), NoticeSeen(number, "verdict")]
    for status in draw.choices(list(FollowUp), k=draw.randint(0, 3)):
        why = draw.choice(list(DeclineReason)) if status is FollowUp.DECLINED else None
        events.append(FollowUpRecorded(number, status, why))
    criterion = draw.choice(("I3", "E3", "E10"))
    events.append(CriterionQueried(number, criterion, draw.choice(list(QueryReason))))
    if draw.random() < 0.5:
        answer = draw.choice(list(QueryAnswer))
        events.append(CriterionQueryAnswered(number, criterion, answer))
    at = [since + timedelta(hours=hour) for hour in range(len(events))]
    told = zip(events, at, strict=True)
    yield f"case/{number}", [Happened(event, when, coordinator) for event, when in told]
    sent = NoticeSent(number, "p9", "verdict", draw.random() < 0.3)
    yield f"notices/{number}", [Happened(sent, since, SOFTWARE)]


def screenings(count: int, draw: Random) -> Iterator[Story]:
    """Plays under numbers of their own, some of them attempts over the same patient."""
    numbers: list[str] = []
    for place in range(count):
        number = f"N{place:03d}-TEST"
        later = timedelta(hours=place)
        earlier = draw.choice(numbers) if numbers and draw.random() < 0.2 else None
        whole = draw.choice(histories())
        shown = whole if draw.random() < 0.7 else whole[: draw.randint(1, len(whole))]
        site = draw.choice(SITES)
        yield (
            f"screening/{number}",
            [_moved(one, number, earlier, site, later) for one in shown],
        )
        numbers.append(number)
        if draw.random() < 0.6:
            yield from case(number, draw, START + later)


def _moved(
    one: Happened, number: str, earlier: str | None, site: str, later: timedelta
) -> Happened:
    event, at = one.event, one.at + later
    if isinstance(event, ScreeningOpened):
        event = replace(event, number=number, earlier=earlier, site=site)
    return replace(one, event=event, at=at)


def mixed(stories: Sequence[Story], draw: Random) -> Iterator[tuple[str, int, Happened]]:
    """The events of all stories in one order, each story in its own: stream, version, event."""
    waiting = [(stream, list(enumerate(history))) for stream, history in stories]
    while waiting:
        stream, left = waiting[min(draw.randrange(len(waiting)), 2)]
        version, happened = left.pop(0)
        yield stream, version, happened
        waiting = [one for one in waiting if one[1]]


async def record(count: int, seed: int) -> MemoryLedger:
    """A ledger with so many screenings; the same seed gives the same."""
    draw, ledger = Random(seed), MemoryLedger()
    shelf = Shelf(ledger)
    await shelf.adopt(shelf.current("lysyme"), START, PEOPLE[0])
    stories = [*people(), *screenings(count, draw)]
    told = [(stream, 0, history[0]) for stream, history in begun()]
    for stream, version, happened in [*told, *mixed(stories, draw)]:
        stored = happened.at + timedelta(seconds=2)
        await ledger.append(Append(stream, version, (to_entry(happened),), stored.isoformat()))
    return ledger


async def tables_of(ledger: Ledger, clock: HandClock | None = None) -> tuple[Tables, Register]:
    """The tables over a ledger, and the register that they count from."""
    register, shelf, clock = Register(ledger), Shelf(ledger), clock or HandClock()
    await register.catch_up()
    desk = Desk(ledger, shelf, clock, RandomNumbers())
    return Tables(ledger, register, desk, shelf, clock), register
