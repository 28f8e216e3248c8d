"""What the bot does by itself, day by day: signs the ledger, has it stamped, backs it up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Final

from bot.backups import Backups
from bot.checkpoints import Checkpoints
from bot.compose import House
from bot.register import Register
from bot.settings import Settings
from storage.address import InPostgres, parse_address
from storage.chain import Fault
from storage.errors import StorageError
from storage.replicas import Duty, Replicas

log = logging.getLogger(__name__)

EVERY: Final = 600.0
"""Seconds between two looks at what is due, and before what failed is tried again."""

Stamper = Callable[[str], Awaitable[bytes | None]]
"""Has a text stamped; None when the authority gave no good answer."""


def charged(replicas: Replicas) -> Callable[[], Coroutine[object, object, bool]]:
    """Asks whether it is this process that does such things, of several that share a database.

    It raises StorageError.
    """

    async def is_charged() -> bool:
        return await replicas.take(Duty.UPKEEP)

    return is_charged


def upkeep(
    house: House, settings: Settings, register: Register, owes: Callable[[], None]
) -> list[Coroutine[object, object, None]]:
    """The tasks that the settings ask for; `owes` is called when a notice was written."""
    tasks: list[Coroutine[object, object, None]] = []
    if settings.signer is not None:
        keeper = Checkpoints(house.store.ledger, register, house.clock, settings.signer)
        work = partial(sign_when_due, keeper, stamper(settings), owes)
        tasks.append(_over_and_over(work, charged(house.store.replicas)))
    if settings.backup_dir is not None:
        if isinstance(parse_address(settings.database_url), InPostgres):
            log.warning("BACKUP_DIR does nothing for a PostgreSQL server: use pg_dump")
        else:
            folder = Path(settings.backup_dir)
            backups = Backups(settings, house.store.inbox, house.clock, folder)
            tasks.append(_over_and_over(backups.round, charged(house.store.replicas)))
    return tasks


def stamper(settings: Settings) -> Stamper | None:
    """Whoever has checkpoints stamped; None where no authority is set up."""
    url, root = settings.timestamp_url, settings.timestamp_root
    if url is None:
        return None
    from bot.stamps import fetch, roots_at  # noqa: PLC0415  megabytes that few sites need

    async def stamp(text: str) -> bytes | None:
        return await fetch(url, text, await roots_at(root))

    return stamp


async def sign_when_due(
    keeper: Checkpoints, stamp: Stamper | None, owes: Callable[[], None]
) -> None:
    """Sign once a day, then ask for the stamp that is still missing."""
    try:
        if await keeper.due():
            signed = await keeper.sign()
            if isinstance(signed, Fault):
                log.critical("NOT SIGNED: %s, event %d", signed.why.value, signed.position)
                return
            owes()
        await stamp_last(keeper, stamp)
    except StorageError as error:
        log.error("the ledger could not be signed: %s", error)


async def stamp_last(keeper: Checkpoints, stamp: Stamper | None) -> None:
    """Have the last checkpoint stamped, where that is set up and still missing."""
    last = await keeper.last()
    if stamp is None or last is None or last.stamp is not None:
        return
    answer = await stamp(last.text)
    if answer is not None:
        await keeper.keep_stamp(last.text, answer)


async def _over_and_over(
    work: Callable[[], Coroutine[object, object, None]],
    is_charged: Callable[[], Coroutine[object, object, bool]],
) -> None:
    while True:
        try:
            if await is_charged():
                await work()
        except Exception as error:
            log.error("upkeep failed: %s", type(error).__name__)
        await asyncio.sleep(EVERY)
