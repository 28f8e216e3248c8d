"""What holds in every screening, whoever plays it: a robot plays, seeded by Hypothesis."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import chain
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from flows.commands import (
    Command,
    GiveAnswer,
    GiveJudgement,
    LookAgain,
    RecordAllReasons,
    RemindMe,
    Stop,
)
from flows.determination import determine as determine_values
from flows.events import (
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    Reason,
    ScreeningEvent,
)
from flows.protocol.model import Outcome
from flows.questions import AllAsked, AskInput, AskJudgement, FirstExclusion
from flows.replies import NotNow
from flows.rulebook import Rulebook
from flows.screening import Screening, fold
from flows.stages import Stage
from tests.flows.meaning import complete, exact, matters, possible_findings
from tests.flows.reference import determine
from tests.flows.reference_codes import CRITERIA, INPUTS
from tests.flows.reference_criteria import recent
from tests.flows.robot import LEGAL, START, play, play_again, today

SEEDS = st.integers(0, 2**32 - 1)
BEGINNING = {"screening-opened", "answer-carried"}
"""What follows from no command: a screening begins with it."""

FOR_THE_RECORD = {"bsa_after_window_pct", "compliance_barrier_category"}


@given(SEEDS)
def test_the_history_is_the_state(book: Rulebook, seed: int) -> None:
    """After every step the fold of all events is the live screening, and its version their sum."""
    for before, _, decision, played in play(book, seed):
        assert fold(book, played.history) == played.screening
        assert played.screening.version == len(played.history)
        assert all(happened.at == played.now for happened in decision.events)
        assert before.version + len(decision.events) == played.screening.version


@given(SEEDS)
def test_what_cannot_be_followed_changes_nothing_and_is_explained(
    book: Rulebook, seed: int
) -> None:
    """A stale, illegal or senseless command gives no event, the same screening and a remark."""
    for before, command, decision, played in play(book, seed, careless=0.8):
        if not _may_be_followed(before, command, today(played)):
            assert not decision.events, command
        now = before.stage in LEGAL[type(command)] and _still_waits(before, command, today(played))
        assert isinstance(decision.remark, NotNow) is not now
        if not decision.events:
            assert played.screening is before
            assert not decision.notices
            assert decision.remark is not None or isinstance(command, LookAgain)


def _may_be_followed(screening: Screening, command: Command, day: date) -> bool:
    """An answer is asked for, given before or for the record; a judgement likewise."""
    step = screening.walk(day).step
    if isinstance(command, GiveAnswer):
        if command.input in screening.answers or command.input in FOR_THE_RECORD:
            return True
        return isinstance(step, AskInput) and step.input == command.input
    if isinstance(command, GiveJudgement):
        known = exact(screening.answers)
        if command.criterion not in CRITERIA:
            return False
        return possible_findings(command.criterion, day, known) == {"judgement"}
    return True


def _still_waits(screening: Screening, command: Command, day: date) -> bool:
    """What has its last word is neither given up nor reminded of, and no day is gone by."""
    made = screening.determination
    concluded = screening.stage is Stage.CONCLUDED and made is not None
    if isinstance(command, RemindMe) and command.day <= day:
        return False
    if isinstance(command, Stop | RemindMe) and concluded:
        return made is not None and made.verdict in ("pending", "not_yet")
    return True


@given(SEEDS)
def test_every_question_can_change_a_finding(book: Rulebook, seed: int) -> None:
    """Two allowed answers to whatever is asked lead its criterion to two findings."""
    for _, _, _, played in play(book, seed, careless=0.2):
        step, answers = played.step(), played.screening.answers
        if isinstance(step, AskInput):
            assert step.input not in answers
            known = exact(answers)
            assert matters(step.criterion, step.input, today(played), known), (step, known)


@given(SEEDS)
def test_what_was_left_out_can_change_nothing(book: Rulebook, seed: int) -> None:
    """Each finding walked past is the only one possible, whatever the unasked answers are."""
    for _, _, _, played in play(book, seed, careless=0.2):
        day, screening = today(played), played.screening
        walk, known = screening.walk(day), exact(screening.answers)
        if isinstance(walk.step, AllAsked):
            assert [found.criterion for found in walk.findings] == list(CRITERIA)
        for found in walk.findings:
            possible = possible_findings(found.criterion, day, known)
            said = Outcome.JUDGEMENT if found.judged else found.outcome
            assert possible == {said.value}, (found, known)
        if isinstance(walk.step, AskJudgement):
            assert possible_findings(walk.step.criterion, day, known) == {"judgement"}


@given(SEEDS, st.integers(0, 10_000))
def test_the_first_exclusion_is_what_all_answers_would_give(
    book: Rulebook, seed: int, pick: int
) -> None:
    """Stopping early never changes the verdict nor the first failing criterion."""
    for _, _, _, played in play(book, seed, careless=0.15, steps=40):
        day, screening = today(played), played.screening
        step = screening.walk(day).step
        if not isinstance(step, FirstExclusion):
            continue
        full = complete(day, exact(screening.answers), pick)
        judged = {name: told for name, told in screening.outcomes().items() if told}
        verdicts: dict[str, object] = {name: told.value for name, told in judged.items()}
        expected = determine(day.isoformat(), {**full, "judgements": verdicts})
        assert (expected["determination"], expected["first_failing"]) == (
            "ineligible",
            step.criterion,
        )
        made = screening.determination
        if made is None or made.complete or made.day != day:
            continue  # excluded by the days that went by, and nobody has looked since
        assert (made.verdict, made.failing) == ("ineligible", (step.criterion,))
        assert made.assessed == CRITERIA[: CRITERIA.index(step.criterion) + 1]
        break


@given(SEEDS)
def test_every_recorded_determination_is_the_references(book: Rulebook, seed: int) -> None:
    """On its day, over what was assessed, a determination says what the reference says."""
    for _, _, decision, played in play(book, seed):
        for happened in decision.events:
            made = happened.event
            if not isinstance(made, DeterminationMade):
                continue
            screening, day = played.screening, made.day.isoformat()
            assert made.day == today(played)
            verdicts = {name: told.value for name, told in screening.outcomes().items() if told}
            expected = determine(day, {**exact(screening.answers), "judgements": verdicts})
            lists = ("failing", "undetermined", "judgement_required")
            for name in lists:
                reference = expected[name]
                assert isinstance(reference, list)
                assert list(getattr(made, name)) == [c for c in reference if c in made.assessed]
            assert made.verdict == expected["determination"]
            if made.complete:
                assert made.assessed == CRITERIA
                named = {name: until.isoformat() for name, until in made.deadlines}
                assert named == expected["deadlines"]
            if made.verdict == "eligible":
                assert made.complete
                assert not made.failing + made.undetermined


@given(SEEDS)
def test_inputs_are_asked_in_protocol_order_and_once(book: Rulebook, seed: int) -> None:
    """Whoever only answers is led through the file from top to bottom, each input once."""
    asked: list[str] = []
    for _, command, decision, _ in play(book, seed, careless=0, steps=45):
        if isinstance(command, GiveAnswer) and decision.events:
            asked.append(command.input)
    assert asked == sorted(set(asked), key=INPUTS.index)


@given(SEEDS)
def test_a_correction_keeps_what_was_and_asks_again_what_it_contradicts(
    book: Rulebook, seed: int
) -> None:
    """No answer leaves the state but through an event that still holds it; nothing stays wrong."""
    for before, _, decision, played in play(book, seed, careless=0.5):
        told = dict(before.answers)
        for happened in decision.events:
            match happened.event:
                case AnswerGiven(input=name, value=value):
                    assert name not in told
                    told[name] = value
                case AnswerCorrected(input=name, old=old, value=value, reason=reason):
                    assert told[name] == old != value
                    assert reason in Reason
                    told[name] = value
                case AnswerSetAside(input=name, old=old, because=because):
                    assert told.pop(name) == old
                    assert because != name
                case _:
                    pass
        assert told == played.screening.answers
        day = today(played).isoformat()
        assert determine(day, exact(told))["determination"] != "invalid", told


@given(SEEDS)
def test_what_is_kept_is_reduced_and_says_the_same(book: Rulebook, seed: int) -> None:
    """No event holds an exact age out of range, an exact area, or a date finer than needed."""
    for before, command, decision, played in play(book, seed):
        day = today(played)
        for happened in decision.events:
            event = happened.event
            if isinstance(event, AnswerGiven | AnswerCorrected):
                assert isinstance(command, GiveAnswer)
                assert _is_reduced(event.input, event.value, day, command.value), event
                said = {**exact(before.answers), event.input: command.value}
                said |= exact({event.input: command.value})
                kept = {**exact(before.answers), **exact({event.input: event.value})}
                entries = [entry for entry in book.entries if event.input in entry.table.reads]
                for entry in entries:
                    name = entry.criterion.id
                    found = possible_findings(name, day, kept)
                    assert found == possible_findings(name, day, said), (said, kept)


def _is_reduced(name: str, value: int | str, day: date, said: object) -> bool:
    if name == "age_years":
        return value in ("unknown", "< 18", "> 75") or (type(value) is int and 18 <= value <= 75)
    if name.startswith("bsa_"):
        return value in ("unknown", "not_measured", "< 10", ">= 10")
    if name == "malignancy_last_active" and value != "unknown":
        assert isinstance(value, str)
        shorter = {7: value[:4], 10: value[:7]}.get(len(value))
        settled = recent(day, value)
        if settled == "maybe":
            return value == said  # it does not decide yet: all that is known of it may be needed
        return shorter is None or recent(day, shorter) != settled
    return isinstance(value, str)


def test_the_plays_go_everywhere(book: Rulebook) -> None:
    """Among the plays are all stages, verdicts and events: the properties are not void."""
    stages, verdicts, kinds, remarks = (Counter[str]() for _ in range(4))
    for seed in range(100):
        for _, _, decision, played in chain(play(book, seed), play_again(book, seed)):
            stages[played.screening.stage.value] += 1
            remarks[type(decision.remark).__name__] += 1
            for happened in decision.events:
                kinds[happened.event.kind] += 1
                if isinstance(happened.event, DeterminationMade):
                    verdicts[happened.event.verdict] += 1
        kinds.update(one.event.kind for one in played.history if one.event.kind in BEGINNING)
    assert set(stages) == {stage.value for stage in Stage}
    assert {"eligible", "ineligible", "pending", "not_yet"} == set(verdicts)
    assert set(kinds) == {event.kind for event in get_args(ScreeningEvent)}, kinds
    # Everything that may be remarked but Overtaken, which only the ledger can tell.
    assert set(remarks) == {
        *("NoneType", "Refused", "NeedsReason", "Warned", "NotNow", "NotAsked", "NothingToJudge"),
        *("AlreadySo", "CannotSign"),
    }


@given(SEEDS)
def test_recording_all_reasons_changes_no_verdict(book: Rulebook, seed: int) -> None:
    """Going on after an exclusion keeps the first failing criterion and assesses all nineteen."""
    first: str | None = None
    for _, command, _, played in play(book, seed, careless=0, steps=60):
        made = played.screening.determination
        if isinstance(command, RecordAllReasons) and made:
            first = first or made.failing[0]
        if first and made:
            assert (made.verdict, made.failing[0]) == ("ineligible", first)
        if made and made.complete and first:
            values = played.screening.answers
            judged = {k: v for k, v in played.screening.outcomes().items() if v}
            found = determine_values(book, values, judged, START.date())
            assert (found.failing, made.assessed) == (made.failing, CRITERIA)
