"""A process of its own that kills couriers around the send: children are forked, not started.

`python kills.py FOLDER SEED KILLS KIND` prints one line of JSON. Each child opens the same SQLite
file, runs the real courier with a Telegram that writes what it accepts into a file, and kills
itself at a named point, or is killed at any moment. When all is delivered a new file begins.
KIND is `sound`, or `late` for the control: a courier that marks a notice only after the call.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

from bot.clock import SystemClock
from bot.courier import Courier, Delivered, Road
from bot.notice_trail import NoticeTrail, time_text
from storage.ledger import Append, Entry
from storage.outbox import NewNotice, Notice, Settled
from storage.sqlite import SqliteFile, SqliteLedger
from storage.sqlite.outbox import SqliteOutbox

POINTS = (
    "before mark",
    "after mark",
    "before call",
    "after call",
    "before settle",
    "after settle",
)
ANY_MOMENT = "any moment"
NOTICES, PEOPLE = 12, 4
LONGEST = 0.03
"""Seconds within which a child is killed at any moment."""

Reached = Callable[[str], None]


class Marking(SqliteOutbox):
    """The outbox, with the points around the mark."""

    def __init__(self, file: SqliteFile, reached: Reached, *, late: bool) -> None:
        super().__init__(file)
        self._reached, self._late = reached, late

    async def mark_sending(self, notice: int, at: str) -> int:
        """Mark it; the control does not, before the call."""
        self._reached("before mark")
        attempt = 1 if self._late else await super().mark_sending(notice, at)
        self._reached("after mark")
        return attempt


class Settling(SqliteLedger):
    """The ledger, with the points around the settling."""

    def __init__(self, file: SqliteFile, reached: Reached) -> None:
        super().__init__(file)
        self._reached = reached

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """Append, between two points when it settles a notice."""
        if settled is not None:
            self._reached("before settle")
        stored = await super().append(*batches, done=done, notices=notices, settled=settled)
        if settled is not None:
            self._reached("after settle")
        return stored


@dataclass
class Tally:
    """What was found in the end."""

    kills: Counter[str] = field(default_factory=Counter)
    notices: int = 0
    missing: int = 0
    repeats: int = 0
    unlabelled: int = 0
    trails_that_differ: int = 0


def now() -> str:
    """The time of a migration."""
    return datetime.now(UTC).isoformat()


async def owe(path: Path) -> None:
    """A new file with notices to some people."""
    file = await SqliteFile.open(path, now)
    due = time_text(SystemClock().now())
    await SqliteLedger(file).append(
        notices=[
            NewNotice(f"n{place}", f"P-{place % PEOPLE}", "verdict", b'{"number": "N"}', due)
            for place in range(NOTICES)
        ]
    )
    await file.close()


async def work(path: Path, accepted: Path, reached: Reached, *, late: bool) -> None:
    """Run the courier until nothing is due."""
    file = await SqliteFile.open(path, now)
    taken = os.open(accepted, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def deliver(notice: Notice) -> Delivered:
        reached("before call")
        os.write(taken, f"{notice.key} {int(notice.perhaps_sent)}\n".encode())
        reached("after call")
        return Delivered(1)

    outbox = Marking(file, reached, late=late)
    trail = NoticeTrail(Settling(file, reached))
    courier = Courier(outbox, trail, lambda _: Road(deliver), SystemClock())
    while await courier.round():
        pass
    await file.close()


def child(path: Path, accepted: Path, point: str, passes: int, *, late: bool) -> int:
    """Fork a courier that kills itself when it passes the point so often; its process id."""
    process = os.fork()
    if process:
        return process
    left = [passes]

    def reached(here: str) -> None:
        if here == point:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(work(path, accepted, reached, late=late))
    os._exit(0)


def one_file(folder: Path, place: int, chance: random.Random, tally: Tally, *, late: bool) -> None:
    """Kill couriers of one file until everything was delivered, then look."""
    path, accepted = folder / f"{place}.db", folder / f"{place}.accepted"
    asyncio.run(owe(path))
    killed = True
    while killed:
        point = chance.choice((*POINTS, ANY_MOMENT))
        process = child(path, accepted, point, chance.randint(1, 4), late=late)
        if point == ANY_MOMENT:
            sleep(chance.uniform(0, LONGEST))
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        killed = os.WIFSIGNALED(status)
        assert killed or os.WEXITSTATUS(status) == 0, status
        tally.kills[point] += killed
    asyncio.run(look(path, accepted.read_text(), tally))


async def look(path: Path, accepted: str, tally: Tally) -> None:
    """Compare what was accepted with what was owed, and with the trail."""
    lines = [line.split() for line in accepted.splitlines()]
    times: Counter[str] = Counter()
    for key, labelled in lines:
        tally.unlabelled += bool(times[key]) and labelled == "0"
        times[key] += 1
    file = await SqliteFile.open(path, now)
    counts = await SqliteOutbox(file).counts()
    sent = [one async for one in SqliteLedger(file).walk() if one.kind == "notice-sent"]
    await file.close()
    tally.notices += NOTICES
    tally.missing += NOTICES - len(times)
    tally.repeats += len(lines) - len(times)
    tally.trails_that_differ += not len(sent) == counts.sent == NOTICES


def main() -> None:
    """Kill so many couriers and tell what was found."""
    folder, seed, kills, kind = Path(sys.argv[1]), *map(int, sys.argv[2:4]), sys.argv[4]
    chance, tally, place = random.Random(seed), Tally(), 0
    while sum(tally.kills.values()) < kills:
        one_file(folder, place, chance, tally, late=kind == "late")
        place += 1
    print(  # noqa: T201
        json.dumps(
            {
                "kills": sum(tally.kills.values()),
                "points": tally.kills,
                "notices": tally.notices,
                "missing": tally.missing,
                "repeats": tally.repeats,
                "unlabelled": tally.unlabelled,
                "trails_that_differ": tally.trails_that_differ,
            }
        )
    )


if __name__ == "__main__":
    main()
