"""A walk that goes on from where the last one stood finds what a walk from the first one finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.commands import Command, GiveAnswer, GiveJudgement
from flows.decide import Decision, decide
from flows.events import JudgementVerdict, Reason
from flows.questions import AskInput, Ground, Walk, walk
from flows.rulebook import Entry, Rulebook
from flows.rules import Facts
from flows.screening import Screening, fold
from flows.stages import Stage
from tests.flows.grids import WOMAN
from tests.flows.invented import TEXT, choice, invented, met_by, trial
from tests.flows.robot import PEOPLE, Played, Robot, opened, play, play_again, today
from tests.flows.trial_files import LYSYME, rulebook

Step: TypeAlias = tuple[Screening, Command, Decision, Played]
SEEDS = st.integers(0, 2**32 - 1)
CARELESS = st.sampled_from((0.0, 0.3, 0.8))


def from_the_first(screening: Screening, played: Played, days: int = 0) -> Walk:
    """All criteria walked anew."""
    start = Ground.of(screening.book, screening.answers, today(played) + timedelta(days=days))
    past = screening.all_reasons
    return walk(screening.book, start, screening.outcomes(), past_exclusions=past)


def meddled(book: Rulebook, seed: int, steps: int = 60) -> Iterator[Step]:
    """Each step of a screening in which what was said is said otherwise again and again."""
    robot, played = Robot(seed), opened(book)
    random = robot.random
    for _ in range(steps):
        before, command = played.screening, robot.sensible(played)
        if random.random() < 0.5 and before.answers:
            name = random.choice(sorted(before.answers))
            reason = Reason.TYPING_ERROR
            command = GiveAnswer(name, robot.answer(played, name, usual=0.2), reason)
        elif random.random() < 0.3 and before.judgements:
            judged = random.choice(sorted(before.judgements))
            verdict = random.choice(list(JudgementVerdict))
            command = GiveJudgement(judged, verdict, Reason.NEW_ASSESSMENT)
        elif before.stage is Stage.CONCLUDED:
            break
        played.now += timedelta(days=random.choice((0,) * 9 + (1,)))
        yield before, command, played.do(command), played


def check(steps: Iterable[Step]) -> None:
    """After each step the walk is that from the first, today, tomorrow and today again."""
    for _, _, _, played in steps:
        screening, day = played.screening, today(played)
        assert screening.walk(day) == from_the_first(screening, played)
        if len(played.history) % 5 == 0:
            tomorrow = screening.walk(day + timedelta(days=1))
            assert tomorrow == from_the_first(screening, played, days=1)
            assert screening.walk(day) == from_the_first(screening, played)


@given(SEEDS, CARELESS)
def test_the_walk_that_goes_on_is_the_walk_from_the_first(
    book: Rulebook, seed: int, careless: float
) -> None:
    """Whatever is answered, corrected, set aside or judged, whoever plays, as days go by."""
    check(play(book, seed, careless=careless))


@given(SEEDS)
def test_it_is_so_with_answers_that_came_over(book: Rulebook, seed: int) -> None:
    """A second attempt begins with answers already given."""
    check(play_again(book, seed))


@given(SEEDS)
def test_it_is_so_for_who_never_leaves_an_answer_alone(book: Rulebook, seed: int) -> None:
    """Corrections and other judgements at every second step, far back as well."""
    check(meddled(book, seed))


@given(SEEDS, SEEDS)
@settings(max_examples=200)
def test_it_is_so_under_any_protocol(trial: int, seed: int) -> None:
    """Also where inputs refuse or apply by answers that are given only later."""
    check(meddled(invented(trial), seed, steps=25))


@given(SEEDS, CARELESS, st.booleans())
def test_a_screening_folded_anew_decides_the_same(
    book: Rulebook, seed: int, careless: float, odd: bool
) -> None:
    """What was walked before never shows: the events, the notices and the remark are the same."""
    used = invented(seed) if odd else book
    steps = meddled(used, seed) if odd else play(used, seed, careless=careless)
    for before, command, decision, played in steps:
        anew = fold(used, played.history[: before.version])
        assert anew == before
        by = decision.events[0].by if decision.events else PEOPLE[0]
        assert decide(anew, command, played.now, by) == decision


def test_a_correction_reaches_back_to_what_its_answer_had_ruled_out() -> None:
    """The first input is asked for again when the second no longer forbids its other answer."""
    forbidden = {"all": [{"input": "left", "is": "a"}, {"input": "right", "is": "b"}]}
    left = choice("left") | {"refuse": [{"when": forbidden, "message": TEXT}]}
    asked = (left, "a"), (choice("right"), ["a", "b"]), (choice("last"), "a")
    played = opened(trial([met_by(entry, codes) for entry, codes in asked]))
    for name, code in (("left", "a"), ("right", "a"), ("right", "b")):
        played.do(GiveAnswer(name, code, Reason.TYPING_ERROR))
    assert dict(played.screening.answers) == {"right": "b"}
    assert played.step() == AskInput("I3", "last")
    played.do(GiveAnswer("right", "a", Reason.TYPING_ERROR))
    assert played.step() == AskInput("I1", "left")


def test_an_ordinary_answer_looks_at_two_criteria_at_most() -> None:
    """The one that asked and the next one, of nineteen; so a tap costs the same at the end."""
    book, looked_at = rulebook(LYSYME), list[str]()

    def watched(entry: Entry) -> Entry:
        def wanted(facts: Facts) -> str | None:
            looked_at.append(entry.criterion.id)
            return entry.wanted(facts)

        return replace(entry, wanted=wanted)

    book.entries = tuple(watched(entry) for entry in book.entries)
    played, most = opened(book), 0
    while played.screening.stage is Stage.ASKING:
        step = played.step()
        assert isinstance(step, AskInput)
        answer = WOMAN.get(step.input, "not_applicable")
        looked_at.clear()
        played.do(GiveAnswer(step.input, answer))  # type: ignore[arg-type]
        most = max(most, len(looked_at))
    assert len(played.screening.answers) > len(book.entries)
    assert most == 2
