"""What is owed after a step: to whom, under which key, and that no body holds an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notices import HAND_OVER, PASSED_ON, SIGNATURE, TAKEN, TIMEKEEPER, VERDICT, owed
from flows.commands import GiveAnswer
from flows.duty import SiteDuty
from flows.events import Mode, Role
from flows.replies import HandOverNotice, Notice, SignatureNotice, TakenNotice, VerdictNotice
from flows.telling import Roster
from flows.trials import Placed, Where
from storage.outbox import NewNotice
from tests.bot.cases import AT, MAN, NUMBER, Case, lysyme
from tests.flows.robot import play

SITE = "site-1"
WHERE = Where(SITE, "lysyme")
VERDICT_NOTICE = VerdictNotice(NUMBER, "eligible", None, (("admit_by", "2026-03-16"),))
SIGNED = SignatureNotice(NUMBER, "eligible", voided=False)
OVER = HandOverNotice(NUMBER, "p-7", "p-9")
CONFIDENTIAL = {
    "E3": ("hiv_serology", "positive"),
    "E4": ("hcv_status", "active"),
    "E10": ("liberty_status", "deprived_of_liberty"),
    "E13": ("psychiatric_care", "without_consent"),
}
CHAIN = {"owed_at", "told"}
"""What a notice about a case carries beside: who was told first, and when."""

TOLD = {
    VERDICT: {"number", "verdict", "first_failing", "deadlines"},
    SIGNATURE: {"number", "verdict", "voided"},
    TAKEN: {"number", "by", "instead"},
    HAND_OVER: {"number", "by"},
    PASSED_ON: {"number", "by", "to"},
}
"""Everything that a body of each kind may say."""


class Told:
    """A site whose coordinators are these."""

    def __init__(self, *people: str) -> None:
        self.people = people
        self.asked: list[tuple[str, datetime]] = []

    def roster(self, number: str, where: Placed, now: datetime) -> Roster:
        """The same at every site and time."""
        self.asked.append((where.site, now))
        return Roster(coordinators=self.people)

    def holding(self, trial: str | None, now: datetime, *roles: Role) -> Sequence[str]:
        """The coordinators, and one administrator."""
        return (*self.people, "a-1")

    def duty(self, where: Placed) -> SiteDuty:
        """As every site is at first."""
        return SiteDuty()

    def zone(self, site: str) -> ZoneInfo:
        """Where the site is."""
        return ZoneInfo("Europe/Paris")


def people_of(found: Sequence[NewNotice]) -> list[NewNotice]:
    """What is owed to people, without the timers."""
    return [one for one in found if one.recipient != TIMEKEEPER]


def bodies(found: Sequence[NewNotice]) -> list[dict[str, object]]:
    """What the outbox holds of each that a person is told, but for who and when."""
    found = people_of(found)
    return [
        {name: said for name, said in json.loads(one.body).items() if name not in CHAIN}
        for one in found
    ]


@pytest.mark.parametrize("notice", [VERDICT_NOTICE, SIGNED, TakenNotice(NUMBER, "p-9")])
def test_each_coordinator_is_owed_one(notice: Notice) -> None:
    """One for each of them, due at once, asked of the site at that moment."""
    told = Told("c-1", "c-2", "c-3")
    found = people_of(owed([notice], WHERE, 24, AT, told))
    assert [one.recipient for one in found] == ["c-1", "c-2", "c-3"]
    assert {one.due_at for one in found} == {"2026-03-10T09:00:00.123+00:00"}
    assert set(told.asked) == {(SITE, AT)}
    assert len({one.body for one in found}) == 1


def test_a_hand_over_is_owed_to_whom_it_goes_and_told_to_coordinators() -> None:
    """Whoever is to carry on is told also where nobody coordinates."""
    for audience in (Told(), None):
        found = owed([OVER], WHERE, 3, AT, audience)
        assert [one.recipient for one in found] == ["p-9"]
        assert bodies(found) == [{"number": NUMBER, "by": "p-7"}]
    found = people_of(owed([OVER], WHERE, 3, AT, Told("c-1")))
    assert [(one.kind, one.recipient) for one in found] == [(HAND_OVER, "p-9"), (PASSED_ON, "c-1")]
    assert bodies(found)[1] == {"number": NUMBER, "by": "p-7", "to": "p-9"}


def test_whoever_took_the_case_is_not_told_that_they_did() -> None:
    """The others are."""
    found = owed([TakenNotice(NUMBER, "c-2")], WHERE, 1, AT, Told("c-1", "c-2", "c-3"))
    assert [one.recipient for one in found] == ["c-1", "c-3"]
    assert bodies(found)[0] == {"number": NUMBER, "by": "c-2", "instead": None}


@pytest.mark.parametrize("audience", [None, Told()])
def test_where_nobody_coordinates_nothing_is_owed(audience: Told | None) -> None:
    """No audience, or an empty one."""
    notices: list[Notice] = [VERDICT_NOTICE, SIGNED, TakenNotice(NUMBER, "c-1")]
    assert owed(notices, WHERE, 24, AT, audience) == []
    assert owed([], WHERE, 24, AT, Told("c-1")) == []


def test_keys_tell_kind_case_version_and_person_apart() -> None:
    """The same step owes the same keys; another version, person, kind or case other ones."""
    told = Told("c-1", "c-2")
    notices: list[Notice] = [VERDICT_NOTICE, SIGNED, TakenNotice(NUMBER, "c-9"), OVER]
    notices += [VerdictNotice("AAAA-BBBB", "eligible", None, ())]

    def keys(version: int) -> list[str]:
        return [one.key for one in owed(notices, WHERE, version, AT, told)]

    assert keys(24) == keys(24)
    both = keys(24) + keys(25)
    assert len(set(both)) == len(both) == 30


def test_each_kind_says_what_it_may_and_no_more() -> None:
    """Number, verdict, dates and who: the whole of each body."""
    voided = SignatureNotice(NUMBER, "ineligible", voided=True)
    found = people_of(owed([VERDICT_NOTICE, SIGNED, voided], WHERE, 24, AT, Told("c-1")))
    assert [one.kind for one in found] == [VERDICT, SIGNATURE, SIGNATURE]
    assert bodies(found) == [
        {
            "number": NUMBER,
            "verdict": "eligible",
            "first_failing": None,
            "deadlines": {"admit_by": "2026-03-16"},
        },
        {"number": NUMBER, "verdict": "eligible", "voided": False},
        {"number": NUMBER, "verdict": "ineligible", "voided": True},
    ]


def _canaries() -> set[str]:
    """Every word with which an answer, a question or an input could show itself."""
    found = set()
    for entry in lysyme().protocol.inputs:
        found |= {entry.id, entry.question.en, entry.question.fr}
        for option in (*entry.choices, *entry.non_answers):
            found |= {option.code, option.label.en, option.label.fr}
    return {one for one in found if len(one) > 3}


CANARIES = _canaries()
OWN_WORDS = {"pending"}
"""A verdict's word that is also an answer's code."""


@given(st.integers(0, 2**32 - 1), st.sampled_from((Mode.SCREENING, Mode.QUICK_CHECK)))
def test_no_answer_and_no_confidential_criterion_is_in_any_body(seed: int, mode: Mode) -> None:
    """Whatever is played: only the words of each kind, no input, no answer, no code, no label."""
    for _, _, decision, played in play(lysyme(), seed, careless=0.2, mode=mode):
        version = played.screening.version
        for one in people_of(owed(decision.notices, WHERE, version, played.now, Told("c-1"))):
            said = json.loads(one.body)
            assert set(said) - CHAIN == TOLD[one.kind]
            assert said.get("first_failing") not in CONFIDENTIAL
            flat = {str(value) for value in said.values() if isinstance(value, str)}
            assert not flat & (CANARIES - OWN_WORDS)
            text = one.body.decode()
            assert not [word for word in CANARIES - OWN_WORDS if f'"{word}"' in text]
            answers = played.screening.answers
            assert not flat & {str(value) for value in answers.values() if value not in OWN_WORDS}


@pytest.mark.parametrize("criterion", CONFIDENTIAL)
def test_a_confidential_exclusion_is_a_verdict_and_nothing_more(criterion: str) -> None:
    """Serology, hepatitis, liberty and psychiatric care are not named, nor hinted at."""
    name, code = CONFIDENTIAL[criterion]
    case = Case().answer(MAN, until=name)
    decision = case.tell(GiveAnswer(name, code))
    found = owed(decision.notices, WHERE, case.screening.version, AT, Told("c-1"))
    made = case.screening.determination
    assert made is not None
    assert made.failing == (criterion,)
    assert bodies(found) == [
        {"number": NUMBER, "verdict": "ineligible", "first_failing": None, "deadlines": {}}
    ]


def test_an_ordinary_exclusion_is_named() -> None:
    """The criterion's name reveals no more than the verdict, and saves a call."""
    case = Case()
    decision = case.tell(GiveAnswer("age_years", 17))
    found = owed(decision.notices, WHERE, case.screening.version, AT, Told("c-1"))
    assert bodies(found)[0]["first_failing"] == "I1"


def test_what_is_confidential_is_what_the_file_says() -> None:
    """These four, as the protocol file marks them."""
    marked = {one.id for one in lysyme().protocol.criteria if one.confidential}
    assert marked == set(CONFIDENTIAL)
