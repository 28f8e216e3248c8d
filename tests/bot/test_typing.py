"""What a person types is read as meant, or handed on as it is; it never breaks anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards.typing import numbered, plain, pressed, read_day, read_value
from bot.cards.views import Correcting, Do, Question, Show
from bot.texts import ALL
from flows.answers import Refused, Value
from flows.commands import GiveAnswer
from tests.bot.cases import MAN, Case, labels, lysyme

TODAY = date(2026, 3, 10)
EN, FR = ALL["en"], ALL["fr"]

DAYS = [
    ("2026-03-06", "2026-03-06"),
    ("2026-3-6", "2026-03-06"),
    ("6/3", "2026-03-06"),
    ("06/03/2026", "2026-03-06"),
    ("6.3.2026", "2026-03-06"),
    ("10/3", "2026-03-10"),
    ("11/3", "2025-03-11"),
    ("18/11", "2025-11-18"),
    ("29/2", "2024-02-29"),
    ("today", "2026-03-10"),
    ("Aujourd’hui", "2026-03-10"),
    ("AUJOURD'HUI", "2026-03-10"),
    ("yesterday", "2026-03-09"),
    ("hier", "2026-03-09"),
    ("D-2", "2026-03-08"),
    ("j-2", "2026-03-08"),
    ("J - 12", "2026-02-26"),
    ("D0", "2026-03-10"),
    ("31/12", "2025-12-31"),
]


@pytest.mark.parametrize(("said", "day"), DAYS)
def test_a_day_is_read_in_every_hand(said: str, day: str) -> None:
    """A day without a year is the last such day; a decimal point or a slash is the same."""
    assert read_day(said, TODAY) == day


@pytest.mark.parametrize(
    "said",
    ["", "30/2", "31/11", "2026-02-30", "last Tuesday", "mardi", "6", "6/13", "D+2", "J", "2016"],
)
def test_what_is_no_day_is_none(said: str) -> None:
    """Nothing is guessed from words or from days that no calendar has."""
    assert read_day(said, TODAY) is None


VALUES: list[tuple[str, str, Value]] = [
    ("age_years", "45", 45),
    ("age_years", " 45 ans ", 45),
    ("age_years", "45 years", 45),
    ("age_years", "1 an", 1),
    ("age_years", "045", 45),
    ("age_years", "45,5", Decimal("45.5")),
    ("age_years", "Not known yet", "unknown"),
    ("age_years", "PAS ENCORE CONNU", "unknown"),
    ("age_years", "forty", "forty"),
    ("age_years", "-3", "-3"),
    ("age_years", "NaN", "NaN"),
    ("age_years", "1e3", "1e3"),
    ("bsa_max_d0_d10_pct", "12,5", Decimal("12.5")),
    ("bsa_max_d0_d10_pct", "12.5 %", Decimal("12.5")),
    ("bsa_max_d0_d10_pct", "12,5%", Decimal("12.5")),
    ("bsa_max_d0_d10_pct", "non mesuree", "not_measured"),
    ("bsa_max_d0_d10_pct", "inf", "inf"),
    ("index_date", "6/3", "2026-03-06"),
    ("index_date", "mardi", "mardi"),
    ("index_date", "unknown", "unknown"),
    ("malignancy_last_active", "2016", "2016"),
    ("malignancy_last_active", "3/2016", "2016-03"),
    ("malignancy_last_active", "2016-3", "2016-03"),
    ("malignancy_last_active", "10/3/2016", "2016-03-10"),
    ("diagnosis", "confirme", "confirmed"),
    ("diagnosis", "CONFIRMÉ", "confirmed"),
    ("diagnosis", "confirmed", "confirmed"),
    ("diagnosis", "écarté", "ruled_out"),
    ("diagnosis", "perhaps", "perhaps"),
    ("cardiac_failure", "Oui", "yes"),
    ("cardiac_failure", "NO", "no"),
]


@pytest.mark.parametrize(("name", "said", "value"), VALUES)
def test_a_value_is_read_as_it_was_meant(name: str, said: str, value: Value) -> None:
    """Labels of both languages, codes, units and commas; nonsense comes back as it is."""
    found = read_value(lysyme().readers[name].entry, said, TODAY)
    assert found == value
    assert type(found) is type(value)


ANYTHING = st.one_of(
    st.text(max_size=300),
    st.from_regex(r"[0-9]{1,4}[-/., ]?[0-9]{0,3}[-/., ]?[0-9]{0,5}( ans| %)?", fullmatch=True),
    st.sampled_from(["٤٥", "²", "½", "1_000", "0x10", "\x00", "\ud800", "9" * 5000, "J-999"]),
)


@given(st.sampled_from(sorted(lysyme().readers)), ANYTHING)
def test_no_text_breaks_the_reading(name: str, said: str) -> None:
    """Whatever is typed, the engine gets a value that it accepts or refuses."""
    reader = lysyme().readers[name]
    value = read_value(reader.entry, said, TODAY)
    accepted = reader.accept(value, banded=True)
    assert isinstance(accepted, Refused | str | int | Decimal)


CARDS = [
    Case().card(EN),
    Case().answer(MAN, until="index_date").card(EN),
    Case().answer(MAN, until="consent").card(FR),
    Case().answer(MAN).card(EN, Correcting()),
]


@given(st.sampled_from(CARDS), ANYTHING)
@example(CARDS[2], "9" * 5000)
def test_no_text_breaks_the_choosing(card: object, said: str) -> None:
    """Whatever is typed names a button of the card, or none."""
    drawn = CARDS[CARDS.index(card)]  # type: ignore[arg-type]
    assert pressed(drawn, said) in (None, *drawn.face.buttons)


def test_a_number_a_label_and_a_code_name_the_same_button() -> None:
    """Three ways to say one thing, accents and case aside."""
    card = Case().answer(MAN, until="diagnosis").card(FR)
    ways = [pressed(card, said) for said in ("3", "Écarté", "ECARTE", "ruled_out", " 3 ")]
    assert {way.code if way else None for way in ways} == {"ruled_out"}
    assert pressed(card, "0") is None
    assert pressed(card, str(len(numbered(card)) + 1)) is None


@pytest.mark.parametrize("said", list("0123456789"))
def test_a_digit_is_an_answer_where_a_number_is_asked(said: str) -> None:
    """A body surface of 5 % is typed as 5: no key of the keypad, and no place in a list."""
    for name in ("age_years", "bsa_max_d0_d10_pct"):
        card = Case().answer(MAN, until=name).card(EN)
        assert said in labels(card)
        assert pressed(card, said) is None
        assert card.face.expects is not None
        assert read_value(card.face.expects, said, TODAY) == int(said)


def test_a_year_that_does_not_settle_opens_its_months() -> None:
    """2016 typed turns the card, 2015 answers; 2016 once more keeps the year alone."""
    case = Case().answer({**MAN, "malignancy": "malignant"}, until="malignancy_last_active")
    name, card = "malignancy_last_active", case.card(EN)
    opened, settled = pressed(card, "2016"), pressed(card, "2015")
    assert opened is not None
    assert opened.press == Show(Question(name, entry="2016"))
    assert settled is not None
    assert settled.press == Do(GiveAnswer(name, "2015"))
    months = case.card(EN, Question(name, entry="2016"))
    again, month = pressed(months, "2016"), pressed(months, "march")
    assert again is not None
    assert again.press == Do(GiveAnswer(name, "2016"))
    assert month is not None
    assert month.press == Show(Question(name, entry="2016-03"))


def test_plain_leaves_only_what_is_said() -> None:
    """Case, accents, apostrophes and spaces do not tell two texts apart."""
    assert plain("  L’ÉTÉ\u00a0 dernier ") == "l'ete dernier"
