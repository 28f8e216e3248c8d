"""Rows 6 and 7: commands that come stale, skipped, out of order, or from two phones at once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards.reader import Reader
from bot.cards.wording import remark_text
from bot.clock import RandomNumbers
from bot.desk import Desk, Handled
from bot.shelf import Shelf
from bot.texts import ALL
from flows.answers import Value
from flows.commands import Command, GiveAnswer, GiveJudgement, LookAgain, RemindMe, Stop
from flows.events import Actor, JudgementVerdict, Mode, Role
from flows.questions import AskInput, AskJudgement
from flows.replies import NotNow, Overtaken
from flows.rulebook import Rulebook
from flows.screening import Screening
from storage.ledger import Ledger
from storage.opening import memory_store, open_store
from tests.bot.cases import AT, lysyme
from tests.bot.staff import HandClock
from tests.flows.robot import LEGAL, PEOPLE, Played, Robot
from tests.promises.report import Promise, times

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, STEPS = 6, 60
ACTORS = tuple(Actor(f"p{number}", Role.INVESTIGATOR) for number in range(4))


def desk_over(ledger: Ledger, clock: HandClock) -> Desk:
    """A desk of its own, as another process would have it."""
    return Desk(ledger, Shelf(ledger), clock, RandomNumbers())


def explained(book: Rulebook, handled: Handled) -> bool:
    """Whether there is a sentence for it in both languages."""
    remark = handled.remark
    return remark is not None and all(
        remark_text(book, remark, texts, Reader("p9")).strip() for texts in ALL.values()
    )


class Watch:
    """Looks at each step of a play."""

    def __init__(self) -> None:
        self.steps = self.stale = self.refused = self.illegal = self.unexplained = 0

    def see(self, before: Screening, command: Command, handled: Handled, *, stale: bool) -> None:
        """One command and what became of it."""
        self.steps += 1
        self.stale += stale
        changed = handled.screening.version != before.version
        legal = before.stage in LEGAL[type(command)] and not stale
        self.illegal += changed and not legal
        self.illegal += changed != bool(handled.events)
        # A reminder, or to stop, may also be refused for the sake of the verdict: that is no fault.
        refused = isinstance(handled.remark, NotNow) and not isinstance(command, RemindMe | Stop)
        self.illegal += refused and legal
        self.illegal += stale and not isinstance(handled.remark, Overtaken)
        if not changed and not (isinstance(command, LookAgain) and legal):
            self.refused += 1
            self.unexplained += not explained(before.book, handled)


async def play(watch: Watch, seed: int, steps: int) -> None:
    """One screening at the desk, played by a careless robot whose card is often out of date."""
    clock, draw = HandClock(), random.Random(seed)
    desk = desk_over(memory_store().ledger, clock)
    robot = Robot(seed, careless=0.6)
    screening = (await desk.open("lysyme", "HM", Mode.QUICK_CHECK, "en", PEOPLE[0])).screening
    versions = [screening.version]
    for _ in range(steps):
        if draw.random() < 0.04:
            clock.at += draw.choice((timedelta(minutes=5), timedelta(days=1), timedelta(days=9)))
        command = robot.command(Played(lysyme(), screening, [], clock.at))
        seen = draw.choice(versions) if draw.random() < 0.3 else screening.version
        handled = await desk.handle(screening.number, command, draw.choice(PEOPLE), seen)
        watch.see(screening, command, handled, stale=seen != screening.version)
        screening = handled.screening
        versions.append(screening.version)


async def test_nothing_out_of_order_changes_anything(promise: Promise) -> None:
    """Each step is legal by a table written by hand, or changes nothing and is explained."""
    watch = Watch()
    for seed in range(max(1, times(100_000) // STEPS + 1)):
        await play(watch, SEED + seed, STEPS)
    assert (watch.illegal, watch.unexplained) == (0, 0)
    assert min(watch.stale, watch.refused) > watch.steps // 10
    promise(
        6,
        f"{watch.steps:,} steps, {watch.stale:,} of them stale, {watch.refused:,} that changed "
        f"nothing: {watch.illegal} illegal, {watch.unexplained} unexplained",
        control=await without_versions(),
        seed=SEED,
    )


async def without_versions() -> str:
    """The same play when no version goes along: stale commands must then change something."""
    watch = Watch()
    see = Desk.handle

    async def blind(
        self: Desk, number: str, command: Command, by: Actor, seen: int | None = None
    ) -> Handled:
        return await see(self, number, command, by)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Desk, "handle", blind)
        for seed in range(20):
            await play(watch, SEED + seed, STEPS)
    assert watch.illegal > 0
    return f"taps without a version: {watch.illegal} illegal in {watch.steps:,} steps"


def asked(screening: Screening) -> list[Command]:
    """What people might say to the question that is asked; nothing when none is."""
    book = screening.book
    match screening.walk(screening.day(AT)).step:
        case AskInput(input=name):
            entry = book.readers[name].entry
            codes = [option.code for option in (*entry.choices, *entry.non_answers)]
            dates = ["2026-03-06", "2026-03-08", "2026-03-09"] if "date" in name else []
            values: list[Value] = [*codes, *dates, 45, 22, 19]
            return [GiveAnswer(name, value) for value in values]
        case AskJudgement(criterion=name):
            return [GiveJudgement(name, verdict) for verdict in JudgementVerdict]
    return []


async def race(desks: list[Desk], screening: Screening, draw: random.Random) -> list[Handled]:
    """Everybody answers the question on the card that they see, in the same moment."""
    choices = asked(screening)
    people = draw.sample(range(len(desks)), draw.randrange(2, len(desks) + 1))
    return list(
        await asyncio.gather(
            *(
                desks[one].handle(
                    screening.number, draw.choice(choices), ACTORS[one], screening.version
                )
                for one in people
            )
        )
    )


async def raced(ledger: Ledger, number: int) -> Counter[str]:
    """So many races at four desks over one ledger, and how each ended."""
    clock, draw, ended = HandClock(), random.Random(SEED), Counter[str]()
    desks = [desk_over(ledger, clock) for _ in ACTORS]
    while ended["races"] < number:
        opened = await desks[0].open("lysyme", "HM", Mode.SCREENING, "en", ACTORS[0])
        screening = opened.screening
        while ended["races"] < number and asked(screening):
            outcome = await race(desks, screening, draw)
            winners = [one for one in outcome if one.events]
            if not winners and all(not isinstance(one.remark, Overtaken) for one in outcome):
                continue  # all of them said what the question does not take
            ended["races"] += 1
            ended["winners"] += len(winners)
            screening = await desks[0].look(screening.number)
            last = winners[0].events[-1]
            told = [one.remark for one in outcome if not one.events]
            ended["told"] += sum(
                remark == Overtaken(last.by.person, last.at) for remark in told
            ) + sum(not isinstance(remark, Overtaken) for remark in told)
            ended["losers"] += len(told)
    return ended


async def test_two_phones_one_winner(fast: Path, promise: Promise) -> None:
    """Two to four desks answer one question at once: one is recorded, the others are told."""
    store = await open_store(f"sqlite:///{fast}/kept/screening.db", AT.isoformat)
    number = times(10_000)
    ended = await raced(store.ledger, number)
    await store.close()
    assert ended["winners"] == ended["races"] == number
    assert ended["told"] == ended["losers"]
    promise(
        7,
        f"{number:,} races: {ended['winners']:,} winners, {ended['losers']:,} others, each told "
        "who was faster and when, or what the question takes",
        seed=SEED,
    )
