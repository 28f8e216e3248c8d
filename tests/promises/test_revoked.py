"""Row 22: people are let out in the middle of a burst, and record nothing after that."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.clock_watch import ClockWatch
from bot.gate import Gate
from flows.events import Role
from storage.ledger import Append, Entry
from storage.mapper import to_event
from storage.outbox import NewNotice, Settled
from tests.bot.staff import BOSS
from tests.promises.report import Promise, times
from tests.promises.test_failing_disk import DIGITS
from tests.promises.wire import Ward, a_ward

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, PEOPLE, TAPS = 22, 8, 40


async def begun(ward: Ward, round_: int) -> dict[int, tuple[str, str]]:
    """People with a screening and one answer each: their id and its number."""
    found = {}
    for place in range(PEOPLE):
        telegram_id = 10_000 + round_ * PEOPLE + place
        person = await ward.person(telegram_id, f"N{telegram_id}", Role.INVESTIGATOR)
        before = await ward.screenings()
        await ward.hear(ward.text(telegram_id, "/screen"), ward.text(telegram_id, "19"))
        (stream,) = set(await ward.screenings()) - set(before)
        found[telegram_id] = person, stream.removeprefix("screening/")
    return found


async def burst(ward: Ward, people: dict[int, tuple[str, str]], draw: random.Random) -> None:
    """Everybody changes an answer again and again; each is let out at some moment of it."""

    async def tapping() -> None:
        for turn in range(TAPS):
            for telegram_id, (_, number) in people.items():
                version = DIGITS[(2 + turn) // 36] + DIGITS[(2 + turn) % 36]
                data = f"{number.replace('-', '')}.{version}.A0#{20 + turn}!2"
                await ward.bot.hearing.intake.take([ward.tap(telegram_id, data)])
            await asyncio.sleep(0)

    async def letting_out(person: str) -> None:
        await asyncio.sleep(draw.uniform(0, 0.5))
        await ward.bot.office.revoke_person(person, by=BOSS, force=True)

    await asyncio.gather(tapping(), *(letting_out(person) for person, _ in people.values()))
    await ward.hear()


async def after_the_end(ward: Ward) -> tuple[int, int]:
    """Events recorded by somebody after their revocation, and all that were recorded before."""
    out: set[str] = set()
    late = before = 0
    async for entry in ward.house.store.ledger.walk():
        if entry.kind == "person-revoked":
            out.add(entry.stream.removeprefix("person/"))
        elif entry.stream.startswith("screening/"):
            by = to_event(entry).by.person
            late += by in out
            before += by not in out
    return late, before


def slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the permission and the record lies a moment: make it long enough to be met."""
    append = ClockWatch.append

    async def slow(
        self: ClockWatch,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        if any(batch.stream.startswith("screening/") for batch in batches):
            await asyncio.sleep(0.01)
        return await append(self, *batches, done=done, notices=notices, settled=settled)

    monkeypatch.setattr(ClockWatch, "append", slow)


async def rounds(folder: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> tuple[int, int]:
    """So many bursts; what was recorded too late, and in time."""
    draw = random.Random(SEED)
    slowed(monkeypatch)
    async with a_ward(folder, monkeypatch) as ward:
        for round_ in range(number):
            await burst(ward, await begun(ward, round_), draw)
        return await after_the_end(ward)


async def test_nothing_is_recorded_after_somebody_is_let_out(
    fast: Path, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let out while their taps are on the way: not one is recorded after the revocation."""
    number = times(10)
    late, before = await rounds(fast, monkeypatch, number)
    assert late == 0
    assert before > 3 * PEOPLE * number, "everybody was let out before they tapped"
    promise(
        22,
        f"{number * PEOPLE} people let out during bursts of {TAPS} taps: {before:,} events before, "
        f"{late} after the revocation committed",
        seed=SEED,
    )


async def test_control_without_the_guard_some_come_late(
    fast: Path, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the transaction does not ask again, taps that were under way are recorded."""

    def blind(self: Gate, person: str) -> Append:
        return Append("site/none", 0, (), "now")

    monkeypatch.setattr(Gate, "guard", blind)
    late, _ = await rounds(fast, monkeypatch, 2)
    assert late > 0
    promise(22, control=f"without the guard: {late} events come after the revocation")
