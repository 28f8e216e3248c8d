"""What every keeper of keys must do; each backend's tests inherit this class."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from storage.chain import verify
from storage.errors import AlreadyDone, BadEntry, NoKey, UnknownNotice, VersionConflict
from storage.keys import Key
from storage.ledger import Append
from storage.opening import Store
from tests.storage.samples import AT, LATER, batch, notice, update

STREAM, NUMBER = "screening/7K3F-9QXV", "7K3F-9QXV"
ONE, TWO = b"1" * 32, b"2" * 32


def erasure(expected: int = 0) -> Append:
    """What says that the screening was erased."""
    return batch(f"erasure/{NUMBER}", expected, b"gone", kind="answer-given")


class KeysContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    async def test_a_key_is_kept_for_its_stream(self, store: Store) -> None:
        """Each stream has its own, and none has one that was not made."""
        assert await store.keys.put(STREAM, ONE, AT) == Key(STREAM, ONE)
        assert await store.keys.put("screening/other", TWO, AT) == Key("screening/other", TWO)
        assert await store.keys.get(STREAM) == Key(STREAM, ONE)
        assert await store.keys.get("screening/none") is None
        assert await store.keys.all() == (Key(STREAM, ONE), Key("screening/other", TWO))

    async def test_of_several_at_once_one_is_kept(self, store: Store) -> None:
        """Everybody is told the same key, whoever made it."""
        made = [bytes([n]) * 32 for n in range(1, 30)]
        found = await asyncio.gather(*(store.keys.put(STREAM, one, AT) for one in made))
        assert len({key.value for key in found}) == 1
        assert await store.keys.get(STREAM) == found[0]

    async def test_a_destroyed_key_is_gone_for_good(self, store: Store) -> None:
        """Neither reading nor making another brings anything back, and it is destroyed once."""
        await store.keys.put(STREAM, ONE, AT)
        (entry,) = await store.keys.destroy(STREAM, NUMBER, erasure())
        assert await store.ledger.read(f"erasure/{NUMBER}") == (entry,)
        assert await store.keys.get(STREAM) == Key(STREAM, None)
        assert await store.keys.put(STREAM, TWO, LATER) == Key(STREAM, None)
        assert await store.keys.all() == (Key(STREAM, None),)
        with pytest.raises(NoKey):
            await store.keys.destroy(STREAM, NUMBER, erasure(1))
        assert (await verify(store.ledger.walk())).head.position == 1

    async def test_without_its_event_no_key_is_destroyed(self, store: Store) -> None:
        """A conflict, or an update that is done already, leaves key, event and notices alone."""
        await store.keys.put(STREAM, ONE, AT)
        await store.ledger.append(batch(STREAM, 0, b"1"), notices=[notice(f"v/{NUMBER}/1/p")])
        with pytest.raises(VersionConflict) as caught:
            await store.keys.destroy(STREAM, NUMBER, erasure(), batch(STREAM, 0))
        assert caught.value.stream == STREAM
        with pytest.raises(AlreadyDone):
            await store.keys.destroy(STREAM, NUMBER, erasure(), done=77)
        assert await store.keys.get(STREAM) == Key(STREAM, ONE)
        assert await store.ledger.read(f"erasure/{NUMBER}") == ()
        assert (await store.outbox.counts()).waiting == 1

    async def test_without_a_key_there_is_no_event(self, store: Store) -> None:
        """What has no key cannot be forgotten, and the record does not say that it was."""
        with pytest.raises(NoKey):
            await store.keys.destroy(STREAM, NUMBER, erasure())
        assert (await store.ledger.head()).position == 0

    async def test_of_two_who_destroy_one_does(self, store: Store) -> None:
        """There is one event, and the other is refused."""
        await store.keys.put(STREAM, ONE, AT)
        found = await asyncio.gather(
            *(store.keys.destroy(STREAM, NUMBER, erasure()) for _ in range(9)),
            return_exceptions=True,
        )
        assert sum(isinstance(one, tuple) for one in found) == 1
        assert sum(isinstance(one, NoKey | VersionConflict) for one in found) == 8
        assert (await store.ledger.head()).position == 1

    async def test_the_update_is_done_with_it(self, store: Store) -> None:
        """Whoever asked for it by an update asks once."""
        await store.keys.put(STREAM, ONE, AT)
        (kept,) = await store.inbox.accept([update("asks")])
        await store.keys.destroy(STREAM, NUMBER, erasure(), done=kept.id)
        assert await store.inbox.undone() == ()
        assert (await store.inbox.counts()).done == 1

    async def test_notices_about_it_are_given_up_and_emptied(self, store: Store) -> None:
        """By key or by body, sent or owed; those about another screening stay as they are."""
        await store.keys.put(STREAM, ONE, AT)
        body = b'{"number": "7K3F-9QXV", "deadlines": {"window": "2026-03-16"}}'
        mine = [notice(f"verdict/{NUMBER}/3/p-1"), notice("digest/1", body=body)]
        other = notice("verdict/9QXV-7K3F/3/p-1", body=b'{"number": "9QXV-7K3F"}')
        sent = notice(f"verdict/{NUMBER}/2/p-1", body=body)
        await store.ledger.append(batch(STREAM, 0, b"1"), notices=[sent, *mine, other])
        (first, *_) = await store.outbox.due(LATER, 10)
        await store.outbox.mark_sending(first.id, AT)
        await store.outbox.mark_sent(first.id, AT, 5)
        await store.keys.destroy(STREAM, NUMBER, erasure())
        (left,) = await store.outbox.due(LATER, 10)
        assert (left.key, left.body) == (other.key, other.body)
        counts = await store.outbox.counts()
        assert (counts.waiting, counts.sent, counts.failed) == (1, 1, 2)
        with pytest.raises(UnknownNotice):
            await store.outbox.mark_sending(first.id, AT)
        # Nothing is left of what they said, not even the key, which may name a deadline.
        await store.ledger.append(notices=[replace(old, body=b"other words") for old in mine])
        assert (await store.outbox.counts()).waiting == counts.waiting + len(mine)

    async def test_other_bytes_are_kept_for_standing_keys(self, store: Store) -> None:
        """All of them or none: one that was destroyed takes the others back."""
        for stream in (STREAM, "screening/b", "screening/c"):
            await store.keys.put(stream, ONE, AT)
        await store.keys.replace([Key(STREAM, TWO), Key("screening/b", TWO)])
        assert [key.value for key in await store.keys.all()] == [TWO, TWO, ONE]
        await store.keys.destroy(STREAM, NUMBER, erasure())
        with pytest.raises(NoKey):
            await store.keys.replace([Key("screening/c", TWO), Key(STREAM, TWO)])
        assert [key.value for key in await store.keys.all()] == [None, TWO, ONE]

    async def test_what_cannot_be_kept_is_refused(self, store: Store) -> None:
        """Empty, over-long and misnamed keys change nothing."""
        for stream, value, at in (
            ("", ONE, AT),
            ("a\x00", ONE, AT),
            ("a", b"", AT),
            ("a", ONE, ""),
        ):
            with pytest.raises(BadEntry):
                await store.keys.put(stream, value, at)
        with pytest.raises(BadEntry):
            await store.keys.put("a", bytes(201), AT)
        with pytest.raises(BadEntry):
            await store.keys.replace([Key("a", None)])
        with pytest.raises(BadEntry):
            await store.keys.get("a\ud800")
        with pytest.raises(BadEntry):
            await store.keys.destroy(STREAM, "", erasure())
        assert await store.keys.all() == ()

    async def test_nothing_lingers_after_a_sweep(self, store: Store) -> None:
        """Sweeping tells whether it could be done; with nobody reading it can."""
        await store.keys.put(STREAM, ONE, AT)
        await store.keys.destroy(STREAM, NUMBER, erasure())
        assert await store.keys.sweep()
        assert await store.keys.sweep()

    async def test_a_key_does_not_show_itself(self, store: Store) -> None:
        """What is printed of a key says whether it stands, and not what it is."""
        key = await store.keys.put(STREAM, b"canary-of-a-key-" * 2, AT)
        assert "canary" not in repr(key)
