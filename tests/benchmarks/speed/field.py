"""Who is measured beside this bot, and why somebody is missing."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
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
"""aiogram wants another pydantic than this bot does: it lives in an environment of its own."""

THIS: Final = "this bot"
HOOKED: Final = "this bot, webhook"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who may be measured; `missing` says what would have to be installed first."""

    name: str
    begin: Callable[[Path], Contender]
    missing: str = ""


def field() -> list[Entrant]:
    """Everybody, this bot first."""
    python, node = sys.executable, shutil.which("node") or ""
    other = str(OTHER_PYTHON)
    no_other = "" if OTHER_PYTHON.exists() else "make bench-peers"
    no_node = "" if node and (PEERS / "grammy" / "node_modules").exists() else _NO_NODE
    return [
        Entrant(THIS, product),
        Entrant(HOOKED, lambda folder: product(folder, free_port())),
        _peer("stock PTB, ConversationHandler, aiosqlite", [python, "with_ptb.py"]),
        _peer("PTB, aiosqlite, concurrent updates", [python, "with_ptb.py"], TUNED="1"),
        _peer("aiogram, aiosqlite, uvloop", [other, "with_aiogram.py"], no_other),
        _peer("the same, gc.freeze()", [other, "with_aiogram.py"], no_other, TUNED="1"),
        _peer("grammY, runner, better-sqlite3", [node, "grammy/bot.mjs"], no_node),
        _peer("no framework, a commit a tap", [python, "floor.py"]),
        _peer("no framework, group commit", [python, "floor.py"], GROUP="1"),
    ]


_NO_NODE: Final = "node, and npm install in tests/benchmarks/speed/peers/grammy"


def _peer(name: str, command: list[str], missing: str = "", **env: str) -> Entrant:
    words = [command[0], str(PEERS / command[1])]
    return Entrant(name, lambda folder: peer(name, words, folder, **env), missing)


def _prepared(folder: Path) -> Mapping[str, str]:
    """An empty folder with the questions in it; the answers."""
    folder.mkdir(parents=True)
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris")).date()
    (folder / "questions.json").write_text(json.dumps(questions(today)))
    return answers(today)


async def round_of(
    entrant: Entrant, folder: Path, people: int, taps: int, trip: float, load: float = 0.0
) -> Figures:
    """One round, from an empty folder."""
    said = _prepared(folder)
    contender, own = entrant.begin(folder), entrant.name in (THIS, HOOKED)
    if own:
        await let_in(contender, people)
    stored = answers_in_ledger if own else rows_in_table
    return await measure(contender, folder, said, stored, people, taps, trip, load)
