"""What chain and encryption cost: a tap and a start, with and without, in turns in one run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from bot.clock import RandomNumbers, SystemClock, random_bytes
from bot.desk import Desk
from bot.register import Register
from bot.shelf import Shelf
from flows.commands import GiveAnswer
from flows.events import Mode
from flows.questions import AskInput
from storage import chain
from storage.opening import Store, open_store, sealed_store
from tests.benchmarks.speed.parts import note
from tests.benchmarks.test_desk import ANSWERS, BY

pytestmark = pytest.mark.benchmark

SCREENINGS = 80
CLOCK = SystemClock()
LARGEST_TAP = 1.35
"""A tap sealed against a tap plain, medians of the same run."""

LARGEST_EXTRA_MS = 0.25
"""Or the median of the differences of two taps made in turn, where the disk makes ratios jump."""

LARGEST_START = 2.5
"""Reading the whole ledger at a start, sealed against plain."""


LARGEST_TAP_IN_ALL = 1.6
"""A tap chained and sealed against one that is neither."""


@contextmanager
def unchained() -> Iterator[None]:
    """Digests that cost nothing and prove nothing: what a tap would take without the chain."""
    link = chain.link
    chain.link = lambda previous, position, *_: position.to_bytes(32, "big")
    try:
        yield
    finally:
        chain.link = link


async def store_at(path: Path, *, sealed: bool) -> Store:
    """A store in a file."""
    store = await open_store(f"sqlite:///{path}", lambda: CLOCK.now().isoformat())
    return await sealed_store(store, random_bytes, b"r" * 32) if sealed else store


class Phone:
    """Somebody who answers at one desk, question by question."""

    def __init__(self, store: Store) -> None:
        self.desk = Desk(store.ledger, Shelf(store.ledger), CLOCK, RandomNumbers())
        self.taps: list[float] = []
        self.opens: list[float] = []

    async def open(self) -> None:
        """Begin with somebody."""
        begun = perf_counter()
        self.screening = (await self.desk.open("lysyme", "HM", Mode.SCREENING, "en", BY)).screening
        self.opens.append((perf_counter() - begun) * 1000)

    async def answer(self) -> bool:
        """Answer what is asked; False at the end."""
        step = self.screening.walk(self.screening.day(CLOCK.now())).step
        if not isinstance(step, AskInput):
            return False
        command = GiveAnswer(step.input, ANSWERS.get(step.input, "none"))
        begun = perf_counter()
        handled = await self.desk.handle(self.screening.number, command, BY, self.screening.version)
        self.taps.append((perf_counter() - begun) * 1000)
        self.screening = handled.screening
        return True


async def started(path: Path, *, sealed: bool) -> tuple[float, int]:
    """Microseconds an event to read the whole ledger as at a start; and how many there are."""
    store = await store_at(path, sealed=sealed)
    begun = perf_counter()
    await Register(store.ledger).catch_up()
    taken = (perf_counter() - begun) * 1e6
    events = (await store.ledger.head()).position
    await store.ledger.close()
    return taken / events, events


async def test_a_tap_before_and_after_chain_and_encryption(tmp_path: Path) -> None:
    """Three desks in turns: neither, the chain alone, chain and encryption."""
    stores = [
        await store_at(tmp_path / f"{name}.db", sealed=name == "sealed")
        for name in ("bare", "chained", "sealed")
    ]
    bare, chained, sealed = phones = [Phone(store) for store in stores]

    async def answer(phone: Phone) -> bool:
        with unchained() if phone is bare else nullcontext():
            return await phone.answer()

    for screening in range(SCREENINGS):
        turn = [phones[(screening + place) % 3] for place in range(3)]
        for phone in turn:
            await phone.open()
        while all([await answer(phone) for phone in turn]):
            pass
    for store in stores:
        await store.ledger.close()
    found = [median(phone.taps) for phone in (bare, chained, sealed)]
    print(  # noqa: T201  the figures are what a benchmark is for
        f"\none tap: neither {found[0]:.3f} ms, chained {found[1]:.3f} ms, chained and sealed "
        f"{found[2]:.3f} ms; ratios {found[1] / found[0]:.2f} and {found[2] / found[0]:.2f}, "
        f"n = {len(bare.taps)} each"
    )
    note("chain, what it adds to a stored answer", (found[1] - found[0]) * 1000, "µs")
    note("encryption, what it adds to that", (found[2] - found[1]) * 1000, "µs")
    assert found[2] / found[0] < LARGEST_TAP_IN_ALL


async def test_a_tap_and_a_start_cost_little_more_when_sealed(tmp_path: Path) -> None:
    """Tap by tap in turns on one disk: the medians and their ratio; then a start of each."""
    stores = {kind: await store_at(tmp_path / f"{kind}.db", sealed=kind) for kind in (False, True)}
    plain, sealed = (Phone(store) for store in stores.values())
    for screening in range(SCREENINGS):
        phones = (plain, sealed) if screening % 2 else (sealed, plain)
        for phone in phones:
            await phone.open()
        while all([await phone.answer() for phone in phones]):
            pass
    for store in stores.values():
        await store.ledger.close()
    starts: dict[bool, list[float]] = {False: [], True: []}
    events = 0
    for _ in range(5):
        for kind in stores:
            cost, events = await started(tmp_path / f"{kind}.db", sealed=kind)
            starts[kind].append(cost)
    start = {kind: median(costs) for kind, costs in starts.items()}
    tap, tap_sealed = median(plain.taps), median(sealed.taps)
    extra = median(b - a for a, b in zip(plain.taps, sealed.taps, strict=True))
    print(  # noqa: T201  the figures are what a benchmark is for
        f"\none tap: plain {tap:.3f} ms, sealed {tap_sealed:.3f} ms, "
        f"ratio {tap_sealed / tap:.2f}, median of the differences {extra:.3f} ms, "
        f"n = {len(plain.taps)}; opening: plain {median(plain.opens):.3f} ms, "
        f"sealed {median(sealed.opens):.3f} ms; "
        f"start, an event: plain {start[False]:.1f} us, sealed {start[True]:.1f} us, "
        f"ratio {start[True] / start[False]:.2f}, {events} events"
    )
    note("reading the ledger at a start, sealed, an event", start[True], "µs")
    assert tap_sealed / tap < LARGEST_TAP or extra < LARGEST_EXTRA_MS
    assert start[True] / start[False] < LARGEST_START
