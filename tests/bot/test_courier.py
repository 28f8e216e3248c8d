"""The courier: one notice that cannot be sent stops no other, and a repeat is told as one."""

from __future__ import annotations

from datetime import timedelta

from bot.courier import AGAIN, Courier, NotNow, Undeliverable
from storage.opening import Store, memory_store
from storage.outbox import NewNotice, Notice
from tests.bot.staff import HandClock


class Carrier:
    """Delivers, except what is told to fail; keeps what it was handed."""

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {}
        self.handed: list[Notice] = []

    async def deliver(self, notice: Notice) -> int:
        """Hand it over, or fail as told."""
        self.handed.append(notice)
        if notice.key in self.faults:
            raise self.faults[notice.key]
        return 7


async def _owing(*keys: str) -> tuple[Store, HandClock, Carrier, Courier]:
    store, clock, carrier = memory_store(), HandClock(), Carrier()
    due = clock.now().isoformat(timespec="milliseconds")
    notices = [NewNotice(key, "P-1", "verdict", b"{}", due) for key in keys]
    await store.ledger.append(notices=notices)
    return store, clock, carrier, Courier(store.outbox, carrier.deliver, clock)


async def test_a_notice_that_cannot_be_drawn_stops_no_other() -> None:
    """A fault of ours puts that notice off; the one behind it is sent, and both in the end."""
    store, clock, carrier, courier = await _owing("broken", "sound")
    carrier.faults["broken"] = KeyError("verdict")
    assert await courier.round() == 1
    counts = await store.outbox.counts()
    assert (counts.sent, counts.waiting, counts.failed) == (1, 1, 0)
    carrier.faults.clear()
    assert await courier.round() == 0  # not before its pause is over
    clock.at += timedelta(seconds=AGAIN[0])
    assert await courier.round() == 1


async def test_who_cannot_be_reached_is_passed_over() -> None:
    """A blocked person's notice is given up at once and never tried again."""
    store, clock, carrier, courier = await _owing("blocked", "sound")
    carrier.faults["blocked"] = Undeliverable("blocked")
    assert await courier.round() == 1
    clock.at += timedelta(days=1)
    assert await courier.round() == 0
    assert (await store.outbox.counts()).failed == 1
    assert [one.key for one in carrier.handed] == ["blocked", "sound"]


async def test_a_pause_that_is_asked_for_is_kept_and_a_repeat_is_known() -> None:
    """Nothing is sent inside the pause; what may have been heard comes back as a repeat."""
    _, clock, carrier, courier = await _owing("late")
    carrier.faults["late"] = NotNow("flood", 120.0, heard=True)
    assert await courier.round() == 0
    carrier.faults.clear()
    clock.at += timedelta(seconds=119)
    assert await courier.round() == 0
    clock.at += timedelta(seconds=1)
    assert await courier.round() == 1
    assert [one.perhaps_sent for one in carrier.handed] == [False, True]
