"""The whole bot in this process, on a loopback Bot API, at a site with people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from pydantic import SecretStr

from bot.clock import RandomNumbers
from bot.compose import House
from bot.desk import Desk, stream_of
from bot.sandbox import Sandbox
from bot.settings import Settings
from bot.shelf import Shelf
from bot.telegram.running import Running, running
from flows.events import Happened, Role
from flows.outcomes import Delegated, NewSite
from storage.errors import StorageUnavailable
from storage.ledger import Append, Entry, Ledger
from storage.mapper import to_event
from storage.opening import Store
from storage.outbox import NewNotice, Settled
from tests.bot.cases import lysyme
from tests.bot.staff import BOSS, HandClock
from tests.bot.telegram_front.harmless import check_harmless, check_rows
from tests.bot.telegram_front.robot import Robot

CANARY = "7000000001:canary_canary_canary_canary_canary"
"""The bot's token in these tests: it must be in no log."""

UNCOUNTED = ("access-refused", "notice-sent", "notice-failed")
"""Kinds of event that no command brings about."""

INVESTIGATOR, ON_CALL = Role.INVESTIGATOR, Role.ON_CALL


class Flaky:
    """A ledger that can be told to fail when it is written to."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.read, self.streams, self.walk = ledger.read, ledger.streams, ledger.walk
        self.since = ledger.since
        self.head, self.close = ledger.head, ledger.close
        self.failing = False
        self.tries = 0

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """Write, or fail as a database does whose disk is gone."""
        self.tries += 1
        if self.failing:
            raise StorageUnavailable("the disk is gone")
        return await self._ledger.append(*batches, done=done, notices=notices, settled=settled)


class Clinic:
    """A site, HM, with its people and their robots, and the bot that serves them."""

    def __init__(
        self,
        sandbox: Sandbox,
        store: Store,
        clock: HandClock,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self.sandbox, self.clock = sandbox, clock
        self.flaky = Flaky(store.ledger)
        self.store = replace(store, ledger=self.flaky)
        shelf = Shelf(self.flaky, files)
        desk = Desk(self.flaky, shelf, clock, RandomNumbers())
        self.house = House(self.store, desk, shelf, clock)
        self.settings = Settings(
            _env_file=None,
            telegram_bot_token=SecretStr(sandbox.token),
            telegram_api_base_url=sandbox.url,
            listen="127.0.0.1:0",
            send_pace="none",  # a thumb here taps a hundred times a second
        )
        self._stack = AsyncExitStack()
        self._bot: Running | None = None

    @property
    def bot(self) -> Running:
        """The bot as it runs."""
        assert self._bot is not None
        return self._bot

    async def start(self) -> None:
        """Start the bot on the store as it is."""
        self._bot = await self._stack.enter_async_context(running(self.house, self.settings))

    async def stop(self) -> None:
        """Stop the bot; the store stays open."""
        await self._stack.aclose()

    async def restart(self) -> None:
        """Stop and start again: what was only in memory is gone."""
        await self.stop()
        self._stack = AsyncExitStack()
        await self.start()

    async def silence(self, length: timedelta) -> None:
        """Let Telegram be out of reach for so long by the clinic's clock."""
        while not self.sandbox.intake.is_polling:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.005)
        self.sandbox.go_down()
        self.clock.at += length
        self.sandbox.come_up()

    async def site(self, code: str = "HM") -> None:
        """A site takes part."""
        made = await self.bot.office.add_site(code, f"Site {code}", "Europe/Paris", by=BOSS)
        assert isinstance(made, NewSite), made

    def stranger(self, telegram_id: int, name: str, language: str = "en") -> Robot:
        """Somebody with a phone whom nobody has let in."""
        return Robot(self.sandbox.phone(telegram_id, name, language), language)

    async def person(
        self,
        telegram_id: int,
        name: str,
        role: Role,
        language: str = "en",
        site: str = "HM",
        trial: str | None = None,
    ) -> Robot:
        """Somebody with a role, in one trial or in all of them, who has pressed START."""
        made = await self.bot.office.add_person(telegram_id, name, role, site, by=BOSS, trial=trial)
        assert isinstance(made, Delegated), made
        robot = self.stranger(telegram_id, name, language)
        await robot.command("/start")
        return robot

    async def trail(self, number: str) -> list[Happened]:
        """Every event of a screening."""
        return [to_event(entry) for entry in await self.flaky.read(stream_of(number))]

    async def kinds(self, number: str) -> list[str]:
        """The kinds of a screening's events."""
        return [entry.kind for entry in await self.flaky.read(stream_of(number))]

    async def events(self) -> int:
        """How many events there are in all, but for refusals and the life of notices."""
        return len([one async for one in self.flaky.walk() if one.kind not in UNCOUNTED])

    async def all_done(self) -> bool:
        """Whether every update is done and none was put aside; the last one may take a moment."""
        counts = await self.store.inbox.counts()
        for _ in range(100):
            if not counts.undone:
                break
            await asyncio.sleep(0.01)
            counts = await self.store.inbox.counts()
        return counts.undone == 0 and counts.dead == 0


@asynccontextmanager
async def opened(
    store: Store, clock: HandClock | None = None, files: Mapping[str, bytes] | None = None
) -> AsyncIterator[Clinic]:
    """A clinic that is open until the block ends; `files` are other protocol files, by trial."""
    lysyme()  # read once for all tests
    async with Sandbox(token=CANARY) as sandbox:
        clinic = Clinic(sandbox, store, clock or HandClock(), files)
        await clinic.start()
        try:
            await clinic.site()
            yield clinic
            await check_harmless(sandbox, clinic.bot.register, store.ledger)
            await check_rows(sandbox, clinic.bot.register, store.ledger)
        finally:
            await clinic.stop()
