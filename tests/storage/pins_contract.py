"""What every keeper of PINs must do; each backend's tests inherit this class."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage.errors import BadEntry
from storage.opening import Store
from storage.pins import Attempt

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PERSON = "P-7K3F9Q"


def after(minutes: float) -> str:
    """A time so many minutes after the start."""
    return (START + timedelta(minutes=minutes)).isoformat()


async def guesses(store: Store, *minutes: float, person: str = PERSON) -> list[int | None]:
    """For a guess at each time: how many are left after it, or None when it is refused."""
    made = [await store.pins.attempt(person, after(minute)) for minute in minutes]
    return [attempt.left if attempt.allowed else None for attempt in made]


class PinsContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    async def test_a_hash_is_kept_for_its_person(self, store: Store) -> None:
        """Each person has their own, and nobody has one that was not chosen."""
        assert await store.pins.put(PERSON, "hash", after(0))
        assert await store.pins.put("another", "other hash", after(0))
        assert await store.pins.hash(PERSON) == "hash"
        assert await store.pins.hash("another") == "other hash"
        assert await store.pins.hash("nobody") is None

    async def test_a_standing_hash_is_not_replaced(self, store: Store) -> None:
        """Only after it was forgotten can another be chosen; of two at once one is kept."""
        kept = await asyncio.gather(*(store.pins.put(PERSON, f"h{n}", after(n)) for n in range(9)))
        assert kept.count(True) == 1
        assert await store.pins.hash(PERSON) == f"h{kept.index(True)}"
        await store.pins.forget(PERSON)
        assert await store.pins.hash(PERSON) is None
        assert await store.pins.put(PERSON, "new", after(9))
        assert await store.pins.hash(PERSON) == "new"

    async def test_five_guesses_then_none(self, store: Store) -> None:
        """The fifth is compared and says until when there is no sixth."""
        await store.pins.put(PERSON, "hash", after(0))
        assert await guesses(store, 0, 1, 2, 3) == [4, 3, 2, 1]
        assert await store.pins.attempt(PERSON, after(4)) == Attempt(True, 0, after(19))
        assert await store.pins.attempt(PERSON, after(5)) == Attempt(False, 0, after(19))

    async def test_refused_guesses_are_not_counted(self, store: Store) -> None:
        """However many knock meanwhile, the lock ends when it was said to, and a window begins."""
        assert await guesses(store, 0, 0, 0, 0, 0) == [4, 3, 2, 1, 0]
        assert await guesses(store, *range(15), 14.999) == [None] * 16
        assert await guesses(store, 15, 16, 17, 18, 19, 33.9, 34) == [4, 3, 2, 1, 0, None, 4]

    async def test_whoever_is_locked_out_waits_the_full_time(self, store: Store) -> None:
        """A last guess late in the window does not shorten the lock."""
        assert await guesses(store, 0, 1, 2, 3, 14.9) == [4, 3, 2, 1, 0]
        assert await guesses(store, 15, 29.8, 29.9) == [None, None, 4]

    async def test_a_window_ends_fifteen_minutes_after_its_last_guess(self, store: Store) -> None:
        """Whoever goes on guessing stays in it, however slowly."""
        assert await guesses(store, 0, 14.9, 29.8, 44.8, 45) == [4, 3, 2, 4, 3]

    async def test_no_fifteen_minutes_hold_more_than_five(self, store: Store) -> None:
        """Not even across the end of one window and the beginning of the next."""
        late = [0, 14.1, 14.2, 14.3]
        then = [15.0, 15.1, 15.2, 15.3, 15.4, 29.0]
        assert await guesses(store, *late, *then) == [4, 3, 2, 1, 0, *[None] * 5]

    async def test_a_right_guess_clears_the_count(self, store: Store) -> None:
        """So does choosing after a reset; neither clears anybody else's."""
        await store.pins.put(PERSON, "hash", after(0))
        await guesses(store, 0, 0, 0, 0, 0)
        await guesses(store, 0, 0, person="another")
        await store.pins.succeed(PERSON)
        assert await store.pins.hash(PERSON) == "hash"
        assert await guesses(store, 1, 1, 1, 1, 1, 1) == [4, 3, 2, 1, 0, None]
        await store.pins.forget(PERSON)
        await store.pins.put(PERSON, "new", after(1))
        assert await guesses(store, 1) == [4]
        assert await guesses(store, 1, person="another") == [2]

    async def test_guesses_without_a_hash_are_counted_until_one_is_chosen(
        self, store: Store
    ) -> None:
        """Knocking before there is a PIN takes nothing from whoever chooses it."""
        assert await guesses(store, 0, 0, 0, 0, 0, 0) == [4, 3, 2, 1, 0, None]
        assert await store.pins.put(PERSON, "hash", after(0))
        assert await guesses(store, 0) == [4]

    async def test_guesses_at_one_moment_are_all_counted(self, store: Store) -> None:
        """Of a hundred at once five are allowed, each told another number left."""
        made = await asyncio.gather(*(store.pins.attempt(PERSON, after(0)) for _ in range(100)))
        assert sorted(attempt.left for attempt in made if attempt.allowed) == [0, 1, 2, 3, 4]

    async def test_a_clock_that_was_set_back_frees_nobody_and_locks_nobody_for_long(
        self, store: Store
    ) -> None:
        """The count stays; the time left is that of a whole window from now."""
        assert await guesses(store, 999_999, 999_999, 0, 1, 2, 3) == [4, 3, 2, 1, 0, None]
        await guesses(store, 999_999, 999_999, 999_999, 999_999, 999_999)
        assert await guesses(store, 5, 19.9, 20) == [None, None, 4]

    async def test_limit_and_window_can_be_others(self, store: Store) -> None:
        """Two guesses in a minute."""
        times = (0, 0.5, 0.6, 1.4, 1.5)
        made = [await store.pins.attempt(PERSON, after(time), 2, 1) for time in times]
        assert [attempt.allowed for attempt in made] == [True, True, False, False, True]

    async def test_what_cannot_be_kept_is_refused(self, store: Store) -> None:
        """Bad names, hashes, times and limits change nothing."""
        for person, at, limit, minutes in (
            ("", after(0), 5, 15),
            ("\x00", after(0), 5, 15),
            (PERSON, "soon", 5, 15),
            (PERSON, "2026-03-01T08:00:00", 5, 15),
            (PERSON, after(0), 0, 15),
            (PERSON, after(0), 5, 0),
        ):
            with pytest.raises(BadEntry):
                await store.pins.attempt(person, at, limit, minutes)
        for person, hashed, at in (("", "h", after(0)), (PERSON, "", after(0)), (PERSON, "h", "?")):
            with pytest.raises(BadEntry):
                await store.pins.put(person, hashed, at)
        with pytest.raises(BadEntry):
            await store.pins.forget("\ud800")
        with pytest.raises(BadEntry):
            await store.pins.succeed("")
        assert await store.pins.hash(PERSON) is None
        assert await guesses(store, 0) == [4]
