"""What is said about databases, and about moving from one to another."""

from __future__ import annotations

from bot.texts.beside import DatabaseTexts
from bot.texts.en.words import counted
from storage.errors import Trouble
from storage.moving import Why

DATABASES = DatabaseTexts(
    troubles={
        Trouble.UNREACHABLE: lambda _: "the server cannot be reached",
        Trouble.SILENT: lambda _: "the server does not answer in time",
        Trouble.LOGIN: lambda _: "the server refuses the user or the password",
        Trouble.NO_DATABASE: lambda _: "the server has no database of this name",
        Trouble.NO_DRIVER: lambda _: (
            "PostgreSQL needs a driver, install trial-screening-bot[postgres]"
        ),
        Trouble.NO_RECORD: lambda _: "there is no record in it yet",
        Trouble.OLD_FORM: lambda _: (
            "it was made by an earlier version, start the bot on it once to bring it up to date"
        ),
        Trouble.FOREIGN: lambda _: "it belongs to another software",
        Trouble.UNSAFE: lambda setting: (
            f"the server runs with {setting}, and a power cut could take confirmed answers"
        ),
        Trouble.ENCODING: lambda setting: (
            f"it was made with {setting}, make one with the encoding UTF8"
        ),
        Trouble.IN_USE: lambda _: "somebody else writes to it, stop the bot first",
        Trouble.BEING_MOVED: lambda _: "it is being moved, wait for the end",
        Trouble.HALF_MOVED: lambda _: (
            "a move into it is not finished, run the same screening move again"
        ),
        Trouble.IN_MEMORY: lambda _: "what is kept in memory cannot be moved",
        Trouble.ADDRESS: lambda _: (
            "its address must be sqlite:///path/to/file.db or postgresql://user:password@host/name"
        ),
        Trouble.OPTIONS: lambda known: f"after the ? of its address stand {known} or nothing",
    },
    parts={
        "events": "events",
        "inbox": "updates",
        "intake_marks": "marks",
        "outbox": "notices",
        "cards": "cards",
        "pins": "PINs",
        "keys": "keys",
    },
    progress=lambda part, rows, of: f"{part}: {rows} of {of}",
    moved=lambda events, digest: (
        f"Moved and verified: {counted(events, 'event', 'events')}, digest {digest} on both sides. "
        "Name the new address in DATABASE_URL, and never start the bot on the old one again."
    ),
    not_moved={
        Why.NOT_EMPTY: "The target holds something already: name an empty database.",
        Why.ANOTHER: "The target holds the beginning of another move: name an empty database.",
        Why.BROKEN: "The chain of the source does not hold, and nothing was moved. "
        "Run: screening verify",
        Why.DIFFERS: "The two sides differ, as the source has changed since the move began: empty "
        "the target and move again.",
    },
)
