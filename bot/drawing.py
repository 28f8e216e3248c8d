"""Draws a chart in a process of its own, so that nobody else waits and no memory stays behind."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Final

from storage.exports.chart import Drawable, to_json

log = logging.getLogger(__name__)

LONGEST: Final = 60.0
"""Seconds for a picture; the first one on a new machine also makes an index of its fonts."""

_AT_ONCE: Final = 1
"""Pictures that are drawn at a time: each takes a whole processor and 100 MB while it is made."""


class CannotDraw(Exception):
    """The picture was not drawn; why stands in the log."""


class Drawer:
    """Draws pictures, one after the other."""

    def __init__(self, module: str = "storage.exports.picture", within: float = LONGEST) -> None:
        self._module, self._within = module, within
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def draw(self, chart: Drawable, kind: str = "png") -> bytes:
        """The chart as png, svg or pdf.

        Raises:
            CannotDraw: it could not be drawn, or not in time.

        """
        async with self._turn:
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    self._module,
                    kind,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                )
            except OSError as error:
                log.error("no process to draw in: %s", error.strerror)
                raise CannotDraw from None
            return await self._drawn(process, to_json(chart))

    async def _drawn(self, process: asyncio.subprocess.Process, raw: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._within):
                picture, said = await process.communicate(raw)
        except TimeoutError:
            log.error("a picture took longer than %.0f s", self._within)
            raise CannotDraw from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0 or not picture:
            log.error("a picture was not drawn: %s", said.decode(errors="replace")[-400:])
            raise CannotDraw
        return picture
