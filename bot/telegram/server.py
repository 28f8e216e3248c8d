"""A site that listens, from its first caller to its last."""

from __future__ import annotations

import asyncio

from bot.telegram.caller import Caller
from bot.telegram.site import Limits, Site


class Server:
    """A site on a host and port; port 0 takes a free one."""

    def __init__(self, site: Site, limits: Limits, host: str, port: int) -> None:
        self._site, self._limits, self._host, self._port = site, limits, host, port
        self._callers: set[Caller] = set()
        self._listening: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; the port. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._caller, self._host, self._port)
        port: int = self._listening.sockets[0].getsockname()[1]
        return port

    async def stop(self, within: float = 1.0) -> None:
        """Take no more, give what is under way a second, close; a second call does nothing."""
        if self._listening is None:
            return
        self._listening.close()
        self._listening = None
        for caller in tuple(self._callers):
            caller.finish()
        if self._callers:
            await asyncio.wait([caller.gone for caller in self._callers], timeout=within)
        for caller in tuple(self._callers):
            caller.abort()

    def _caller(self) -> Caller:
        return Caller(self._site, self._limits, self._callers)
