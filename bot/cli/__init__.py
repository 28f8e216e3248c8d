"""The command line: `screening`, and what it can be asked for."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final

import click

from bot.cli.faults import complain
from bot.settings import BadSettings, read_settings
from bot.shelf import BadProtocolFile, UnknownProtocol
from bot.texts import texts_in
from storage.errors import StorageError

_COMMANDS: Final = {
    "bot": "bot.cli.serve:serve",
    "sandbox": "bot.cli.serve:sandbox",
    "chat": "bot.cli.chat:chat",
    "determine": "bot.cli.determine:determine",
    "protocol": "bot.cli.protocol:protocol",
    "show": "bot.cli.records:show",
    "list": "bot.cli.records:list_",
    "queries": "bot.cli.queries:queries",
    "log": "bot.cli.log:log",
    "funnel": "bot.cli.chart:funnel",
    "chart": "bot.cli.chart:chart",
    "export": "bot.cli.export:export",
    "record": "bot.cli.documents:record",
    "form": "bot.cli.documents:form",
    "dossier": "bot.cli.dossier:dossier",
    "site": "bot.cli.duty:site",
    "verify": "bot.cli.verify:verify",
    "checkpoint": "bot.cli.checkpoint:checkpoint",
    "backup": "bot.cli.backup:backup",
    "restore": "bot.cli.backup:restore_",
    "doctor": "bot.cli.doctor:doctor",
    "erase": "bot.cli.erasing:erase",
    "rekey": "bot.cli.erasing:rekey",
    "move": "bot.cli.move:move",
    "people": "bot.cli.people:people",
    "webhook": "bot.cli.webhook:webhook",
    "preview": "bot.cli.preview:preview",
}


class _Commands(click.Group):
    """Imports a command when it is asked for: `determine` does not wait for Telegram."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=_Commands, invoke_without_command=True)
@click.version_option(package_name="trial-screening-bot", prog_name="screening")
@click.pass_context
def screening(context: click.Context) -> None:
    """Ask each eligibility criterion of a clinical trial in order, and keep a record of it.

    Without a command: the bot on Telegram when TELEGRAM_BOT_TOKEN is set, else the sandbox.
    """
    if context.invoked_subcommand is None:
        name = "bot" if read_settings().telegram_bot_token else "sandbox"
        command = context.command
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        assert found is not None
        context.invoke(found)


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
        words = texts_in(os.environ.get("LANGUAGE")).commands
        for name in error.names:
            click.echo(f"screening: {words.setting(name, words.settings[name])}", err=True)
        sys.exit(2)
    except (StorageError, UnknownProtocol, BadProtocolFile) as error:
        complain(error, texts_in(_language()))
        sys.exit(2)


def _language() -> str:
    try:
        return read_settings().language
    except BadSettings:
        return "en"
