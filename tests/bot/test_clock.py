"""Screening numbers find every slip of one finger; the clock gives UTC to the millisecond."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import RandomNumbers, SystemClock, check_character, read_number

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
BODIES = st.text(ALPHABET, min_size=7, max_size=7)


def whole(body: str) -> str:
    """The body with its check character."""
    return body + check_character(body)


@given(BODIES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_found(body: str, place: int, other: str) -> None:
    """A number with one character exchanged for another is none."""
    number = whole(body)
    changed = number[:place] + other + number[place + 1 :]
    assert (read_number(changed) is None) == (changed != number)


@given(BODIES, st.integers(0, 6))
def test_any_two_exchanged_neighbours_are_found(body: str, place: int) -> None:
    """A number with two neighbours exchanged is none, unless they are alike."""
    number = whole(body)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (read_number(swapped) is None) == (swapped != number)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Any text is a number in its one form, or none."""
    found = read_number(text)
    assert found is None or read_number(found) == found


@pytest.mark.parametrize(
    "typed",
    ["7K3F-9QXV", "7k3f-9qxv", " 7K3F9QXV ", "7k3f 9qxv", "7K-3F-9Q-XV"],
)
def test_case_spaces_and_dashes_do_not_matter(typed: str) -> None:
    """However it was copied, the number has one form."""
    assert read_number(typed) == "7K3F-9QXV"


def test_letters_that_look_alike_are_read_as_digits() -> None:
    """O is 0, I and L are 1: no number holds the letters."""
    number = whole("0123410")
    assert read_number("OI234LO" + number[7]) == f"{number[:4]}-{number[4:]}"


@pytest.mark.parametrize("typed", ["", "7K3F", "7K3F-9QXW", "7K3F-9QX", "7K3F-9QXVV", "UUUU-UUUU"])
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    """Too short, too long, a wrong check character or a letter that no number has."""
    assert read_number(typed) is None


def test_numbers_are_well_formed_and_differ() -> None:
    """A thousand draws give a thousand numbers that read back as themselves."""
    numbers = [RandomNumbers().new_number() for _ in range(1000)]
    assert len(set(numbers)) == 1000
    assert all(read_number(number) == number for number in numbers)


def test_the_clock_gives_utc_to_the_millisecond() -> None:
    """What is recorded is in UTC and claims no more than milliseconds."""
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond % 1000 == 0
