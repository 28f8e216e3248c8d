"""What went wrong, in one clear line of the reader's language."""

from __future__ import annotations

import click

from bot.compose import NothingThere
from bot.shelf import BadProtocolFile, UnknownProtocol, Unusable
from bot.texts.shape import Texts
from storage.errors import (
    KeysLocked,
    LedgerBroken,
    NewerDatabase,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnavailable,
    Trouble,
)


class BadInput(click.ClickException):
    """Something that was typed cannot be used; the message is one clear sentence."""

    exit_code = 2


Fault = StorageError | UnknownProtocol | BadProtocolFile


def explain(error: Fault, texts: Texts) -> str:
    """One sentence for what the store, or the shelf of protocols, has to say."""
    words = texts.commands
    match error:
        case UnknownProtocol() | BadProtocolFile():
            return _of_protocol(error, texts)
        case NothingThere(path=path):
            return words.no_database(str(path))
        case KeysLocked(missing=missing):
            return texts.erasure.no_record_key if missing else texts.erasure.other_record_key
        case StorageFull():
            return words.full
        case StorageReadOnly():
            return words.read_only
        case NewerDatabase(found=found, known=known):
            return words.newer(found, known)
        case StorageUnavailable(trouble=Trouble() as trouble, about=about):
            return words.unavailable(texts.databases.troubles[trouble](about))
        case StorageUnavailable(reason=reason):
            return words.unavailable(reason)
        case LedgerBroken():
            return words.broken(str(error))
        case _:
            return words.unavailable(str(error))


def _of_protocol(error: UnknownProtocol | BadProtocolFile, texts: Texts) -> str:
    if isinstance(error, UnknownProtocol):
        return texts.commands.unknown_protocol(error.name, ", ".join(error.known))
    if error.why is Unusable.UNREADABLE:
        return texts.commands.no_such_file(error.path)
    return texts.commands.in_case(error.path, error.faults or texts.trials.twice)


def complain(error: Fault, texts: Texts) -> None:
    """Say it on the error stream."""
    click.echo(f"screening: {explain(error, texts)}", err=True)
