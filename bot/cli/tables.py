"""The tables of `screening export`: the end of the file's name says how they are written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import click

from bot.cli.faults import BadInput
from bot.cli.trial import the_trial
from bot.compose import open_house
from bot.register import Register
from bot.settings import read_settings
from bot.tables import TABLES, Rows, Scope, Tables
from bot.texts.shape import Texts
from flows.events import Mode
from storage.exports.table import SUFFIXES, Table, begin_table


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which trial (None: the only one), which sites (none: all), which kind, and with dates?"""

    trial: str | None
    sites: tuple[str, ...]
    mode: Mode
    dates: bool

    def scope(self, trials: tuple[str, ...], texts: Texts) -> Scope:
        """The same, with the trial that is meant; raises BadInput."""
        trial = the_trial(self.trial, trials, texts)
        return Scope(trial, self.mode, self.sites or None, self.dates)


_AT_ONCE: Final = 1_000
"""Rows that are written together."""


def check_name(file: Path, texts: Texts) -> None:
    """Refuse a name that does not say which format; raises BadInput."""
    if file.suffix.casefold() not in SUFFIXES:
        raise BadInput(texts.tables.bad_name(file.name))


async def write_table(name: str, out: BinaryIO, file: Path, wanted: Wanted, texts: Texts) -> int:
    """Write a table into an open file; returns how many rows that were.

    Raises:
        BadInput: it is not said, or not known, of which trial.
        NotSound: a row does not pass the check of its table.
        StorageError: the ledger cannot be read.

    """
    async with open_house(read_settings(), writing=False) as house:
        scope, ledger = wanted.scope(house.shelf.trials, texts), house.store.ledger
        register = Register(ledger)
        await register.catch_up()
        tables = Tables(ledger, register, house.desk, house.shelf, house.clock)
        table = begin_table(file.suffix.casefold(), out, name, TABLES[name].columns)
        most = await tables.most(name, scope)
        with click.progressbar(
            length=most,
            label=texts.exports.writing(file.name),
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar:
            written = await _written(tables.rows(name, scope), table, bar.update)
            bar.update(most - written)
        table.finish()
        return written


async def _written(rows: Rows, table: Table, tell: Callable[[int], None]) -> int:
    written, waiting = 0, []
    async for cells in rows:
        waiting.append(cells)
        if len(waiting) == _AT_ONCE:
            table.write(waiting)
            tell(_AT_ONCE)
            written, waiting = written + _AT_ONCE, []
    table.write(waiting)
    return written + len(waiting)
