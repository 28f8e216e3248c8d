"""`screening show`, `list` and `verify`: the record, the records, and whether they hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.clock import read_number
from bot.compose import open_house
from bot.desk import ErasedScreening, UnknownScreening
from bot.pages.erased import erased_page
from bot.pages.record import list_page, record_page
from bot.settings import read_settings
from bot.texts.shape import Texts
from flows.erasure import ScreeningErased
from flows.events import Happened, Mode
from storage.chain import Verdict
from storage.chain import verify as verify_chain
from storage.ledger import Ledger
from storage.mapper import to_event


@click.command()
@click.argument("number")
@language_option
def show(number: str, language: str | None) -> None:
    """Print the record of one screening, with its trail."""
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
            return erased_page(await _what_stays(house.store.ledger, number), texts)
        except UnknownScreening:
            raise BadInput(texts.commands.unknown_number(number)) from None
    return record_page(screening, history, texts)


@click.command("list")
@click.option("--practice", is_flag=True, help="Practice runs instead of real ones.")
@language_option
def list_(practice: bool, language: str | None) -> None:
    """List the screenings, the newest last."""
    click.echo(asyncio.run(_list(practice, texts_for(language))), nl=False)


async def _list(practice: bool, texts: Texts) -> str:
    async with open_house(read_settings(), writing=False) as house:
        found = [screening async for screening in house.desk.all()]
        erased = [one async for one in _erased(house.store.ledger)]
    return list_page(
        [one for one in found if (one.mode is Mode.PRACTICE) == practice],
        texts,
        [one for one in erased if (one.mode is Mode.PRACTICE) == practice],
    )


async def _erased(ledger: Ledger) -> AsyncIterator[ScreeningErased]:
    for stream in await ledger.streams("erasure/"):
        for entry in await ledger.read(stream):
            event = to_event(entry).event
            if isinstance(event, ScreeningErased):
                yield event


async def _what_stays(ledger: Ledger, number: str) -> list[Happened]:
    """What is known of an erased screening, from the streams that hold no answer."""
    streams = (f"erasure/{number}", f"case/{number}", f"notices/{number}")
    return [to_event(entry) for stream in streams for entry in await ledger.read(stream)]


@click.command()
@language_option
@click.pass_context
def verify(context: click.Context, language: str | None) -> None:
    """Walk the chain of all events; exit code 0 when it holds, 1 when it is broken."""
    texts = texts_for(language)
    verdict = asyncio.run(_verify())
    words = texts.commands
    if verdict.fault is None:
        click.echo(words.chain_good(verdict.head.position, verdict.head.digest.hex()))
        return
    fault = verdict.fault
    why = words.chain_reasons[fault.why.name]
    click.echo(words.chain_broken(fault.position, fault.stream, fault.version, why), err=True)
    context.exit(1)


async def _verify() -> Verdict:
    # As stored: an inspector needs no record key to see that the chain holds.
    async with open_house(read_settings(), writing=False, sealed=False) as house:
        return await verify_chain(house.store.ledger.walk())
