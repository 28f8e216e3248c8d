"""`screening chart` and `screening funnel`: the pictures of a trial as files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.cli.log import read_record, write_file
from bot.cli.trial import trial_option
from bot.drawing import CannotDraw, Drawer
from bot.pages.pictures import Seen, picture_of
from flows.events import Mode
from storage.exports.chart import Kind

_SUFFIXES = (".png", ".svg", ".pdf")


@click.command()
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@trial_option
@language_option
def chart(kind: str, file: Path, trial: str | None, language: str | None) -> None:
    """Draw a picture of the trial: FILE ends in .png, .svg or .pdf."""
    _draw(Kind(kind), file, trial, language)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@trial_option
@language_option
def funnel(file: Path, trial: str | None, language: str | None) -> None:
    """Draw the participant flow: FILE ends in .png, .svg or .pdf."""
    _draw(Kind.FLOW, file, trial, language)


def _draw(kind: Kind, file: Path, trial: str | None, language: str | None) -> None:
    texts = texts_for(language)
    suffix = file.suffix.casefold()
    if suffix not in _SUFFIXES:
        raise BadInput(texts.flow.bad_name(str(file)))
    read = asyncio.run(read_record(trial, texts))
    rows = read.rows(Mode.SCREENING)
    seen = Seen(rows, rows, read.protocol, read.at)
    try:
        drawn = asyncio.run(Drawer().draw(picture_of(kind, seen, texts).drawn, suffix[1:]))
    except CannotDraw:
        raise BadInput(texts.flow.no_drawing) from None
    write_file(file, drawn, texts)
    click.echo(file)
