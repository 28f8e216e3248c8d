"""The words of the index of an inspection bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.texts.shape import Texts
from flows.events import Mode
from flows.rulebook import Rulebook
from storage.exports.bundle import SUMS, Item
from storage.exports.dossier_index import Index
from storage.ledger import Head


@dataclass(frozen=True, slots=True)
class Made:
    """How a bundle was made: of which sites (none: all), when, by which version, how many of each.

    `head` is where the ledger stood.
    """

    sites: tuple[str, ...]
    head: Head
    at: datetime
    software: str
    counts: Mapping[Mode, int]


def index_of(book: Rulebook, made: Made, items: Sequence[Item], texts: Texts) -> Index:
    """What stands above the list of files, and how to verify them."""
    words = texts.dossier
    folders = dict.fromkeys(item.name.partition("/")[0] for item in items)
    return Index(
        language=texts.language,
        title=words.title(book.protocol.acronym),
        head=tuple(_head(book, made, texts)),
        notes=(words.inside, words.no_practice, words.not_counted),
        verify=words.verify,
        steps=tuple(_steps(items, texts)),
        files=words.files,
        folders=tuple((folder, words.folders[folder]) for folder in folders),
    )


def _head(book: Rulebook, made: Made, texts: Texts) -> Iterator[tuple[str, str]]:
    words, records, protocol = texts.dossier, texts.records, book.protocol
    yield records.trial, f"{protocol.acronym} ({', '.join(protocol.registry_ids.values())})"
    yield records.protocol, f"{protocol.version} (SHA-256 {book.sha256})"
    yield records.site, ", ".join(made.sites) or words.every_site
    yield words.contents, words.counts(made.counts[Mode.SCREENING], made.counts[Mode.QUICK_CHECK])
    yield words.made, f"{records.moment(made.at)} ({protocol.time_zone})"
    yield words.ledger, words.ledger_at(made.head.position, made.head.digest.hex())
    yield words.version, made.software


def _steps(items: Sequence[Item], texts: Texts) -> Iterator[tuple[str, str]]:
    """One step for each thing that can be verified with what is in the bundle."""
    steps, names = texts.dossier.steps, [item.name for item in items]
    notes = [name for name in names if name.startswith("checkpoints/") and name.endswith(".txt")]
    signed = [name for name in notes if name != "checkpoints/verifier.txt"]
    stamps = [name for name in names if name.endswith(".tsr")]
    yield steps["sums"], f"sha256sum -c {SUMS}"
    yield steps["record"], "screening verify --code CODE"
    if signed:
        command = f"screening verify --checkpoint {signed[-1]} --key checkpoints/verifier.txt"
        yield steps["checkpoint"], command
    if stamps:
        note = stamps[-1].removesuffix(".tsr") + ".txt"
        command = f"openssl ts -verify -data {note} -in {stamps[-1]} -CAfile ROOT.pem"
        yield steps["stamp"], command
    if "ledger/events.jsonl" in names:
        files = " ".join(("ledger/events.jsonl", *signed[-1:]))
        yield steps["ledger"], f"python3 ledger/verify_ledger.py {files}"
