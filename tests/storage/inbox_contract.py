"""What every inbox must do; each backend's tests inherit this class."""

from __future__ import annotations

import asyncio

import pytest

from storage.errors import AlreadyDone, BadEntry, VersionConflict
from storage.inbox import InboxCounts, NewUpdate
from storage.opening import Store
from tests.storage.samples import AT, LATER, LATEST, batch, update


class InboxContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    async def test_accepted_updates_wait_in_order(self, store: Store) -> None:
        """What was accepted is undone, oldest first, with its body untouched."""
        accepted = await store.inbox.accept([update("b"), update("a")])
        accepted += await store.inbox.accept([update("c")])
        assert [row.key for row in accepted] == ["b", "a", "c"]
        assert sorted(row.id for row in accepted) == [row.id for row in accepted]
        assert await store.inbox.undone() == accepted
        assert accepted[0].raw == update("b").raw

    async def test_a_known_key_is_not_accepted_again(self, store: Store) -> None:
        """A repeat is passed over in one call, in the next, and after it was done."""
        (row,) = await store.inbox.accept([update("a"), update("a", LATER)])
        assert await store.inbox.accept([update("a")]) == ()
        await store.ledger.append(done=row.id)
        assert await store.inbox.accept([update("a")]) == ()
        assert await store.inbox.undone() == ()

    async def test_many_deliveries_at_once_keep_one(self, store: Store) -> None:
        """Twenty pollers with the same ten updates accept ten in all."""
        updates = [update(f"key-{number}") for number in range(10)]
        outcomes = await asyncio.gather(*(store.inbox.accept(updates) for _ in range(20)))
        assert sum(map(len, outcomes)) == 10
        assert len(await store.inbox.undone()) == 10

    async def test_done_is_one_with_the_entries(self, store: Store) -> None:
        """The entries and the end of the update are stored together."""
        (row,) = await store.inbox.accept([update("a")])
        await store.ledger.append(batch("s", 0, b"1"), done=row.id)
        assert await store.inbox.undone() == ()
        assert len(await store.ledger.read("s")) == 1
        assert await store.inbox.counts() == InboxCounts(undone=0, done=1, dead=0)

    async def test_an_update_is_done_once(self, store: Store) -> None:
        """The second command of one update writes nothing and says why."""
        (row,) = await store.inbox.accept([update("a")])
        await store.ledger.append(batch("s", 0, b"1"), done=row.id)
        with pytest.raises(AlreadyDone) as caught:
            await store.ledger.append(batch("s", 1, b"2"), done=row.id)
        assert caught.value.update == row.id
        assert len(await store.ledger.read("s")) == 1
        with pytest.raises(AlreadyDone):
            await store.ledger.append(done=999)

    async def test_a_conflict_leaves_the_update_undone(self, store: Store) -> None:
        """Whoever lost the race may decide again on the same update."""
        (row,) = await store.inbox.accept([update("a")])
        await store.ledger.append(batch("s", 0, b"1"))
        with pytest.raises(VersionConflict):
            await store.ledger.append(batch("s", 0, b"2"), done=row.id)
        assert await store.inbox.undone() == (row,)

    async def test_a_dead_letter_waits_no_longer(self, store: Store) -> None:
        """What cannot be understood is put aside once and stays known."""
        (row,) = await store.inbox.accept([update("a")])
        await store.inbox.dead_letter(row.id, "no update that is known", LATER)
        assert await store.inbox.undone() == ()
        assert await store.inbox.accept([update("a")]) == ()
        assert await store.inbox.counts() == InboxCounts(undone=0, done=0, dead=1)
        with pytest.raises(AlreadyDone):
            await store.inbox.dead_letter(row.id, "again", LATER)
        with pytest.raises(AlreadyDone):
            await store.ledger.append(done=row.id)

    async def test_the_oldest_undone_is_known(self, store: Store) -> None:
        """The age of the queue is that of its oldest update."""
        assert await store.inbox.oldest_undone() is None
        first, _ = await store.inbox.accept([update("a", AT), update("b", LATER)])
        assert await store.inbox.oldest_undone() == AT
        await store.ledger.append(done=first.id)
        assert await store.inbox.oldest_undone() == LATER

    async def test_pruning_forgets_what_is_settled_and_old(self, store: Store) -> None:
        """Undone updates stay whatever their age; ids are never used again."""
        rows = await store.inbox.accept(
            [update("done", AT), update("dead", AT), update("waits", AT), update("new", LATER)]
        )
        await store.ledger.append(done=rows[0].id)
        await store.inbox.dead_letter(rows[1].id, "odd", AT)
        await store.ledger.append(done=rows[3].id)
        assert await store.inbox.prune(LATER) == 2
        assert await store.inbox.undone() == (rows[2],)
        assert await store.inbox.prune(LATEST) == 1
        (again,) = await store.inbox.accept([update("done")])
        assert again.id > rows[3].id

    async def test_marks_are_kept_and_replaced(self, store: Store) -> None:
        """A mark is its last value."""
        assert await store.inbox.mark("poll-offset") is None
        await store.inbox.put_mark("poll-offset", "41")
        await store.inbox.put_mark("poll-offset", "42")
        await store.inbox.put_mark("deaf-since", AT)
        assert await store.inbox.mark("poll-offset") == "42"

    async def test_accepting_nothing_is_nothing(self, store: Store) -> None:
        """An empty poll changes nothing."""
        assert await store.inbox.accept([]) == ()

    @pytest.mark.parametrize(
        "bad",
        [
            NewUpdate("", "lane", b"", AT),
            NewUpdate("k\x00", "lane", b"", AT),
            NewUpdate("key", "\ud800", b"", AT),
            NewUpdate("key", "l" * 201, b"", AT),
            NewUpdate("key", "lane", b"", ""),
        ],
        ids=lambda bad: "",
    )
    async def test_a_bad_update_is_refused_with_its_neighbours(
        self, store: Store, bad: NewUpdate
    ) -> None:
        """One call is kept whole or not at all."""
        with pytest.raises(BadEntry):
            await store.inbox.accept([update("a"), bad])
        assert await store.inbox.undone() == ()

    async def test_a_bad_mark_or_reason_is_refused(self, store: Store) -> None:
        """Marks and reasons are held to the same door."""
        (row,) = await store.inbox.accept([update("a")])
        with pytest.raises(BadEntry):
            await store.inbox.put_mark("", "1")
        with pytest.raises(BadEntry):
            await store.inbox.put_mark("a", "\x00")
        with pytest.raises(BadEntry):
            await store.inbox.dead_letter(row.id, "\ud800", AT)
