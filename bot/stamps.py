"""Asks a time-stamping authority for a stamp over a checkpoint, beside everything else."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final

import aiohttp
from cryptography.x509 import Certificate

from storage.stamp import LARGEST, Flaw, ask_for, check_stamp, read_roots

log = logging.getLogger(__name__)

PATIENCE: Final = aiohttp.ClientTimeout(total=20)
"""Seconds that an authority gets to answer."""


async def roots_at(path: str | None) -> tuple[Certificate, ...]:
    """The certificates of the file in the settings; none where there is no such file."""
    if path is None:
        return ()
    try:
        return read_roots(await asyncio.to_thread(Path(path).read_bytes))
    except OSError:
        return ()


async def fetch(url: str, text: str, roots: tuple[Certificate, ...]) -> bytes | None:
    """A good answer over this text, or None; why not is in the log."""
    request = ask_for(text)
    try:
        answer = await _post(url, request.body)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("the time-stamping authority did not answer: %s", type(error).__name__)
        return None
    found = check_stamp(answer, text, roots, request.nonce)
    if isinstance(found, Flaw):
        log.warning("the answer of the time-stamping authority was refused: %s", found.value)
        return None
    return answer


async def _post(url: str, body: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query"}
    async with (
        aiohttp.ClientSession(timeout=PATIENCE) as session,
        session.post(url, data=body, headers=headers, raise_for_status=True) as answer,
    ):
        # One byte more than is taken shows that there is more.
        return await answer.content.read(LARGEST + 1)
