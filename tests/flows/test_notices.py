"""What leaves the record: notices hold a number, a verdict and dates, and nothing that reveals."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import example, given
from hypothesis import strategies as st

from flows.commands import GiveAnswer
from flows.events import Mode
from flows.questions import AskInput
from flows.replies import HandOverNotice, SignatureNotice, VerdictNotice
from flows.rulebook import Rulebook
from tests.flows.reference_codes import CRITERIA
from tests.flows.robot import PEOPLE, Robot, opened, play

SEEDS = st.integers(0, 2**32 - 1)
CONFIDENTIAL = {"E3", "E4", "E10", "E13"}


@given(SEEDS, st.sampled_from(list(Mode)))
@example(seed=1, mode=Mode.PRACTICE)
def test_notices_reveal_nothing_and_practice_gives_none(
    book: Rulebook, seed: int, mode: Mode
) -> None:
    """A notice holds a number, a verdict and dates; a criterion that reveals is never named."""
    *_, (_, _, _, played) = play(book, seed, careless=0.2, mode=mode)
    assert not (mode is Mode.PRACTICE and played.notices)
    for notice in played.notices:
        if isinstance(notice, HandOverNotice):
            assert (notice.number, notice.to in ("p2", "p3")) == ("N7", True)
            assert {known.name for known in fields(notice)} == {"number", "by", "to"}
            assert notice.by in {person.person for person in PEOPLE}
            continue
        if isinstance(notice, SignatureNotice):
            assert {known.name for known in fields(notice)} == {"number", "verdict", "voided"}
            assert (notice.number, notice.verdict in ("eligible", "ineligible")) == ("N7", True)
            continue
        assert isinstance(notice, VerdictNotice)  # the others are owed beside the screening
        assert {known.name for known in fields(VerdictNotice)} == {
            *("number", "verdict", "first_failing", "deadlines")
        }
        assert notice.number == "N7"
        assert notice.first_failing is None or notice.first_failing in CRITERIA
        assert notice.first_failing not in CONFIDENTIAL
        assert {name for name, _ in notice.deadlines} <= {"admit_by", "reassess_until"}


def test_each_confidential_exclusion_is_told_without_its_name(book: Rulebook) -> None:
    """An exclusion for E3, E4, E10 or E13 alone is notified as a verdict and nothing more."""
    excluding = {
        "hiv_serology": "positive",
        "hcv_status": "active",
        "liberty_status": "deprived_of_liberty",
        "psychiatric_care": "without_consent",
    }
    for name, code in excluding.items():
        played = opened(book)
        robot = Robot(0, careless=0)
        while isinstance(step := played.step(), AskInput):
            usual = robot.patient.get(step.input)
            value = code if step.input == name else usual
            played.do(GiveAnswer(step.input, value))  # type: ignore[arg-type]
        assert played.notices == [VerdictNotice("N7", "ineligible", None, ())]
