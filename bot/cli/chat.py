"""`screening chat`: the conversation in the terminal."""

from __future__ import annotations

import asyncio
import io
import sys
from dataclasses import dataclass
from typing import Final

import click

from bot.attempts import Attempts, Later, NotAgain, standing
from bot.cards.reader import Reader
from bot.cli.faults import BadInput, explain
from bot.cli.language import language_option, texts_for
from bot.cli.trial import the_trial, trial_option
from bot.clock import read_number
from bot.compose import House, open_house
from bot.desk import Along, ClosedTrial, ErasedScreening, Handled, UnknownScreening
from bot.lists import just_opened
from bot.register import Register
from bot.settings import read_settings
from bot.shelf import protocol_files
from bot.terminal.chat import Chat, take_up
from bot.terminal.doubles import Choice, choose
from bot.texts.shape import Texts
from flows.events import Actor, Mode, Role
from flows.screening import Screening

TERMINAL: Final = "terminal"
"""The pseudonymous id of whoever sits at this terminal, and the name of its site."""

BY: Final = Actor(TERMINAL, Role.INVESTIGATOR)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line: go on, again, or a new one in this trial."""

    resume: str | None
    again: str | None
    trial: str
    mode: Mode
    another: bool


@click.command()
@click.option("--resume", "number", metavar="NUMBER", help="Go on with an open screening.")
@click.option("--again", metavar="NUMBER", help="Screen the patient of an ended screening again.")
@trial_option
@click.option("--check", "mode", flag_value=Mode.QUICK_CHECK.value, help="A quick check.")
@click.option("--practice", "mode", flag_value=Mode.PRACTICE.value, help="Never counted.")
@click.option("--another", is_flag=True, help="Another patient than the one just before.")
@language_option
def chat(
    number: str | None = None,
    again: str | None = None,
    trial: str | None = None,
    mode: str | None = None,
    another: bool = False,
    language: str | None = None,
) -> None:
    """Screen one patient in the terminal, go on with --resume, or once more with --again."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a stray byte is a wrong answer, not a crash
    texts = texts_for(language)
    if number is None and again is None:  # asked before any database is made
        known = tuple(protocol_files(read_settings().trial_names))
        trial = the_trial(trial, known, texts)
    wanted = Wanted(
        resume=_number(number, texts),
        again=_number(again, texts),
        trial=trial or "",
        mode=Mode(mode or Mode.SCREENING),
        another=another,
    )
    asyncio.run(_chat(wanted, texts))


def _number(typed: str | None, texts: Texts) -> str | None:
    number = read_number(typed) if typed is not None else None
    if typed is not None and number is None:
        raise BadInput(texts.commands.bad_number(typed))
    return number


async def _chat(wanted: Wanted, texts: Texts) -> None:
    async with open_house(read_settings()) as house:
        register = Register(house.store.ledger)
        await register.catch_up()
        try:
            screening = await _screening(house, register, wanted, texts)
        except ErasedScreening as error:
            raise BadInput(texts.erasure.erased(str(error))) from None
        except UnknownScreening as error:
            raise BadInput(texts.commands.unknown_number(str(error))) from None
        except ClosedTrial:
            raise BadInput(texts.remarks.trial_closed) from None
        if screening is None:
            click.echo(texts.again.cancelled)
            return
        await register.catch_up()
        click.secho(texts.commands.notice, dim=True)
        click.secho(texts.commands.how_to, dim=True)
        await Chat(
            desk=house.desk,
            texts=texts,
            by=BY,
            hear=_hear,
            say=click.echo,
            explain=lambda error: explain(error, texts),
            screening=screening,
            reader=Reader(attempts=await standing(house.desk, register, screening)),
        ).run()


async def _screening(
    house: House, register: Register, wanted: Wanted, texts: Texts
) -> Screening | None:
    """The screening to talk about; None when the person would rather not."""
    if wanted.again is not None:
        return await _again(house, register, wanted.again, texts)
    number = wanted.resume
    if number is not None:
        return await take_up(house.desk, number, BY)
    if wanted.mode is Mode.SCREENING:
        if wanted.trial in register.closed:
            raise BadInput(texts.remarks.trial_closed)
        choice, number = _asked(house, register, wanted, texts)
        if choice is Choice.CANCEL:
            return None
    if number is not None:
        return await take_up(house.desk, number, BY)
    opened = await house.desk.open(wanted.trial, TERMINAL, wanted.mode, texts.language, BY)
    return opened.screening


def _asked(
    house: House, register: Register, wanted: Wanted, texts: Texts
) -> tuple[Choice, str | None]:
    """Another patient, or the one of a screening that was opened just before: its number."""
    now = house.clock.now()
    other = just_opened(register.screenings, wanted.trial, TERMINAL, now)
    if other is None or wanted.another:
        return Choice.ANOTHER, None
    name = register.directory.name_of(other.owner)
    choice = choose(other, name, now, texts, _hear, click.echo)
    return choice, other.number if choice is Choice.SAME else None


async def _again(house: House, register: Register, number: str, texts: Texts) -> Screening:
    attempts = Attempts(house.desk, register)
    match await attempts.again(number, texts.language, BY, Along()):
        case Handled() as handled:
            count = len(handled.screening.carried)
            click.secho(texts.again.begun(number, count), fg="yellow")
            return handled.screening
        case Later(number=later):
            raise BadInput(texts.again.there_is(later))
        case NotAgain():
            raise BadInput(texts.again.not_again)


def _hear() -> str | None:
    """The next line, with a prompt where somebody looks at it; None at the end of the input."""
    try:
        if sys.stdin.isatty():
            return input("> ")
        return sys.stdin.readline() or None
    except (EOFError, KeyboardInterrupt):
        return None
