"""A bot as a process of its own, on a core of its own, and what it uses."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from pydantic import SecretStr

from bot.clock import RandomNumbers
from bot.compose import open_house
from bot.office import Office
from bot.register import Register
from bot.settings import Settings
from flows.events import Role
from storage.opening import open_store
from tests.benchmarks.memory import most_resident
from tests.benchmarks.speed.hook import PATH, SECRET
from tests.benchmarks.speed.people import FIRST, Crowd
from tests.bot.staff import BOSS

COORDINATORS: Final = 90_001
_TICKS: Final = os.sysconf("SC_CLK_TCK")
BOT_CORE: Final = max(os.sched_getaffinity(0))
DRIVER_CORE: Final = min(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Contender:
    """A bot to measure: what starts it; `{api}` stands for the address of the API."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    port: int = 0
    """That of its webhook; 0 for a bot that polls."""


@dataclass(slots=True)
class Running:
    """A process that runs."""

    process: asyncio.subprocess.Process
    folder: Path
    started: float

    @property
    def cpu(self) -> float:
        """Seconds of processor time used so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> float:
        """The most memory that was resident at any time, in MiB."""
        return most_resident(self.process.pid)

    async def stop(self, within: float = 15) -> float:
        """Tell it to stop; the seconds that takes. After `within` seconds it is killed."""
        start = perf_counter()
        if self.process.returncode is not None:
            return 0.0
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        return perf_counter() - start


async def begin(
    contender: Contender,
    crowd: Crowd,
    folder: Path,
    within: float = 120,
    cores: Collection[int] = (BOT_CORE,),
) -> Running:
    """Start it; it polls, or its webhook can be reached, when this returns."""
    address = await crowd.api.start(but=contender.port)
    env = {name: word.replace("{api}", address) for name, word in contender.env.items()}
    command = [word.replace("{api}", address) for word in contender.command]
    with (folder / "log").open("ab") as log:
        start = perf_counter()
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), **env},
            stdout=log,
            stderr=log,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
    ended = asyncio.ensure_future(process.wait())
    heard = asyncio.ensure_future(_hears(crowd, contender.port))
    await asyncio.wait({ended, heard}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    if not heard.done() or process.returncode is not None:
        heard.cancel()
        if process.returncode is None:
            process.kill()
        raise AssertionError((folder / "log").read_text(errors="replace"))
    ended.cancel()
    return Running(process, folder, perf_counter() - start)


async def _hears(crowd: Crowd, port: int) -> None:
    """Return when it polls, or when its webhook can be reached."""
    if not port:
        await crowd.api.polled.wait()
        return
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            crowd.deliver_to(port)
            return


def product(folder: Path, port: int = 0) -> Contender:
    """The bot of this repository, with everything switched on but the pace of sending."""
    hooked = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "WEBHOOK_SECRET": SECRET} if port else {}
    return Contender(
        "this bot, webhook" if port else "this bot",
        [sys.executable, "-m", "bot", "bot"],
        {
            **hooked,
            "TELEGRAM_BOT_TOKEN": "7000000001:bench_bench_bench_bench_bench_bench",
            "TELEGRAM_API_BASE_URL": "{api}",
            "LISTEN": f"127.0.0.1:{port}",
            "LOG_LEVEL": "INFO",
            "SEND_PACE": "none",
            "SIGNING_PEPPER": "a pepper of the benchmark, long enough",
            "RECORD_KEY": "cmVjb3JkLWtleS1vZi10aGUtYmVuY2htYXJrLTMyYiE=",
            "DATABASE_URL": f"sqlite:///{folder}/screening.db",
        },
        port,
    )


async def let_in(contender: Contender, people: int) -> None:
    """A site for each person, with a coordinator who is told of each verdict."""
    settings = Settings(
        _env_file=None,
        database_url=contender.env["DATABASE_URL"],
        record_key=SecretStr(contender.env["RECORD_KEY"]),
    )
    async with open_house(settings) as house:
        register = Register(house.store.ledger)
        office = Office(house.store.ledger, register, house.clock, RandomNumbers())
        for number in range(people):
            site = f"S{number:04d}"
            await office.add_site(site, f"Site {number}", "Europe/Paris", by=BOSS)
            await office.add_person(FIRST + number, "N", Role.INVESTIGATOR, site, by=BOSS)
            await office.add_person(COORDINATORS + number, "K", Role.COORDINATOR, site, by=BOSS)


async def answers_in_ledger(folder: Path) -> int:
    """What this bot has stored."""
    store = await open_store(f"sqlite:///{folder}/screening.db", lambda: "", writing=False)
    try:
        return sum([entry.kind == "answer-given" async for entry in store.ledger.walk()])
    finally:
        await store.ledger.close()


def peer(
    name: str, command: Sequence[str], folder: Path, env: Mapping[str, str], port: int = 0
) -> Contender:
    """Another bot that asks the questions in `questions.json` of the folder."""
    hooked = {"PORT": str(port), "HOOK_PATH": PATH, "SECRET": SECRET} if port else {}
    return Contender(
        name,
        command,
        {
            "API": "{api}",
            "TOKEN": "7000000001:bench_bench_bench_bench_bench_bench",
            "QUESTIONS": str(folder / "questions.json"),
            "DATABASE": str(folder / "answers.db"),
            **hooked,
            **env,
        },
        port,
    )
