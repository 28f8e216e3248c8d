"""Instructions a tap, counted by valgrind: the same on a busy machine as on a quiet one.

`make bench-instructions` counts this bot, by polling and by webhook, aiogram and the floor; with
`ARGS='"this bot"'` only who is named. Each runs twice, with few taps and with more: what the second
run has more, by the taps that it has more, is what a tap costs, and the start falls out. The
instructions are those of the process alone: what the kernel does for it (sockets, the disk) is not
among them, and they do not take the same time each. Node makes its machine code while it runs, so
that grammY is not counted.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bot.cli.serve import loop_factory
from tests.benchmarks.speed.contender import begin, let_in
from tests.benchmarks.speed.field import AIOGRAM, FLOOR, HOOKED, THIS, Entrant, field, prepared
from tests.benchmarks.speed.parts import FOLDER
from tests.benchmarks.speed.people import Crowd
from tests.benchmarks.speed.trial import ANOTHER

FEW: Final = 100
MORE: Final = 600
PEOPLE: Final = 20
KEPT: Final = FOLDER / "instructions.json"
_VALGRIND: Final = (
    "valgrind",
    "--tool=cachegrind",
    "--cache-sim=no",
    "--cachegrind-out-file=/dev/null",
)
_COUNT: Final = re.compile(r"I\s+refs:\s+([\d,]+)")
_STARTS_WITHIN: Final = 900.0
"""Seconds: everything takes some forty times as long."""


async def counted(entrant: Entrant, taps: int) -> tuple[int, int]:
    """All instructions of one run with so many taps, and how many taps there really were."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "bot"
        said = prepared(folder)
        contender = entrant.begin(folder)
        if entrant.own:
            await let_in(contender, PEOPLE)
        contender = replace(
            contender,
            command=[*_VALGRIND, *contender.command],
            env={**contender.env, "PYTHONHASHSEED": "1"},
        )
        crowd = Crowd(PEOPLE, said, (ANOTHER,))
        bot = await begin(contender, crowd, folder, _STARTS_WITHIN, os.sched_getaffinity(0))
        try:
            await crowd.tap(taps)
        finally:
            await bot.stop(within=60)
            await crowd.api.stop()
        found = _COUNT.findall((folder / "log").read_text())
    return int(found[-1].replace(",", "")), crowd.tapped


async def a_tap(entrant: Entrant) -> float:
    """Thousands of instructions for one tap."""
    (few, taps), (more, all_taps) = await asyncio.gather(
        counted(entrant, FEW), counted(entrant, FEW + MORE)
    )
    return (more - few) / (all_taps - taps) / 1000


async def every(entrants: Sequence[Entrant]) -> None:
    """Each in turn; printed and kept as it is found."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in entrants:
        found = {**kept_instructions(), one.name: await a_tap(one)}
        KEPT.write_text(json.dumps(found, indent=1) + "\n")
        sys.stdout.write(f"{one.name}: {found[one.name]:,.0f} thousand instructions a tap\n")
        sys.stdout.flush()


def main() -> int:
    """Count whoever is named, or the usual four; 1 where valgrind is missing."""
    if shutil.which(_VALGRIND[0]) is None:
        sys.stderr.write("valgrind was not found: install it (Debian, Ubuntu: apt-get install)\n")
        return 1
    names = sys.argv[1:] or [THIS, HOOKED[THIS], AIOGRAM, FLOOR]
    here = [one for one in field() if one.name in names]
    for one in here:
        if one.missing:
            sys.stderr.write(f"{one.name} is left out: {one.missing}\n")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(every([one for one in here if not one.missing]))
    return 0


def kept_instructions() -> dict[str, float]:
    """What was counted last, in thousands a tap, by who was counted."""
    found: dict[str, float] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


if __name__ == "__main__":
    sys.exit(main())
