"""`screening dossier`: everything that an inspector asks for, in one folder or one file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.checkpoints import kept
from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.cli.tables import Wanted
from bot.cli.trial import trial_option
from bot.compose import House, open_house
from bot.dossier import Dossier, Source, Written
from bot.printing import Printer
from bot.register import Register
from bot.settings import Settings, read_settings
from bot.subjects import Subjects
from bot.tables import Tables
from bot.texts.shape import Texts
from flows.events import Mode
from storage.exports.bundle import Bundle, bundle_at
from storage.exports.form import NotSound
from storage.exports.typesetting import record_pdf


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--site", "sites", multiple=True, help="Only this site; may be given several times.")
@click.option(
    "--ledger",
    "whole",
    is_flag=True,
    help="With every event of the ledger as it is stored, of every trial and site in it.",
)
@trial_option
@language_option
def dossier(
    target: Path, sites: tuple[str, ...], whole: bool, trial: str | None, language: str | None
) -> None:
    """Write the inspection bundle to a new folder, or to a file that ends in .zip.

    Records, logs, audit trail, protocol versions, checkpoints, and an index with every SHA-256.
    """
    texts = texts_for(language)
    try:
        with bundle_at(target) as bundle:
            written = asyncio.run(
                _write(bundle, target, Wanted(trial, sites, Mode.SCREENING, True), whole, texts)
            )
    except NotSound as error:
        raise BadInput(texts.exports.not_sound(error.fault)) from None
    except FileExistsError:
        raise BadInput(texts.dossier.exists(str(target))) from None
    except OSError as error:
        raise BadInput(texts.commands.in_case(str(target), error.strerror or str(error))) from None
    click.echo(texts.dossier.written(str(target), written.files, written.records))


async def _write(
    bundle: Bundle, target: Path, wanted: Wanted, whole: bool, texts: Texts
) -> Written:
    settings = read_settings()
    async with open_house(settings, writing=False) as house, _stored(settings, whole) as stored:
        scope = wanted.scope(house.shelf.trials, texts)
        source = await _source(house, settings, scope.trial, stored)
        made = Dossier(source, scope, texts, record_pdf)
        with click.progressbar(
            length=made.steps,
            label=texts.exports.writing(target.name),
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar:
            return await made.write(bundle, lambda: bar.update(1))


@asynccontextmanager
async def _stored(settings: Settings, whole: bool) -> AsyncIterator[House | None]:
    """The house again, with everything in it as it is stored, if that is wanted."""
    if not whole:
        yield None
        return
    async with open_house(settings, writing=False, sealed=False) as house:
        yield house


async def _source(house: House, settings: Settings, trial: str, stored: House | None) -> Source:
    ledger = house.store.ledger
    register, head = Register(ledger), await ledger.head()
    await register.catch_up()
    checkpoints = await kept(ledger)
    book = house.shelf.current(trial)
    return Source(
        ledger=ledger,
        printer=Printer(ledger, house.desk, register, checkpoints),
        subjects=Subjects(house.desk, register, house.shelf),
        tables=Tables(ledger, register, house.desk, house.shelf, house.clock),
        book=book,
        checkpoints=checkpoints,
        verifier=settings.signer.verifier if settings.signer else None,
        head=head,
        at=house.clock.now().astimezone(ZoneInfo(book.protocol.time_zone)),
        stored=stored.store.ledger if stored else None,
    )
