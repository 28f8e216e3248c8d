"""`screening verify`: does the chain hold, and is it the one that was signed?"""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.compose import open_house
from bot.printing import Confirmed, Untrue, confirm
from bot.settings import Settings, read_settings
from bot.stamps import roots_at
from bot.texts.shape import Texts
from storage.chain import Verdict
from storage.chain import verify as verify_chain
from storage.checkpoint import Checkpoint, Doubt, Verifier, read_checkpoint, read_verifier
from storage.ledger import Head
from storage.record_code import RecordCode, read_code
from storage.stamp import Stamped, check_stamp


class _Doubtful(Exception):
    """The evidence that was handed in proves nothing; the message is one sentence."""


@click.command()
@click.option("--checkpoint", "file", metavar="FILE", help="A signed head that was kept elsewhere.")
@click.option("--key", metavar="LINE|FILE", help="The verifier line of the key that signed it.")
@click.option("--stamp", metavar="FILE", help="The time stamp of the checkpoint (RFC 3161).")
@click.option("--tsa-root", "root", metavar="FILE", help="The root certificate of the stamp, PEM.")
@click.option(
    "--code", metavar="CODE", help="The code of a printed record, as a QR reader shows it."
)
@language_option
@click.pass_context
def verify(
    context: click.Context,
    file: str | None,
    key: str | None,
    stamp: str | None,
    root: str | None,
    code: str | None,
    language: str | None,
) -> None:
    """Walk the chain of all events; exit code 0 when it holds, 1 when it is broken.

    The chain alone does not show a cut tail or a full rewrite: --checkpoint does.
    """
    texts = texts_for(language)
    if file is None and (key or stamp or root):
        raise BadInput(texts.evidence.needs_checkpoint)
    printed = read_code(code) if code is not None else None
    if code is not None and printed is None:
        raise BadInput(texts.documents.bad_code)
    try:
        said = asyncio.run(_evidence(file, key, stamp, root, texts))
    except _Doubtful as error:
        click.echo(f"screening: {error}", err=True)
        context.exit(1)
    verdict = asyncio.run(_walked(said.head if said else None))
    if not _tell(verdict, said, texts):
        context.exit(1)
    if printed is not None and not _confirmed(printed, texts):
        context.exit(1)


def _tell(verdict: Verdict, said: Checkpoint | None, texts: Texts) -> bool:
    words, fault = texts.commands, verdict.fault
    if fault is not None:
        why = words.chain_reasons[fault.why.name]
        click.echo(words.chain_broken(fault.position, fault.stream, fault.version, why), err=True)
        return False
    click.echo(words.chain_good(verdict.head.position, verdict.head.digest.hex()))
    if said is not None:
        click.echo(texts.evidence.agrees(said.head.position, said.at))
    return True


def _confirmed(code: RecordCode, texts: Texts) -> bool:
    words, found = texts.documents, asyncio.run(_asked(code))
    if isinstance(found, Untrue):
        click.echo(words.untrue[found.name](code.number), err=True)
        return False
    if not found.stood:
        click.echo(words.code_erased(code.number))
        return True
    click.echo(words.code_agrees(code.number, code.events, words.stood[found.stood]))
    if found.later:
        click.echo(words.moved_on(found.later))
    return True


async def _asked(code: RecordCode) -> Confirmed | Untrue:
    async with open_house(read_settings(), writing=False) as house:
        return await confirm(house.store.ledger, house.desk, code)


async def _walked(checkpoint: Head | None) -> Verdict:
    # As stored: an inspector needs no record key to see that the chain holds.
    async with open_house(read_settings(), writing=False, sealed=False) as house:
        return await verify_chain(house.store.ledger.walk(), checkpoint)


async def _evidence(
    file: str | None, key: str | None, stamp: str | None, root: str | None, texts: Texts
) -> Checkpoint | None:
    """What the checkpoint says, once its signature and its stamp hold; None without one."""
    if file is None:
        return None
    settings = read_settings()
    text = _text(_raw(file, texts))
    said = read_checkpoint(text, _verifier(key, settings, texts))
    if isinstance(said, Doubt):
        raise _Doubtful(texts.evidence.doubts[said.name](file))
    if stamp is not None:
        await _stamped(stamp, text, root or settings.timestamp_root, texts)
    return said


def _verifier(key: str | None, settings: Settings, texts: Texts) -> Verifier:
    """The key that was named, else that of the settings."""
    if key is None:
        if settings.signer is None:
            raise BadInput(texts.evidence.needs_key)
        return settings.signer.verifier
    if (named := read_verifier(key)) is not None:
        return named
    try:
        lines = Path(key).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        lines = []
    for line in lines:
        if (found := read_verifier(line)) is not None:
            return found
    raise BadInput(texts.evidence.bad_key(key))


async def _stamped(stamp: str, text: str, root: str | None, texts: Texts) -> None:
    if root is None:
        raise BadInput(texts.evidence.needs_roots)
    roots = await roots_at(root)
    if not roots:
        raise BadInput(texts.evidence.bad_roots(root))
    found = check_stamp(_raw(stamp, texts), text, roots)
    if not isinstance(found, Stamped):
        raise _Doubtful(texts.evidence.flaws[found.name](stamp))
    click.echo(texts.evidence.stamped(found.at))


def _raw(path: str, texts: Texts) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError):
        raise BadInput(texts.commands.no_such_file(path)) from None


def _text(raw: bytes) -> str:
    """The words of a checkpoint, however a chat or an editor ended its lines."""
    text = raw.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").strip("\n") + "\n"
