"""One screening played to its end, for the tests of exports that need a certain one."""

from __future__ import annotations

from flows.commands import Finish, GiveAnswer, GiveJudgement, RecordAllReasons
from flows.events import JudgementVerdict
from flows.questions import AskInput, AskJudgement
from flows.stages import Stage
from flows.subjects import Subject
from tests.flows.grids import MAN
from tests.flows.logs import book
from tests.flows.robot import SIGN, Played, opened
from tests.flows.subjects import subject_of

CONFIDENTIAL_REASONS: tuple[dict[str, object], ...] = (
    {"hiv_serology": "positive"},
    {"hbv_status": "active"},
    {"liberty_status": "deprived_of_liberty"},
    {"psychiatric_care": "without_consent"},
)
"""One answer for each confidential criterion of LYSYME that excludes: E3, E4, E10, E13."""


def played(answers: dict[str, object], *, every: bool = False, signed: bool = False) -> Played:
    """Asked and answered until nothing is left to ask; `every` goes past exclusions."""
    play = opened(book())
    while play.screening.stage in (Stage.ASKING, Stage.EXCLUDED):
        step = play.step()
        if play.screening.stage is Stage.EXCLUDED:
            play.do(RecordAllReasons() if every else Finish())
        elif isinstance(step, AskInput):
            play.do(GiveAnswer(step.input, answers[step.input]))  # type: ignore[arg-type]
        elif isinstance(step, AskJudgement):
            play.do(GiveJudgement(step.criterion, JudgementVerdict.PASS))
    if signed:
        play.do(SIGN)
    return play


def screened(answers: dict[str, object], number: str = "N001", *, signed: bool = False) -> Subject:
    """The only screening there is, with these answers."""
    return subject_of(played(answers, signed=signed), number)


def excluded(change: dict[str, object], *, every: bool = False, number: str = "N001") -> Subject:
    """A man who would be eligible but for this."""
    return subject_of(played(MAN | change, every=every), number)
