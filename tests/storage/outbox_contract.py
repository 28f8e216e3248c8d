"""What every outbox, and every memory of cards, must do; each backend's tests inherit these."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.cards import DrawnCard
from storage.errors import BadEntry, NoticeClash, UnknownNotice, VersionConflict
from storage.opening import Store
from storage.outbox import NewNotice, Notice, OutboxCounts, Settled
from tests.storage.samples import AT, LATER, LATEST, batch, notice


async def owed(store: Store, *notices: NewNotice) -> tuple[Notice, ...]:
    """The notices as they are owed."""
    await store.ledger.append(notices=notices)
    return await store.outbox.due(LATEST, 100)


class OutboxContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    async def test_a_notice_is_one_with_its_entries(self, store: Store) -> None:
        """The event and what it owes are stored together, or neither is."""
        await store.ledger.append(batch("s", 0, b"1"), notices=[notice("a")])
        with pytest.raises(VersionConflict):
            await store.ledger.append(batch("s", 0, b"2"), notices=[notice("b")])
        (only,) = await store.outbox.due(AT, 10)
        assert (only.key, only.recipient, only.kind, only.body, only.due_at) == (
            "a",
            "person-2",
            "determination",
            b"LYS-001: eligible",
            AT,
        )
        assert (only.attempts, only.perhaps_sent) == (0, False)

    async def test_notices_fall_due_in_order(self, store: Store) -> None:
        """The earliest comes first, nothing comes early, and the limit holds."""
        await store.ledger.append(
            notices=[notice("c", LATER), notice("a"), notice("b"), notice("z", LATEST)]
        )
        assert [row.key for row in await store.outbox.due(LATER, 10)] == ["a", "b", "c"]
        assert [row.key for row in await store.outbox.due(LATER, 2)] == ["a", "b"]

    async def test_who_has_one_in_the_air_can_be_left_out(self, store: Store) -> None:
        """Whoever sends several at once is handed nothing of those who are being sent to."""
        first, _ = await owed(store, notice("a"), notice("b"))
        other = replace(notice("c", LATER), recipient="person-3")
        await store.ledger.append(notices=[other])
        await store.outbox.mark_sending(first.id, AT)
        (only,) = await store.outbox.due(LATER, 1, busy={"person-2"})
        assert only.key == "c"

    async def test_the_same_notice_is_owed_once(self, store: Store) -> None:
        """A repeated command owes nothing new, even at another time."""
        assert len(await owed(store, notice("a"), notice("a", LATER))) == 1
        (row,) = await owed(store, notice("a", LATER))
        assert row.due_at == AT

    async def test_two_different_notices_cannot_share_a_key(self, store: Store) -> None:
        """No notice is dropped in silence: the append is refused as a whole."""
        with pytest.raises(NoticeClash) as caught:
            await store.ledger.append(
                batch("s", 0, b"1"), notices=[notice("a"), notice("a", body=b"another")]
            )
        assert caught.value.key == "a"
        assert await store.outbox.due(LATEST, 10) == ()
        assert await store.ledger.read("s") == ()

    async def test_whoever_is_overtaken_hears_that_and_not_of_a_clash(self, store: Store) -> None:
        """Two who decide on one version owe different words under one key: the second was late."""
        await store.ledger.append(batch("s", 0, b"1"), notices=[notice("s/1")])
        with pytest.raises(VersionConflict):
            await store.ledger.append(batch("s", 0, b"2"), notices=[notice("s/1", body=b"other")])
        assert len(await store.outbox.due(LATEST, 10)) == 1

    async def test_a_sent_notice_is_settled(self, store: Store) -> None:
        """It is not due again and cannot be sent or failed any more."""
        (row,) = await owed(store, notice("a"))
        assert await store.outbox.mark_sending(row.id, AT) == 1
        await store.outbox.mark_sent(row.id, AT, 77)
        assert await store.outbox.due(LATEST, 10) == ()
        assert await store.outbox.counts() == OutboxCounts(0, 0, 1, 0)
        with pytest.raises(UnknownNotice):
            await store.outbox.mark_sending(row.id, LATER)
        with pytest.raises(UnknownNotice):
            await store.outbox.mark_failed(row.id, LATER, "late", None)

    async def test_a_call_that_broke_off_is_repeated_and_labelled(self, store: Store) -> None:
        """A notice left in sending is due again as one that may have been seen, for good."""
        (row,) = await owed(store, notice("a"))
        await store.outbox.mark_sending(row.id, AT)
        (again,) = await store.outbox.due(LATER, 10)
        assert (again.attempts, again.perhaps_sent) == (1, True)
        assert await store.outbox.mark_sending(row.id, LATER) == 2
        await store.outbox.mark_failed(row.id, LATER, "429", LATEST)
        (third,) = await store.outbox.due(LATEST, 10)
        assert (third.attempts, third.perhaps_sent) == (2, True)

    async def test_a_refused_call_is_repeated_without_a_label(self, store: Store) -> None:
        """A call that was surely not heard leaves a notice nobody has seen, due later."""
        (row,) = await owed(store, notice("a"))
        await store.outbox.mark_sending(row.id, AT)
        await store.outbox.mark_failed(row.id, AT, "429", LATER)
        assert await store.outbox.due(AT, 10) == ()
        (again,) = await store.outbox.due(LATER, 10)
        assert (again.attempts, again.perhaps_sent, again.due_at) == (1, False, LATER)

    async def test_a_call_without_an_answer_is_labelled(self, store: Store) -> None:
        """A timeout may have been heard."""
        (row,) = await owed(store, notice("a"))
        await store.outbox.mark_sending(row.id, AT)
        await store.outbox.mark_failed(row.id, AT, "timeout", AT, perhaps_sent=True)
        (again,) = await store.outbox.due(AT, 10)
        assert again.perhaps_sent

    async def test_a_notice_can_be_given_up(self, store: Store) -> None:
        """Without a next attempt it is failed and never due."""
        (row,) = await owed(store, notice("a"))
        await store.outbox.mark_failed(row.id, AT, "the bot is blocked", None)
        assert await store.outbox.due(LATEST, 10) == ()
        assert await store.outbox.counts() == OutboxCounts(0, 0, 0, 1)

    async def test_the_sorts_are_counted(self, store: Store) -> None:
        """Waiting and sending are told apart."""
        first, _ = await owed(store, notice("a"), notice("b"))
        await store.outbox.mark_sending(first.id, AT)
        assert await store.outbox.counts() == OutboxCounts(1, 1, 0, 0)

    async def test_an_unknown_notice_is_an_error(self, store: Store) -> None:
        """No mark is made on nothing."""
        with pytest.raises(UnknownNotice):
            await store.outbox.mark_sending(9, AT)
        with pytest.raises(UnknownNotice):
            await store.outbox.mark_sent(9, AT, None)
        with pytest.raises(UnknownNotice):
            await store.outbox.mark_failed(9, AT, "odd", None)

    async def test_a_notice_is_settled_with_its_entries(self, store: Store) -> None:
        """Sent or given up, and what it owes next, in the transaction of the event."""
        first, second = await owed(store, notice("a"), notice("b"))
        await store.outbox.mark_sending(first.id, AT)
        await store.ledger.append(
            batch("s", 0, b"sent"), notices=[notice("c")], settled=Settled(first.id, AT, 77)
        )
        assert await store.outbox.counts() == OutboxCounts(2, 0, 1, 0)
        await store.ledger.append(settled=Settled(second.id, AT, reason="blocked"))
        assert await store.outbox.counts() == OutboxCounts(1, 0, 1, 1)
        assert [row.key for row in await store.outbox.due(LATEST, 10)] == ["c"]
        with pytest.raises(UnknownNotice):
            await store.outbox.mark_sent(first.id, LATER, None)

    async def test_what_is_not_owed_cannot_be_settled(self, store: Store) -> None:
        """The append is refused as a whole, also for a notice that it would owe itself."""
        (row,) = await owed(store, notice("a"))
        await store.ledger.append(settled=Settled(row.id, AT))
        for notice_id in (row.id, row.id + 1):
            with pytest.raises(UnknownNotice):
                await store.ledger.append(
                    batch("s", 0, b"1"), notices=[notice("b")], settled=Settled(notice_id, AT)
                )
        assert await store.ledger.read("s") == ()
        assert await store.outbox.due(LATEST, 10) == ()

    async def test_a_refused_append_settles_nothing(self, store: Store) -> None:
        """The notice stays owed when the event finds its stream moved on."""
        (row,) = await owed(store, notice("a"))
        with pytest.raises(VersionConflict):
            await store.ledger.append(batch("s", 7, b"1"), settled=Settled(row.id, AT))
        with pytest.raises(BadEntry):
            await store.ledger.append(settled=Settled(row.id, AT, reason="\ud800"))
        assert await store.outbox.due(AT, 10) == (row,)

    async def test_a_bad_notice_is_refused_with_its_entries(self, store: Store) -> None:
        """The door is the same for notices."""
        with pytest.raises(BadEntry):
            await store.ledger.append(batch("s", 0, b"1"), notices=[notice("a\x00")])
        assert await store.ledger.read("s") == ()
        (row,) = await owed(store, notice("a"))
        with pytest.raises(BadEntry):
            await store.outbox.mark_sent(row.id, AT, 2**63)
        with pytest.raises(BadEntry):
            await store.outbox.mark_failed(row.id, AT, "\ud800", None)


class CardsContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    async def test_a_card_has_one_place_in_a_chat(self, store: Store) -> None:
        """A new place replaces the old one there and nowhere else."""
        assert await store.cards.card("s", -100) is None
        await store.cards.put_card("s", -100, 1, 1)
        await store.cards.put_card("s", 2**52, 5, 1)
        await store.cards.put_card("s", -100, 2, 3)
        await store.cards.put_card("other", -100, 9, 1)
        assert await store.cards.card("s", -100) == 2
        assert await store.cards.drawn("s") == (DrawnCard(-100, 2, 3), DrawnCard(2**52, 5, 1))

    async def test_an_impossible_place_is_refused(self, store: Store) -> None:
        """Numbers beyond eight bytes and bad names stay out."""
        with pytest.raises(BadEntry):
            await store.cards.put_card("s", 2**63, 1, 1)
        with pytest.raises(BadEntry):
            await store.cards.put_card("s\x00", 1, 1, 1)
