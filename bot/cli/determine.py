"""`screening determine`: answer sets in, determinations out, one JSON line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

import click

from bot.cards.wording import refusal_text
from bot.cli.language import language_option, texts_for
from bot.cli.protocol import read_book
from bot.texts.shape import Texts
from flows.exchange import Assessed, NotAnAnswerSet, as_data, assess
from flows.rulebook import Rulebook


class _NotJson(Exception):
    """The line holds no JSON that we take; the message says so in one sentence."""


@click.command()
@click.option("--protocol", "name", required=True, help="The trial, or a protocol file.")
@language_option
@click.pass_context
def determine(context: click.Context, name: str, language: str | None) -> None:
    """Read answer sets as JSON Lines, write their determinations in the same order.

    A line that is no answer set is named on the error stream and passed over; the exit code is
    then 2. Nothing is stored.
    """
    texts = texts_for(language)
    book = read_book(name, texts)
    faults = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            faults += not _one(book, number, line, texts)
    context.exit(2 if faults else 0)


def _one(book: Rulebook, number: int, line: bytes, texts: Texts) -> bool:
    """Assess one line; False when it was at fault, which was then said."""
    try:
        found = assess(book, _read(line, texts))
    except NotAnAnswerSet as error:
        sentence = texts.commands.answer_set[error.shape](error.name)
        click.echo(f"screening: {texts.commands.line(number, sentence)}", err=True)
        return False
    except _NotJson as error:
        click.echo(f"screening: {texts.commands.line(number, str(error))}", err=True)
        return False
    sys.stdout.write(json.dumps(as_data(found.case, found.determination), default=_number) + "\n")
    sys.stdout.flush()
    for sentence in _sentences(book, found, texts):
        click.echo(f"screening: {texts.commands.line(number, sentence)}", err=True)
    return not found.malformed


def _number(value: Decimal) -> float | str:
    """A number of `case` as JSON has it; one beyond every float stays as text, for lack of inf."""
    number = float(value)
    return number if isfinite(number) else str(value)


def _sentences(book: Rulebook, found: Assessed, texts: Texts) -> Iterable[str]:
    for refused in found.malformed:
        exact = texts.commands.exact.get(refused.expected)
        text = exact or refusal_text(book, refused, texts)
        reader = book.readers.get(refused.input)
        if reader is not None and reader.codes:
            text = texts.commands.or_codes(text, ", ".join(sorted(reader.codes)))
        yield texts.commands.in_case(refused.input, text)


def _read(line: bytes, texts: Texts) -> Any:
    words = texts.commands
    if b"\x00" in line or b"\\u0000" in line:
        raise _NotJson(words.nul)
    try:
        return json.loads(
            line.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_each_key_once,
        )
    except (ValueError, RecursionError):
        raise _NotJson(words.not_json) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
