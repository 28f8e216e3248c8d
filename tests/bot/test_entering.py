"""What is entered by thumb: digits of a number, days of a calendar, years and months."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from bot.cards.views import Do, Front, Question
from bot.cards.wording import date_text
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.answers import Value
from flows.commands import GiveAnswer
from flows.stages import Stage
from tests.bot.cases import AT, MAN, Case, answers, button, labels, words

CANCER: dict[str, Value] = {**MAN, "malignancy": "malignant"}


def test_bands_may_be_pressed_instead_of_a_number(texts: Texts) -> None:
    """'> 75' is an answer by itself; nobody needs the exact age."""
    case = Case()
    assert list(answers(case.card(texts)))[:2] == ["< 18", "> 75"]
    case.press(case.card(texts), "> 75")
    assert case.screening.answers == {"age_years": "> 75"}
    assert case.screening.stage is Stage.EXCLUDED


def test_the_keypad_types_digits_and_takes_them_back(texts: Texts) -> None:
    """Digits gather in the view; OK appears with them and says what it will record."""
    case = Case()
    card = case.card(texts)
    assert not [label for label in labels(card) if label.startswith(texts.cards.ok)]
    assert "." not in labels(card)
    view = case.press(card, "4")
    view = case.press(case.card(texts, view), "7")
    view = case.press(case.card(texts, view), "⌫")
    view = case.press(case.card(texts, view), "5")
    assert view == Question("age_years", entry="45")
    assert case.press(case.card(texts, view), f"{texts.cards.ok} 45") == Front()
    assert case.screening.answers == {"age_years": 45}


def test_the_keypad_has_the_decimal_sign_of_the_language(texts: Texts) -> None:
    """A comma in French, a point in English; a second one changes nothing."""
    point = "," if texts.language == "fr" else "."
    case = Case().answer(MAN, until="bsa_max_d0_d10_pct")
    view = case.press(case.card(texts), point)
    view = case.press(case.card(texts, view), point)
    view = case.press(case.card(texts, view), "5")
    assert view == Question("bsa_max_d0_d10_pct", entry="0.5")
    ok = button(case.card(texts, view), f"{texts.cards.ok} 0{point}5")
    assert ok.press == Do(GiveAnswer("bsa_max_d0_d10_pct", Decimal("0.5")))


def test_the_keypad_stops_at_six_characters() -> None:
    """A thumb that lies on a key types no endless number."""
    case, view = Case(), Question("age_years")
    for _ in range(9):
        turned = case.press(case.card(ALL["en"], view), "9")
        assert isinstance(turned, Question)
        view = turned
    assert view.entry == "999999"


def test_days_reach_from_today_to_ten_days_back(texts: Texts) -> None:
    """The window that matters is under the thumb, and no day after today is."""
    case = Case().answer(MAN, until="index_date")
    card = case.card(texts)
    days = [one.code for row in card.face.keys for one in row if one.code != "calendar"]
    assert days == [f"2026-03-{day:02d}" for day in range(10, 0, -1)] + ["2026-02-28"]
    assert labels(card)[0] == f"{texts.cards.today} 10/03"
    case.press(card, f"{texts.cards.yesterday} 09/03")
    assert case.screening.answers["index_date"] == "2026-03-09"


def test_the_calendar_turns_and_offers_no_day_to_come(texts: Texts) -> None:
    """Months turn both ways; only days up to today can be pressed, each once."""
    case = Case().answer(MAN, until="index_date")
    view = case.press(case.card(texts), texts.cards.calendar)
    assert view == Question("index_date", entry="2026-03")
    card = case.card(texts, view)
    assert f"{texts.cards.months[2]} 2026" in labels(card)
    days = [one.code for one in card.face.buttons if one.code.startswith("2026-")]
    assert days == [f"2026-03-{day:02d}" for day in range(1, 11)]
    earlier = case.card(texts, case.press(card, "‹"))
    assert len([one for one in earlier.face.buttons if one.code.startswith("2026-02-")]) == 28
    assert case.press(earlier, "›") == view
    later = case.card(texts, case.press(card, "›"))
    assert not [one for one in later.face.buttons if one.code.startswith("2026-")]


def test_the_calendar_turns_over_the_new_year(texts: Texts) -> None:
    """December comes before January and January after December."""
    case = Case().answer(MAN, until="index_date")
    january = case.card(texts, Question("index_date", entry="2026-01"))
    assert case.press(january, "‹") == Question("index_date", entry="2025-12")
    december = case.card(texts, Question("index_date", entry="2025-12"))
    assert case.press(december, "›") == Question("index_date", entry="2026-01")


def test_a_year_that_settles_the_limit_is_one_press(texts: Texts) -> None:
    """2015 is more than ten years ago whatever its month: nothing more is asked."""
    case = Case().answer(CANCER, until="malignancy_last_active")
    assert case.press(case.card(texts), "2015") == Front()
    assert case.screening.answers["malignancy_last_active"] == "2015"


def test_a_year_that_does_not_is_asked_for_its_month_and_day(texts: Texts) -> None:
    """The limit lies in March 2016: year, then month, then day."""
    case = Case().answer(CANCER, until="malignancy_last_active")
    view = case.press(case.card(texts), "2016")
    assert view == Question("malignancy_last_active", entry="2016")
    months = case.card(texts, view)
    assert texts.cards.more_precisely("2016") in words(months)
    assert texts.cards.months[0][:9] in labels(months)
    view = case.press(months, texts.cards.months[2])
    days = case.card(texts, view)
    assert texts.cards.more_precisely(date_text("2016-03", texts)) in words(days)
    assert case.press(days, "11") == Front()
    assert case.screening.answers["malignancy_last_active"] == "2016-03-11"


@pytest.mark.parametrize(("month", "known"), [("", "2016"), ("March", "2016-03")])
def test_a_month_or_day_may_stay_unknown(month: str, known: str) -> None:
    """Nobody has to invent a day: what is known is taken, and leaves the criterion open."""
    texts = ALL["en"]
    case = Case().answer(CANCER, until="malignancy_last_active")
    view = case.press(case.card(texts), "2016")
    if month:
        view = case.press(case.card(texts, view), month)
    unknown = texts.cards.day_unknown if month else texts.cards.month_unknown
    press = button(case.card(texts, view), unknown).press
    assert press == Do(GiveAnswer("malignancy_last_active", known))


def test_no_month_to_come_is_offered() -> None:
    """In the year that runs, the months end with this one."""
    case = Case().answer(CANCER, until="malignancy_last_active")
    card = case.card(ALL["en"], Question("malignancy_last_active", entry="2026"))
    assert [one.code for row in card.face.keys for one in row] == ["2026-01", "2026-02", "2026-03"]


def test_the_day_is_that_of_the_site() -> None:
    """At 23:30 UTC it is tomorrow in Paris, and that day is the last one offered."""
    late = datetime.fromisoformat("2026-03-10T23:30:00+00:00")
    assert late > AT
    case = Case().answer(MAN, until="index_date")
    card = case.card(ALL["en"], at=late)
    assert button(card, "Today 11/03").press == Do(GiveAnswer("index_date", "2026-03-11"))
