"""The command line: `screening`, and what it can be asked for."""

from __future__ import annotations

import sys

import click

from bot.cli.chat import chat
from bot.cli.determine import determine
from bot.cli.faults import complain
from bot.cli.protocol import protocol
from bot.cli.records import list_, show, verify
from bot.library import UnknownProtocol
from bot.settings import BadSettings, read_settings
from bot.texts import texts_in
from storage.errors import StorageError


@click.group(invoke_without_command=True)
@click.version_option(package_name="trial-screening-bot", prog_name="screening")
@click.pass_context
def screening(context: click.Context) -> None:
    """Ask each eligibility criterion of a clinical trial in order, and keep a record of it."""
    if context.invoked_subcommand is None:
        context.invoke(chat)


for command in (chat, determine, protocol, show, list_, verify):
    screening.add_command(command)


def main() -> None:
    """Run a command; whatever is wrong with the input is one clear line and exit code 2."""
    try:
        sys.exit(screening(standalone_mode=False))
    except click.ClickException as error:
        click.echo(f"screening: {error.format_message()}", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except BadSettings as error:
        for line in error.lines:
            click.echo(f"screening: {line}", err=True)
        sys.exit(2)
    except (StorageError, UnknownProtocol) as error:
        complain(error, texts_in(_language()))
        sys.exit(2)


def _language() -> str:
    try:
        return read_settings().language
    except BadSettings:
        return "en"
