"""What a person types, read as an answer: numbers, days in several hands, labels and codes."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from bot.cards.card import Button, Card
from flows.answers import Value
from flows.protocol.model import Input, InputType

_TODAY = {"today", "aujourd'hui", "aujourdhui", "d0", "j0", "d-0", "j-0"}
_YESTERDAY = {"yesterday", "hier"}
_BACK = re.compile(r"[dj]\s*-\s*(\d{1,3})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?")
_MONTH = re.compile(r"(\d{1,2})[/.](\d{4})|(\d{4})-(\d{1,2})")
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,6})?")
LONGEST = 200
"""Characters of a typed answer; longer is no answer to any question here."""


def plain(text: str) -> str:
    """The text for comparing: no case, no accents, one kind of apostrophe and space."""
    flat = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    letters = "".join(character for character in flat if not unicodedata.combining(character))
    return " ".join(letters.split())


def read_value(entry: Input, text: str, today: date) -> Value:
    """The value that was typed for an input; text that is none is returned as it is.

    The engine refuses what is not allowed, with a sentence that says what is expected.
    """
    said = text.strip()[:LONGEST]
    for option in (*entry.choices, *entry.non_answers):
        labels = {option.code, option.label.en, option.label.fr}
        if plain(said) in {plain(label) for label in labels}:
            return option.code
    if entry.type in (InputType.INTEGER, InputType.NUMBER):
        return _number(said)
    if entry.type is InputType.DATE:
        return read_day(said, today) or said
    if entry.type is InputType.PARTIAL_DATE:
        return read_day(said, today) or _month(said) or said
    return said


def _number(said: str) -> Value:
    text = re.sub(r"\s*(%|ans|years|an|year)$", "", said.casefold()).strip()
    if not _NUMBER.fullmatch(text):
        return said
    if text.isdecimal():
        return int(text)
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return said


def read_day(said: str, today: date) -> str | None:
    """A day in one of the forms people use, as `YYYY-MM-DD`; None for anything else.

    A day and month without a year is the last such day that is not after today.
    """
    text = plain(said)
    if text in _TODAY:
        return today.isoformat()
    if text in _YESTERDAY:
        return (today - timedelta(days=1)).isoformat()
    if back := _BACK.fullmatch(text):
        return (today - timedelta(days=int(back[1]))).isoformat()
    if iso := _ISO.fullmatch(text):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if spoken := _DAY_FIRST.fullmatch(text):
        number, month = int(spoken[1]), int(spoken[2])
        if spoken[3]:
            return _day(int(spoken[3]), month, number)
        return _last_such_day(month, number, today)
    return None


def _last_such_day(month: int, number: int, today: date) -> str | None:
    for year in range(today.year, today.year - 5, -1):
        day = _day(year, month, number)
        if day is not None and day <= today.isoformat():
            return day
    return None


def _month(said: str) -> str | None:
    if said.isdecimal() and len(said) == 4:
        return said
    if found := _MONTH.fullmatch(said):
        year, month = (found[2], found[1]) if found[1] else (found[3], found[4])
        return f"{year}-{int(month):02d}"
    return None


def _day(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None


def pressed(card: Card, text: str) -> Button | None:
    """The button that a person names: by its place from the top, its label or its code."""
    said, choices = plain(text), numbered(card)
    if said.isdecimal() and is_numbered(card):
        place = int(said[:LONGEST])
        return choices[place - 1] if 1 <= place <= len(choices) else None
    for button in (*choices, *_named(card)):
        if said and said in (plain(button.label), plain(button.code)):
            return button
    return None


def _named(card: Card) -> list[Button]:
    """The buttons that have a name: a keypad's digits do not, for a digit is an answer itself."""
    keys = [button for row in card.face.keys for button in row if button.code]
    return [*keys, *(button for row in card.face.moves for button in row)]


def numbered(card: Card) -> list[Button]:
    """The buttons that are listed where a person types: the answers, or else what can be done."""
    rows = card.face.answers or card.face.moves
    return [button for row in rows for button in row]


def is_numbered(card: Card) -> bool:
    """Whether a bare number names a button: not where the answer itself may be a number."""
    numeric = (InputType.INTEGER, InputType.NUMBER, InputType.PARTIAL_DATE)
    return card.face.expects is None or card.face.expects.type not in numeric
