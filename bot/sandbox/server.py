"""The Bot API over HTTP: one address per token and method, errors by status."""

import inspect
import logging
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.clocks import Sleep
from bot.sandbox.errors import ApiError, ConnectionLost, too_many_requests
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.journal import Call, Journal
from bot.sandbox.parameters import Method, Parameters, read_parameters

_LOG = logging.getLogger(__name__)
MAX_BODY = 50 * 1024 * 1024
"""Bytes that a call may carry (Bot API manual, file uploads)."""


@dataclass(slots=True)
class _Entry:
    """One call while it is under way, for the journal."""

    method: str
    chat_id: int | None
    texts: dict[str, str] = field(repr=False)
    done: bool = False
    violation: bool = False
    dropped: bool = False


class BotApi:
    """Takes calls by name: pauses first, then faults and limits, then the method itself."""

    def __init__(
        self, token: str, methods: dict[str, Method], faults: Faults, journal: Journal, sleep: Sleep
    ) -> None:
        self._token = token
        self._methods = methods
        self._faults = faults
        self._journal = journal
        self._sleep = sleep

    def routes(self) -> list[web.RouteDef]:
        """Return the route of all methods."""
        return [web.route("*", "/bot{token:[^/]+}/{method:[A-Za-z]+}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request, or break its connection when a fault says so."""
        try:
            if self._faults.down:
                raise ConnectionLost
            if request.match_info["token"] != self._token or self._faults.revoked:
                raise ApiError(401, "Unauthorized")
            parameters = await read_parameters(request)
            # aiohttp does not cancel a handler whose caller gave up: what was begun is done.
            result = await self.call(request.match_info["method"], parameters)
            if self._faults.down:
                raise ConnectionLost
            return web.json_response({"ok": True, "result": result})
        except ApiError as error:
            return _error_response(error)
        except ConnectionLost:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)

    async def call(self, method: str, parameters: Parameters) -> object:
        """Run one method as faults and limits allow, and write it down.

        Raises:
            ApiError: when the call is refused.
            ConnectionLost: when a fault breaks the connection.
        """
        entry = _Entry(method.lower(), parameters.integer("chat_id") or None, parameters.texts)
        code, words = 0, ""
        try:
            result = await self._attempt(entry, parameters)
            code = 200
            return result
        except ApiError as error:
            code, words = error.code, error.description
            raise
        except ConnectionLost:
            code, entry.dropped = 200 if entry.done else 0, True
            raise
        finally:
            self._journal.note(
                Call(
                    self._journal.now(),
                    entry.method,
                    entry.chat_id,
                    code,
                    words,
                    entry.violation,
                    entry.dropped,
                    entry.texts,
                )
            )

    async def _attempt(self, entry: _Entry, parameters: Parameters) -> object:
        if self._faults.latency:
            await self._sleep(self._faults.latency)
        left, entry.violation = self._journal.pause_left(entry.method, entry.chat_id)
        if left:
            raise too_many_requests(left)
        fault = self._faults.strike(entry.method, entry.chat_id)
        if fault is not None:
            self._befall(fault, entry.chat_id)
        self._keep_limits(entry)
        result = await self._run(entry.method, parameters)
        entry.done = True
        if fault is not None:
            raise ConnectionLost
        return result

    def _befall(self, fault: Fault, chat_id: int | None) -> None:
        """Raise what the fault does before the method runs; ``DROP_AFTER`` lets it run."""
        error = fault.error()
        if error is not None:
            if error.retry_after and (fault.whole_bot or chat_id is not None):
                self._journal.pause(None if fault.whole_bot else chat_id, error.retry_after)
            raise error
        if fault.kind is FaultKind.DROP_BEFORE:
            raise ConnectionLost

    def _keep_limits(self, entry: _Entry) -> None:
        wait = self._journal.over_limit(entry.method, entry.chat_id)
        if wait:
            self._journal.pause(entry.chat_id, wait)
            raise too_many_requests(wait)

    async def _run(self, name: str, parameters: Parameters) -> object:
        method = self._methods.get(name)
        if method is None:
            raise ApiError(404, "Not Found: method not found")
        result = method(parameters)
        return await result if inspect.isawaitable(result) else result

    async def execute_quietly(self, method: str, parameters: Parameters) -> None:
        """Run a method from a webhook's reply: nobody hears how it ended."""
        try:
            await self.call(method, parameters)
        except (ApiError, ConnectionLost) as error:
            _LOG.info("a method in a webhook reply was refused: %s", type(error).__name__)


def _error_response(error: ApiError) -> web.Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return web.json_response(error.body(), status=error.code, headers=headers)
