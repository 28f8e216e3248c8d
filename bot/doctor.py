"""The doctor: looks at the set-up, one finding for each thing, and changes nothing."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.backups import made_at, names
from bot.checkpoints import kept
from bot.clock import Clock
from bot.compose import open_house
from bot.settings import Settings, key_bytes
from storage.address import InFile, InMemory, InPostgres, parse_address
from storage.errors import KeysLocked, StorageError, StorageUnavailable, Trouble
from storage.opening import Store, look_at
from storage.survey import ServerSurvey, Survey
from storage.wrapping import check_record_key

HEARD: Final = "heard"
"""The mark in which the intake keeps the time of the last update."""

SILENT: Final = timedelta(minutes=2)
CHECKPOINT_OLD: Final = timedelta(hours=26)
"""A day, and two hours for whatever kept the bot from signing."""

FULL: Final = 100 * 2**20
LOW: Final = 2**30
"""Bytes: below the one answers are about to be refused, below the other room is to be made."""

SERVER: Final = frozenset({"server", "durable"})
"""What is looked at for a server in place of a file; where it fails, nothing can be read."""

YEARS: Final = range(2026, 2100)
"""No event was recorded before this software was written."""

LATEST: Final = timedelta(seconds=5)
"""By how much the newest event may lie ahead: clocks are set in small steps."""


class State(StrEnum):
    """How bad it is; with one FAIL the set-up is not sound."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `found` names its sentence, which is about `about`."""

    check: str
    state: State
    found: str
    about: str = ""
    seconds: int | None = None
    trouble: Trouble | None = None
    """Why a database cannot be used, to be said in the reader's language with `about`."""


Ask = Callable[[], Awaitable[tuple[str, str]]]
"""Asks Telegram who we are: what was found of the token, and what it is about."""


async def examined(settings: Settings, clock: Clock, ask: Ask) -> list[Finding]:
    """Everything, in the order in which it would be mended."""
    place = await _about_place(settings)
    findings = [*place, *_about_secrets()]
    if any(one.check in SERVER and one.state is State.FAIL for one in place):
        findings.append(_clock(None, clock.now()))
    else:
        findings += await _about_store(settings, clock)
    findings.append(_pepper(settings))
    code, about = ("token_none", "") if settings.telegram_bot_token is None else await ask()
    state = {"token_good": State.OK, "token_refused": State.FAIL}.get(code, State.WARN)
    return [*findings, Finding("token", state, code, about)]


# --- the file and its place, or the server ----------------------------------------------------


async def _about_place(settings: Settings) -> list[Finding]:
    try:
        address = parse_address(settings.database_url)
    except StorageError:
        return []  # whoever looks into the database will say so
    if isinstance(address, InFile) and not address.path.exists():
        return []
    try:
        found = await look_at(settings.database_url)
    except (StorageError, OSError) as error:
        served = isinstance(address, InPostgres)
        return [_fault("server_fault" if served else "database_fault", error)]
    match found:
        case None:
            return []
        case Survey():
            return list(_surveyed(found))
        case ServerSurvey():
            return list(_served(found))


def _fault(found: str, error: Exception) -> Finding:
    """Why a database cannot be used; where the reason has a name, in the reader's language."""
    trouble = error.trouble if isinstance(error, StorageUnavailable) else None
    about = error.about if isinstance(error, StorageUnavailable) and trouble else str(error)
    return Finding(found.removesuffix("_fault"), State.FAIL, found, about, trouble=trouble)


def _served(found: ServerSurvey) -> Iterator[Finding]:
    if found.standby:
        yield Finding("server", State.FAIL, "server_standby", found.shown)
    else:
        yield Finding("server", State.OK, "server_good", found.version)
    if found.differing:
        yield Finding("durable", State.FAIL, "durable_differ", found.differing)
    else:
        yield Finding("durable", State.OK, "durable_good", ", ".join(found.settings))


def _surveyed(found: Survey) -> Iterator[Finding]:
    if found.wal_reset:
        yield Finding("sqlite", State.WARN, "sqlite_wal_reset", found.sqlite)
    else:
        yield Finding("sqlite", State.OK, "sqlite_good", found.sqlite)
    if found.differing:
        yield Finding("pragmas", State.FAIL, "pragmas_differ", found.differing)
    elif found.journal != "wal":
        yield Finding("pragmas", State.WARN, "pragmas_journal", found.journal)
    else:
        yield Finding("pragmas", State.OK, "pragmas_good", found.journal)
    yield _modes(found)
    if found.network:
        yield Finding("place", State.FAIL, "place_network", found.network)
    else:
        yield Finding("place", State.OK, "place_good")
    yield _disk(found)


def _modes(found: Survey) -> Finding:
    if found.loose:
        names = ", ".join(f"{name} ({mode:04o})" for name, mode in found.loose)
        return Finding("modes", State.FAIL, "modes_loose", names)
    folder = f"{found.folder} ({found.folder_mode:04o})"
    if found.folder_mode & stat.S_IWOTH and not found.folder_mode & stat.S_ISVTX:
        return Finding("modes", State.FAIL, "modes_folder", folder)
    if found.folder_mode & stat.S_IWGRP:
        return Finding("modes", State.WARN, "modes_group", folder)
    return Finding("modes", State.OK, "modes_good")


def _disk(found: Survey) -> Finding:
    free = f"{found.free / 2**30:.1f} GiB"
    if found.free < max(FULL, found.size // 10):
        return Finding("disk", State.FAIL, "disk_full", free)
    # A backup on the same disk needs as much again.
    if found.free < max(LOW, 2 * found.size):
        return Finding("disk", State.WARN, "disk_low", free)
    return Finding("disk", State.OK, "disk_good", free)


def _about_secrets() -> Iterator[Finding]:
    try:
        mode = stat.S_IMODE(Path(".env").stat().st_mode)
    except OSError:
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("modes", State.WARN, "modes_env", f"{mode:04o}")


# --- what is in it ----------------------------------------------------------------------------


async def _about_store(settings: Settings, clock: Clock) -> list[Finding]:
    now = clock.now()
    try:
        address = parse_address(settings.database_url)
        if isinstance(address, InMemory):
            return [Finding("database", State.WARN, "database_memory"), _clock(None, now)]
        if isinstance(address, InFile) and not address.path.exists():
            none = Finding("database", State.WARN, "database_none", str(address.path))
            return [none, _clock(None, now)]
        async with open_house(settings, writing=False, sealed=False, clock=clock) as house:
            return await _read(settings, house.store, now)
    except (StorageError, OSError) as error:
        return [_unread(settings, error), _clock(None, now)]


def _unread(settings: Settings, error: Exception) -> Finding:
    fault = _fault("database_fault", error)
    if fault.trouble is not Trouble.NO_RECORD:
        return fault
    address = parse_address(settings.database_url)
    shown = address.shown if isinstance(address, InPostgres) else ""
    return Finding("database", State.WARN, "database_empty", shown)


async def _read(settings: Settings, store: Store, now: datetime) -> list[Finding]:
    head = await store.ledger.head()
    about = f"{head.position}, {head.digest.hex()[:16]}…"
    newest = [entry.recorded_at async for entry in store.ledger.walk(head.position - 1)]
    heard = _age(await store.inbox.mark(HEARD), now)
    return [
        Finding("database", State.OK, "database_good", about),
        _clock(newest[-1] if newest else None, now),
        _aged("heard", heard, SILENT, State.WARN, "silent"),
        await _record_key(settings, store),
        await _checkpoint(settings, store, now),
        await asyncio.to_thread(_backup, settings, now),
    ]


def _clock(newest: str | None, now: datetime) -> Finding:
    age = _age(newest, now)
    if now.year not in YEARS:
        return Finding("clock", State.FAIL, "clock_year", str(now.year))
    if newest is not None and age is not None and age < -LATEST:
        return Finding("clock", State.FAIL, "clock_behind", newest)
    return Finding("clock", State.OK, "clock_good", now.isoformat(timespec="seconds"))


def _pepper(settings: Settings) -> Finding:
    if settings.signing_pepper is None:
        return Finding("pepper", State.WARN, "pepper_none")
    return Finding("pepper", State.OK, "pepper_good")


async def _record_key(settings: Settings, store: Store) -> Finding:
    """Whether the keys of screenings are wrapped, and under the record key of the settings."""
    try:
        plain = await check_record_key(store.keys, key_bytes(settings.record_key))
    except KeysLocked as error:
        code = "keys_missing" if error.missing else "keys_other"
        return Finding("keys", State.FAIL, code)
    if settings.record_key is None:
        return Finding("keys", State.WARN, "keys_none")
    if plain:
        return Finding("keys", State.WARN, "keys_plain", str(plain))
    return Finding("keys", State.OK, "keys_good")


async def _checkpoint(settings: Settings, store: Store, now: datetime) -> Finding:
    if settings.signer is None:
        return Finding("checkpoint", State.WARN, "checkpoint_no_key")
    found = await kept(store.ledger)
    age = now - found[-1].said.at if found else None
    return _aged("checkpoint", age, CHECKPOINT_OLD, State.FAIL, "old")


def _backup(settings: Settings, now: datetime) -> Finding:
    if isinstance(parse_address(settings.database_url), InPostgres):
        return Finding("backup", State.WARN, "backup_server")
    if settings.backup_dir is None:
        return Finding("backup", State.WARN, "backup_off")
    try:
        there = names(Path(settings.backup_dir))
    except OSError:
        return Finding("backup", State.FAIL, "backup_fault", settings.backup_dir)
    if not there:
        return Finding("backup", State.WARN, "backup_none", settings.backup_dir)
    longest = 2 * timedelta(hours=settings.backup_every_hours)
    return _aged("backup", now - made_at(there[-1]), longest, State.FAIL, "old")


def _aged(check: str, age: timedelta | None, longest: timedelta, state: State, old: str) -> Finding:
    if age is None:
        return Finding(check, State.WARN, f"{check}_none")
    seconds = max(0, int(age.total_seconds()))
    if age > longest:
        return Finding(check, state, f"{check}_{old}", seconds=seconds)
    return Finding(check, State.OK, f"{check}_good", seconds=seconds)


def _age(at: str | None, now: datetime) -> timedelta | None:
    try:
        return None if at is None else now - datetime.fromisoformat(at)
    except (ValueError, TypeError):
        return None
