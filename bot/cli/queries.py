"""`screening queries`: what was asked about which criterion, and how it was answered."""

from __future__ import annotations

import asyncio

import click

from bot.cards.querying import reason_text
from bot.cli.language import language_option, texts_for
from bot.cli.trial import the_trial, trial_option
from bot.compose import open_house
from bot.queries import Queries
from bot.register import Register
from bot.settings import read_settings
from bot.texts.shape import Texts
from flows.queries import Tally, tallies
from storage.exports.queries import queries_csv


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, with codes instead of words.")
@trial_option
@language_option
def queries(as_csv: bool, trial: str | None, language: str | None) -> None:
    """List the queries per criterion and reason; confidential criteria are not named."""
    found = asyncio.run(_found(trial, texts_for(language)))
    if as_csv:
        click.echo(queries_csv(found), nl=False)
    else:
        click.echo(_page(found, texts_for(language)), nl=False)


async def _found(trial: str | None, texts: Texts) -> list[Tally]:
    async with open_house(read_settings(), writing=False) as house:
        register = Register(house.store.ledger)
        await register.catch_up()
        asked = Queries(house.store.ledger, register, house.desk, house.clock)
        wanted = the_trial(trial, house.shelf.trials, texts)
        walk = register.screenings.walk(lambda label: label.queried and label.trial == wanted)
        return list(tallies(await asked.of([number for number, _ in walk])))


def _page(found: list[Tally], texts: Texts) -> str:
    words = texts.queries
    if not found:
        return f"{words.none}\n"
    rows = [words.head, *(_row(one, texts) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(words.head))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"


def _row(one: Tally, texts: Texts) -> tuple[str, ...]:
    words = texts.duty.query_answers
    said = [f"{words[answer].removesuffix('.')} × {count}" for answer, count in one.answers]
    if one.open:
        said.append(f"{texts.queries.open} × {one.open}")
    criterion = one.criterion or texts.duty.some_criterion
    reason = reason_text(one.reason, texts)
    return one.trial, criterion, reason, str(one.asked), "; ".join(said)
