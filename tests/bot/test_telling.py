"""The words of each notice, in both languages: what is said, and what is never said."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest

from bot import notices as kinds
from bot.notices import CASE_KINDS, owed
from bot.pages.telling import digest_lines, notice_lines, passed_over
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.cases import Because, FollowUp, QueryAnswer, QueryReason
from flows.events import Role
from flows.replies import (
    ClosedNotice,
    ClosingNotice,
    EnrolmentNotice,
    HandOverNotice,
    Notice,
    PendingNotice,
    QueryAnsweredNotice,
    QueryNotice,
    ReminderNotice,
    SignatureNotice,
    TakenNotice,
    TargetNotice,
    UnreachableNotice,
    UnseenNotice,
    VerdictNotice,
)
from flows.trials import Where
from storage.opening import memory_store
from tests.bot.cases import AT, NUMBER, lysyme
from tests.bot.test_notices import Told, people_of
from tests.bot.ward import Ward

LAST = date(2026, 3, 16)
DAY = timedelta(days=1)
CLOSING = ClosingNotice(NUMBER, "not_yet", LAST, LAST - DAY, 10)

EACH: dict[str, Notice] = {
    kinds.VERDICT: VerdictNotice(NUMBER, "eligible", None, ()),
    kinds.SIGNATURE: SignatureNotice(NUMBER, "eligible", voided=False),
    kinds.PASSED_ON: HandOverNotice(NUMBER, "p-7", "p-9"),
    kinds.TAKEN: TakenNotice(NUMBER, "c-9", "c-1"),
    kinds.ENROLMENT: EnrolmentNotice(NUMBER, FollowUp.DECLINED, "c-9"),
    kinds.TARGET: TargetNotice(NUMBER, 15, 15),
    kinds.QUERY: QueryNotice(NUMBER, "I2", QueryReason.UNCLEAR, "p-7"),
    kinds.ANSWERED: QueryAnsweredNotice(NUMBER, None, QueryAnswer.WILL_CALL, "c-1", "p-7"),
    kinds.CLOSING: CLOSING,
    kinds.PENDING: PendingNotice(NUMBER, "pending", LAST, "p-7"),
    kinds.REMINDER: ReminderNotice(NUMBER, "p-7", CLOSING),
    kinds.CLOSED: ClosedNotice(NUMBER, "p-7"),
    kinds.UNREACHABLE: UnreachableNotice(NUMBER, "c-2", ("c-1",)),
    kinds.UNSEEN: UnseenNotice(NUMBER, "verdict", Because.SILENT, "p-7"),
}
"""One notice of each kind that is about a screening; a hand-over makes two kinds."""


def said(notice: Notice, kind: str, texts: Texts) -> list[str]:
    """What is read of a notice."""
    found = people_of(owed([notice], Where("HM", "lysyme"), 24, AT, Told("c-1", "c-2")))
    body = next(json.loads(one.body) for one in found if one.kind == kind)
    return notice_lines(kind, body, texts, lambda who: f"<{who}>", lysyme().protocol)


@pytest.mark.parametrize("kind", EACH)
def test_every_kind_has_words(texts: Texts, kind: str) -> None:
    """The number stands in the first line, but for the target, which is the whole trial's."""
    lines = said(EACH[kind], kind, texts)
    assert (NUMBER in lines[0]) is (kind != kinds.TARGET)
    assert all(line.strip() for line in lines)


def test_no_kind_is_left_out() -> None:
    """Each kind that is about a screening has an example here."""
    named = {value for name, value in vars(kinds).items() if name.isupper() and value in EACH}
    assert named | {kinds.HAND_OVER} >= CASE_KINDS
    strings = {
        value for name, value in vars(kinds).items() if name.isupper() and isinstance(value, str)
    }
    others = {kinds.HAND_OVER, kinds.DAILY, kinds.TIMEKEEPER, kinds.ESCALATE}
    assert strings - others == set(EACH)


def test_day_nine_of_ten() -> None:
    """Which day it is, and when the window closes, in both languages."""
    assert said(CLOSING, kinds.CLOSING, ALL["en"])[1:] == [
        "Day 9 of 10.",
        "It closes tomorrow at 23:59.",
    ]
    assert said(CLOSING, kinds.CLOSING, ALL["fr"])[1:] == [
        "Jour 9 sur 10.",
        "Il se termine demain à 23:59.",
    ]
    today = ClosingNotice(NUMBER, "not_yet", LAST, LAST, 10)
    assert said(today, kinds.CLOSING, ALL["en"])[1] == "Day 10 of 10."
    late = ClosingNotice(NUMBER, "not_yet", LAST, LAST - 3 * DAY, None)
    assert said(late, kinds.CLOSING, ALL["en"])[1:] == ["It closes on 16 March 2026 at 23:59."]


def test_nobody_is_told_why_somebody_declined_or_which_confidential_criterion(
    texts: Texts,
) -> None:
    """The status without its reason; some criterion without its name."""
    lines = said(EACH[kinds.ENROLMENT], kinds.ENROLMENT, texts)
    assert lines == [texts.duty.enrolment(NUMBER, texts.duty.steps[FollowUp.DECLINED], "<c-9>")]
    lines = said(EACH[kinds.ANSWERED], kinds.ANSWERED, texts)
    assert texts.duty.some_criterion in lines[0]


def test_why_it_comes_to_the_next(texts: Texts) -> None:
    """Silence and being out of reach are told apart."""
    assert len({passed_over(because, texts) for because in Because}) == len(Because)


def test_a_digest_fits_on_a_phone(texts: Texts) -> None:
    """Ten numbers of a sort, and how many more; what is not there is not mentioned."""
    numbers = [f"{place:04}-0000" for place in range(13)]
    body = {
        "open": 2,
        "verdicts": 1,
        "enrolled": 0,
        "closing": [],
        "unsigned": [],
        "waiting": numbers,
        "unseen": [],
        "taken": [[NUMBER, "c-1"]],
    }
    lines = digest_lines(body, texts, lambda who: f"<{who}>")
    assert lines[:2] == [texts.duty.digest_heading, texts.duty.digest_counts(2, 1, 0)]
    assert lines[2].endswith(f"0009-0000, {texts.duty.and_more(3)}")
    assert texts.duty.followed_by(NUMBER, "<c-1>") in lines[3]
    assert len(lines) == 4


CONFIDENTIAL = {
    "hiv_serology": ("positive", "pending"),
    "hcv_status": ("active", "pending"),
}


@pytest.mark.parametrize("name", CONFIDENTIAL)
async def test_nothing_that_is_ever_told_holds_an_answer(name: str, texts: Texts) -> None:
    """Three weeks of notices, reminders and digests about confidential criteria: not a word."""
    ward = Ward(memory_store())
    await ward.staff.site()
    ines = await ward.add("ines", Role.INVESTIGATOR)
    await ward.add("cora", Role.COORDINATOR)
    await ward.add("ada", Role.ADMINISTRATOR)
    for code in CONFIDENTIAL[name]:
        await ward.conclude(ines, **{name: code})
    await ward.passes(21 * DAY)
    assert {one.kind for one in ward.told} >= {
        *(kinds.VERDICT, kinds.PENDING, kinds.REMINDER, kinds.DAILY, kinds.UNSEEN)
    }
    entry = lysyme().readers[name].entry
    criterion = lysyme().home(name)
    canaries = {name, criterion.id, criterion.text.en, criterion.text.fr}
    canaries |= {entry.question.en, entry.question.fr, "HIV", "VIH", "hepatitis", "hépatite"}
    for one in ward.told:
        if one.kind == kinds.DAILY:
            lines = digest_lines(dict(one.body), texts, str)
        else:
            body = dict(one.body)
            lines = notice_lines(one.kind, body, texts, str, lysyme().protocol)
        read = "\n".join([*lines, json.dumps(dict(one.body))])
        for word in canaries:  # a screening number may hold the letters of a criterion
            assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", read), (one.kind, word)
