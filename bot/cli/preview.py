"""`screening preview`: every card in both languages on one HTML page."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.faults import BadInput
from bot.cli.language import texts_for
from bot.cli.protocol import read_book
from bot.pages.preview import sections
from bot.telegram.preview import preview_page

_FILE = "build/preview.html"


@click.command()
@click.argument("file", default=_FILE, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--protocol", "name", default="lysyme", help="A shipped trial or a protocol file.")
def preview(file: Path, name: str) -> None:
    """Write every card, in both languages, to one HTML page (build/preview.html)."""
    texts = texts_for(None)
    book = read_book(name, texts)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(preview_page(book.protocol, sections(book)), encoding="utf-8")
    except OSError as error:
        raise BadInput(texts.commands.in_case(str(file), error.strerror or str(error))) from None
    click.echo(file)
