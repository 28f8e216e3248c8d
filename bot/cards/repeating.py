"""Several attempts over one patient: which one this is, and what has changed since the last."""

from __future__ import annotations

from collections.abc import Callable

from bot.cards.attempts import Attempts
from bot.cards.card import Button, Paragraph, Row, Tone
from bot.cards.views import Again, TakeUp
from bot.cards.wording import judgement_text, value_text
from bot.texts.shape import Texts
from flows.again import Said, changes, repeatable
from flows.answers import Value
from flows.events import JudgementVerdict
from flows.screening import Screening


def attempt_lines(screening: Screening, attempts: Attempts, texts: Texts) -> list[str]:
    """Which attempt it is, after which, and before which; nothing where there is only one."""
    words, lines = texts.again, []
    if screening.opened.earlier is not None:
        lines.append(words.attempt(attempts.place, screening.opened.earlier))
    if attempts.later:
        lines.append(words.has_later(attempts.later))
    return lines


def attempt_paragraph(
    screening: Screening, attempts: Attempts, texts: Texts
) -> tuple[Paragraph, ...]:
    """The same as a paragraph of a card."""
    lines = attempt_lines(screening, attempts, texts)
    return (Paragraph("\n".join(lines), Tone.FAINT),) if lines else ()


def attempt_rows(
    screening: Screening, attempts: Attempts, texts: Texts, *, screens: bool
) -> tuple[Row, ...]:
    """Screen again; where a later attempt exists already, open that one instead."""
    if not screens or not repeatable(screening):
        return ()
    if attempts.later:
        label = texts.again.open_later(attempts.later)
        return ((Button(label, TakeUp(attempts.later), code="later"),),)
    return ((Button(texts.again.again, Again(), code="again"),),)


Mark = Callable[[str], tuple[str, str]]
"""What stands before and after the answer to an input, or a judgement, in the review."""


def unmarked(_: str) -> tuple[str, str]:
    """Nothing: there is no earlier attempt to compare with."""
    return "", ""


def marks(
    screening: Screening,
    attempts: Attempts,
    texts: Texts,
    shown: Callable[[str, Value, str], str] = lambda _name, _value, text: text,
) -> Mark:
    """What stood there in the earlier attempt, or that it came over from there.

    `shown` says how an earlier answer is told where a day must not be.
    """
    earlier = attempts.earlier
    if earlier is None:
        return unmarked
    changed = changes(earlier, screening)

    def mark(name: str) -> tuple[str, str]:
        if name not in changed:
            return "", f" ({texts.again.carried})" if name in screening.carried else ""
        if (old := changed[name]) is None:
            return "", f" ({texts.again.new})"
        return f"{_told(earlier, name, old, texts, shown)} → ", ""

    return mark


def _told(
    earlier: Screening,
    name: str,
    old: Said,
    texts: Texts,
    shown: Callable[[str, Value, str], str],
) -> str:
    """What the earlier attempt said, in the words of the protocol version it was made under."""
    if isinstance(old, JudgementVerdict):
        return judgement_text(earlier.book.criteria[name].criterion, old, texts)
    return shown(name, old, value_text(earlier.book.readers[name].entry, old, texts))
