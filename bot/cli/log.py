"""`screening log`: the screening log, printed or as CSV."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.cli.trial import the_trial, trial_option
from bot.compose import open_house
from bot.pages.log import log_table
from bot.register import Register
from bot.settings import read_settings
from bot.texts.shape import Texts
from flows.events import Mode
from flows.protocol.model import Protocol
from flows.tallies import Criteria, Row
from storage.exports.screening_log import log_csv

_KINDS: Final = {mode.value.replace("_", "-"): mode for mode in Mode}
_STDOUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Read:
    """What is counted, as the ledger has it now."""

    register: Register
    protocol: Protocol
    at: datetime

    def rows(self, mode: Mode) -> tuple[Row, ...]:
        """The attempts of one kind."""
        return self.register.screenings.rows(lambda label: label.trial == self.protocol.id, mode)


@click.command()
@click.option(
    "--csv",
    "file",
    is_flag=False,
    flag_value=_STDOUT,
    metavar="[FILE]",
    help="As CSV, to FILE or to the standard output.",
)
@click.option(
    "--kind",
    type=click.Choice(tuple(_KINDS)),
    default="screening",
    show_default=True,
    help="Quick checks and practice are lists of their own, and never counted.",
)
@trial_option
@language_option
def log(file: str | None, kind: str, trial: str | None, language: str | None) -> None:
    """Print the screening log: one row an attempt, with what became of it."""
    texts = texts_for(language)
    read = asyncio.run(read_record(trial, texts))
    rows = read.rows(_KINDS[kind])
    if file is None:
        click.echo(log_table(rows, texts), nl=False)
        return
    table = log_csv(rows, Criteria.of(read.protocol))
    if file == _STDOUT:
        click.echo(table, nl=False)
    else:
        write_file(Path(file), table, texts)


async def read_record(trial: str | None, texts: Texts) -> Read:
    """Read what the ledger says of a trial, or of the only one; raises BadInput, StorageError."""
    async with open_house(read_settings(), writing=False) as house:
        register = Register(house.store.ledger)
        await register.catch_up()
        protocol = house.shelf.current(the_trial(trial, house.shelf.trials, texts)).protocol
        at = house.clock.now().astimezone(ZoneInfo(protocol.time_zone))
        return Read(register, protocol, at)


def write_file(file: Path, content: bytes, texts: Texts) -> None:
    """Write a file; raises BadInput with the reason where it cannot be written."""
    try:
        file.write_bytes(content)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(texts.commands.in_case(str(file), why)) from None
