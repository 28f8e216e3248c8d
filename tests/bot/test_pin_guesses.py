"""Ten thousand guesses over many chats and a restart: at most five in a window are compared.

The same storm over weaker keepers lets more through, so it is not blind.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from bot.pins import Locked, PinKeeper, Right
from storage.memory import MemoryPins
from storage.opening import open_store
from storage.pins import TRIES, WINDOW_MINUTES, Attempt, Pins, Window, counted
from tests.bot.cases import AT
from tests.bot.staff import HandClock
from tests.promises.report import Promise

PEPPER = b"a pepper of the tests, long enough"
PIN, CHATS, SEED = "739418", 50, 27
Guard = Callable[[Pins], Pins]
T = TypeVar("T")


@dataclass
class Storm:
    """Guesses from many chats at one person's PIN, while the hours go by."""

    guesses: int
    clock: HandClock = field(default_factory=HandClock)
    compared: list[datetime] = field(default_factory=list)
    refused: int = 0

    async def run(self, keeper: PinKeeper, seed: int) -> None:
        """Half of the guesses; each chat tries one after the other."""
        chance = random.Random(seed)
        each = self.guesses // 2 // CHATS
        pins = [[f"{chance.randrange(10**6):06d}" for _ in range(each)] for _ in range(CHATS)]
        for turn in range(each):
            await asyncio.gather(*(self._guess(keeper, chat[turn]) for chat in pins))
            self.clock.at += timedelta(seconds=chance.randrange(90))

    async def _guess(self, keeper: PinKeeper, pin: str) -> None:
        at = self.clock.at
        said = await keeper.check("P-1", "000000" if pin == PIN else pin)
        assert not isinstance(said, Right)
        if isinstance(said, Locked) and not said.just_now:
            self.refused += 1
        else:
            self.compared.append(at)

    def worst(self) -> int:
        """The most guesses that were compared in any fifteen minutes."""
        end = timedelta(minutes=WINDOW_MINUTES)
        return max(
            sum(first <= at < first + end for at in self.compared) for first in set(self.compared)
        )


async def storm(folder: Path, guesses: int, guard: Guard) -> Storm:
    """A storm over a file that is closed and opened again in the middle of a window."""
    weather = Storm(guesses)
    for part in range(2):
        store = await open_store(f"sqlite:///{folder}/record.db", AT.isoformat)
        keeper = PinKeeper(
            guard(store.pins), PEPPER, weather.clock, PasswordHasher.from_parameters(CHEAPEST)
        )
        if part == 0:
            await keeper.choose("P-1", PIN)
        await weather.run(keeper, SEED + part)
        keeper.close()
        await store.close()
    return weather


async def test_ten_thousand_guesses_at_most_five_in_a_window(
    tmp_path: Path, promise: Promise
) -> None:
    """Every guess is answered, and the owner's PIN still opens when the lock is over."""
    weather = await storm(tmp_path, 10_000, lambda pins: pins)
    assert weather.refused + len(weather.compared) == 10_000
    assert weather.worst() == TRIES
    windows = (weather.clock.at - AT) / timedelta(minutes=WINDOW_MINUTES)
    assert len(weather.compared) <= TRIES * (windows + 1)
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    keeper = PinKeeper(store.pins, PEPPER, weather.clock)
    weather.clock.at += timedelta(minutes=WINDOW_MINUTES)
    assert await keeper.check("P-1", PIN) == Right()
    await store.close()
    promise(
        27,
        f"10,000 guesses from {CHATS} chats over a restart: at most {weather.worst()} compared "
        "in any window",
        seed=SEED,
    )


class Weak:
    """Keeps PINs, and counts guesses otherwise than it should."""

    def __init__(self, pins: Pins) -> None:
        self.hash, self.put, self.forget = pins.hash, pins.put, pins.forget
        self.succeed = pins.succeed
        self._tasks: set[asyncio.Task[Attempt]] = set()
        self._seen = Window()

    async def attempt(
        self, person: str, at: str, limit: int = TRIES, window_minutes: int = WINDOW_MINUTES
    ) -> Attempt:
        """Look at the count as it was, and count once the PIN was compared."""
        _, attempt = counted(self._seen, at, limit, window_minutes)
        self._tasks.add(asyncio.create_task(self._count_later(person, at, limit, window_minutes)))
        return attempt

    async def _count_later(self, person: str, at: str, limit: int, minutes: int) -> Attempt:
        await asyncio.sleep(0.01)
        self._seen, attempt = counted(self._seen, at, limit, minutes)
        return attempt


class Forgetful(Weak):
    """Counts at once, but in memory: a restart gives five more."""

    def __init__(self, pins: Pins) -> None:
        super().__init__(pins)
        self.attempt: Callable[..., Awaitable[Attempt]] = MemoryPins().attempt  # type: ignore[assignment]


@pytest.mark.parametrize("weak", [Weak, Forgetful])
async def test_a_weaker_count_lets_more_through(
    tmp_path: Path, weak: Guard, promise: Promise
) -> None:
    """A count after the comparison, or one that is not on disk, does not pass the same storm."""
    assert (await storm(tmp_path, 400, weak)).worst() > TRIES
    promise(27, control=f"{weak.__name__.lower()}: more than {TRIES} compared in a window")


async def longest_silence(work: Awaitable[object]) -> float:
    """The longest time in seconds that the loop stood still while the work was done."""
    task, longest, last = asyncio.ensure_future(work), 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await task
    return longest


class OnTheLoop(PinKeeper):
    """Compares where everybody else waits."""

    async def _off_the_loop(self, work: Callable[[], T]) -> T:
        return work()


async def shortest_of_three(sort: type[PinKeeper]) -> float:
    """The longest silence while four people are checked at once, in the best of three rounds.

    A keeper that blocks does so in every round; another process on the machine does not.
    """
    costly = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
    keeper = sort(MemoryPins(), PEPPER, HandClock(), costly)
    people = [f"P-{number}" for number in range(4)]
    await keeper.choose(people[0], PIN)
    found = await keeper._pins.hash(people[0])
    assert found is not None
    for person in people[1:]:
        await keeper._pins.put(person, found, AT.isoformat())
    rounds = [
        await longest_silence(
            asyncio.gather(*(keeper.check(person, "802957") for person in people))
        )
        for _ in range(3)
    ]
    keeper.close()
    return min(rounds)


async def test_the_loop_is_never_blocked_for_50_ms(promise: Promise) -> None:
    """Not even with checks that cost four times as much as the real ones."""
    assert await shortest_of_three(PinKeeper) < 0.05
    promise(27, "the loop is never blocked for 50 ms while four PINs are checked")


async def test_a_check_on_the_loop_would_block_it(promise: Promise) -> None:
    """The same measure finds a keeper that compares where everybody waits."""
    assert await shortest_of_three(OnTheLoop) > 0.05
    promise(27, control="a check on the loop blocks it for more than 50 ms")


class PlainWords(PasswordHasher):
    """Keeps what it is given as it is."""

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        return password.decode() if isinstance(password, bytes) else password


class PlainText(PinKeeper):
    """Keeps the PIN itself, without a pepper."""

    def _seasoned(self, person: str, pin: str) -> bytes:
        return pin.encode()


def stands_in(folder: Path, word: bytes) -> bool:
    """Whether any file of a folder holds these bytes."""
    return any(word in file.read_bytes() for file in folder.iterdir())


async def in_the_file(folder: Path, sort: type[PinKeeper], hasher: PasswordHasher) -> bool:
    """Whether a PIN that was chosen stands in any byte of the database or its log."""
    store = await open_store(f"sqlite:///{folder}/record.db", AT.isoformat)
    keeper = sort(store.pins, PEPPER, HandClock(), hasher)
    await keeper.choose("P-1", PIN)
    found = stands_in(folder, PIN.encode())
    keeper.close()
    await store.close()
    return found


async def test_no_pin_in_any_byte_of_the_database(tmp_path: Path, promise: Promise) -> None:
    """Nor in its log; the same search finds a PIN that is kept in plain text."""
    cheap = PasswordHasher.from_parameters(CHEAPEST)
    for name in ("kept", "plain"):
        (tmp_path / name).mkdir(mode=0o700)
    assert not await in_the_file(tmp_path / "kept", PinKeeper, cheap)
    assert await in_the_file(tmp_path / "plain", PlainText, PlainWords())
    promise(
        27,
        "the PIN is in no byte of the database and its log",
        control="a plain-text PIN: the same search finds it",
    )
