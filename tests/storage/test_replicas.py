"""Several processes on one PostgreSQL: who handles what, and who goes on when one is gone."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from storage.errors import UnknownNotice
from storage.inbox import NewUpdate
from storage.opening import Store, open_store
from storage.outbox import Notice
from storage.postgres import replica
from storage.replicas import Duty, Topic
from tests.postgres_server import on
from tests.storage.neighbours import die, hang, heard, neighbours, number_of, until
from tests.storage.samples import AT, LATER, LATEST, batch, notice, now, update

PEOPLE, EACH = 20, 10


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hearts that beat fast, so that one that stands still is noticed soon."""
    monkeypatch.setattr(replica, "BEAT", 0.1)
    monkeypatch.setattr(replica, "SILENT", 1.0)


# --- updates -------------------------------------------------------------------------------------


async def test_a_lane_stays_with_the_first(postgres_url: str) -> None:
    """Whoever accepts the next update of the same person keeps it, and tells whose it is."""
    async with neighbours(postgres_url) as (first, second):
        told = heard(first, Topic.UPDATES)
        (one,) = await first.inbox.accept([update("a")])
        mine, other = await second.inbox.accept([update("z", lane="person-9"), update("b")])
        assert (one.elsewhere, mine.elsewhere, other.elsewhere) == (False, False, True)
        await until(lambda: len(told) == 1)
        assert [row.key for row in await first.inbox.undone()] == ["a", "b"]
        assert [row.key for row in await second.inbox.undone()] == ["z"]
        assert await second.replicas.elsewhere() == {"person-1"}


async def test_a_repeat_is_known_wherever_it_comes(postgres_url: str) -> None:
    """The same update to each of three processes is kept once."""
    async with neighbours(postgres_url, 3) as stores:
        kept = await asyncio.gather(*(one.inbox.accept([update("a")]) for one in stores))
        assert sum(map(len, kept)) == 1
        waiting = [await one.inbox.undone() for one in stores]
        assert sorted(map(len, waiting)) == [0, 0, 1]


async def test_what_another_process_kept_comes_before(postgres_url: str) -> None:
    """Whoever has the lane gets with the next update what waits before it, told of it or not."""
    async with neighbours(postgres_url) as (first, second):
        (one,) = await first.inbox.accept([update("a")])
        (other,) = await second.inbox.accept([update("b")])
        (next_,) = await first.inbox.accept([update("c")])
        assert (one.before, other.before) == ((), ())
        assert [row.key for row in next_.before] == ["a", "b"]
        (known,) = await first.inbox.accept([update("d")])
        assert known.before == ()  # they were handed on with the one before
        await first.ledger.append(done=one.id)
        await second.inbox.accept([update("e")])
        assert await first.inbox.accept([update("d")]) == ()  # a repeat changes nothing of that
        (last,) = await first.inbox.accept([update("f")])
        assert [row.key for row in last.before] == ["b", "c", "d", "e"]


async def test_each_person_has_one_order_over_three_processes(postgres_url: str) -> None:
    """Delivered anywhere, each person's updates wait in one process, in the order of arrival."""
    async with neighbours(postgres_url, 3) as stores:

        async def person(me: int) -> None:
            for place in range(EACH):
                new = NewUpdate(f"{me}:{place}", f"person-{me}", b"{}", AT)
                await stores[(me + place) % 3].inbox.accept([new])

        await asyncio.gather(*(person(me) for me in range(PEOPLE)))
        seen: dict[str, list[str]] = defaultdict(list)
        for store in stores:
            lanes = {row.lane for row in await store.inbox.undone()}
            assert not lanes & seen.keys()
            for row in await store.inbox.undone():
                seen[row.lane].append(row.key)
        wanted = {
            f"person-{me}": [f"{me}:{place}" for place in range(EACH)] for me in range(PEOPLE)
        }
        assert seen == wanted


async def test_two_batches_that_cross_do_not_lock_each_other_out(postgres_url: str) -> None:
    """The same people in opposite order, over and over: everything is kept."""
    async with neighbours(postgres_url) as stores:

        async def deliver(store: Store, name: str, *, backwards: bool) -> None:
            for turn in range(20):
                people = range(10, 0, -1) if backwards else range(10)
                batch = [update(f"{name}{turn}:{me}", lane=f"person-{me}") for me in people]
                await store.inbox.accept(batch)

        await asyncio.gather(
            deliver(stores[0], "a", backwards=False), deliver(stores[1], "b", backwards=True)
        )
        assert (await stores[0].inbox.counts()).undone == 400


async def test_a_lane_that_was_long_idle_goes_to_whoever_accepts(postgres_url: str) -> None:
    """Not while something waits in it."""
    async with neighbours(postgres_url) as (first, second):
        (one,) = await first.inbox.accept([update("a")])
        await on(postgres_url, "UPDATE lanes SET used_at = used_at - interval '20 minutes'")
        (two,) = await second.inbox.accept([update("b")])
        assert two.elsewhere
        for row in (one, two):
            await first.ledger.append(done=row.id)
        await on(postgres_url, "UPDATE lanes SET used_at = used_at - interval '20 minutes'")
        (three,) = await second.inbox.accept([update("c")])
        assert not three.elsewhere


async def test_lanes_at_rest_are_forgotten(postgres_url: str) -> None:
    """With the old updates; not those in which something waits, or that are in use."""
    async with neighbours(postgres_url) as (first, _):
        rows = await first.inbox.accept([update(name, lane=name) for name in "abc"])
        await on(postgres_url, "UPDATE lanes SET used_at = used_at - interval '1 hour'")
        await first.ledger.append(done=rows[0].id)
        await first.ledger.append(done=rows[2].id)
        (again,) = await first.inbox.accept([update("d", lane="c")])
        await first.ledger.append(done=again.id)
        await first.inbox.prune(AT)
        lanes = await on(postgres_url, "SELECT lane FROM lanes ORDER BY lane")
        assert [lane for (lane,) in lanes] == ["b", "c"]


async def test_whoever_stops_leaves_its_lanes_at_once(postgres_url: str) -> None:
    """Those at rest before the end, the others with it; and the others are told."""
    async with neighbours(postgres_url) as (first, second):
        (done,) = await first.inbox.accept([update("a")])
        await first.inbox.accept([update("b", lane="person-2")])
        await first.ledger.append(done=done.id)
        await first.replicas.release()
        kept = await second.inbox.accept([update("c"), update("d", lane="person-2")])
        assert [row.elsewhere for row in kept] == [False, True]
        told = heard(second, Topic.UPDATES)
        await first.close()
        await until(lambda: bool(told), 20)
        assert [row.key for row in await second.inbox.undone()] == ["b", "c", "d"]


async def test_what_a_killed_process_had_is_taken_over(postgres_url: str) -> None:
    """Within seconds: its lanes, its notices as perhaps heard, its duties."""
    async with neighbours(postgres_url) as (first, second):
        await first.inbox.accept([update("a")])
        await first.ledger.append(notices=[notice("n")])
        (owed,) = await first.outbox.due(AT, 10)
        await first.outbox.mark_sending(owed.id, AT)
        assert await first.replicas.take(Duty.POLL)
        assert await second.inbox.undone() == ()
        assert await second.outbox.due(AT, 10) == ()
        assert not await second.replicas.take(Duty.POLL)
        gone = heard(second, Topic.GONE)
        await die(first)
        took = await until(lambda: bool(gone), 20)
        assert json.loads(gone[0]) == ["person-1"]
        assert [row.key for row in await second.inbox.undone()] == ["a"]
        (again,) = await second.outbox.due(AT, 10)
        assert (again.key, again.perhaps_sent) == ("n", True)
        assert await second.replicas.take(Duty.POLL)
        print(f"\ntaken over from a killed process after {took:.2f} s")  # noqa: T201


@pytest.mark.usefixtures("quick")
async def test_what_a_hanging_process_had_is_taken_over(postgres_url: str) -> None:
    """Its session is ended, for its duties are locks of that; awake again it joins anew."""
    async with neighbours(postgres_url) as (first, second):
        await first.inbox.accept([update("a")])
        await first.ledger.append(notices=[notice("n")])
        (owed,) = await first.outbox.due(AT, 10)
        assert await first.replicas.take(Duty.POLL)
        before = number_of(first)
        gone = heard(second, Topic.GONE)
        await hang(first)
        await until(lambda: bool(gone), 20)
        assert [row.key for row in await second.inbox.undone()] == ["a"]
        assert len(await second.outbox.due(AT, 10)) == 1
        await until(lambda: second.replicas.take(Duty.POLL), 20)
        with pytest.raises(UnknownNotice):
            await first.outbox.mark_sending(owed.id, AT)
        (kept,) = await first.inbox.accept([update("b")])
        assert kept.elsewhere
        assert number_of(first) != before
        assert not first.replicas.holds(Duty.POLL)


async def test_whoever_was_taken_for_gone_claims_under_a_new_number(postgres_url: str) -> None:
    """No claim of theirs is lost or refused: they join anew on the way."""
    async with neighbours(postgres_url) as (first, _):
        before = number_of(first)
        await on(postgres_url, f"DELETE FROM replicas WHERE id = {before}")
        (row,) = await first.inbox.accept([update("a")])
        assert not row.elsewhere
        assert number_of(first) != before
        await on(postgres_url, f"DELETE FROM replicas WHERE id = {number_of(first)}")
        await first.ledger.append(notices=[notice("n")])
        assert len(await first.outbox.due(AT, 10)) == 1


async def test_a_broken_session_costs_nothing(postgres_url: str) -> None:
    """The same number, lanes and duties after the next heartbeat, and a look at what was missed."""
    async with neighbours(postgres_url, 1) as (only,):
        await only.inbox.accept([update("a")])
        assert await only.replicas.take(Duty.POLL)
        before, told = number_of(only), heard(only, Topic.UPDATES)
        await on(
            postgres_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await until(lambda: bool(told), 20)
        assert number_of(only) == before
        assert only.replicas.holds(Duty.POLL)
        async with neighbours(postgres_url, 1) as (other,):
            assert not await other.replicas.take(Duty.POLL)
            assert await other.replicas.elsewhere() == {"person-1"}


class Failing:
    """A connection in which nothing works any more but its end."""

    def __init__(self, db: Any) -> None:
        self._db = db

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def transaction(self) -> None:
        raise asyncpg.InternalClientError("got result for unknown protocol state")


@pytest.mark.usefixtures("quick")
async def test_a_session_that_only_fails_is_replaced(postgres_url: str) -> None:
    """The driver may hold on to a connection that answers nothing but errors."""
    async with neighbours(postgres_url, 1) as (only,):
        assert await only.replicas.take(Duty.POLL)
        before, told = number_of(only), heard(only, Topic.UPDATES)
        broken: Any = only.replicas
        broken._db = session = Failing(broken._db)
        await until(lambda: bool(told), 20)
        assert broken._db is not session
        assert (number_of(only), only.replicas.holds(Duty.POLL)) == (before, True)


# --- notices -------------------------------------------------------------------------------------


async def test_each_notice_is_claimed_once(postgres_url: str) -> None:
    """Three processes look at the same moment: each notice, and each recipient, has one of them."""
    async with neighbours(postgres_url, 3) as stores:
        owed = [
            replace(notice(f"n{place}"), recipient=f"person-{place % 20}") for place in range(200)
        ]
        await stores[0].ledger.append(notices=owed)
        claimed: dict[str, int] = {}
        found: list[Notice] = []
        for _ in range(6):
            looks = await asyncio.gather(
                *(one.outbox.due(AT, 15, busy=busy(found)) for one in stores)
            )
            for place, rows in enumerate(looks):
                found += rows
                for row in rows:
                    assert claimed.setdefault(row.recipient, place) == place
        assert len({row.id for row in found}) == len(found)
        assert len(found) >= 20


def busy(found: list[Notice]) -> list[str]:
    """Whose notices are in hand already."""
    return sorted({row.recipient for row in found})


async def test_what_is_put_off_holds_back_what_is_behind_it(postgres_url: str) -> None:
    """Nobody else overtakes, however much later the first one is due again."""
    async with neighbours(postgres_url) as (first, second):
        await first.ledger.append(notices=[notice("a"), notice("b")])
        a, _ = await first.outbox.due(AT, 10)
        await first.outbox.mark_sending(a.id, AT)
        await first.outbox.mark_failed(a.id, AT, "429", LATEST)
        await first.ledger.append(notices=[notice("c")])
        assert await second.outbox.due(LATER, 10) == ()
        assert [row.key for row in await first.outbox.due(LATER, 10)] == ["b", "c"]


async def test_whoever_owes_wakes_the_others(postgres_url: str) -> None:
    """Also a command that claims nothing itself; a timer of tomorrow wakes nobody."""
    async with neighbours(postgres_url) as (first, second):
        told = heard(second, Topic.NOTICES)
        await first.ledger.append(notices=[notice("a")])
        await until(lambda: len(told) == 1)
        command = await open_store(postgres_url, now)
        await command.ledger.append(notices=[notice("b")])
        await command.close()
        await until(lambda: len(told) == 2)
        (row,) = await first.inbox.accept([update("u")])
        tomorrow = replace(notice("c"), due_at="2026-03-02T08:00:00.000Z")
        await first.ledger.append(batch("s", 0, b"1"), notices=[tomorrow], done=row.id)
        await asyncio.sleep(0.1)
        assert len(told) == 2
