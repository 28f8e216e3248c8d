"""`screening protocol`: check a file, show it as a page, draw how a screening runs through it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.pages.protocol import protocol_page
from bot.shelf import shipped_file, shipped_names
from bot.texts.shape import Texts
from flows.diagram import diagram as draw_diagram
from flows.protocol.fault import ProtocolFaults
from flows.protocol.load import fingerprint, load_protocol
from flows.rulebook import Rulebook


@click.group()
def protocol() -> None:
    """Check, show and draw protocol files."""


@protocol.command()
@click.argument("paths", metavar="FILE…", nargs=-1, required=True)
@language_option
@click.pass_context
def check(context: click.Context, paths: tuple[str, ...], language: str | None) -> None:
    """Say whether protocol files can be used, and every fault with its place."""
    texts = texts_for(language)
    good = [_check(path, texts) for path in paths]
    context.exit(0 if all(good) else 2)


def _check(path: str, texts: Texts) -> bool:
    try:
        found = load_protocol(_raw(path, texts))
    except ProtocolFaults as error:
        for fault in error.faults:
            click.echo(f"{path}: {fault}", err=True)
        return False
    click.echo(texts.commands.protocol_good(path, found.version, len(found.criteria)))
    return True


@protocol.command()
@click.argument("name")
@language_option
def show(name: str, language: str | None) -> None:
    """Print a protocol as a page that a committee can read."""
    texts = texts_for(language)
    click.echo(protocol_page(read_book(name, texts), texts), nl=False)


@protocol.command()
@click.argument("name")
@language_option
def diagram(name: str, language: str | None) -> None:
    """Print how a screening runs through a protocol, as a Mermaid diagram."""
    click.echo(draw_diagram(read_book(name, texts_for(language)).protocol))


def read_book(name: str, texts: Texts) -> Rulebook:
    """The rulebook of a shipped trial, or of a protocol file.

    Raises:
        UnknownProtocol: neither is there.
        BadInput: the file cannot be read, or holds faults.

    """
    if name not in shipped_names() and (Path(name).exists() or name.endswith((".yaml", ".yml"))):
        raw = _raw(name, texts)
    else:
        raw = shipped_file(name)
    try:
        return Rulebook(load_protocol(raw), fingerprint(raw))
    except ProtocolFaults as error:
        raise BadInput("\n".join(f"{name}: {fault}" for fault in error.faults)) from None


def _raw(path: str, texts: Texts) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError):
        raise BadInput(texts.commands.no_such_file(path)) from None
