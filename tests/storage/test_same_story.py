"""Memory, SQLite and PostgreSQL answer every sequence of calls alike, refusals included."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.opening import Store, memory_store, open_store, sqlite_store
from storage.outbox import Settled
from storage.sqlite import SqliteFile
from tests.postgres_server import Shared, create, drop
from tests.storage.samples import AT, LATER, LATEST, batch, notice, now, update

Step = Callable[[Store], Awaitable[object]]

streams = st.sampled_from(["a", "b", "ab", "é"])
ids = st.integers(1, 4)
times = st.sampled_from([AT, LATER, LATEST])
people = st.sampled_from(["P-1", "P-2", ""])
batches = st.builds(
    lambda stream, expected, payloads: batch(stream, expected, *payloads),
    streams,
    st.integers(0, 3),
    st.lists(st.binary(max_size=3), max_size=2),
)
notices = st.builds(
    notice, st.sampled_from(["n", "m"]), times, st.sampled_from([b"same", b"other"])
)
updates = st.builds(update, st.sampled_from(["u", "v", "w"]), times)

steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(
        lambda batches, done, notices, settled: (
            lambda store: store.ledger.append(*batches, done=done, notices=notices, settled=settled)
        ),
        st.lists(batches, max_size=3),
        st.none() | ids,
        st.lists(notices, max_size=2),
        st.none() | st.builds(Settled, ids, times, st.none() | ids, st.none() | st.just("odd")),
    ),
    st.builds(
        lambda updates: lambda store: store.inbox.accept(updates), st.lists(updates, max_size=3)
    ),
    st.builds(lambda row: lambda store: store.inbox.dead_letter(row, "odd", AT), ids),
    st.builds(lambda before: lambda store: store.inbox.prune(before), times),
    st.builds(lambda row: lambda store: store.outbox.mark_sending(row, AT), ids),
    st.builds(lambda row: lambda store: store.outbox.mark_sent(row, AT, None), ids),
    st.builds(
        lambda row, retry, perhaps: (
            lambda store: store.outbox.mark_failed(row, AT, "odd", retry, perhaps_sent=perhaps)
        ),
        ids,
        st.none() | times,
        st.booleans(),
    ),
    st.builds(
        lambda stream, chat, message: lambda store: store.cards.put_card(stream, chat, message, 1),
        streams,
        st.integers(1, 2),
        st.integers(1, 3),
    ),
    st.builds(
        lambda person, at: lambda store: store.pins.put(person, f"hash at {at}", at), people, times
    ),
    st.builds(
        lambda person, at: lambda store: store.pins.attempt(person, at, 2, 60), people, times
    ),
    st.builds(lambda person: lambda store: store.pins.succeed(person), people),
    st.builds(lambda person: lambda store: store.pins.forget(person), people),
)


async def outcome(step: Step, store: Store) -> object:
    """What a step returns, or how it is refused."""
    try:
        return await step(store)
    except StorageError as refusal:
        return type(refusal), str(refusal)


async def everything(store: Store) -> list[object]:
    """All that a store can tell."""
    return [
        [entry async for entry in store.ledger.walk()],
        await store.ledger.head(),
        await store.ledger.streams("a"),
        [await store.ledger.read(stream) for stream in ("a", "b", "ab", "é")],
        await store.inbox.undone(),
        await store.inbox.oldest_undone(),
        await store.inbox.counts(),
        await store.outbox.due(LATER, 10),
        await store.outbox.due(LATEST, 2, busy=["person-2"]),
        await store.outbox.counts(),
        [await store.cards.drawn(stream) for stream in ("a", "b")],
        [await store.pins.hash(person) for person in ("P-1", "P-2")],
        [await store.pins.attempt(person, LATEST) for person in ("P-1", "P-2")],
    ]


@given(st.lists(steps, max_size=25))
@settings(deadline=None, max_examples=60)
async def test_memory_and_sqlite_tell_the_same_story(story: list[Step]) -> None:
    """The same calls give the same answers, the same errors and the same digests."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = sqlite_store(await SqliteFile.open(Path(folder) / "ledger.db", now))
        await told_alike(story, sqlite)


@given(story=st.lists(steps, max_size=25))
@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_memory_and_postgresql_tell_the_same_story(
    postgres_shared: Shared, story: list[Step]
) -> None:
    """So do all three: byte for byte the same events and digests."""
    url = await create(postgres_shared.url, postgres_shared.template)
    await told_alike(story, await open_store(url, now))
    await drop(url)


async def told_alike(story: list[Step], store: Store) -> None:
    """Tell a story to memory and to a store, and compare all that they say."""
    memory = memory_store()
    try:
        for step in story:
            assert await outcome(step, memory) == await outcome(step, store)
        assert await everything(memory) == await everything(store)
    finally:
        await store.close()
