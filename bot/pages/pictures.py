"""The pictures of a trial in the reader's language: what is drawn, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Final

from bot.pages.flow import counts_of, flow_caption, flow_chart, unnamed
from bot.texts.shape import Texts
from flows.protocol.model import Protocol
from flows.recruitment import enrolments, signing_times, steps_of
from flows.tallies import Criteria, Row, flow
from storage.exports.chart import Bars, Box, Curve, Drawable, Item, Kind

_TICKS: Final = 4
"""Days that are named below a curve at most: the first, the last and some between."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture is made from: the part of the log that its reader may see, at a moment.

    `rows` are those of the reader's sites, and `every` those of the whole trial: recruitment is
    that of the trial, as its target is. `at` is in the time of the site.
    """

    rows: tuple[Row, ...]
    every: tuple[Row, ...]
    protocol: Protocol
    at: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, and its caption as HTML for whoever cannot see it."""

    drawn: Drawable
    caption: str


def picture_of(kind: Kind, seen: Seen, texts: Texts) -> Picture:
    """One of the pictures."""
    match kind:
        case Kind.FLOW:
            counts = counts_of(seen.rows, len(enrolments(seen.every)), seen.protocol, seen.at)
            return Picture(flow_chart(counts, texts), flow_caption(counts, texts))
        case Kind.REASONS:
            return _reasons(seen, texts)
        case Kind.RECRUITMENT:
            return _recruitment(seen, texts)
        case Kind.TIMES:
            return _times(seen, texts)


def _reasons(seen: Seen, texts: Texts) -> Picture:
    """Each person who was excluded counted once: by a criterion, or because they declined."""
    words = texts.pictures
    found = flow(seen.rows, Criteria.of(seen.protocol))
    criteria = unnamed(found.reasons, texts)
    declined = tuple((texts.log.declines[reason], count) for reason, count in found.declined)
    first_only = texts.flow.first_only(found.first_only)
    groups = (
        Box(words.by_criterion, found.ineligible, criteria, (first_only,)),
        Box(words.by_patient, found.declining, declined),
    )
    heading = words.reasons_heading(seen.protocol.acronym)
    drawn = Bars(heading, texts.flow.as_of(seen.at), groups, (words.once,))
    said = [line for group in groups for line in _group_lines(group, texts)]
    return Picture(drawn, _caption(heading, [*said, first_only, words.once]))


def _recruitment(seen: Seen, texts: Texts) -> Picture:
    """How many were enrolled by which day, against the target."""
    words, target = texts.pictures, seen.protocol.target
    rows = seen.every
    moments = enrolments(rows)
    days = [row.line.day for row in rows] + [at.astimezone(seen.at.tzinfo).date() for at in moments]
    first, last = min([*days, seen.at.date()]), max([*days, seen.at.date()])
    steps = [
        ((at.astimezone(seen.at.tzinfo).date() - first).days, count)
        for at, count in steps_of(moments)
    ]
    heading = words.recruitment_heading(seen.protocol.acronym)
    reached = texts.flow.recruitment(len(moments), target)
    found = flow(rows, Criteria.of(seen.protocol))
    notes = [reached, words.whole_trial, *_in_error(found.in_error, texts)]
    drawn = Curve(
        heading,
        texts.flow.as_of(seen.at),
        tuple(dict(steps).items()),
        (last - first).days,
        target,
        words.aim(target),
        tuple(_ticks(first, last, texts)),
        tuple(notes),
    )
    return Picture(drawn, _caption(heading, notes))


def _in_error(count: int, texts: Texts) -> list[str]:
    return [texts.pictures.in_error(count)] if count else []


def _ticks(first: date, last: date, texts: Texts) -> list[tuple[int, str]]:
    span = (last - first).days
    places = sorted({round(span * at / (_TICKS - 1)) for at in range(_TICKS)})
    return [(at, texts.pictures.day(date.fromordinal(first.toordinal() + at))) for at in places]


def _times(seen: Seen, texts: Texts) -> Picture:
    """How long it took from opening a screening to the signature that stands."""
    words, found = texts.pictures, signing_times(seen.rows)
    group = Box(words.signed, found.signed, tuple(zip(words.classes, found.classes, strict=True)))
    if found.quartiles is None or found.longest is None:
        notes = [words.nobody_signed]
    else:
        lower, median, upper = map(words.passed, found.quartiles)
        longest = words.longest(words.passed(found.longest))
        notes = [words.middle(median, lower, upper), longest]
    notes.append(words.unsigned(found.unsigned))
    heading = words.times_heading(seen.protocol.acronym)
    drawn = Bars(heading, texts.flow.as_of(seen.at), (group,), tuple(notes))
    return Picture(drawn, _caption(heading, [*_group_lines(group, texts), *notes]))


def _group_lines(group: Box, texts: Texts) -> list[str]:
    """A group in words: its title, then the parts with somebody in them."""
    parts: list[Item] = [(label, count) for label, count in group.parts if count]
    said = ", ".join(f"{label} {count}" for label, count in parts)
    return [f"{group.title}{texts.colon}{group.count}" + (f" ({said})" if said else "")]


def _caption(heading: str, lines: Iterable[str]) -> str:
    return "\n".join([f"<b>{escape(heading)}</b>", *map(escape, lines)])
