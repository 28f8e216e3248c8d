"""The way of files, by aiohttp, which is imported when the first one goes or comes."""

from __future__ import annotations

import aiohttp
from telegram.request import RequestData

from bot.telegram.limits import Limits
from bot.telegram.wire import Answer


class Files:
    """One session; `agent` is what it says of itself."""

    def __init__(self, pool: int, keep: float, agent: str) -> None:
        connector = aiohttp.TCPConnector(limit=pool, keepalive_timeout=keep, ttl_dns_cache=60)
        self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": agent})

    async def ask(self, url: str, method: str, data: RequestData | None, limits: Limits) -> Answer:
        """One call; no redirection is followed. Raises TimeoutError and aiohttp's own errors."""
        async with self._session.request(
            method,
            url,
            data=None if data is None else _multipart(data),
            timeout=_timeout(limits),
            allow_redirects=False,
        ) as answer:
            return answer.status, await answer.read()

    async def close(self) -> None:
        """Close the session and its connections."""
        await self._session.close()


def _multipart(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _timeout(limits: Limits) -> aiohttp.ClientTimeout:
    """For writing there is no limit of its own: that for the whole call stands in for it."""
    waiting, total = limits.connection, None
    if waiting is not None and limits.read is not None and limits.write is not None:
        total = waiting + limits.read + limits.write
    return aiohttp.ClientTimeout(
        total=total, connect=waiting, sock_connect=limits.connect, sock_read=limits.read
    )
