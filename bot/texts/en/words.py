"""English: days, numbers and counts, as the other texts need them."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def written(day: date) -> str:
    """A day as it is written out."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def between(low: int | None, high: int | None) -> str:
    """The limits of a number."""
    return f"from {low} to {high}"


def counted(number: int, one: str, many: str) -> str:
    """A number and what it counts, in the right form."""
    return f"{number} {one if number == 1 else many}"


def ago(seconds: int) -> str:
    """A length of time in the largest unit that it fills twice."""
    if seconds < 120:
        return counted(seconds, "second", "seconds")
    if seconds < 120 * 60:
        return counted(seconds // 60, "minute", "minutes")
    if seconds < 48 * 3600:
        return counted(seconds // 3600, "hour", "hours")
    return counted(seconds // 86400, "day", "days")
