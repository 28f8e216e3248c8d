"""`screening record` and `form`: a record for the archive, and a blank form for bad days."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.checkpoints import kept
from bot.cli.export import whole_file
from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.cli.protocol import read_book
from bot.cli.trial import the_trial, trial_option
from bot.clock import SystemClock, read_number
from bot.compose import open_house
from bot.desk import UnknownScreening
from bot.pages.form_document import form_document
from bot.printing import Printer
from bot.register import Register
from bot.settings import read_settings
from bot.shelf import protocol_files, shipped_file
from bot.texts.shape import Texts
from flows.protocol.load import fingerprint, load_protocol
from flows.rulebook import Rulebook
from storage.exports.form import NotSound
from storage.exports.record_document import RecordDocument
from storage.exports.typesetting import form_pdf, record_pdf


@click.command()
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@language_option
def record(number: str, file: Path, language: str | None) -> None:
    """Write the record of one screening to FILE.pdf, as PDF/A with its trail and signature."""
    texts = texts_for(language)
    wanted = read_number(number)
    if wanted is None:
        raise BadInput(texts.commands.bad_number(number))
    check_name(file, texts)
    document = asyncio.run(_document(wanted, texts))
    try:
        write_pdf(file, record_pdf(document), texts)
    except NotSound as error:
        raise BadInput(texts.exports.not_sound(error.fault)) from None


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@trial_option
@click.option("--protocol", "name", help="A trial of another installation, or a protocol FILE.")
@language_option
def form(file: Path, trial: str | None, name: str | None, language: str | None) -> None:
    """Write the blank screening form to FILE.pdf, for when the bot cannot be reached."""
    texts = texts_for(language)
    check_name(file, texts)
    book = read_book(name, texts) if name else _book_of(trial, texts)
    document = form_document(book, SystemClock().now(), texts)
    try:
        write_pdf(file, form_pdf(document), texts)
    except NotSound as error:
        raise BadInput(texts.exports.not_sound(error.fault)) from None


def _book_of(trial: str | None, texts: Texts) -> Rulebook:
    """The rulebook of a trial of this installation; raises BadInput."""
    files = protocol_files(read_settings().trial_names)
    wanted = the_trial(trial, tuple(files), texts)
    raw = files.get(wanted) or shipped_file(wanted)
    return Rulebook(load_protocol(raw), fingerprint(raw))


async def _document(number: str, texts: Texts) -> RecordDocument:
    async with open_house(read_settings(), writing=False) as house:
        ledger = house.store.ledger
        register = Register(ledger)
        await register.catch_up()
        printer = Printer(ledger, house.desk, register, await kept(ledger))
        try:
            return await printer.document(number, texts)
        except UnknownScreening:
            raise BadInput(texts.commands.unknown_number(number)) from None


def check_name(file: Path, texts: Texts) -> None:
    """Refuse a name that does not say what the file is."""
    if file.suffix.casefold() != ".pdf":
        raise BadInput(texts.documents.bad_name(str(file)))


def write_pdf(file: Path, made: bytes, texts: Texts) -> None:
    """Put a document in its place, whole, and say so."""
    try:
        with whole_file(file) as out:
            out.write(made)
    except OSError as error:
        raise BadInput(texts.commands.in_case(str(file), error.strerror or str(error))) from None
    click.echo(texts.documents.written(str(file), len(made)))
