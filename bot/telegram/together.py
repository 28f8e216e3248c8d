"""What ties this process to the others that share its database, where there are any."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial

from bot.compose import House
from bot.courier import Courier
from bot.desk import Desk, stream_of
from bot.pacing import TELEGRAM, UNPACED, Budget
from bot.register import Register
from bot.settings import Settings
from bot.shared_pacing import SharedBudget
from bot.telegram.board import Board
from bot.telegram.silence import Silence
from bot.telegram.speaker import Tongues
from storage.errors import StorageError
from storage.opening import Store
from storage.replicas import Topic
from storage.wrapping import WrappedKeys

log = logging.getLogger(__name__)


@asynccontextmanager
async def budget_of(store: Store, settings: Settings) -> AsyncIterator[Budget]:
    """The send budget: shared by all processes where there may be several. Raises StorageError."""
    pace = UNPACED if settings.send_pace == "none" else TELEGRAM
    if store.pace is None:
        yield Budget(pace)
        return
    shared = SharedBudget(pace, store.pace, store.replicas)
    await shared.begin()
    try:
        yield shared
    finally:
        await shared.close()


def forgets_what_was_erased(house: House, register: Register, desk: Desk, board: Board) -> None:
    """Let go of what this process remembers of a screening, whoever has erased it."""
    keys = house.store.keys

    def forget(number: str) -> None:
        desk.forget(number)
        house.desk.forget(number)
        board.let_go(number)
        if isinstance(keys, WrappedKeys):
            keys.let_go(stream_of(number))

    register.on_erased.append(forget)


class Neighbours:
    """Hears of the other processes, and draws the cards that one of them has left behind."""

    def __init__(self, store: Store, courier: Courier, silence: Silence, tongues: Tongues) -> None:
        self._replicas, self._silence = store.replicas, silence
        self._drawing: set[asyncio.Task[None]] = set()
        self._replicas.hear(Topic.NOTICES, lambda _: courier.wake())
        self._replicas.hear(Topic.GONE, self._gone)
        self._replicas.hear(Topic.TONGUE, tongues.learn)
        tongues.on_new = partial(self._replicas.tell, Topic.TONGUE)
        self._replicas.hear(Topic.REPLACED, lambda _: self._begin(silence.draw_for_others()))

    async def draw_at_start(self) -> None:
        """Bring every card of an open question up to date, but for those that others look after."""
        try:
            others = await self._replicas.elsewhere()
        except StorageError as error:
            log.error("the cards are drawn again without asking the others: %s", error)
            others = frozenset()
        await self._silence.draw_again(but=others)

    async def close(self) -> None:
        """Draw no more."""
        for task in self._drawing:
            task.cancel()
        await asyncio.gather(*self._drawing, return_exceptions=True)

    def _gone(self, about: str) -> None:
        """It may have recorded what it could not show any more."""
        lanes = json.loads(about) if about else []
        if lanes:
            self._begin(self._silence.draw_again(only=frozenset(lanes)))

    def _begin(self, drawing: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(_drawn(drawing), name="draw-after")
        self._drawing.add(task)
        task.add_done_callback(self._drawing.discard)


async def _drawn(drawing: Coroutine[object, object, None]) -> None:
    try:
        await drawing
    except StorageError as error:  # the next tap draws it, or the next start
        log.error("cards could not be drawn again: %s", type(error).__name__)
