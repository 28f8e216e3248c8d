"""Who is measured beside this bot, and why somebody is missing."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from tests.acceptance.bot_process import free_port
from tests.benchmarks.speed.contender import Contender, answers_in_ledger, let_in, peer, product
from tests.benchmarks.speed.measure import Figures, measure, rows_in_table
from tests.benchmarks.speed.trial import answers, questions

PEERS: Final = Path(__file__).parent / "peers"
ROOT: Final = Path(__file__).parents[3]
OTHER_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"
"""The peers in Python live in an environment of their own: aiogram wants another pydantic than this
bot does, and PTB's webhook wants tornado."""

THIS: Final = "this bot"
PTB: Final = "stock PTB, ConversationHandler, aiosqlite"
PTB_TUNED: Final = "PTB, aiosqlite, uvloop, concurrent updates"
AIOGRAM: Final = "aiogram, aiosqlite, uvloop"
AIOGRAM_TUNED: Final = "the same, gc.freeze()"
GRAMMY_STOCK: Final = "stock grammY, better-sqlite3"
GRAMMY: Final = "grammY, runner, better-sqlite3"
FLOOR: Final = "no framework, a commit a tap"
FLOOR_GROUP: Final = "no framework, group commit"

HOOKED: Final = {
    THIS: "this bot, webhook",
    PTB: "stock PTB, webhook",
    PTB_TUNED: "PTB, uvloop, concurrent updates, webhook",
    AIOGRAM: "aiogram, webhook",
    AIOGRAM_TUNED: "aiogram, gc.freeze(), webhook",
    GRAMMY: "grammY, webhook",
    FLOOR: "no framework, a commit a tap, webhook",
    FLOOR_GROUP: "no framework, group commit, webhook",
}
"""By who polls: the same bot by webhook. grammY needs no runner there: each update is a request."""

ONE_AT_A_TIME: Final = (PTB, HOOKED[PTB], GRAMMY_STOCK)
"""They wait for one person's call before they look at the next person's tap."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who may be measured; `missing` says what would have to be installed first."""

    name: str
    begin: Callable[[Path], Contender]
    missing: str = ""

    @property
    def own(self) -> bool:
        """Whether it is this bot, which wants people to be let in."""
        return self.name in (THIS, HOOKED[THIS])


def field() -> list[Entrant]:
    """Everybody, this bot first; who polls, and then who is called."""
    ptb, aiogram = [str(OTHER_PYTHON), "with_ptb.py"], [str(OTHER_PYTHON), "with_aiogram.py"]
    no_ptb, no_aiogram = _missing("telegram"), _missing("aiogram")
    node, floor = [shutil.which("node") or "", "grammy/bot.mjs"], [sys.executable, "floor.py"]
    no_node = "" if node[0] and (PEERS / "grammy" / "node_modules").exists() else _NO_NODE
    return [
        Entrant(THIS, product),
        Entrant(HOOKED[THIS], lambda folder: product(folder, free_port())),
        *_both(PTB, ptb, no_ptb),
        *_both(PTB_TUNED, ptb, no_ptb, TUNED="1"),
        *_both(AIOGRAM, aiogram, no_aiogram),
        *_both(AIOGRAM_TUNED, aiogram, no_aiogram, TUNED="1"),
        *_both(GRAMMY_STOCK, node, no_node, STOCK="1"),
        *_both(GRAMMY, node, no_node),
        *_both(FLOOR, floor),
        *_both(FLOOR_GROUP, floor, GROUP="1"),
    ]


_NO_NODE: Final = "node, and npm install in tests/benchmarks/speed/peers/grammy"


def _missing(package: str) -> str:
    """What would bring a package into the other environment; "" where it is there."""
    there = any((ROOT / ".venv-bench").glob(f"lib/python*/site-packages/{package}"))
    return "" if there else "make bench-peers"


def _both(name: str, command: list[str], missing: str = "", **env: str) -> Iterator[Entrant]:
    """A peer that polls, and the same by webhook if it has one."""
    words = [command[0], str(PEERS / command[1])]
    yield Entrant(name, lambda folder: peer(name, words, folder, env), missing)
    if hooked := HOOKED.get(name):

        def called(folder: Path) -> Contender:
            return peer(hooked, words, folder, env, free_port())

        yield Entrant(hooked, called, missing)


def prepared(folder: Path) -> Mapping[str, str]:
    """An empty folder with the questions in it; the answers."""
    folder.mkdir(parents=True)
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris")).date()
    (folder / "questions.json").write_text(json.dumps(questions(today)))
    return answers(today)


async def round_of(
    entrant: Entrant, folder: Path, people: int, taps: int, trip: float, load: float = 0.0
) -> Figures:
    """One round, from an empty folder."""
    said = prepared(folder)
    contender = entrant.begin(folder)
    if entrant.own:
        await let_in(contender, people)
    stored = answers_in_ledger if entrant.own else rows_in_table
    return await measure(contender, folder, said, stored, people, taps, trip, load)
