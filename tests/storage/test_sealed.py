"""Sealed stores keep every contract, and what they seal can be read with its key alone."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.chain import Why, verify
from storage.errors import BadEntry, KeysLocked, LedgerBroken, VersionConflict
from storage.keys import Key
from storage.ledger import Append, Entry, NewEntry
from storage.memory import (
    MemoryCards,
    MemoryInbox,
    MemoryKeys,
    MemoryLedger,
    MemoryOutbox,
    MemoryPins,
)
from storage.opening import Store, sealed_store
from storage.outbox import Settled
from storage.sealed import SealedLedger, erasure_of, seal, unseal
from storage.wrapping import WrappedKeys, check_record_key, rewrap, unwrapped, wrapped
from tests.storage.keys_contract import KeysContract, erasure
from tests.storage.ledger_contract import LedgerContract
from tests.storage.samples import AT, KINDS, LATER, batch, notice

RECORD, OTHER = b"r" * 32, b"o" * 32
STREAM = "screening/7K3F-9QXV"
SAID = b'{"data":{"input":"age_years","value":43}}'


def draw(seed: int = 7) -> random.Random:
    """A random source that can be foretold, for tests alone."""
    return random.Random(seed)


def plain() -> Store:
    """A store in memory that seals nothing."""
    inbox, outbox = MemoryInbox(), MemoryOutbox()
    ledger = MemoryLedger(inbox, outbox, KINDS)
    return Store(ledger, inbox, outbox, MemoryCards(), MemoryPins(), MemoryKeys(ledger))


async def sealing(store: Store, record_key: bytes | None = None) -> Store:
    """The store, sealed."""
    return await sealed_store(store, draw().randbytes, record_key)


class TestSealedMemoryLedger(LedgerContract):
    @pytest.fixture
    async def store(self) -> Store:
        return await sealing(plain())


class TestSealedSqliteLedger(LedgerContract):
    @pytest.fixture
    async def store(self, sqlite: Store) -> Store:
        return await sealing(sqlite)


class TestPlainlyKeptKeys(KeysContract):
    @pytest.fixture
    async def store(self) -> Store:
        return await sealing(plain())


class TestWrappedMemoryKeys(KeysContract):
    @pytest.fixture
    async def store(self) -> Store:
        return await sealing(plain(), RECORD)


class TestWrappedSqliteKeys(KeysContract):
    @pytest.fixture
    async def store(self, sqlite: Store) -> Store:
        return await sealing(sqlite, RECORD)


async def test_what_is_said_is_not_what_is_stored() -> None:
    """In a screening's stream only ciphertext is stored, over which the chain runs either way."""
    under = plain()
    store = await sealing(under)
    (entry,) = await store.ledger.append(batch(STREAM, 0, SAID))
    (stored,) = await under.ledger.read(STREAM)
    assert entry.payload == SAID
    assert SAID not in stored.payload
    assert stored.payload[:1] == b"\x01"
    assert len(stored.payload) == len(SAID) + 29
    assert (entry.sealed, entry.digest) == (stored.payload, stored.digest)
    assert (await verify(under.ledger.walk())).sound
    assert (await verify(store.ledger.walk())).sound


async def test_streams_without_answers_stay_plain() -> None:
    """People, cases and protocol files are stored as they are, and need no key."""
    under = plain()
    store = await sealing(under)
    for stream in ("person/p-1", "case/7K3F-9QXV", "notices/7K3F-9QXV", "protocol/lysyme"):
        await store.ledger.append(batch(stream, 0, SAID))
        assert [one.payload for one in await under.ledger.read(stream)] == [SAID]
    assert await under.keys.all() == ()


async def test_plain_payloads_from_before_still_load_and_are_followed_by_sealed_ones() -> None:
    """A screening begun before there were keys goes on; its chain is sound throughout."""
    under = plain()
    await under.ledger.append(batch(STREAM, 0, SAID))
    store = await sealing(under)
    await store.ledger.append(batch(STREAM, 1, SAID))
    entries = await store.ledger.read(STREAM)
    assert [entry.payload for entry in entries] == [SAID, SAID]
    assert [entry.sealed is None for entry in entries] == [True, False]
    assert (await verify(store.ledger.walk())).sound


async def test_each_screening_has_a_key_and_each_payload_a_nonce_of_its_own() -> None:
    """The same words are never stored as the same bytes."""
    under = plain()
    store = await sealing(under)
    for number in range(20):
        await store.ledger.append(batch(f"screening/{number}", 0, SAID, SAID))
        await store.ledger.append(batch(f"screening/{number}", 2, SAID))
    payloads = [entry.payload async for entry in under.ledger.walk()]
    assert len({payload[1:13] for payload in payloads}) == len(payloads) == 60
    assert len({payload[13:] for payload in payloads}) == 60
    assert len({key.value for key in await under.keys.all()}) == 20


async def test_nonces_of_one_stream_differ_whatever_the_random_source_gives() -> None:
    """Even from a source that always says the same, two versions never share a nonce."""
    under = plain()
    store = await sealed_store(under, lambda count: b"\x07" * count)
    await store.ledger.append(batch(STREAM, 0, *[SAID] * 300))
    nonces = [entry.payload[1:13] for entry in await under.ledger.read(STREAM)]
    assert len(set(nonces)) == 300


PLACES = st.tuples(
    st.sampled_from([STREAM, "screening/9QXV-7K3F", "screening/"]),
    st.integers(1, 2**40),
    st.sampled_from(["answer-given", "answer-corrected"]),
    st.integers(1, 3),
)


def moved(payload: bytes, place: tuple[str, int, str, int]) -> Entry:
    """A payload as an entry somewhere."""
    stream, version, kind, schema = place
    return Entry(1, stream, version, kind, schema, AT, payload, b"", b"")


@settings(derandomize=True, deadline=None)
@given(PLACES, PLACES, st.binary(max_size=80))
def test_a_payload_cannot_be_moved(
    here: tuple[str, int, str, int], there: tuple[str, int, str, int], payload: bytes
) -> None:
    """It opens in its own stream, version, kind and form, and in no other."""
    stream, version, kind, schema = here
    sealed = seal(RECORD, stream, version, NewEntry(kind, schema, payload), draw().randbytes)
    assert unseal(RECORD, moved(sealed, here)) == payload
    if here != there:
        with pytest.raises(InvalidTag):
            unseal(RECORD, moved(sealed, there))


async def test_every_changed_byte_of_a_sealed_payload_shows() -> None:
    """Nothing is read from it, the reader says nothing of its own, and the chain says where."""
    under = plain()
    store = await sealing(under)
    (entry,) = await store.ledger.append(batch(STREAM, 0, SAID))
    assert entry.sealed is not None
    for place in range(1, len(entry.sealed)):
        changed = bytearray(entry.sealed)
        changed[place] ^= 1
        forged = replace(entry, payload=bytes(changed), sealed=None)
        ledger = SealedLedger(OneEntry(forged), store.keys, draw().randbytes)
        (read,) = await ledger.read(STREAM)
        assert read == forged
        verdict = await verify(ledger.walk())
        assert verdict.fault is not None
        assert verdict.fault.why is Why.BAD_DIGEST


class OneEntry(MemoryLedger):
    """A ledger that holds one entry, whatever it is."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entries = [entry]
        self._streams = {entry.stream: [entry]}


async def test_a_lost_key_is_not_an_erasure() -> None:
    """Where the key is missing altogether, the entry is handed on unreadable and not as erased."""
    under = plain()
    await (await sealing(under)).ledger.append(batch(STREAM, 0, SAID))
    bare = SealedLedger(under.ledger, MemoryKeys(MemoryLedger()), draw().randbytes)
    (entry,) = await bare.read(STREAM)
    assert not entry.erased
    assert entry.payload[:1] == b"\x01"


async def test_after_the_key_is_destroyed_nothing_is_said_and_the_chain_holds() -> None:
    """The entries stay in their places without a word, and nothing more is taken."""
    under = plain()
    store = await sealing(under)
    await store.ledger.append(batch(STREAM, 0, SAID, SAID))
    await store.keys.destroy(STREAM, "7K3F-9QXV", erasure())
    entries = await store.ledger.read(STREAM)
    assert [(entry.payload, entry.erased) for entry in entries] == [(b"", True)] * 2
    assert (await verify(store.ledger.walk())).sound
    assert (await verify(under.ledger.walk())).sound
    with pytest.raises(VersionConflict) as caught:
        await store.ledger.append(batch(STREAM, 2, SAID))
    assert caught.value.stream == erasure_of(STREAM)


async def test_nothing_is_added_by_somebody_who_still_holds_the_key() -> None:
    """A writer whose key is at hand from before the erasure is refused by the ledger itself."""
    under = plain()
    store, late = await sealing(under), await sealing(under)
    await late.ledger.append(batch(STREAM, 0, SAID))
    await store.keys.destroy(STREAM, "7K3F-9QXV", erasure())
    with pytest.raises(VersionConflict) as caught:
        await late.ledger.append(batch(STREAM, 1, SAID))
    assert caught.value.stream == erasure_of(STREAM)
    assert len(await under.ledger.read(STREAM)) == 1


async def test_a_refused_append_leaves_a_key_and_nothing_else() -> None:
    """The key comes first: a crash or conflict after it leaves a key without events, no more."""
    under = plain()
    store = await sealing(under)
    with pytest.raises(VersionConflict):
        await store.ledger.append(batch(STREAM, 4, SAID))
    assert [key.stream for key in await under.keys.all()] == [STREAM]
    await store.ledger.append(batch(STREAM, 0, SAID))
    assert [entry.payload for entry in await store.ledger.read(STREAM)] == [SAID]


async def test_a_new_stream_gets_its_key_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks first whether there is one; one that there was is kept, destroyed or not."""
    under = plain()
    store = await sealing(under)
    monkeypatch.setattr(store.keys, "get", None)
    await store.ledger.append(batch(STREAM, 0, SAID))
    before = await under.keys.all()
    with pytest.raises(VersionConflict, match=STREAM):
        await store.ledger.append(batch(STREAM, 0, SAID))
    assert await under.keys.all() == before
    await store.keys.destroy(STREAM, "7K3F-9QXV", erasure())
    with pytest.raises(VersionConflict, match=erasure_of(STREAM)):
        await store.ledger.append(batch(STREAM, 0, SAID))


async def test_a_guard_alone_needs_no_key() -> None:
    """Asking where a stream stands makes nothing."""
    under = plain()
    store = await sealing(under)
    assert await store.ledger.append(Append(STREAM, 0, (), AT)) == ()
    assert await under.keys.all() == ()


async def test_few_keys_stay_at_hand() -> None:
    """The keys at hand are bounded, and one that was put away is read again."""
    under = plain()
    keys = WrappedKeys(under.keys, RECORD, kept=3)
    for number in range(10):
        await keys.put(f"screening/{number}", bytes([number]) * 32, AT)
        assert len(keys._at_hand) <= 3
    assert (await keys.get("screening/0")) == Key("screening/0", bytes(32))


async def test_a_wrapped_key_shows_nothing_without_the_record_key() -> None:
    """What is kept does not hold the key, and opens under its own record key alone."""
    under = plain()
    store = await sealing(under, RECORD)
    key = await store.keys.put(STREAM, b"k" * 32, AT)
    kept = await under.keys.get(STREAM)
    assert kept is not None
    assert kept.value is not None
    assert key.value is not None
    assert key.value not in kept.value
    assert unwrapped(kept.value, RECORD) == key.value
    for wrong, missing in ((None, True), (OTHER, False)):
        with pytest.raises(KeysLocked) as caught:
            await sealing(under, wrong)
        assert caught.value.missing is missing


async def test_both_forms_are_of_one_length() -> None:
    """So that a key that is wrapped anew is overwritten where it stands."""
    assert len(wrapped(bytes(32), None)) == len(wrapped(bytes(32), RECORD)) == 41


@pytest.mark.parametrize("kept", [b"", b"\x02" + bytes(40), b"\x00" + bytes(39)])
def test_a_key_in_no_known_form_is_a_broken_ledger(kept: bytes) -> None:
    """Nothing is guessed of bytes that were not written here."""
    with pytest.raises(LedgerBroken):
        unwrapped(kept, RECORD)


async def test_a_key_has_32_bytes() -> None:
    """Neither a shorter nor a longer one is ever kept."""
    keys = WrappedKeys(plain().keys)
    for value in (b"k" * 31, b"k" * 33):
        with pytest.raises(BadEntry):
            await keys.put(STREAM, value, AT)


async def test_keys_that_lie_plain_are_wrapped_once_there_is_a_record_key() -> None:
    """Opening for writing with a record key leaves none plain, and every answer readable."""
    under = plain()
    await (await sealing(under)).ledger.append(batch(STREAM, 0, SAID))
    assert await check_record_key(under.keys, None) == 1
    store = await sealing(under, RECORD)
    assert await check_record_key(under.keys, RECORD) == 0
    assert [entry.payload for entry in await store.ledger.read(STREAM)] == [SAID]


@pytest.mark.parametrize(("old", "new"), [(RECORD, OTHER), (RECORD, None), (None, RECORD)])
async def test_a_change_of_the_record_key_keeps_every_answer(
    old: bytes | None, new: bytes | None
) -> None:
    """The keys are the same, in another wrapping; destroyed ones stay destroyed."""
    under = plain()
    store = await sealing(under, old)
    await store.ledger.append(batch(STREAM, 0, SAID), batch("screening/b", 0, SAID))
    await store.keys.destroy(STREAM, "7K3F-9QXV", erasure())
    before = await store.keys.all()
    assert await rewrap(under.keys, old, new) == 1
    again = await sealing(under, new)
    assert await again.keys.all() == before
    assert [entry.payload for entry in await again.ledger.read("screening/b")] == [SAID]


async def test_a_change_under_the_wrong_key_changes_nothing() -> None:
    """Nothing is half wrapped."""
    under = plain()
    await (await sealing(under, RECORD)).ledger.append(batch(STREAM, 0, SAID))
    before = await under.keys.all()
    with pytest.raises(KeysLocked):
        await rewrap(under.keys, OTHER, RECORD)
    assert await under.keys.all() == before


async def test_nothing_follows_from_what_was_erased() -> None:
    """Whoever asks only that it stands as it was read, to record what follows, is refused."""
    store = await sealing(plain())
    await store.ledger.append(batch(STREAM, 0, SAID))
    number = STREAM.removeprefix("screening/")
    await store.keys.destroy(STREAM, number, batch(f"erasure/{number}", 0, b"{}"))
    with pytest.raises(VersionConflict) as caught:
        await store.ledger.append(batch("screening/later", 0, SAID), batch(STREAM, 1))
    assert caught.value.stream == f"erasure/{number}"
    assert await store.ledger.read("screening/later") == ()


async def test_the_end_of_a_notice_goes_along() -> None:
    """What settles a notice does so through the sealed ledger, too."""
    store = await sealing(plain())
    await store.ledger.append(notices=[notice("verdict/1")])
    (owed,) = await store.outbox.due(LATER, 5)
    await store.ledger.append(batch(STREAM, 0, SAID), settled=Settled(owed.id, AT, 7))
    assert await store.outbox.due(LATER, 5) == ()
