"""The signing PINs in memory: nothing is awaited between reading and counting."""

from __future__ import annotations

from storage.pins import (
    TRIES,
    WINDOW_MINUTES,
    Attempt,
    Window,
    check_attempt,
    check_choice,
    check_person,
    counted,
)


class MemoryPins:
    """Keeps the contract `storage.pins.Pins`."""

    def __init__(self) -> None:
        self._hashes: dict[str, str] = {}
        self._windows: dict[str, Window] = {}

    async def hash(self, person: str) -> str | None:
        """See `Pins.hash`."""
        check_person(person)
        return self._hashes.get(person)

    async def put(self, person: str, hash: str, at: str) -> bool:  # noqa: A002
        """See `Pins.put`."""
        check_choice(person, hash, at)
        if person in self._hashes:
            return False
        self._hashes[person] = hash
        self._windows.pop(person, None)
        return True

    async def forget(self, person: str) -> None:
        """See `Pins.forget`."""
        check_person(person)
        self._hashes.pop(person, None)
        self._windows.pop(person, None)

    async def attempt(
        self, person: str, at: str, limit: int = TRIES, window_minutes: int = WINDOW_MINUTES
    ) -> Attempt:
        """See `Pins.attempt`."""
        check_attempt(person, limit, window_minutes)
        window, attempt = counted(self._windows.get(person, Window()), at, limit, window_minutes)
        self._windows[person] = window
        return attempt

    async def succeed(self, person: str) -> None:
        """See `Pins.succeed`."""
        check_person(person)
        self._windows.pop(person, None)
