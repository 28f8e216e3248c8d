"""The PIN: chosen once, compared off the loop, and nowhere to be read."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from hypothesis import given
from hypothesis import strategies as st

from bot.pins import (
    LANES,
    MEMORY_KIB,
    PASSES,
    AlreadyChosen,
    Chosen,
    Locked,
    NoPin,
    NotSixDigits,
    PinKeeper,
    Right,
    Trivial,
    Wrong,
    trivial,
)
from bot.settings import BadSettings, read_settings
from storage.errors import LedgerBroken, StorageUnavailable
from storage.memory import MemoryPins
from storage.opening import Store, open_store
from tests.bot.cases import AT
from tests.bot.staff import HandClock

PEPPER = b"a pepper of the tests, long enough"
CHEAP = PasswordHasher.from_parameters(CHEAPEST)
PIN = "739418"
OTHER = "802957"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store in a file."""
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    yield store
    await store.close()


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands still until it is moved."""
    return HandClock()


@pytest.fixture
def keeper(store: Store, clock: HandClock) -> PinKeeper:
    """A keeper over the file, at the cost of real use."""
    return PinKeeper(store.pins, PEPPER, clock)


async def test_a_chosen_pin_is_right_and_no_other_is(keeper: PinKeeper) -> None:
    """The owner's PIN opens, another's does not, and a right one clears the count."""
    assert await keeper.check("P-1", PIN) == NoPin()
    assert await keeper.choose("P-1", PIN) == Chosen()
    assert await keeper.choose("P-2", OTHER) == Chosen()
    assert await keeper.check("P-1", OTHER) == Wrong(4)
    assert await keeper.check("P-1", PIN) == Right()
    assert await keeper.check("P-1", OTHER) == Wrong(4)
    assert await keeper.check("P-2", OTHER) == Right()


async def test_the_fifth_wrong_pin_locks(keeper: PinKeeper, clock: HandClock) -> None:
    """The lock is told once as new, refuses even the right PIN, and ends after 15 minutes."""
    await keeper.choose("P-1", PIN)
    said = [await keeper.check("P-1", OTHER) for _ in range(4)]
    assert said == [Wrong(4), Wrong(3), Wrong(2), Wrong(1)]
    until = (AT + timedelta(minutes=15)).isoformat()
    assert await keeper.check("P-1", OTHER) == Locked(until, just_now=True)
    assert await keeper.check("P-1", PIN) == Locked(until)
    clock.at += timedelta(minutes=15)
    assert await keeper.check("P-1", PIN) == Right()


async def test_the_fifth_guess_may_be_right(keeper: PinKeeper) -> None:
    """Whoever remembers at the last moment is not locked out."""
    await keeper.choose("P-1", PIN)
    for _ in range(4):
        await keeper.check("P-1", OTHER)
    assert await keeper.check("P-1", PIN) == Right()
    assert await keeper.check("P-1", OTHER) == Wrong(4)


async def test_nobody_chooses_over_a_standing_pin(keeper: PinKeeper) -> None:
    """Neither later nor at the same moment: one of ten wins, and theirs is the PIN."""
    pins = [f"73941{digit}" for digit in range(10)]
    said = await asyncio.gather(*(keeper.choose("P-1", pin) for pin in pins))
    assert said.count(Chosen()) == 1
    assert said.count(AlreadyChosen()) == 9
    assert await keeper.check("P-1", pins[said.index(Chosen())]) == Right()
    assert await keeper.choose("P-1", OTHER) == AlreadyChosen()


async def test_a_reset_forgets_the_pin_and_the_lock(keeper: PinKeeper) -> None:
    """Afterwards the old PIN opens nothing, and a new one is chosen."""
    await keeper.choose("P-1", PIN)
    for _ in range(6):
        await keeper.check("P-1", OTHER)
    assert await keeper.has_pin("P-1")
    await keeper.reset("P-1")
    assert not await keeper.has_pin("P-1")
    assert await keeper.check("P-1", PIN) == NoPin()
    assert await keeper.choose("P-1", OTHER) == Chosen()
    assert await keeper.check("P-1", PIN) == Wrong(4)
    assert await keeper.check("P-1", OTHER) == Right()


@pytest.mark.parametrize(
    "pin", ["", "73941", "7394188", "73941a", "７３９４１８", "739418\n", "-73941"]
)
async def test_only_six_digits_are_a_pin(keeper: PinKeeper, pin: str) -> None:
    """Nothing else can be chosen, or is ever right."""
    assert await keeper.choose("P-1", pin) == NotSixDigits()
    await keeper.choose("P-1", PIN)
    assert await keeper.check("P-1", pin) == Wrong(4)


EASY = """
    000000 777777 123456 234567 567890 890123 654321 987654 210987
    121212 474747 470470 901901
    240785 072485 850724 311299 010100 121985 198512 062031 203106
"""
ALLOWED = "739418 802957 352459 123459 123465 470471 777778 329999 131919 193213 321458"


@pytest.mark.parametrize("pin", EASY.split())
async def test_a_pin_that_is_easy_to_guess_is_refused(keeper: PinKeeper, pin: str) -> None:
    """Every rule of the list, at its edges."""
    assert await keeper.choose("P-1", pin) == Trivial()
    assert await keeper.check("P-1", pin) == NoPin()


@pytest.mark.parametrize("pin", ALLOWED.split())
def test_a_pin_beside_the_rules_is_allowed(pin: str) -> None:
    """The list refuses what it names and no more."""
    assert not trivial(pin)


@given(st.integers(0, 999_999))
def test_the_rules_against_a_second_telling(number: int) -> None:
    """The pattern says of each PIN what its words say."""
    pin = f"{number:06d}"
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    first, middle, last = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    days, months, centuries = range(1, 32), range(1, 13), (19, 20)
    expected = (
        steps in ({0}, {1}, {9})
        or pin[:2] * 3 == pin
        or pin[:3] * 2 == pin
        or (first in days and middle in months)
        or (first in months and middle in days)
        or (middle in months and last in days)
        or (first in months and middle in centuries)
        or (first in centuries and last in months)
    )
    assert trivial(pin) is expected


async def test_the_cost_is_at_least_owasps(keeper: PinKeeper, store: Store) -> None:
    """What is kept is argon2id with 19 MiB and two passes or more, under a salt of its own."""
    assert (MEMORY_KIB >= 19_456, PASSES >= 2, LANES) == (True, True, 1)
    await keeper.choose("P-1", PIN)
    await keeper.choose("P-2", PIN)
    first, second = await store.pins.hash("P-1"), await store.pins.hash("P-2")
    assert first is not None
    assert first.startswith(f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$")
    assert first != second


async def test_a_stolen_table_without_the_pepper_says_nothing(
    keeper: PinKeeper, store: Store, clock: HandClock
) -> None:
    """The right PIN fits neither under another pepper nor plain, nor in another person's row."""
    await keeper.choose("P-1", PIN)
    stolen = await store.pins.hash("P-1")
    assert stolen is not None
    thieves = MemoryPins()
    await thieves.put("P-1", stolen, AT.isoformat())
    await thieves.put("P-2", stolen, AT.isoformat())
    guessed = PinKeeper(thieves, b"another pepper, just as long as it", clock)
    assert await guessed.check("P-1", PIN) == Wrong(4)
    assert await PinKeeper(thieves, PEPPER, clock).check("P-2", PIN) == Wrong(4)
    assert await PinKeeper(thieves, PEPPER, clock).check("P-1", PIN) == Right()
    for plain in (PIN, f"P-1{PIN}", f"signing pin\0P-1\0{PIN}"):
        with pytest.raises(Exception, match="does not match"):
            PasswordHasher().verify(stolen, plain)


def test_a_short_pepper_is_refused(clock: HandClock) -> None:
    """The words of the refusal do not say what it was."""
    with pytest.raises(ValueError, match="fewer than 32 bytes") as caught:
        PinKeeper(MemoryPins(), b"secret", clock)
    assert "secret" not in str(caught.value)


def test_the_pepper_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 32 characters or more it is taken and not shown; a shorter one is refused by its name."""
    monkeypatch.setenv("SIGNING_PEPPER", "p" * 32)
    settings = read_settings()
    assert settings.signing_pepper is not None
    assert settings.signing_pepper.get_secret_value() == "p" * 32
    assert "ppp" not in repr(settings)
    monkeypatch.setenv("SIGNING_PEPPER", "p" * 31)
    with pytest.raises(BadSettings, match=r"^SIGNING_PEPPER$"):
        read_settings()


async def test_a_damaged_hash_is_an_error_and_no_wrong_pin(store: Store, clock: HandClock) -> None:
    """The person is not told that they mistyped; the guess stays counted."""
    await store.pins.put("P-1", "$argon2id$v=19$m=8,t=1,p=1$!!$!!", AT.isoformat())
    await store.pins.put("P-2", "not a hash", AT.isoformat())
    keeper = PinKeeper(store.pins, PEPPER, clock)
    for person in ("P-1", "P-2"):
        with pytest.raises(LedgerBroken):
            await keeper.check(person, PIN)
        assert (await store.pins.attempt(person, AT.isoformat())).left == 3


async def test_nothing_is_compared_when_the_guess_cannot_be_counted(
    keeper: PinKeeper, store: Store
) -> None:
    """With the database gone even the right PIN is an error."""
    await keeper.choose("P-1", PIN)
    await store.close()
    with pytest.raises(StorageUnavailable):
        await keeper.check("P-1", PIN)


async def test_a_closed_keeper_compares_nothing(keeper: PinKeeper) -> None:
    """After `close` a check is an error, not a hang."""
    await keeper.choose("P-1", PIN)
    keeper.close()
    with pytest.raises(RuntimeError):
        await keeper.check("P-1", PIN)


def written(folder: Path, pin: str) -> list[str]:
    """The files under a folder that hold the PIN."""
    return [
        found.name
        for found in folder.rglob("*")
        if found.is_file() and pin.encode() in found.read_bytes()
    ]


@pytest.fixture
def pin() -> str:
    """A PIN whose digits stand in nothing else."""
    return "948271"


async def test_the_pin_is_nowhere(
    store: Store,
    clock: HandClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    pin: str,
) -> None:
    """Not in the database, its log, a log line or a repr, nor is the pepper, even when it fails."""
    caplog.set_level(logging.DEBUG)
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0  # every step of the loop is logged, with what it holds
    keeper = PinKeeper(store.pins, PEPPER, clock, CHEAP)
    shown = [repr(keeper), str(keeper)]
    for doing in (keeper.choose("P-1", pin), keeper.check("P-1", pin), keeper.check("P-1", OTHER)):
        task = asyncio.create_task(doing)
        while not task.done():
            shown.append(repr(task))
            await asyncio.sleep(0)
        shown.append(repr(task.result()))
    loop.set_debug(False)
    await store.close()
    with pytest.raises(StorageUnavailable) as caught:
        await keeper.check("P-1", pin)
    shown += [str(caught.value), caplog.text]
    assert "Executing" in caplog.text
    assert not [text for text in shown if pin in text or PEPPER.decode() in text]
    assert written(tmp_path, pin) == []
    assert written(tmp_path, PEPPER.decode()) == []


async def test_a_pin_in_plain_text_would_be_found(
    tmp_path: Path, clock: HandClock, pin: str
) -> None:
    """The search above is not blind: a keeper that stores the PIN is caught by it."""

    class Plain(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            return f"plain:{pin}"

    store = await open_store(f"sqlite:///{tmp_path}/weak.db", AT.isoformat)
    await PinKeeper(store.pins, PEPPER, clock, Plain()).choose("P-1", pin)
    assert written(tmp_path, pin) != []
    await store.close()
    assert sqlite3.connect(tmp_path / "weak.db").execute("SELECT hash FROM pins").fetchone()
    assert written(tmp_path, pin) == ["weak.db"]
