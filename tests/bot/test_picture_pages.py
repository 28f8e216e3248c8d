"""The pictures of a trial as data: they count what the flow counts, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from bot.pages.pictures import Picture, Seen, picture_of
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.cases import DeclineReason, FollowUp
from flows.follow_up import Case
from flows.log import Line
from flows.tallies import Criteria, flow, log_rows, recruited
from storage.exports.chart import Bars, Curve, Kind
from tests.bot.watching import leaves, watch
from tests.flows.logs import Log, book, case_of, logs, step
from tests.flows.robot import START
from tests.flows.test_tallies import HIDDEN, line

CRITERIA = Criteria.of(book().protocol)


def seen(lines: dict[str, Line], cases: dict[str, Case], *sites: str) -> Seen:
    """What somebody sees of a log, ten days after it was begun."""
    mine = [one for one in lines.values() if not sites or one.site in sites]
    at = (START + timedelta(days=10)).astimezone(ZoneInfo("Europe/Paris"))
    every = log_rows(lines.values(), cases)
    return Seen(log_rows(mine, cases), every, book().protocol, at)


def drawn(kind: Kind, log: Log, texts: Texts = ALL["en"]) -> Picture:
    """A picture of a whole log."""
    return picture_of(kind, seen({one.number: one for one in log.lines}, log.cases), texts)


def known(*lines: Line, **cases: Case) -> Log:
    """A log that is known in full."""
    return Log(lines, cases)


@given(log=logs())
def test_each_excluded_person_is_in_one_bar(log: Log) -> None:
    """The bars are the flow's reasons; everybody excluded stands in one of them, and only there."""
    found = flow(log_rows(log.lines, log.cases), CRITERIA)
    bars = drawn(Kind.REASONS, log).drawn
    assert isinstance(bars, Bars)
    counts = [count for group in bars.groups for _, count in group.parts]
    assert sum(counts) == found.excluded
    assert [group.count for group in bars.groups] == [found.ineligible, found.declining]
    labels = [label for label, _ in bars.groups[0].parts]
    assert labels[:-1] == list(CRITERIA.named)
    assert not HIDDEN & set(labels)
    assert len(bars.groups[1].parts) == len(DeclineReason)


@given(log=logs())
def test_the_curve_ends_where_recruitment_stands(log: Log) -> None:
    """It never falls, and stays inside its days."""
    curve = drawn(Kind.RECRUITMENT, log).drawn
    assert isinstance(curve, Curve)
    counts = [count for _, count in curve.steps]
    assert counts[-1:] == [reached for reached in [_recruited(log)] if reached]
    assert counts == sorted(set(counts))
    days = [day for day, _ in curve.steps]
    assert days == sorted(set(days))
    assert all(0 <= day <= curve.span for day in days)
    assert [curve.ticks[0][0], curve.ticks[-1][0]] == [0, curve.span]


def _recruited(log: Log) -> int:
    return recruited(log.lines, log.cases, "lysyme")


@given(log=logs())
def test_the_times_are_those_of_the_signed(log: Log) -> None:
    """As many as there are people with a signature that stands."""
    bars = drawn(Kind.TIMES, log).drawn
    assert isinstance(bars, Bars)
    (group,) = bars.groups
    signed = [row for row in log_rows(log.lines, log.cases) if row.counted and row.line.signed_at]
    assert group.count == sum(count for _, count in group.parts) == len(signed)


def test_two_on_one_day_are_one_step() -> None:
    """Counted by the calendar of the site: one minute before midnight is the day before."""
    midnight = START.replace(hour=23)  # in Paris, in March
    cases = {
        name: case_of(name, step(FollowUp.ENROLLED), since=midnight + timedelta(minutes=minute))
        for name, minute in (("A", -2), ("B", -1), ("C", 1))
    }
    curve = drawn(Kind.RECRUITMENT, known(line("A"), line("B"), line("C"), **cases)).drawn
    assert isinstance(curve, Curve)
    assert curve.steps == ((0, 2), (1, 3))
    assert curve.ticks[0] == (0, ALL["en"].pictures.day(date(2026, 3, 10)))


def test_recruitment_is_that_of_the_whole_trial_and_the_rest_of_ones_sites() -> None:
    """Whoever reads another site's log sees its reasons nowhere."""
    lines = {"A": line("A", "ineligible", site="HM"), "B": line("B", site="HM")}
    part = seen(lines, {"B": case_of("B", step(FollowUp.ENROLLED))}, "LY")
    curve = picture_of(Kind.RECRUITMENT, part, ALL["en"]).drawn
    bars = picture_of(Kind.REASONS, part, ALL["en"]).drawn
    assert isinstance(curve, Curve)
    assert isinstance(bars, Bars)
    assert curve.steps == ((0, 1),)
    assert [group.count for group in bars.groups] == [0, 0]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_caption_fits_below_a_picture(texts: Texts, kind: Kind) -> None:
    """Telegram takes 1024 characters; every reason there is, and long ones, are fewer."""
    criteria = [one.id for one in book().protocol.criteria]
    excluded = [line(f"N{at}", "ineligible", failing=(one,)) for at, one in enumerate(criteria)]
    declining = {
        f"D{at}": case_of(f"D{at}", step(FollowUp.DECLINED, why))
        for at, why in enumerate(DeclineReason)
    }
    log = known(*excluded, *(line(name) for name in declining), **declining)
    assert len(drawn(kind, log, texts).caption) < 1024


def test_every_word_of_the_pictures_is_used() -> None:
    """No text is left over."""
    watched, seen_texts = watch(ALL["en"])
    cases = {
        "A": case_of("A", step(FollowUp.ENROLLED)),
        "B": case_of("B", step(FollowUp.ENROLLED_IN_ERROR)),
    }
    signed = line("A", signed_at=START + timedelta(minutes=5))
    for kind in Kind:
        for log in (known(), known(signed, line("B"), line("C", "ineligible"), **cases)):
            drawn(kind, log, watched)
    said = {path for path, _ in leaves(ALL["en"]) if path.startswith("pictures.")}
    asked = {path for path in said if "kinds[" in path} | {"pictures.which"}  # see test_charts
    assert said - asked <= seen_texts


@pytest.mark.parametrize(
    ("minutes", "en", "fr"),
    [
        (0, "0 min", "0 min"),
        (59, "59 min", "59 min"),
        (61, "1 h 01 min", "1 h 01 min"),
        (1_439, "23 h 59 min", "23 h 59 min"),
        (1_440 * 2 + 300, "2 d 5 h", "2 j 5 h"),
    ],
)
def test_a_time_is_said_as_people_say_it(minutes: int, en: str, fr: str) -> None:
    """Minutes below an hour, hours below a day."""
    passed = timedelta(minutes=minutes)
    assert ALL["en"].pictures.passed(passed) == en
    assert ALL["fr"].pictures.passed(passed) == fr
