"""The screening log as it is read: a list on a phone, a table in a terminal. Never an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from bot.texts.shape import Texts
from flows.events import Mode
from flows.follow_up import Case
from flows.log import Line
from flows.tallies import Row, Waiting

NameOf = Callable[[str], str]


def list_lines(
    found: Sequence[tuple[Line, Case]],
    texts: Texts,
    name_of: NameOf,
    trial_of: NameOf | None = None,
) -> list[str]:
    """One line a screening, as HTML: number, verdict, signed or not, status, follower, day.

    `trial_of` names its trial, where the list is of several.
    """
    return [_line(line, case, texts, name_of, trial_of) for line, case in found]


def _line(line: Line, case: Case, texts: Texts, name_of: NameOf, trial_of: NameOf | None) -> str:
    words = texts.log
    parts = [trial_of(line.trial)] if trial_of else []
    parts.append(verdict_text(line, texts))
    if line.mode is not Mode.SCREENING:
        parts.insert(-1, texts.cards.watermark[line.mode])
    elif line.stands in ("eligible", "ineligible"):
        parts.append(words.signed if line.signed_at else words.unsigned)
    if case.status:
        parts.append(texts.duty.steps[case.status])
    parts.append(name_of(case.follower) if case.follower else words.followed_by_nobody)
    parts.append(texts.cards.short_day(line.day))
    return f"<code>{line.number}</code> · {escape(' · '.join(parts))}"


def verdict_text(line: Line, texts: Texts) -> str:
    """The verdict that stands, or that it was given up, or that there is none; if erased, that."""
    said = texts.records.verdicts[line.stands] if line.stands else texts.records.no_verdict
    if line.stopped:
        said = texts.flow.waiting[Waiting.GIVEN_UP]
    return f"{said} ({texts.erasure.stage})" if line.erased_at else said


def log_table(rows: Sequence[Row], texts: Texts) -> str:
    """The log for a terminal: one line an attempt."""
    if not rows:
        return f"{texts.records.list_empty}\n"
    table = [texts.log.head, *(_row(row, texts) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
    return "\n".join(lines) + "\n"


def _row(row: Row, texts: Texts) -> tuple[str, ...]:
    line, words = row.line, texts.log
    return (
        line.number,
        line.day.isoformat(),
        line.site,
        str(row.attempt),
        verdict_text(line, texts),
        words.yes if line.signed_at else words.no,
        texts.duty.steps[row.case.status] if row.case.status else "",
        words.yes if row.counted else words.no,
    )
