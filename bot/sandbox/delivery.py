"""Webhook delivery: order inside a queue, retries that block only that queue.

Taps are queued per user and messages per chat. Attempts follow ``WebhookActor.cpp``: at 0, 0, 2,
6, 14, 30, 62 s after the first, or after the ``Retry-After`` that the endpoint names.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from bot.sandbox.clocks import Clock, Sleep
from bot.sandbox.faults import Faults
from bot.sandbox.parameters import Parameters, from_json
from bot.sandbox.updates import Pending, UpdateQueue

_LOG = logging.getLogger(__name__)
_LONGEST_DELAY = 60.0
_LONGEST_RETRY_AFTER = 3600.0
_NOT_IN_A_REPLY = ("deletewebhook", "setwebhook", "close", "logout")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ANSWER_WITHIN = 60.0
"""Seconds that the endpoint has to answer."""

Execute = Callable[[str, Parameters], Awaitable[None]]
"""Runs a method that came in the body of the endpoint's answer; its result goes nowhere."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one POST to the endpoint came to; ``retry_after`` is in seconds."""

    delivered: bool
    error: str = ""
    retry_after: float = 0.0


class Delivery:
    """One worker per queue while a webhook is set."""

    def __init__(self, queue: UpdateQueue, faults: Faults, clock: Clock, sleep: Sleep) -> None:
        self._queue = queue
        self._faults = faults
        self._clock = clock
        self._sleep = sleep
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(40)
        self._secret = ""
        self.execute: Execute | None = None
        self.url = ""
        self.connections = 40
        self.last_error = ""
        self.last_error_at = 0.0
        queue.wake.append(self._on_update)

    def start(self, url: str, secret: str, connections: int) -> None:
        """Deliver everything pending, and what comes, to ``url``."""
        self.stop()
        self.url, self._secret, self.connections = url, secret, connections
        self._slots = asyncio.Semaphore(connections)
        for update in self._queue.waiting():
            self._on_update(update)

    def stop(self) -> None:
        """Stop delivering; what is pending stays pending."""
        self.url = ""
        for worker in self._workers.values():
            worker.cancel()
        self._workers.clear()

    async def close(self) -> None:
        """Stop delivering and close the connections."""
        workers = list(self._workers.values())
        self.stop()
        await asyncio.gather(*workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _on_update(self, update: Pending) -> None:
        if not self.url:
            return
        worker = self._workers.get(update.queue)
        if worker is None or worker.done():
            self._workers[update.queue] = asyncio.ensure_future(self._work(update.queue))

    async def _work(self, queue: str) -> None:
        while waiting := self._queue.waiting(queue):
            await self._deliver(waiting[0])
        self._workers.pop(queue, None)

    async def _deliver(self, update: Pending) -> None:
        """Try one update until it is delivered or would expire before the next attempt."""
        fails, delay = 0, 1.0
        while True:
            async with self._slots:
                attempt = await self._post(update)
            if attempt.delivered:
                break
            self.last_error, self.last_error_at = attempt.error, self._clock()
            wait = min(attempt.retry_after, _LONGEST_RETRY_AFTER)
            if not wait and fails:
                delay = wait = min(_LONGEST_DELAY, delay * 2)
            fails += 1
            if self._clock() + wait > update.expires:
                _LOG.warning("update %d dropped: %s", update.id, attempt.error)
                break
            await self._sleep(wait)
        self._queue.forget(update.id)

    async def _post(self, update: Pending) -> Attempt:
        if self._faults.down:
            return Attempt(False, "Connection refused")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN)
            )
        headers = {SECRET_HEADER: self._secret} if self._secret else {}
        try:
            async with self._session.post(
                self.url, json=update.as_json(), headers=headers, allow_redirects=False
            ) as answer:
                if 200 <= answer.status <= 299:
                    await self._run_reply(answer)
                    return Attempt(True)
                return _refused(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            return Attempt(False, f"Webhook connection failed: {type(error).__name__}")

    async def _run_reply(self, answer: aiohttp.ClientResponse) -> None:
        if answer.content_type != "application/json" or self.execute is None:
            return
        try:
            parameters = from_json(await answer.json())
        except ValueError:
            return
        method = parameters.text("method").lower()
        if method and method not in _NOT_IN_A_REPLY and not method.startswith("get"):
            await self.execute(method, parameters)


def _refused(answer: aiohttp.ClientResponse) -> Attempt:
    error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
    named = answer.headers.get("Retry-After", "")
    return Attempt(False, error, float(named) if named.isdigit() else 0.0)
