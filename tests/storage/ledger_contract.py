"""What every ledger must do, whatever keeps it; each backend's tests inherit this class."""

from __future__ import annotations

import asyncio

import pytest

from storage.chain import START, verify
from storage.errors import BadEntry, StorageUnavailable, VersionConflict
from storage.ledger import Append, NewEntry
from storage.opening import Store
from tests.storage.samples import AT, batch


class LedgerContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    async def test_an_empty_ledger_has_a_head_at_the_genesis(self, store: Store) -> None:
        """Before the first event there is a digest to follow."""
        assert await store.ledger.head() == START
        assert [entry async for entry in store.ledger.walk()] == []

    async def test_what_is_appended_is_read_back(self, store: Store) -> None:
        """The stored entries are those returned, with every field as it was handed in."""
        stored = await store.ledger.append(batch("screening/1", 0, b"one", b"two"))
        assert await store.ledger.read("screening/1") == stored
        assert [(e.position, e.version, e.payload) for e in stored] == [
            (1, 1, b"one"),
            (2, 2, b"two"),
        ]
        assert {(e.stream, e.kind, e.schema, e.recorded_at) for e in stored} == {
            ("screening/1", "answer-given", 1, AT)
        }

    async def test_a_stream_is_read_from_where_one_stands(self, store: Store) -> None:
        """Past a version come the later entries alone, and none past the last."""
        stored = await store.ledger.append(batch("screening/1", 0, b"one", b"two", b"three"))
        assert await store.ledger.read("screening/1", after=1) == stored[1:]
        assert await store.ledger.read("screening/1", after=3) == ()

    async def test_an_unknown_stream_is_empty(self, store: Store) -> None:
        """Reading what was never written is not an error."""
        assert await store.ledger.read("screening/unknown") == ()

    async def test_the_head_is_the_last_entry(self, store: Store) -> None:
        """The head moves with every append."""
        await store.ledger.append(batch("a", 0, b"1"))
        (last,) = await store.ledger.append(batch("b", 0, b"2"))
        head = await store.ledger.head()
        assert (head.position, head.digest) == (2, last.digest)

    async def test_the_chain_of_what_is_stored_is_sound(self, store: Store) -> None:
        """Entries of several streams form one chain that verifies up to the head."""
        await store.ledger.append(batch("a", 0, b"1", b"2"), batch("b", 0, b"3"))
        await store.ledger.append(batch("a", 2, b"4"))
        verdict = await verify(store.ledger.walk())
        assert verdict.sound
        assert verdict.head == await store.ledger.head()

    @pytest.mark.parametrize("expected", [0, 2, 7])
    async def test_a_wrong_expectation_is_a_conflict(self, store: Store, expected: int) -> None:
        """The error says what was expected and what was found, and nothing is stored."""
        await store.ledger.append(batch("a", 0, b"1"))
        before = await store.ledger.head()
        with pytest.raises(VersionConflict) as caught:
            await store.ledger.append(batch("a", expected, b"2"))
        assert (caught.value.stream, caught.value.expected, caught.value.found) == (
            "a",
            expected,
            1,
        )
        assert await store.ledger.head() == before

    async def test_several_batches_are_all_or_nothing(self, store: Store) -> None:
        """A conflict in the last batch takes the first ones back."""
        await store.ledger.append(batch("b", 0, b"1"))
        with pytest.raises(VersionConflict):
            await store.ledger.append(batch("a", 0, b"2"), batch("b", 0, b"3"))
        assert await store.ledger.read("a") == ()
        assert len(await store.ledger.read("b")) == 1

    async def test_two_batches_may_follow_each_other_on_one_stream(self, store: Store) -> None:
        """The second batch expects what the first one adds."""
        stored = await store.ledger.append(batch("a", 0, b"1"), batch("a", 1, b"2"))
        assert [entry.version for entry in stored] == [1, 2]
        with pytest.raises(VersionConflict):
            await store.ledger.append(batch("a", 2, b"3"), batch("a", 2, b"4"))

    async def test_a_batch_without_entries_only_asks(self, store: Store) -> None:
        """An empty batch holds the others to the version it saw."""
        await store.ledger.append(batch("person/1", 0, b"delegated"))
        assert await store.ledger.append(batch("person/1", 1)) == ()
        with pytest.raises(VersionConflict):
            await store.ledger.append(batch("person/1", 0), batch("screening/1", 0, b"answer"))
        assert await store.ledger.read("screening/1") == ()

    async def test_nothing_at_all_may_be_appended(self, store: Store) -> None:
        """An append without batches stores nothing and says so."""
        assert await store.ledger.append() == ()

    async def test_of_many_racers_exactly_one_wins(self, store: Store) -> None:
        """Every actor who saw the same version but one is told that it was too late."""
        for turn in range(5):
            outcomes = await asyncio.gather(
                *(store.ledger.append(batch("a", turn, b"%d" % actor)) for actor in range(20)),
                return_exceptions=True,
            )
            conflicts = [found for found in outcomes if isinstance(found, VersionConflict)]
            assert len(conflicts) == 19
            assert len(await store.ledger.read("a")) == turn + 1

    async def test_neighbours_do_not_hurt_each_other(self, store: Store) -> None:
        """Appends at one moment, every second one in conflict: the others are all stored."""
        await store.ledger.append(batch("old", 0, b"1"))
        outcomes = await asyncio.gather(
            *(
                store.ledger.append(batch("old" if odd % 2 else f"new/{odd}", 0, b"x"))
                for odd in range(200)
            ),
            return_exceptions=True,
        )
        assert [isinstance(found, VersionConflict) for found in outcomes] == [
            bool(odd % 2) for odd in range(200)
        ]
        assert len(await store.ledger.streams("new/")) == 100
        assert (await verify(store.ledger.walk())).sound

    async def test_streams_come_in_order_of_their_first_entry(self, store: Store) -> None:
        """Neither the letters nor later entries change the order."""
        for stream in ("s/b", "t/a", "s/a", "s/é", "s/ab"):
            await store.ledger.append(batch(stream, 0, b"1"))
        await store.ledger.append(batch("s/b", 1, b"2"))
        assert await store.ledger.streams("s/") == ("s/b", "s/a", "s/é", "s/ab")
        assert await store.ledger.streams("s/a") == ("s/a", "s/ab")
        assert len(await store.ledger.streams("")) == 5
        assert await store.ledger.streams("nothing") == ()

    @pytest.mark.parametrize("wild", ["%", "_", "*", "?", "[", "'", "\\"])
    async def test_a_prefix_is_taken_literally(self, store: Store, wild: str) -> None:
        """No letter of a prefix stands for another."""
        await store.ledger.append(batch(f"s{wild}1", 0, b"1"), batch("sx1", 0, b"2"))
        assert await store.ledger.streams(f"s{wild}") == (f"s{wild}1",)

    async def test_a_prefix_may_end_in_the_last_character(self, store: Store) -> None:
        """The greatest code point is still inside its own range."""
        last = "s\U0010ffff\U0010ffff"
        await store.ledger.append(batch(last, 0, b"1"))
        assert await store.ledger.streams("s\U0010ffff") == (last,)

    async def test_a_walk_begins_after_a_position(self, store: Store) -> None:
        """Every entry past the position comes once, in order, over several pages."""
        await store.ledger.append(batch("a", 0, *(b"%d" % n for n in range(700))))
        assert [entry.position async for entry in store.ledger.walk()] == list(range(1, 701))
        assert [entry.position async for entry in store.ledger.walk(650)] == list(range(651, 701))
        assert [entry async for entry in store.ledger.walk(700)] == []

    async def test_who_follows_along_sees_what_a_walk_sees(self, store: Store) -> None:
        """The same entries past every position, whoever wrote them last and however far back."""
        await store.ledger.append(batch("a", 0, *(b"%d" % n for n in range(700))))
        await store.ledger.append(batch("b", 0, b"1"), batch("c", 0, b"2"))
        for after in (0, 1, 300, 699, 700, 701, 702, 703):
            walked = [entry async for entry in store.ledger.walk(after)]
            assert [entry async for entry in store.ledger.since(after)] == walked

    async def test_what_will_not_be_read_comes_as_it_is_stored(self, store: Store) -> None:
        """In its place, with its digest; all else says what it says."""
        await store.ledger.append(
            batch("screening/a", 0, b"1", kind="screening-opened"),
            batch("screening/a", 1, b"2", b"3"),
            batch("person/b", 0, b"4"),
        )
        walked = [entry async for entry in store.ledger.walk()]
        found = [one async for one in store.ledger.since(0, lambda one: one.kind == "answer-given")]
        opened, *answers = found
        assert opened == walked[0]
        assert [one.payload for one in answers] == [one.stored for one in walked[1:]]
        assert [one.digest for one in answers] == [one.digest for one in walked[1:]]

    async def test_letters_of_any_script_are_kept(self, store: Store) -> None:
        """Stream names and payloads come back letter by letter."""
        stream = "écran/Ωmega/日本/🧪"
        stored = await store.ledger.append(batch(stream, 0, "réponse 🧪".encode()))
        assert await store.ledger.read(stream) == stored
        assert await store.ledger.streams("écran/Ω") == (stream,)

    @pytest.mark.parametrize("payload", [b"", b"\x00\xff", bytes(range(256)) * 8192])
    async def test_payloads_are_any_bytes(self, store: Store, payload: bytes) -> None:
        """Empty, binary and large payloads come back as they were."""
        await store.ledger.append(batch("a", 0, payload))
        (entry,) = await store.ledger.read("a")
        assert entry.payload == payload

    @pytest.mark.parametrize(
        "bad",
        [
            Append("", 0, (), AT),
            Append("a\x00b", 0, (), AT),
            Append("a\ud800", 0, (), AT),
            Append("a" * 201, 0, (), AT),
            Append("a", -1, (), AT),
            Append("a", 2**63, (), AT),
            Append("a", 0, (), ""),
            Append("a", 0, (), AT + "\x00"),
            Append("a", 0, (NewEntry("", 1, b""),), AT),
            Append("a", 0, (NewEntry("answer-given\x00", 1, b""),), AT),
            Append("a", 0, (NewEntry("never-heard-of", 1, b""),), AT),
            Append("a", 0, (NewEntry("answer-given", 0, b""),), AT),
            Append("a", 0, (NewEntry("answer-given", 2**31, b""),), AT),
            Append("a", 0, (NewEntry("answer-given", 1, bytes(16 * 1024 * 1024 + 1)),), AT),
        ],
        ids=lambda bad: "",
    )
    async def test_what_some_backend_could_not_keep_is_refused(
        self, store: Store, bad: Append
    ) -> None:
        """A bad entry is refused at the door, together with its good neighbours."""
        with pytest.raises(BadEntry):
            await store.ledger.append(batch("good", 0, b"1"), bad)
        assert await store.ledger.head() == START

    async def test_a_name_that_cannot_be_is_refused_when_read(self, store: Store) -> None:
        """Reading is as strict as writing."""
        with pytest.raises(BadEntry):
            await store.ledger.read("a\ud800")
        with pytest.raises(BadEntry):
            await store.ledger.streams("a\x00")

    async def test_the_longest_name_is_kept(self, store: Store) -> None:
        """The limit counts characters, not bytes."""
        await store.ledger.append(batch("é" * 200, 0, b"1"))
        assert await store.ledger.streams("é") == ("é" * 200,)

    async def test_closing_twice_is_closing_once(self, store: Store) -> None:
        """After the end, everything says that the store is closed."""
        await store.ledger.append(batch("a", 0, b"1"))
        await asyncio.gather(store.ledger.close(), store.ledger.close())
        await store.ledger.close()
        with pytest.raises(StorageUnavailable):
            await store.ledger.append(batch("a", 1, b"2"))
        with pytest.raises(StorageUnavailable):
            await store.ledger.read("a")
        with pytest.raises(StorageUnavailable):
            await store.ledger.head()
