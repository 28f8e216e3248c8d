"""The signing PIN: six digits that only their owner knows, kept as a hash under a pepper.

All six-digit PINs can be tried against a stolen hash within hours. So the PIN goes through
HMAC-SHA256 under a pepper from the environment before it is hashed: a stolen database without
the pepper says nothing. A PIN is never logged, never stored, and in nobody's repr.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from bot.clock import Clock
from storage.errors import LedgerBroken
from storage.pins import Pins

T = TypeVar("T")

SHORTEST_PEPPER: Final = 32
"""Bytes: as many as the HMAC has."""

MEMORY_KIB: Final = 19_456
PASSES: Final = 4
LANES: Final = 1
"""argon2id with 19 MiB, four passes and one lane: twice the passes of OWASP's minimum (19 MiB, 2,
1; Password Storage Cheat Sheet). One check took 35 ms (median of nine) on one shared core where
that minimum took 18 ms."""

AT_ONCE: Final = 2
"""Checks at one time, so that a crowd of signers costs at most 38 MiB and leaves the loop free."""

_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
_TRIVIAL: Final = re.compile(
    r"([0-9])\1{5}"  # one digit
    r"|([0-9]{2})\2\2|([0-9]{3})\3"  # a pair or a triple over again
    rf"|{_DAY}{_MONTH}[0-9]{{2}}|{_MONTH}{_DAY}[0-9]{{2}}|[0-9]{{2}}{_MONTH}{_DAY}"  # a birthday
    rf"|{_MONTH}(?:19|20)[0-9]{{2}}|(?:19|20)[0-9]{{2}}{_MONTH}"  # a month of a year
)
_RUNS: Final = ("0123456789" * 2, "9876543210" * 2)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The PIN is kept, and whatever was held against the person is cleared."""


@dataclass(frozen=True, slots=True)
class AlreadyChosen:
    """A PIN stands: another can be chosen only after an administrator's reset."""


@dataclass(frozen=True, slots=True)
class Trivial:
    """The PIN is one that a stranger would try first (see `trivial`)."""


@dataclass(frozen=True, slots=True)
class NotSixDigits:
    """What was typed cannot be a PIN."""


@dataclass(frozen=True, slots=True)
class Right:
    """The PIN is theirs."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The PIN is not theirs; `left` guesses, at least one, remain in this window."""

    left: int


@dataclass(frozen=True, slots=True)
class Locked:
    """No PIN is compared before `until`, ISO 8601 with its zone.

    `just_now` says that a wrong PIN brought it about, once for each time it happens; without it
    the PIN was not compared at all.
    """

    until: str
    just_now: bool = False


@dataclass(frozen=True, slots=True)
class NoPin:
    """The person has chosen none, or it was reset."""


Choice: TypeAlias = Chosen | AlreadyChosen | Trivial | NotSixDigits
Check: TypeAlias = Right | Wrong | Locked | NoPin


def is_six_digits(pin: str) -> bool:
    """Whether a text has the form of a PIN: digits 0 to 9 and no others."""
    return _SIX_DIGITS.fullmatch(pin) is not None


def trivial(pin: str) -> bool:
    """Whether six digits are too easy to guess, by these rules and no others.

    One digit (`777777`); a run up or down, also past the end (`456789`, `210987`); a pair or
    triple over again (`121212`, `470470`); a date as DDMMYY, MMDDYY or YYMMDD (`240785`); a month
    of a year from 1900 to 2099, as MMYYYY or YYYYMM. They refuse 9 in 100 of all PINs.
    """
    return _TRIVIAL.fullmatch(pin) is not None or any(pin in run for run in _RUNS)


class PinKeeper:
    """Chooses and checks PINs; `close` it at the end.

    Every method may raise StorageError; no PIN was then compared, or kept. `hasher` is argon2id
    with the cost above, unless a test wants another.
    """

    def __init__(
        self, pins: Pins, pepper: bytes, clock: Clock, hasher: PasswordHasher | None = None
    ) -> None:
        if len(pepper) < SHORTEST_PEPPER:
            raise ValueError(f"the pepper has fewer than {SHORTEST_PEPPER} bytes")
        self._pins, self._pepper, self._clock = pins, pepper, clock
        self._hasher = hasher or PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pin")

    async def has_pin(self, person: str) -> bool:
        """Whether a PIN stands; without one the person chooses."""
        return await self._pins.hash(person) is not None

    async def choose(self, person: str, pin: str) -> Choice:
        """Keep a PIN for somebody who has none."""
        if not is_six_digits(pin):
            return NotSixDigits()
        if trivial(pin):
            return Trivial()
        if await self.has_pin(person):
            return AlreadyChosen()  # the answer of `put`, without the cost of a hash
        seasoned = self._seasoned(person, pin)
        hashed = await self._off_the_loop(lambda: self._hasher.hash(seasoned))
        kept = await self._pins.put(person, hashed, self._now())
        return Chosen() if kept else AlreadyChosen()

    async def check(self, person: str, pin: str) -> Check:
        """Compare a PIN: the guess is counted on disk before it is looked at."""
        if not await self.has_pin(person):
            return NoPin()
        attempt = await self._pins.attempt(person, self._now())
        if not attempt.allowed:
            return Locked(attempt.locked_until or self._now())
        # Read anew: a PIN that was reset meanwhile opens nothing.
        hashed = await self._pins.hash(person)
        if hashed is None:
            return NoPin()
        seasoned = self._seasoned(person, pin)
        if await self._off_the_loop(lambda: self._is_same(hashed, seasoned)):
            await self._pins.succeed(person)
            return Right()
        if attempt.locked_until is not None:
            return Locked(attempt.locked_until, just_now=True)
        return Wrong(attempt.left)

    async def reset(self, person: str) -> None:
        """Forget the PIN and what is held against the person, who then chooses another."""
        await self._pins.forget(person)

    def close(self) -> None:
        """Let go of the threads; checks that wait are cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _seasoned(self, person: str, pin: str) -> bytes:
        """The PIN under the pepper, bound to the person: a hash moved to another row fits nobody.

        It is made here and not in the thread, so that no PIN is among a thread's arguments.
        """
        words = f"signing pin\0{person}\0{pin}".encode(errors="surrogatepass")
        return hmac.new(self._pepper, words, hashlib.sha256).digest()

    def _is_same(self, hashed: str, seasoned: bytes) -> bool:
        """Whether they belong together; argon2 compares in constant time."""
        try:
            return self._hasher.verify(hashed, seasoned)
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError):
            raise LedgerBroken("a stored PIN's hash cannot be read") from None

    async def _off_the_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _now(self) -> str:
        return self._clock.now().isoformat()
