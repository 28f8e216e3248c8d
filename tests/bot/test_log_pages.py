"""The pages of the log: every text of theirs is used, and none of them says what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from hypothesis import given

import bot.notices
from bot.pages.case import case_page, case_trail
from bot.pages.flow import Counts, flow_caption, flow_chart
from bot.pages.log import list_lines, log_table
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.cases import (
    Because,
    CaseTaken,
    CriterionQueried,
    CriterionQueryAnswered,
    DeclineReason,
    FollowUp,
    FollowUpRecorded,
    NoticeEscalated,
    NoticeFailed,
    NoticeSeen,
    NoticeSent,
    QueryAnswer,
    QueryReason,
)
from flows.events import Actor, Event, Happened, Mode, Role
from flows.follow_up import evolve_case
from flows.tallies import Criteria, flow, log_rows
from storage.exports.chart import to_json
from storage.mapper import EVENTS
from tests.bot.cases import AT, lysyme
from tests.bot.watching import leaves, watch
from tests.flows.logs import Log, case_of, logs, step
from tests.flows.robot import START
from tests.flows.test_tallies import HIDDEN, line

KINDS = [
    value
    for name, value in vars(bot.notices).items()
    if name.isupper() and isinstance(value, str) and name not in ("TIMEKEEPER", "ESCALATE", "DAILY")
]


def happenings() -> Iterator[Event]:
    """Everything that can be in a case's trail, each about every kind of notice."""
    yield CaseTaken("N")
    for kind in KINDS:
        yield NoticeSent("N", "p1", kind, repeat=True)
        yield NoticeFailed("N", "p1", kind)
        yield NoticeSeen("N", kind)
    yield from (NoticeEscalated("N", "p2", because) for because in Because)
    yield from (FollowUpRecorded("N", status) for status in FollowUp)
    yield from (FollowUpRecorded("N", FollowUp.DECLINED, why) for why in DeclineReason)
    yield from (CriterionQueried("N", "I2", reason) for reason in QueryReason)
    yield from (CriterionQueryAnswered("N", "I2", answer) for answer in QueryAnswer)


def trail(texts: Texts) -> str:
    """All of it as it is printed."""
    who = Actor("p9", Role.COORDINATOR)
    happened = [
        Happened(event, AT + timedelta(minutes=at), who) for at, event in enumerate(happenings())
    ]
    return case_trail(happened[::-1], "Europe/Paris", texts)


def counts(log: Log) -> Counts:
    """The flow of a log."""
    protocol = lysyme().protocol
    found = flow(log_rows(log.lines, log.cases), Criteria.of(protocol))
    return Counts(found, protocol, 3, AT)


def pages(log: Log, texts: Texts) -> Iterator[str]:
    """Everything that a log is shown as."""
    rows = [row for mode in Mode for row in log_rows(log.lines, log.cases, mode)]
    yield log_table(rows, texts)
    yield "\n".join(list_lines([(row.line, row.case) for row in rows], texts, str.upper))
    yield from (case_page(row, lysyme().protocol, texts, str.upper) for row in rows)
    yield flow_caption(counts(log), texts)
    yield to_json(flow_chart(counts(log), texts)).decode()


def rich_log() -> Log:
    """A log in which everything happened."""
    statuses = [step(status) for status in FollowUp]
    cases = {f"N{at}": case_of(f"N{at}", one, since=AT) for at, one in enumerate(statuses)}
    lines = [line(f"N{at}", earlier="N0" if at else None) for at in range(len(statuses))]
    lines += [line("Q", None), line("S", "pending", stopped=True), line("V", "ineligible")]
    lines += [line("C", mode=Mode.QUICK_CHECK), line("P", mode=Mode.PRACTICE)]
    changed = ((START, "eligible"), (AT + timedelta(days=9), "pending"))
    lines.append(line("X", "pending", verdicts=changed))
    cases["X"] = case_of(
        "X", *map(step, (FollowUp.ENROLLED, FollowUp.CONSENTED, FollowUp.ENROLLED))
    )
    lines.append(replace(line("Y"), signed_at=AT, signed_by="p1"))
    cases["Y"] = evolve_case(case_of("Y"), CaseTaken("Y"), "p9", AT)
    cases["Y"] = evolve_case(cases["Y"], CriterionQueried("Y", "E3", QueryReason.UNCLEAR), "p1", AT)
    return Log(tuple(lines), cases)


USED_ELSEWHERE = {
    "log.filters": "the list on a phone",
    "log.heading": "the list on a phone",
    "log.nothing": "the list on a phone",
    "flow.no_picture": "the chat, when it cannot be drawn",
    "flow.no_drawing": "the command line",
    "flow.bad_name": "the command line",
}
BUTTONS = {
    *("previous", "following", "refresh", "back", "correct", "correct_to", "sure_error"),
    *("sure_yes", "recorded", "not_offered", "recruitment", "trial_open", "close", "closed"),
    *("close_sure", "close_yes", "reopen", "reopened", "trial_moved", "declined_why"),
}
"""What the front's own tests press and read."""


def test_every_text_is_used() -> None:
    """Between the log, the cases, the flow and the trail, but for what a front says itself."""
    watched, seen = watch(ALL["en"])
    for _ in pages(rich_log(), watched):
        pass
    trail(watched)
    every = {path for path, _ in leaves(ALL["en"]) if path.startswith(("log.", "flow.", "case."))}
    elsewhere = {f"log.{name}" for name in BUTTONS} | set(USED_ELSEWHERE)
    unused = {path for path in every - seen if path.partition("[")[0] not in elsewhere}
    assert unused == set()


def test_the_trail_has_words_for_everything_in_both_languages() -> None:
    """In the order of time; every kind of event and of notice has its word, and French its own."""
    assert {type(one) for one in happenings()} <= set(EVENTS.values())
    for language, texts in ALL.items():
        printed = trail(texts)
        lines = printed.strip().split("\n")[1:]
        assert len(lines) == len(list(happenings()))
        assert [int(one.split()[0]) for one in lines] == list(range(1, len(lines) + 1))
        assert "2026-03-10" in lines[0]
        for kind in KINDS:
            assert kind in texts.case.notices, kind
        assert texts.case.events["case-taken"] in printed
        assert "notice-" not in printed, language
    assert case_trail([], "Europe/Paris", ALL["en"]) == ""


def test_the_kinds_are_those_of_the_notices() -> None:
    """So that a new kind of notice asks for a word here."""
    assert len(KINDS) >= 15


@given(log=logs())
def test_no_page_says_what_it_must_not(log: Log) -> None:
    """No confidential criterion and no answer, in either language, whatever happened."""
    for texts in ALL.values():
        for page in pages(log, texts):
            words = set(page.replace(",", " ").replace('"', " ").replace("\n", " ").split())
            assert not words & HIDDEN
            assert "None" not in words
            assert "HIV" not in page


def test_a_name_cannot_mark_up_a_page(texts: Texts) -> None:
    """What a person is called is text, not HTML."""
    (row, *_) = log_rows([line("A")], {"A": case_of("A", step(FollowUp.APPROACHED))})
    page = case_page(row, lysyme().protocol, texts, lambda _: "<b>&Co")
    assert "<b>&Co" not in page
    assert "&lt;b&gt;&amp;Co" in page
