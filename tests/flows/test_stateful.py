"""One screening driven by Hypothesis itself, so that what fails is told in the fewest steps."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from flows.answers import Value
from flows.commands import (
    Command,
    Finish,
    GiveAnswer,
    GiveJudgement,
    HandOver,
    LookAgain,
    Pause,
    Promote,
    RecordAllReasons,
    Resume,
    Stop,
)
from flows.events import JudgementVerdict, Mode, Reason
from flows.questions import AskInput, AskJudgement
from flows.replies import NotNow
from flows.rulebook import Rulebook
from flows.screening import fold
from tests.flows.grids import MAN
from tests.flows.reference_codes import CODES, CRITERIA, INPUTS, NON_ANSWERS
from tests.flows.robot import LEGAL, START, Played, opened
from tests.flows.trial_files import LYSYME, rulebook

DAYS = tuple((START.date() - timedelta(days=back)).isoformat() for back in (-1, 0, 4, 10, 11, 4000))
RAW: tuple[Value, ...] = (17, 18, 76, 9, 10, "2016", *DAYS, *sorted({*sum(CODES.values(), ())}))
REASONS = st.sampled_from([None, *Reason])
VERDICTS = st.sampled_from(list(JudgementVerdict))


@cache
def _book() -> Rulebook:
    return rulebook(LYSYME)


class AnyScreening(RuleBasedStateMachine):
    """Whatever is sent in whatever order, nothing illegal happens and nothing is unexplained."""

    def __init__(self) -> None:
        super().__init__()
        self.played: Played = opened(_book(), Mode.QUICK_CHECK)

    def do(self, command: Command) -> None:
        before = self.played.screening
        decision = self.played.do(command)
        legal = before.stage in LEGAL[type(command)]
        assert isinstance(decision.remark, NotNow) is not legal
        if not decision.events:
            assert self.played.screening is before
            assert decision.remark is not None or isinstance(command, LookAgain)

    @precondition(lambda self: isinstance(self.played.step(), AskInput))
    @rule(data=st.data())
    def answer_what_is_asked(self, data: st.DataObject) -> None:
        step = self.played.step()
        assert isinstance(step, AskInput)
        screening = self.played.screening
        codes = screening.offered(step.input, screening.day(self.played.now))
        usual: list[Value] = [MAN[step.input]] if step.input in MAN else []  # type: ignore[list-item]
        dated = list(DAYS) if step.input.endswith(("date", "active")) else []
        self.do(GiveAnswer(step.input, data.draw(st.sampled_from([*usual, *codes, *dated]))))

    @precondition(lambda self: isinstance(self.played.step(), AskJudgement))
    @rule(verdict=VERDICTS)
    def judge_what_is_asked(self, verdict: JudgementVerdict) -> None:
        step = self.played.step()
        assert isinstance(step, AskJudgement)
        self.do(GiveJudgement(step.criterion, verdict))

    @rule(name=st.sampled_from(INPUTS), raw=st.sampled_from(RAW), reason=REASONS)
    def answer_anything(self, name: str, raw: Value, reason: Reason | None) -> None:
        self.do(GiveAnswer(name, raw, reason))

    @precondition(lambda self: self.played.screening.answers)
    @rule(data=st.data(), reason=REASONS)
    def correct(self, data: st.DataObject, reason: Reason | None) -> None:
        name = data.draw(st.sampled_from(sorted(self.played.screening.answers)))
        codes = CODES.get(name, NON_ANSWERS.get(name, ()))
        values: list[Value] = [*codes, *DAYS, 17, 40]
        self.do(GiveAnswer(name, data.draw(st.sampled_from(values)), reason))

    @rule(criterion=st.sampled_from(CRITERIA), verdict=VERDICTS, reason=REASONS)
    def judge_anything(
        self, criterion: str, verdict: JudgementVerdict, reason: Reason | None
    ) -> None:
        self.do(GiveJudgement(criterion, verdict, reason))

    @rule(
        command=st.sampled_from(
            [
                RecordAllReasons(),
                Finish(),
                Pause(),
                Resume(),
                Promote(),
                HandOver("p2"),
                LookAgain(),
            ]
        )
    )
    def move(self, command: Command) -> None:
        self.do(command)

    @precondition(lambda self: self.played.screening.version > 20)
    @rule()
    def stop(self) -> None:
        self.do(Stop())

    @rule(days=st.sampled_from([0, 1, 7]))
    def time_passes(self, days: int) -> None:
        self.played.now += timedelta(days=days, minutes=1)

    @invariant()
    def the_history_is_the_state(self) -> None:
        assert fold(self.played.book, self.played.history) == self.played.screening
        assert self.played.screening.version == len(self.played.history)

    @invariant()
    def nothing_is_asked_twice(self) -> None:
        step = self.played.step()
        if isinstance(step, AskInput):
            assert step.input not in self.played.screening.answers


AnyScreening.TestCase.settings = settings(stateful_step_count=50)
TestAnyScreening = AnyScreening.TestCase
