"""`screening erase` and `screening rekey`: forgetting a screening, and changing the record key."""

from __future__ import annotations

import asyncio

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.clock import read_number
from bot.compose import open_house
from bot.erasing import AlreadyErased, Erased, Erasing, NotSealed, NotThere, Outcome
from bot.register import Register
from bot.settings import Settings, key_bytes, read_settings
from bot.texts.shape import Texts
from flows.administration import CONSOLE
from flows.erasure import ErasureReason
from flows.events import Actor, Role
from storage.errors import StorageUnavailable
from storage.wrapping import rewrap

_BY = Actor(CONSOLE, Role.ADMINISTRATOR)
_REASONS = {reason.value.replace("_", "-"): reason for reason in ErasureReason}


@click.command()
@click.argument("number")
@click.option("--reason", metavar="CODE", default="", help=f"Why: {', '.join(_REASONS)}.")
@language_option
def erase(number: str, reason: str, language: str | None) -> None:
    """Erase the answers of one screening for good; that there was one stays on record.

    While the bot runs, an administrator does so in the chat: /erase NUMBER.
    """
    texts = texts_for(language)
    wanted = read_number(number)
    if wanted is None:
        raise BadInput(texts.commands.bad_number(number))
    why = _REASONS.get(reason)
    if why is None:
        raise BadInput(texts.erasure.which_reason(", ".join(_REASONS)))
    try:
        outcome = asyncio.run(_erase(wanted, why))
    except StorageUnavailable as error:
        raise _in_use(error, texts) from None
    click.echo(_said(outcome, wanted, texts))


async def _erase(number: str, reason: ErasureReason) -> Outcome:
    async with open_house(read_settings()) as house:
        store = house.store
        register = Register(store.ledger)
        erasing = Erasing(house.desk, register, store.ledger, store.keys, house.clock)
        return await erasing.erase(number, reason, _BY)


def _said(outcome: Outcome, number: str, texts: Texts) -> str:
    words = texts.erasure
    match outcome:
        case Erased(kin=kin):
            others = f"\n{words.kin(number, ', '.join(kin))}" if kin else ""
            return words.done(number) + others
        case NotThere():
            raise BadInput(texts.commands.unknown_number(number))
        case AlreadyErased():
            raise BadInput(words.erased(number))
        case NotSealed(plain=plain):
            raise BadInput(words.not_sealed(number, plain))
        case _:
            raise BadInput(words.moving(number))


@click.command()
@language_option
def rekey(language: str | None) -> None:
    """Wrap every key under RECORD_KEY; those wrapped before are opened with RECORD_KEY_OLD."""
    texts, settings = texts_for(language), read_settings()
    try:
        count = asyncio.run(_rekey(settings))
    except StorageUnavailable as error:
        raise _in_use(error, texts) from None
    words = texts.erasure
    click.echo(words.rekeyed(count) if settings.record_key else words.laid_plain(count))


async def _rekey(settings: Settings) -> int:
    new = key_bytes(settings.record_key)
    old = key_bytes(settings.record_key_old) or new
    async with open_house(settings, sealed=False) as house:
        count = await rewrap(house.store.keys, old, new)
        await house.store.keys.sweep()
    return count


def _in_use(error: StorageUnavailable, texts: Texts) -> BadInput | StorageUnavailable:
    """The database that the bot has in use is a sentence of its own."""
    return BadInput(texts.people.in_use) if "is in use" in error.reason else error
