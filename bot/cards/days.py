"""Days under the thumb: the last eleven as buttons, a calendar behind them, years and months."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta

from bot.cards.card import Button, Row, Tone
from bot.cards.views import Do, Question, Show
from bot.texts.shape import Texts
from flows.commands import GiveAnswer
from flows.protocol.model import Input
from flows.rulebook import Rulebook

_NEAR = 10
"""The day buttons reach back as far as the window that most often matters (LYSYME: 10 days)."""

_YEARS_BACK = 14


def day_rows(entry: Input, month: str, today: date, texts: Texts) -> tuple[Row, ...]:
    """Today and the ten days before; with a month (`2026-03`) its calendar instead."""
    if month:
        return _calendar(entry, month, today, texts)
    words = texts.cards
    named = {0: words.today, 1: words.yesterday}
    buttons = []
    for back in range(_NEAR + 1):
        day = today - timedelta(days=back)
        label = f"{named[back]} {words.short_day(day)}" if back in named else words.near_day(day)
        buttons.append(_day(entry, label, day))
    calendar = Show(Question(entry.id, entry=today.isoformat()[:7]))
    rows = [tuple(buttons[:2]), *(tuple(buttons[at : at + 3]) for at in range(2, 11, 3))]
    return (*rows, (Button(words.calendar, calendar, code="calendar"),))


def _calendar(entry: Input, month: str, today: date, texts: Texts) -> tuple[Row, ...]:
    year, number = int(month[:4]), int(month[5:7])
    first = date(year, number, 1)
    earlier = (first - timedelta(days=1)).isoformat()[:7]
    later = (first + timedelta(days=31)).isoformat()[:7]

    def turn(label: str, to: str) -> Button:
        return Button(label, Show(Question(entry.id, entry=to)))

    title = f"{texts.cards.months[number - 1]} {year}"
    here = Show(Question(entry.id, entry=month))
    head = (turn("‹", earlier), turn(title, month), turn("›", later))
    names = tuple(Button(name, here) for name in texts.cards.weekdays)
    weeks = (
        tuple(
            _day(entry, str(day.day), day)
            if day.month == number and day <= today
            else Button("·", here)
            for day in week
        )
        for week in Calendar().monthdatescalendar(year, number)
        if any(day.month == number and day <= today for day in week)
    )
    return head, names, *weeks


def partial_rows(
    book: Rulebook, entry: Input, typed: str, today: date, texts: Texts
) -> tuple[Row, ...]:
    """A year is enough when it settles the limit; if not, its months; if not, its days."""
    if len(typed) == 7:
        return _calendar(entry, typed, today, texts)
    if len(typed) == 4:
        return _months(book, entry, typed, today, texts)
    buttons = [
        _period(book, entry, str(today.year - back), str(today.year - back), today)
        for back in range(_YEARS_BACK + 1)
    ]
    return tuple(tuple(buttons[at : at + 5]) for at in range(0, len(buttons), 5))


def _months(book: Rulebook, entry: Input, year: str, today: date, texts: Texts) -> tuple[Row, ...]:
    buttons = [
        _period(book, entry, name[:9], f"{year}-{number:02d}", today)
        for number, name in enumerate(texts.cards.months, start=1)
        if f"{year}-{number:02d}" <= today.isoformat()[:7]
    ]
    return tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))


def unsure_rows(entry: Input, typed: str, texts: Texts) -> tuple[Row, ...]:
    """No more is known than the year, or the month, that was opened."""
    if not typed:
        return ()
    words = texts.cards
    label = words.month_unknown if len(typed) == 4 else words.day_unknown
    return ((Button(label, Do(GiveAnswer(entry.id, typed)), Tone.FAINT, code=typed),),)


def _period(book: Rulebook, entry: Input, label: str, period: str, today: date) -> Button:
    """Takes a year or a month as the answer, or opens it when it does not settle the limit."""
    if book.readers[entry.id].settles(period, today):
        return Button(label, Do(GiveAnswer(entry.id, period)), code=period)
    return Button(label, Show(Question(entry.id, entry=period)), code=period)


def _day(entry: Input, label: str, day: date) -> Button:
    return Button(label, Do(GiveAnswer(entry.id, day.isoformat())), code=day.isoformat())
