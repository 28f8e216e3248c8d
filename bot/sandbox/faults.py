"""Faults on demand: what goes wrong with the next calls, and for how many."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from bot.sandbox.errors import ApiError, forbidden, server_error, too_many_requests


class FaultKind(Enum):
    """The ways in which a call can go wrong."""

    FLOOD = "flood"
    """429 with ``retry_after``; the chat, or the whole bot, is then in a pause."""
    FORBIDDEN = "forbidden"
    """403, as if the person had blocked the bot."""
    SERVER_ERROR = "server-error"
    """5xx, nothing was done."""
    DROP_AFTER = "drop-after"
    """The server does what was asked, then the connection breaks before the answer."""
    DROP_BEFORE = "drop-before"
    """The connection breaks before anything was done."""
    REFUSE = "refuse"
    """400 with ``description``."""


@dataclass(slots=True)
class Fault:
    """One armed fault.

    ``times`` matching calls fail (None: until cleared), every ``every``-th of them counted from
    the first; ``method`` and ``chat_id`` narrow what matches; ``retry_after`` is in seconds.
    """

    kind: FaultKind
    times: int | None = 1
    method: str = ""
    chat_id: int | None = None
    retry_after: int = 1
    every: int = 1
    code: int = 500
    description: str = ""
    whole_bot: bool = False
    seen: int = field(default=0, init=False)

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Tell whether this call is one that the fault is about."""
        if self.method and self.method.lower() != method:
            return False
        if not self.method and method == "getupdates":
            return False
        return self.chat_id is None or self.chat_id == chat_id

    def error(self) -> ApiError | None:
        """Return the refusal, or None when the fault is a broken connection."""
        if self.kind is FaultKind.FLOOD:
            return too_many_requests(self.retry_after)
        if self.kind is FaultKind.FORBIDDEN:
            return forbidden(self.description or "bot was blocked by the user")
        if self.kind is FaultKind.SERVER_ERROR:
            return server_error(self.code)
        if self.kind is FaultKind.REFUSE:
            return ApiError(400, f"Bad Request: {self.description}")
        return None


class Faults:
    """What is armed now. A fault without a method spares ``getUpdates``.

    ``down``: every connection breaks. ``revoked``: the token is no longer known (401).
    ``latency``: seconds added to every call, through the handed-in sleep.
    """

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._down = False
        self.revoked = False
        self.latency = 0.0
        self.on_change: list[Callable[[], None]] = []

    @property
    def down(self) -> bool:
        """Whether every connection breaks now."""
        return self._down

    @down.setter
    def down(self, value: bool) -> None:
        self._down = value
        for listener in tuple(self.on_change):
            listener()

    def arm(self, fault: Fault) -> Fault:
        """Let a fault happen to the next matching calls."""
        self._armed.append(fault)
        return fault

    def revoke_token(self) -> None:
        """Forget the bot's token: every call, and a poll that is waiting, gets 401."""
        self.revoked = True
        for listener in tuple(self.on_change):
            listener()

    def clear(self) -> None:
        """Let everything work again."""
        self._armed.clear()
        self.revoked = False
        self.latency = 0.0
        self.down = False

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the fault that befalls this call, counting it off, or None."""
        for fault in self._armed:
            if fault.matches(method, chat_id):
                fault.seen += 1
                if (fault.seen - 1) % fault.every == 0:
                    return self._count_off(fault)
        return None

    def _count_off(self, fault: Fault) -> Fault:
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._armed.remove(fault)
        return fault
