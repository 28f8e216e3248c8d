"""The intake's own calls to the Bot API, without PTB's objects: raw updates stay raw."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec
from telegram.error import NetworkError

from bot.telegram.request import WireRequest

TRIES: Final = 3
"""Tries of each start probe: one lost packet must not stop a start."""

REFUSED: Final = (401, 404)
"""Statuses that mean "no such token": 401 for a revoked one, 404 for a malformed one."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits the given number of seconds."""


class Obstacle(StrEnum):
    """What keeps the bot from beginning; its words are in `bot.texts`."""

    NOT_TELEGRAM = "not_telegram"
    UNREACHABLE = "unreachable"
    TOKEN_REFUSED = "token_refused"
    NO_TOKEN = "no_token"
    BAD_ANSWER = "bad_answer"
    NO_PORT = "no_port"
    PORT_TAKEN = "port_taken"


class CannotStart(Exception):
    """The bot cannot begin: the obstacle, and what it is about (a method, an address)."""

    def __init__(self, obstacle: Obstacle, about: str = "") -> None:
        super().__init__(f"{obstacle.value}: {about}" if about else obstacle.value)
        self.obstacle, self.about = obstacle, about


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: HTTP status, what was under `result`, and the seconds it asks to wait.

    `readable` is False when the body was not the JSON object that the Bot API promises.
    """

    status: int
    result: object = None
    retry_after: float = 0.0
    readable: bool = True

    @property
    def good(self) -> bool:
        """Whether the call was done and its result can be used."""
        return self.status == 200 and self.readable


class Line:
    """Calls methods by name. `address` is the API's address with the token, never shown."""

    def __init__(self, request: WireRequest, address: str) -> None:
        self._request, self._address = request, address

    def __repr__(self) -> str:
        return "Line()"

    async def open(self) -> None:
        """Open the connection; a second call does nothing."""
        await self._request.initialize()

    async def call(
        self, method: str, fields: Mapping[str, str] | None = None, wait: float = 10.0
    ) -> Answer:
        """One call, waiting at most `wait` seconds for the answer; raises NetworkError."""
        address = f"{self._address}/{method}"
        status, payload = await self._request.call(address, fields or {}, wait)
        return _read(status, payload)

    async def poll(self, fields: Mapping[str, str], wait: float) -> Answer:
        """Ask for updates; the result is a list of them, each as the bytes it came in."""
        address = f"{self._address}/getUpdates"
        status, payload = await self._request.call(address, fields, wait)
        updates = _updates(payload) if status == 200 else None
        return _read(status, payload) if updates is None else Answer(status, updates)


async def probe(line: Line, sleep: Sleep) -> str:
    """Ask the API who we are: the bot's user name.

    Raises:
        CannotStart: the token is refused, or the API cannot be reached or read.

    """
    me = await _asked(line, "getMe", sleep)
    name = me.get("username") if isinstance(me, dict) else None
    if not isinstance(name, str):
        raise CannotStart(Obstacle.NOT_TELEGRAM)
    return name


async def take_over(line: Line, sleep: Sleep) -> None:
    """Remove a webhook, which would shut the poller out; what it was owed stays.

    Raises:
        CannotStart: as `probe`.

    """
    await _asked(line, "deleteWebhook", sleep)


async def _asked(line: Line, method: str, sleep: Sleep) -> object:
    trouble = CannotStart(Obstacle.UNREACHABLE)
    for attempt in range(TRIES):
        if attempt:
            await sleep(0.3 * attempt)
        try:
            answer = await line.call(method)
        except NetworkError:
            trouble = CannotStart(Obstacle.UNREACHABLE)
            continue
        if answer.good:
            return answer.result
        if answer.status in REFUSED:
            raise CannotStart(Obstacle.TOKEN_REFUSED)
        trouble = CannotStart(Obstacle.BAD_ANSWER, f"{method}, {answer.status}")
    raise trouble


class _Batch(msgspec.Struct):
    """What a poll brings: each update stays as it came."""

    result: list[msgspec.Raw]


_BATCH: Final = msgspec.json.Decoder(_Batch)


def _updates(payload: bytes) -> list[bytes] | None:
    """The updates of an answer, each as its bytes; None when the answer is something else."""
    try:
        return [bytes(one) for one in _BATCH.decode(payload).result]
    except (msgspec.MsgspecError, RecursionError):
        return None


def _read(status: int, payload: bytes) -> Answer:
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return Answer(status, readable=False)
    if not isinstance(body, dict) or (status == 200 and "result" not in body):
        return Answer(status, readable=False)
    parameters = body.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return Answer(status, body.get("result"), float(wait) if isinstance(wait, (int, float)) else 0)
