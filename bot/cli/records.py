"""`screening show` and `list`: the record, and the records."""

from __future__ import annotations

import asyncio

import click

from bot.attempts import standing
from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.clock import read_number
from bot.compose import open_house
from bot.desk import UnknownScreening
from bot.pages.case import case_trail
from bot.pages.evidence import proof_lines
from bot.pages.record import list_page, record_page
from bot.register import Register
from bot.settings import read_settings
from bot.texts.shape import Texts
from flows.events import Mode
from storage.mapper import to_event


@click.command()
@click.argument("number")
@language_option
def show(number: str, language: str | None) -> None:
    """Print the record of one screening, with its trail and that of its case."""
    texts = texts_for(language)
    wanted = read_number(number)
    if wanted is None:
        raise BadInput(texts.commands.bad_number(number))
    click.echo(asyncio.run(_record(wanted, texts)), nl=False)


async def _record(number: str, texts: Texts) -> str:
    async with open_house(read_settings(), writing=False) as house:
        try:
            screening, history = await house.desk.history(number)
        except UnknownScreening:
            raise BadInput(texts.commands.unknown_number(number)) from None
        beside = [
            to_event(entry)
            for stream in (f"case/{number}", f"notices/{number}")
            for entry in await house.store.ledger.read(stream)
        ]
        register = Register(house.store.ledger)
        await register.catch_up()
        attempts = await standing(house.desk, register, screening)
        proof = await proof_lines(house.store.ledger, screening, texts)
    record = record_page(screening, history, texts, attempts, proof)
    return record + case_trail(beside, screening.opened.time_zone, texts)


@click.command("list")
@click.option("--practice", is_flag=True, help="Practice runs instead of real ones.")
@language_option
def list_(practice: bool, language: str | None) -> None:
    """List the screenings, the newest last."""
    click.echo(asyncio.run(_list(practice, texts_for(language))), nl=False)


async def _list(practice: bool, texts: Texts) -> str:
    async with open_house(read_settings(), writing=False) as house:
        found = [screening async for screening in house.desk.all()]
    return list_page([one for one in found if (one.mode is Mode.PRACTICE) == practice], texts)
