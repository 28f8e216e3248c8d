"""`screening move`: from one database to another, with everything in it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

import click

from bot.cli.faults import BadInput, explain
from bot.cli.language import language_option, texts_for
from bot.clock import SystemClock
from bot.compose import NothingThere
from bot.texts.shape import Texts
from storage.address import InFile, parse_address
from storage.errors import StorageError
from storage.moving import Moved, NotMoved, Progress, Tell, Why
from storage.moving import move as move_house
from storage.opening import open_source, open_target


@click.command()
@click.argument("source")
@click.argument("target")
@language_option
@click.pass_context
def move(context: click.Context, source: str, target: str, language: str | None) -> None:
    """Copy the database at SOURCE into the empty one at TARGET, and verify both.

    Addresses are written as in DATABASE_URL. Stop the bot first. A move that was interrupted goes
    on when the same command is run again.
    """
    texts = texts_for(language)
    try:
        done = asyncio.run(_move(source, target, _tell(texts)))
    except StorageError as error:
        raise BadInput(explain(error, texts)) from None
    if isinstance(done, Moved):
        click.echo(texts.databases.moved(done.events, done.digest))
        return
    sentence = texts.databases.not_moved[done.why]
    if done.why in {Why.NOT_EMPTY, Why.ANOTHER}:
        raise BadInput(sentence)
    click.echo(f"screening: {sentence}", err=True)
    context.exit(1)


async def _move(source: str, target: str, tell: Tell) -> Moved | NotMoved:
    address = parse_address(source)
    if isinstance(address, InFile) and not address.path.exists():
        raise NothingThere(address.path)
    parse_address(target)  # a slip in it is told before anything is opened
    now = SystemClock().now().isoformat()
    async with AsyncExitStack() as stack:
        one = await open_source(source, lambda: now)
        stack.push_async_callback(one.close)
        other = await open_target(target, lambda: now)
        stack.push_async_callback(other.close)
        return await move_house(one, other, now, tell)


def _tell(texts: Texts) -> Callable[[Progress], None]:
    """One line that is written over, where somebody looks at it."""
    words, seen = texts.databases, sys.stderr.isatty()

    def tell(progress: Progress) -> None:
        if seen:
            line = words.progress(words.parts[progress.part], progress.rows, progress.of)
            last = "\n" if progress.rows == progress.of else ""
            click.echo(f"\r{line}\x1b[K{last}", nl=False, err=True)

    return tell
