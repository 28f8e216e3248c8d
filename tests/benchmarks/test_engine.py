"""How fast the engine is, on one core, and that it keeps nothing: `make bench` prints the figures.

Absolute bounds stand far from what was measured; ratios show what would grow with use.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from statistics import median
from time import perf_counter

import pytest

from flows.commands import Command, GiveAnswer, GiveJudgement, LookAgain
from flows.decide import Decision, decide
from flows.events import JudgementVerdict, Reason
from flows.exchange import assess
from flows.questions import AskInput, AskJudgement
from flows.rulebook import Rulebook
from flows.screening import fold
from tests.benchmarks.speed.parts import DETERMINE, note
from tests.flows.grids import WOMAN, random_sets
from tests.flows.robot import LEGAL, PEOPLE, Played, Robot, opened
from tests.flows.trial_files import LYSYME, rulebook

pytestmark = pytest.mark.benchmark

# The longest way through: every input that can be asked, is.
LONGEST: dict[str, object] = WOMAN | {
    "index_date": "2026-02-20",
    "admission_date": "2026-03-08",
    "earlier_admission_date": "2026-02-22",
    "malignancy": "in_situ_or_bcc",
    "malignancy_last_active": "2010",
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """LYSYME, ready to be applied."""
    return rulebook(LYSYME)


def tell(figure: str) -> None:
    """Shows a figure, with `pytest -s`."""
    sys.stdout.write(f"\n{figure}\n")


def seconds(work: Callable[[], object], times: int) -> float:
    """The median of several runs: one slow run on a shared core says nothing."""
    found = []
    for _ in range(times):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return median(found)


def longest(book: Rulebook) -> Played:
    """The longest screening, up to its last question."""
    played = opened(book)
    while (step := played.step()) != AskInput("E13", "psychiatric_care"):
        command: Command
        if isinstance(step, AskJudgement):
            command = GiveJudgement(step.criterion, JudgementVerdict.PASS)
        else:
            assert isinstance(step, AskInput)
            command = GiveAnswer(step.input, LONGEST[step.input])  # type: ignore[arg-type]
        assert played.do(command).events
    return played


def test_answer_sets_a_second(book: Rulebook) -> None:
    """5,000 answer sets a second or more are determined on one core."""
    sets = [
        {"date_of_screening": day, "answers": answers} for day, answers in random_sets(1, 5_000)
    ]

    def every() -> None:
        for data in sets:
            assess(book, data)

    rate = len(sets) / seconds(every, 5)
    tell(f"assess: {rate:,.0f} answer sets/s")
    note(DETERMINE, rate, "answer sets a second, on one core")
    assert rate > 5_000


def test_memory_stays_flat(book: Rulebook) -> None:
    """100,000 answer sets leave nothing behind: under 64 KB, however many were seen."""
    for day, answers in random_sets(2, 2_000):
        assess(book, {"date_of_screening": day, "answers": answers})
    sets = list(random_sets(3, 20_000))
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(5):
            for day, answers in sets:
                assess(book, {"date_of_screening": day, "answers": answers})
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    tell(f"memory after 100,000 answer sets: {grown / 1024:+.1f} KiB")
    assert grown < 64 * 1024


def test_fold_of_forty_events(book: Rulebook) -> None:
    """A record of forty events is folded in under a millisecond, in time linear in its length."""
    played = longest(book)
    for age in range(30, 60):
        if len(played.history) < 40:
            played.do(GiveAnswer("age_years", age, Reason.TYPING_ERROR))
    assert len(played.history) == 40
    forty = seconds(lambda: fold(book, played.history), 500)
    twenty = seconds(lambda: fold(book, played.history[:20]), 500)
    tell(f"fold: 40 events {forty * 1e6:.0f} µs, 20 events {twenty * 1e6:.0f} µs")
    note("fold, a record of 40 events", forty * 1e6, "µs")
    assert forty < 0.001
    assert forty < 6 * twenty


def test_the_last_answer_of_the_longest_screening(book: Rulebook) -> None:
    """The command that walks all criteria and makes the determination stays under 5 ms."""
    played = longest(book)
    last = GiveAnswer("psychiatric_care", "none")
    first = opened(book)

    def decided(before: Played, command: Command) -> Callable[[], Decision]:
        return lambda: decide(before.screening, command, before.now, PEOPLE[0])

    assert len(decided(played, last)().events) == 2
    slow = seconds(decided(played, last), 300)
    fast = seconds(decided(first, GiveAnswer("age_years", 45)), 300)
    tell(f"decide: last answer {slow * 1e6:.0f} µs, first answer {fast * 1e6:.0f} µs")
    note("decide, the first answer", fast * 1e6, "µs")
    note("decide, the last answer of the longest screening", slow * 1e6, "µs")
    assert slow < 0.005


def test_a_hundred_thousand_steps_and_no_illegal_one(book: Rulebook) -> None:
    """A careless robot takes 10⁵ steps: nothing illegal happens, nothing is left unexplained."""
    silent = illegal = steps = 0
    start = perf_counter()
    for seed in range(1_000):
        robot, played = Robot(seed, careless=0.6), opened(book)
        for _ in range(100):
            before, command = played.screening, robot.command(played)
            decision = played.do(command, PEOPLE[1])
            steps += 1
            illegal += bool(decision.events) and before.stage not in LEGAL[type(command)]
            told = decision.events or decision.remark or isinstance(command, LookAgain)
            silent += not told
        assert fold(book, played.history) == played.screening
    took = perf_counter() - start
    tell(f"robot: {steps:,} steps in {took:.0f} s, {illegal} illegal, {silent} unexplained")
    assert (steps, illegal, silent) == (100_000, 0, 0)


def test_loading_the_file() -> None:
    """The protocol file is read, checked and made ready in under two seconds."""
    took = seconds(lambda: rulebook(LYSYME), 5)
    tell(f"load: {took * 1000:.0f} ms")
    note("protocol file, read and checked", took * 1000, "ms")
    assert took < 2
