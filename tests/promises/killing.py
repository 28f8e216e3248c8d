"""A bot that is killed again and again: one process forks it, feeds it and keeps what it heard.

Run as `python -m tests.promises.killing SORT RUNS SEED FOLDER`; prints one line of JSON. SORT is
`points` (SIGKILL when a named point is reached for the n-th time), `times` (at a random moment), or
`eager` (the control: it confirms before the commit). Forked, not started anew: a run then takes a
twentieth of the time.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.shelf import Shelf
from storage.opening import memory_store
from storage.points import Point
from tests.promises.crashing import Batches, begin, end, run

TAPS, LIVES = 6, 25
"""Taps of a run, and runs over one database before it is looked through."""

OFTEN = {Point.SEND: 2, Point.MARK: 2, Point.NOTICE: 3, Point.INBOX: 3}
"""The greatest n for which a point is awaited in a run; 8 for the others."""

UPDATES = count(1)


@dataclass
class Found:
    """What was found in all runs."""

    runs: int = 0
    taps: int = 0
    repeats: int = 0
    notices: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    missing: int = 0
    unlabelled: int = 0
    broken: int = 0
    at: dict[str, int] = field(default_factory=dict)


def forked(work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> tuple[int, int]:
    """A child that lives such a life; its id, and the end of the pipe that it writes to."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        return child, ours
    code = 1
    try:
        os.close(ours)
        asyncio.run(work(theirs, *arguments))
        code = 0
    finally:
        os._exit(code)


def heard(child: int, pipe: int, kill_after: float | None = None) -> tuple[bool, list[list[str]]]:
    """Whether the child was killed, and the lines that it wrote whole."""
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(pipe, "rb") as end:
        lines = end.read().split(b"\n")[:-1]
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), f"a bot ended by itself with {code}"
    return code != 0, [line.decode().split(" ") for line in lines]


class Site:
    """What the world outside knows: what was tapped, heard, shown and sent."""

    def __init__(self, folder: Path, draw: random.Random, found: Found) -> None:
        self.address = f"sqlite:///{folder}/screening.db"
        self.draw, self.found = draw, found
        _, lines = heard(*forked(begin, self.address))
        self.numbers = [line[1] for line in lines if line[0] == "opened"]
        self.tapped: dict[str, list[str]] = {number: [] for number in self.numbers}
        self.unheard: dict[int, dict[str, object]] = {}
        self.shown: set[str] = set()
        self.sent: dict[str, int] = {}
        self.taps: dict[str, tuple[str, int]] = {}

    def tap(self) -> None:
        """Somebody changes the age, or hands over to somebody else, who is to be told."""
        number = self.draw.choice(self.numbers)
        place = len(self.tapped[number])
        said: int | str = f"P-{place}" if place % 3 == 2 else 20 + place % 50
        identity = f"q{next(UPDATES)}"
        self.tapped[number].append(str(said))
        self.taps[identity] = (number, place)
        sender, query = {"id": self.numbers.index(number)}, {"id": identity, "about": number}
        self.deliver({"callback_query": {**query, "from": sender, "data": said}})

    def deliver(self, update: dict[str, object]) -> None:
        """Hand an update over under a number of its own."""
        number = next(UPDATES)
        self.unheard[number] = {"update_id": number, **update}

    def batches(self) -> Batches:
        """What was not acknowledged, in order, three in ten of them twice."""
        for _ in range(TAPS):
            self.tap()
        self.found.taps += TAPS
        due: list[dict[str, object]] = []
        for update in list(self.unheard.values()):
            due.append(update)
            if self.draw.random() < 0.3:
                self.found.repeats += 1
                due.append({**self.draw.choice(due), "update_id": next(UPDATES)})
        return [due[start : start + 4] for start in range(0, len(due), 4)]

    def take(self, lines: list[list[str]]) -> None:
        """What a bot has said before it died."""
        self._compare(lines)
        for word, *rest in lines:
            if word == "acked":
                for number in rest:
                    self.unheard.pop(int(number), None)
            elif word == "shown":
                self.shown.add(rest[0])
            elif word == "sent":
                self.found.unlabelled += rest[0] in self.sent and rest[1] == "0"
                self.sent[rest[0]] = self.sent.get(rest[0], 0) + 1

    def _compare(self, lines: list[list[str]]) -> None:
        """Whatever was shown before this start is in the ledger that it found."""
        if ["walked"] not in lines:
            return
        kept = Counter(line[1] for line in lines if line[0] == "kept")
        for number, place in (self.taps[identity] for identity in self.shown):
            self.found.lost += place >= kept[number]

    def finish(self) -> None:
        """A last start that nobody kills; then what is kept is what was tapped, once, in order."""
        killed, lines = heard(*forked(run, self.address, self.batches(), "", 0, "last"))
        assert not killed
        self.take(lines)
        _, lines = heard(*forked(end, self.address))
        kept = {line[1]: line[2:] for line in lines if line[0] == "kept"}
        for number, wanted in self.tapped.items():
            self._account(number, wanted, kept.get(number, []))
        self.found.notices += len(self.sent)
        self.found.broken += ["sound", "1"] not in lines

    def _account(self, number: str, wanted: list[str], kept: list[str]) -> None:
        """Compare what was tapped with what is kept, in order, and with who was told."""
        self.found.lost += max(0, len(wanted) - len(kept))
        self.found.doubled += max(0, len(kept) - len(wanted))
        self.found.disordered += len(wanted) == len(kept) and wanted != kept
        owed = {one for one in wanted if one.startswith("P-")}
        self.found.missing += len(owed - {key.split("/")[3] for key in self.sent if number in key})


def killed_once(site: Site, sort: str, draw: random.Random) -> bool:
    """One run; whether it was killed."""
    batches = site.batches()
    point = draw.choice([one for one in Point if sort != "eager" or one is Point.COMMIT])
    nth = draw.randrange(1, 1 + OFTEN.get(point, 8))
    at = "" if sort == "times" else point.value
    child = forked(run, site.address, batches, at, nth, sort)
    killed, lines = heard(*child, draw.uniform(0.0, 0.06) if sort == "times" else None)
    site.take(lines)
    if killed and at:
        site.found.at[at] = site.found.at.get(at, 0) + 1
    return killed


def main(sort: str, runs: int, seed: int, folder: Path) -> Found:
    """Kill until enough were killed."""
    Shelf(memory_store().ledger).current("lysyme")  # read once for all forks
    draw, found = random.Random(seed), Found()
    while found.runs < runs:
        place = folder / f"{sort}-{found.runs}"
        place.mkdir(mode=0o700)
        site = Site(place, draw, found)
        for _ in range(LIVES):
            found.runs += killed_once(site, sort, draw)
            if found.runs == runs:
                break
        site.finish()
    return found


if __name__ == "__main__":
    ran = main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    sys.stdout.write(json.dumps(asdict(ran)))
