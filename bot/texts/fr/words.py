"""French: days, numbers and counts, as the other texts need them."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

WEEKDAYS = ("lu", "ma", "me", "je", "ve", "sa", "di")


def written(day: date) -> str:
    """A day as it is written out."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def between(low: int | None, high: int | None) -> str:
    """The limits of a number."""
    return f"de {low} à {high}"


def counted(number: int, one: str, many: str) -> str:
    """A number and what it counts, in the right form."""
    return f"{number} {one if number < 2 else many}"


def ago(seconds: int) -> str:
    """A length of time in the largest unit that it fills twice."""
    if seconds < 120:
        return counted(seconds, "seconde", "secondes")
    if seconds < 120 * 60:
        return counted(seconds // 60, "minute", "minutes")
    if seconds < 48 * 3600:
        return counted(seconds // 3600, "heure", "heures")
    return counted(seconds // 86400, "jour", "jours")
