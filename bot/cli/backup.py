"""`screening backup` and `screening restore`: a verified copy, and a database made of one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.clock import SystemClock
from bot.pages.evidence import copied_lines, not_copied_line
from bot.settings import read_settings
from bot.texts.shape import Texts
from storage.backup import Copied, NotCopied
from storage.opening import back_up, restore

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@language_option
def backup(file: Path, language: str | None) -> None:
    """Copy the database to FILE, whether or not the bot is writing to it, and verify the copy."""
    texts = texts_for(language)
    made = asyncio.run(back_up(read_settings().database_url, file))
    _tell(made, str(file), texts, back=False)


@click.command("restore")
@click.argument("file", type=_FILE)
@language_option
def restore_(file: Path, language: str | None) -> None:
    """Put the backup FILE where DATABASE_URL says; nothing that is there is overwritten."""
    texts = texts_for(language)
    url = read_settings().database_url
    _tell(asyncio.run(restore(url, file)), str(file), texts, back=True)


def _tell(made: Copied | NotCopied, name: str, texts: Texts, *, back: bool) -> None:
    if isinstance(made, NotCopied):
        raise BadInput(not_copied_line(made, texts))
    click.echo(copied_lines(made, name, SystemClock().now(), texts, back=back))
