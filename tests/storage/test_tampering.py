"""Whoever has the database can rewrite all of it: yesterday's checkpoint shows each time.

The tampering is raw SQL with every trigger dropped and, where it is clever, with all digests
computed anew, as only the key could prevent.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter

import pytest

from flows.events import Actor, AnswerGiven, Happened, Role
from storage.chain import START, Verdict, Why, follow, verify_all
from storage.checkpoint import Checkpoint, Signer, read_checkpoint
from storage.ledger import Append, Entry, Head
from storage.mapper import to_entry
from storage.sqlite.migrating import known_migrations, migrate
from storage.sqlite.statements import LEDGER
from tests.promises.report import Promise
from tests.storage.samples import recomputed

TIMES = int(os.environ.get("TAMPERINGS", "10000"))
SEED = int(os.environ.get("SEED", "20260310"))
EVENTS, YESTERDAY = 48, 36
AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SIGNER = Signer(bytes(range(32)))


def answers() -> list[Entry]:
    """A ledger of answers in four screenings, taking turns."""
    entries: list[Entry] = []
    head = START
    for turn in range(EVENTS):
        at = AT + timedelta(minutes=turn)
        event = AnswerGiven("age_years", 18 + turn)
        new = to_entry(Happened(event, at, Actor("p-7", Role.INVESTIGATOR)))
        batch = Append(f"screening/{turn % 4}", 0, (new,), at.isoformat())
        entries.append(follow(head, batch, turn // 4 + 1, new))
        head = Head(entries[-1].position, entries[-1].digest)
    return entries


SOUND = answers()


PUT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
COLUMNS = attrgetter(*Entry.__slots__[:9])


def put(db: sqlite3.Connection, *entries: Entry) -> None:
    """Write rows, whatever they hold."""
    db.executemany(PUT, map(COLUMNS, entries))


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """The whole database in memory, with every protection taken off."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        migrate(made, AT.isoformat, known_migrations())
        put(made, *SOUND)
        made.execute("PRAGMA ignore_check_constraints = ON")
        triggers = made.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            made.execute(f"DROP TRIGGER {name}")
        yield made


def rows(db: sqlite3.Connection) -> list[Entry]:
    """The ledger as it stands."""
    return [Entry(*row) for row in LEDGER.read_page(db, after=-(2**62), size=2 * EVENTS)]


def write(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Put these in the place of all."""
    db.execute("DELETE FROM events")
    put(db, *entries)


def other_answer(entry: Entry, rng: random.Random) -> Entry:
    """The same event with another answer."""
    payload = json.loads(entry.payload)
    payload["data"]["value"] += rng.choice((-10, -1, 1, 7, 40))
    text = json.dumps(payload, separators=(",", ":"), sort_keys=True)
    return replace(entry, payload=text.encode())


Tamper = Callable[[sqlite3.Connection, random.Random], None]


def change_answer(db: sqlite3.Connection, rng: random.Random) -> None:
    """One answer, and nothing else."""
    at = rng.randrange(YESTERDAY)
    changed = other_answer(SOUND[at], rng)
    db.execute("UPDATE events SET payload = ? WHERE position = ?", (changed.payload, at + 1))


def change_answer_and_digest(db: sqlite3.Connection, rng: random.Random) -> None:
    """One answer and its own digest, without those that follow."""
    at = rng.randrange(YESTERDAY - 1)
    entries = [*SOUND[:at], other_answer(SOUND[at], rng)]
    put_back = recomputed(entries)[-1]
    db.execute("DELETE FROM events WHERE position = ?", (at + 1,))
    put(db, put_back)


def rewrite(db: sqlite3.Connection, rng: random.Random) -> None:
    """One answer, and every digest from there to the end."""
    at = rng.randrange(YESTERDAY)
    write(db, recomputed([*SOUND[:at], other_answer(SOUND[at], rng), *SOUND[at + 1 :]]))


def rewrite_time_or_person(db: sqlite3.Connection, rng: random.Random) -> None:
    """When or by whom, and every digest from there on."""
    at = rng.randrange(YESTERDAY)
    entry = SOUND[at]
    later = (AT + timedelta(days=rng.randrange(1, 400))).isoformat()
    who = entry.payload.replace(b'"p-7"', b'"p-%d"' % rng.randrange(8, 99))
    change = rng.choice(({"recorded_at": later}, {"payload": who}))
    changed = replace(entry, **change)
    write(db, recomputed([*SOUND[:at], changed, *SOUND[at + 1 :]]))


def cut(db: sqlite3.Connection, rng: random.Random) -> None:
    """The tail, from before the checkpoint."""
    db.execute("DELETE FROM events WHERE position > ?", (rng.randrange(YESTERDAY),))


def cut_and_grow(db: sqlite3.Connection, rng: random.Random) -> None:
    """The tail, and as many or more other events in its place."""
    at = rng.randrange(YESTERDAY)
    grown = [other_answer(one, rng) for one in SOUND[at:]]
    write(db, recomputed([*SOUND[:at], *grown, *grown[: rng.randrange(4)]]))


def reorder(db: sqlite3.Connection, rng: random.Random) -> None:
    """Two events change places, with nothing mended."""
    one, two = sorted(rng.sample(range(1, YESTERDAY + 1), 2))
    db.execute("UPDATE events SET position = -1 WHERE position = ?", (one,))
    db.execute("UPDATE events SET position = ? WHERE position = ?", (one, two))
    db.execute("UPDATE events SET position = ? WHERE position = -1", (two,))


def reorder_and_mend(db: sqlite3.Connection, rng: random.Random) -> None:
    """Two events change places, and everything is computed anew."""
    one, two = sorted(rng.sample(range(YESTERDAY), 2))
    entries = list(SOUND)
    entries[one], entries[two] = entries[two], entries[one]
    write(db, recomputed(entries))


def insert(db: sqlite3.Connection, rng: random.Random) -> None:
    """One more event in the middle, and everything is computed anew."""
    at = rng.randrange(YESTERDAY)
    more = other_answer(SOUND[rng.randrange(EVENTS)], rng)
    write(db, recomputed([*SOUND[:at], more, *SOUND[at:]]))


def insert_alone(db: sqlite3.Connection, rng: random.Random) -> None:
    """One more event in the middle, and the later ones move up by one."""
    at = rng.randrange(1, YESTERDAY + 1)
    more = replace(SOUND[at - 1], stream="screening/9", version=1)
    db.execute("UPDATE events SET position = -position WHERE position >= ?", (at,))
    db.execute("UPDATE events SET position = 1 - position WHERE position < 0")
    put(db, replace(more, position=at))


def leave_out(db: sqlite3.Connection, rng: random.Random) -> None:
    """One event less, and everything is computed anew."""
    at = rng.randrange(YESTERDAY)
    write(db, recomputed([*SOUND[:at], *SOUND[at + 1 :]]))


CLUMSY: tuple[Tamper, ...] = (change_answer, change_answer_and_digest, reorder, insert_alone)
CLEVER: tuple[Tamper, ...] = (
    rewrite,
    rewrite_time_or_person,
    cut,
    cut_and_grow,
    reorder_and_mend,
    insert,
    leave_out,
)
"""What leaves a chain that is sound in itself."""


def kept_elsewhere() -> Head:
    """The head that was signed yesterday, read back from its text."""
    head = Head(YESTERDAY, SOUND[YESTERDAY - 1].digest)
    said = read_checkpoint(SIGNER.sign(head, AT), SIGNER.verifier)
    assert isinstance(said, Checkpoint)
    return said.head


def tampered(db: sqlite3.Connection, how: Tamper, rng: random.Random) -> tuple[Verdict, Verdict]:
    """What is found with yesterday's checkpoint, and by the chain alone; then it is as before."""
    db.execute("BEGIN")
    try:
        how(db, rng)
        entries = rows(db)
    finally:
        db.execute("ROLLBACK")
    assert entries[:YESTERDAY] != SOUND[:YESTERDAY], f"{how.__name__} changed nothing"
    return verify_all(entries, kept_elsewhere()), verify_all(entries)


def test_no_tampering_goes_unnoticed(db: sqlite3.Connection, promise: Promise) -> None:
    """Each of 10,000 is found with yesterday's checkpoint; the chain alone misses the clever."""
    rng = random.Random(SEED)
    tried, unnoticed, missed = Counter[str](), Counter[str](), Counter[str]()
    for turn in range(TIMES):
        how = rng.choice((*CLUMSY, *CLEVER))
        found, alone = tampered(db, how, rng)
        tried[how.__name__] += 1
        unnoticed[how.__name__] += found.sound
        missed[how.__name__] += alone.sound
        assert not found.sound, f"seed {SEED}, turn {turn}: {how.__name__}"
    assert tried.total() == TIMES
    assert set(tried) == {how.__name__ for how in (*CLUMSY, *CLEVER)}
    assert rows(db) == SOUND
    # The control: without a checkpoint every clever tampering passes, and no clumsy one.
    assert all(missed[how.__name__] == tried[how.__name__] for how in CLEVER)
    assert all(missed[how.__name__] == 0 for how in CLUMSY)
    promise(
        31,
        f"{tried.total():,} tamperings: {unnoticed.total()} unnoticed with yesterday's checkpoint",
        control=f"the chain alone missed {missed.total():,}",
        seed=SEED,
    )


@pytest.mark.parametrize(
    ("how", "whys"),
    [
        (change_answer, {Why.BAD_DIGEST}),
        (rewrite, {Why.OFF_CHECKPOINT}),
        (cut, {Why.CUT_TAIL}),
        (reorder_and_mend, {Why.OFF_CHECKPOINT}),
    ],
)
def test_what_was_done_is_named(db: sqlite3.Connection, how: Tamper, whys: set[Why]) -> None:
    """A changed entry, a rewrite and a cut are told apart."""
    rng = random.Random(SEED)
    for _ in range(20):
        found, _ = tampered(db, how, rng)
        assert found.fault is not None
        assert found.fault.why in whys


def test_what_came_after_the_checkpoint_is_not_covered(db: sqlite3.Connection) -> None:
    """The known limit: of today's events only tomorrow's checkpoint will tell."""
    changed = other_answer(SOUND[-1], random.Random(SEED))
    write(db, recomputed([*SOUND[:-1], changed]))
    assert verify_all(rows(db), kept_elsewhere()).sound
