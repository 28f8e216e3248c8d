"""`screening chat`: the conversation in the terminal."""

from __future__ import annotations

import asyncio
import io
import sys

import click

from bot.cli.faults import BadInput, explain
from bot.cli.language import language_option, texts_for
from bot.clock import read_number
from bot.compose import open_house
from bot.desk import ErasedScreening, UnknownScreening
from bot.settings import read_settings
from bot.shelf import shipped_file
from bot.terminal.chat import Chat, take_up
from bot.texts.shape import Texts
from flows.events import Actor, Mode, Role
from flows.screening import Screening

TERMINAL = "terminal"
"""The pseudonymous id of whoever sits at this terminal, and the name of its site."""


@click.command()
@click.option("--resume", "number", metavar="NUMBER", help="Go on with an open screening.")
@click.option("--trial", default="lysyme", show_default=True, help="The protocol to screen for.")
@click.option("--check", "mode", flag_value=Mode.QUICK_CHECK.value, help="A quick check.")
@click.option("--practice", "mode", flag_value=Mode.PRACTICE.value, help="Never counted.")
@language_option
def chat(
    number: str | None = None,
    trial: str = "lysyme",
    mode: str | None = None,
    language: str | None = None,
) -> None:
    """Screen one patient in the terminal, or go on with --resume."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a stray byte is a wrong answer, not a crash
    texts = texts_for(language)
    wanted = read_number(number) if number is not None else None
    if number is not None and wanted is None:
        raise BadInput(texts.commands.bad_number(number))
    asyncio.run(_chat(wanted, trial, Mode(mode or Mode.SCREENING), texts))


async def _chat(number: str | None, trial: str, mode: Mode, texts: Texts) -> None:
    by = Actor(TERMINAL, Role.INVESTIGATOR)
    shipped_file(trial)  # an unknown trial is refused before any database is made
    async with open_house(read_settings()) as house:
        screening: Screening
        if number is None:
            opened = await house.desk.open(trial, TERMINAL, mode, texts.language, by)
            screening = opened.screening
        else:
            try:
                screening = await take_up(house.desk, number, by)
            except ErasedScreening:
                raise BadInput(texts.erasure.erased(number)) from None
            except UnknownScreening:
                raise BadInput(texts.commands.unknown_number(number)) from None
        click.secho(texts.commands.notice, dim=True)
        click.secho(texts.commands.how_to, dim=True)
        await Chat(
            desk=house.desk,
            texts=texts,
            by=by,
            hear=_hear,
            say=click.echo,
            explain=lambda error: explain(error, texts),
            screening=screening,
        ).run()


def _hear() -> str | None:
    """The next line, with a prompt where somebody looks at it; None at the end of the input."""
    try:
        if sys.stdin.isatty():
            return input("> ")
        return sys.stdin.readline() or None
    except (EOFError, KeyboardInterrupt):
        return None
