"""`screening show` and `list`: the record, and the records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import click

from bot.attempts import standing
from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.clock import read_number
from bot.compose import open_house
from bot.desk import ErasedScreening, UnknownScreening
from bot.pages.case import case_trail
from bot.pages.erased import erased_page
from bot.pages.evidence import proof_lines
from bot.pages.record import list_page, record_page
from bot.printing import beside
from bot.register import Register
from bot.settings import read_settings
from bot.texts.shape import Texts
from flows.erasure import ScreeningErased
from flows.events import Mode
from flows.screening import Screening
from storage.ledger import Ledger
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
        except ErasedScreening:
            return await _what_stays(house.store.ledger, number, texts)
        except UnknownScreening:
            raise BadInput(texts.commands.unknown_number(number)) from None
        about = await beside(house.store.ledger, number)
        register = Register(house.store.ledger)
        await register.catch_up()
        attempts = await standing(house.desk, register, screening)
        proof = await proof_lines(house.store.ledger, screening, texts)
    record = record_page(screening, history, texts, attempts, proof)
    return record + case_trail(about, screening.opened.time_zone, texts)


async def _what_stays(ledger: Ledger, number: str, texts: Texts) -> str:
    """The page of an erased screening, and the trail of its case."""
    erasure = to_event((await ledger.read(f"erasure/{number}"))[0])
    page, zone = erased_page(erasure, texts)
    return page + case_trail(await beside(ledger, number), zone, texts)


@click.command("list")
@click.option("--practice", is_flag=True, help="Practice runs instead of real ones.")
@language_option
def list_(practice: bool, language: str | None) -> None:
    """List the screenings, the newest last."""
    click.echo(asyncio.run(_list(practice, texts_for(language))), nl=False)


async def _list(practice: bool, texts: Texts) -> str:
    async with open_house(read_settings(), writing=False) as house:
        ledger = house.store.ledger
        found: dict[str, Screening | ScreeningErased] = {
            screening.number: screening async for screening in house.desk.all()
        }
        found |= {event.number: event async for event in _erased(ledger)}
        numbers = [name.removeprefix("screening/") for name in await ledger.streams("screening/")]
    listed = [found[number] for number in numbers if number in found]
    return list_page([one for one in listed if (one.mode is Mode.PRACTICE) == practice], texts)


async def _erased(ledger: Ledger) -> AsyncIterator[ScreeningErased]:
    for stream in await ledger.streams("erasure/"):
        for entry in await ledger.read(stream):
            event = to_event(entry).event
            if isinstance(event, ScreeningErased):
                yield event
