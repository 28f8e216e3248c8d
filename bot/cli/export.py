"""`screening export`: the record of a trial in other people's formats."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Final, cast
from zoneinfo import ZoneInfo

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.cli.tables import Wanted, check_name, write_table
from bot.cli.trial import the_trial, trial_option
from bot.compose import House, open_house
from bot.register import Register
from bot.settings import read_settings
from bot.subjects import Subjects
from bot.tables import TABLES
from bot.texts.shape import Texts
from flows.events import Mode
from flows.tallies import Row
from storage.exports.form import About, Begin, Export, NotSound

FORMATS: Final = {
    "fhir-r4": "storage.exports.fhir.writer:FhirR4",
    "fhir-r5": "storage.exports.fhir.writer:FhirR5",
    "sdtm-ti-json": "storage.exports.sdtm.as_json:criteria",
    "sdtm-ie-json": "storage.exports.sdtm.as_json:not_met",
    "sdtm-ti-xpt": "storage.exports.sdtm.as_xpt:criteria",
    "sdtm-ie-xpt": "storage.exports.sdtm.as_xpt:not_met",
    "odm": "storage.exports.odm.record:ClinicalRecord",
    "usdm": "storage.exports.usdm.study:StudyDefinition",
}
"""By name: who begins the export; imported when it is asked for. Tables are in `bot.tables`."""

_KINDS: Final = {mode.value.replace("_", "-"): mode for mode in Mode}


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice((*FORMATS, *TABLES)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--site", "sites", multiple=True, help="Only this site; may be given several times.")
@click.option(
    "--kind",
    type=click.Choice(tuple(_KINDS)),
    default="screening",
    show_default=True,
    help="Quick checks and practice are lists of their own.",
)
@click.option(
    "--dates",
    is_flag=True,
    help="Calendar dates, for the site itself; without it days are counted from the screening.",
)
@trial_option
@language_option
def export(
    form: str,
    file: Path,
    sites: tuple[str, ...],
    kind: str,
    dates: bool,
    trial: str | None,
    language: str | None,
) -> None:
    """Write the trial's record to FILE in a FORMAT; nothing is left behind when it fails.

    Of a table the end of the name says how it is written: .csv or .xlsx.
    """
    texts = texts_for(language)
    if form not in FORMATS:
        check_name(file, texts)
    try:
        with whole_file(file) as out:
            wanted = Wanted(trial, sites, _KINDS[kind], dates)
            if form in FORMATS:
                done = _export(_begin(form), out, file.name, wanted, texts)
                said = texts.exports.written(str(file), *asyncio.run(done))
            else:
                rows = asyncio.run(write_table(form, out, file, wanted, texts))
                said = texts.tables.written(str(file), rows)
    except NotSound as error:
        raise BadInput(texts.exports.not_sound(error.fault)) from None
    except OSError as error:
        raise BadInput(texts.commands.in_case(str(file), error.strerror or str(error))) from None
    click.echo(said)


def _begin(form: str) -> Begin:
    module, _, attribute = FORMATS[form].partition(":")
    return cast(Begin, getattr(import_module(module), attribute))


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """A file beside the one that is wanted, which takes its place once it is whole."""
    with NamedTemporaryFile(dir=file.parent, prefix=".export-", delete=False) as out:
        try:
            yield cast(BinaryIO, out)
            out.flush()
            os.fsync(out.fileno())
            Path(out.name).replace(file)
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise


async def _export(
    begin: Begin,
    out: BinaryIO,
    name: str,
    wanted: Wanted,
    texts: Texts,
) -> tuple[int, int]:
    """How many screenings there are, and how many rows were written."""
    async with open_house(read_settings(), writing=False) as house:
        trial = the_trial(wanted.trial, house.shelf.trials, texts)
        register = Register(house.store.ledger)
        await register.catch_up()
        subjects = Subjects(house.desk, register, house.shelf)
        rows = subjects.rows(trial, wanted.mode, wanted.sites or None)
        about = await _about(house, subjects, register, trial, texts.language, wanted.dates)
        return len(rows), await _written(begin(out, about), subjects, rows, name, texts)


async def _about(
    house: House, subjects: Subjects, register: Register, trial: str, language: str, dates: bool
) -> About:
    books = await subjects.books(trial)
    at = house.clock.now().astimezone(ZoneInfo(books[-1].protocol.time_zone))
    return About(books, register.directory, at, language, dates)


async def _written(
    writer: Export, subjects: Subjects, rows: Collection[Row], name: str, texts: Texts
) -> int:
    written = 0
    with click.progressbar(
        length=len(rows),
        label=texts.exports.writing(name),
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        async for subject in subjects.each(rows):
            written += writer.add(subject)
            bar.update(1)
    return written + writer.finish()
