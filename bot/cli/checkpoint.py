"""`screening checkpoint`: sign the head of the ledger, now; make the key; show the last one."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from pathlib import Path

import click

from bot.checkpoints import Checkpoints, kept, monitors
from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.clock import random_bytes
from bot.compose import House, open_house
from bot.pages.evidence import reason_of
from bot.register import Register
from bot.settings import Settings, read_settings
from bot.texts.shape import Texts
from bot.upkeep import stamp_last, stamper
from flows.administration import CONSOLE
from flows.events import Actor, Role
from storage.chain import Fault, verify
from storage.checkpoint import SEED_BYTES, Signer, unsigned
from storage.errors import StorageUnavailable
from storage.ledger import Head

_BY = Actor(CONSOLE, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class _Made:
    """A checkpoint, and what is to be said beside it."""

    text: str
    remark: str


@click.group(invoke_without_command=True)
@language_option
@click.pass_context
def checkpoint(context: click.Context, language: str | None) -> None:
    """Print the head of the ledger, signed; keep it where the database's administrator cannot."""
    if context.invoked_subcommand is not None:
        return
    texts, settings = texts_for(language), read_settings()
    made = asyncio.run(_made(settings, texts))
    if isinstance(made, Fault):
        said = texts.evidence.not_signed(made.position, reason_of(made, texts))
        click.echo(f"screening: {said}", err=True)
        context.exit(1)
    click.echo(made.text, nl=False)
    click.echo(made.remark, err=True)


@checkpoint.command()
@click.option("--show", is_flag=True, help="The verifier line of CHECKPOINT_KEY; make nothing.")
@language_option
def key(show: bool, language: str | None) -> None:
    """Make a signing key, and the verifier line by which others check what it signs."""
    words, settings = texts_for(language).evidence, read_settings()
    if show:
        if settings.signer is None:
            raise BadInput(words.no_key)
        click.echo(settings.signer.verifier.line)
        return
    seed = random_bytes(SEED_BYTES)
    click.echo(f"CHECKPOINT_KEY={base64.b64encode(seed).decode()}")
    click.echo(words.key_keep, err=True)
    click.echo(words.key_give, err=True)
    click.echo(Signer(seed).verifier.line)


@checkpoint.command()
@click.option("--stamp", metavar="FILE", help="Where to write its time stamp.")
@language_option
def last(stamp: str | None, language: str | None) -> None:
    """Print the newest checkpoint in the ledger, and write its time stamp to a file."""
    texts = texts_for(language)
    words = texts.evidence

    async def found() -> tuple[str, bytes | None]:
        async with open_house(read_settings(), writing=False, sealed=False) as house:
            checkpoints = await kept(house.store.ledger)
        if not checkpoints:
            raise BadInput(words.none_yet)
        return checkpoints[-1].text, checkpoints[-1].stamp

    text, answer = asyncio.run(found())
    if stamp is not None:
        if answer is None:
            raise BadInput(words.no_stamp)
        _write(Path(stamp), answer, texts)
        click.echo(words.stamp_kept(stamp), err=True)
    click.echo(text, nl=False)


def _write(path: Path, answer: bytes, texts: Texts) -> None:
    try:
        path.write_bytes(answer)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(texts.evidence.cannot_write(str(path), why)) from None


async def _made(settings: Settings, texts: Texts) -> _Made | Fault:
    if settings.signer is None:
        return await _head_alone(settings, texts)
    try:
        # Without a database there is nothing to sign, and none is made.
        async with open_house(settings, writing=False, sealed=False):
            pass
        async with open_house(settings, sealed=False) as house:
            return await _recorded(house, settings, settings.signer, texts)
    except StorageUnavailable as error:
        if "is in use" not in error.reason:
            raise
    return await _beside_the_bot(settings, settings.signer, texts)


async def _recorded(
    house: House, settings: Settings, signer: Signer, texts: Texts
) -> _Made | Fault:
    register = Register(house.store.ledger, sealed=False)
    keeper = Checkpoints(house.store.ledger, register, house.clock, signer)
    signed = await keeper.sign(_BY)
    if isinstance(signed, Fault):
        return signed
    await stamp_last(keeper, stamper(settings))
    told = len(monitors(register.directory, house.clock.now()))
    # What was signed comes before the event that records it.
    events = signed.split("\n")[1]
    return _Made(signed, texts.evidence.signed(int(events), told))


async def _beside_the_bot(settings: Settings, signer: Signer, texts: Texts) -> _Made | Fault:
    async with open_house(settings, writing=False, sealed=False) as house:
        keeper = Checkpoints(
            house.store.ledger, Register(house.store.ledger, sealed=False), house.clock, signer
        )
        head = await keeper.sound_head()
        if isinstance(head, Fault):
            return head
        return _Made(signer.sign(head, house.clock.now()), texts.evidence.not_recorded)


async def _head_alone(settings: Settings, texts: Texts) -> _Made | Fault:
    async with open_house(settings, writing=False, sealed=False) as house:
        verdict = await verify(house.store.ledger.walk())
        if verdict.fault is not None:
            return verdict.fault
        head: Head = verdict.head
        return _Made(unsigned(head, house.clock.now()), texts.evidence.unsigned)
