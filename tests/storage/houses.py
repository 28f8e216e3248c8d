"""A house with something of everything, and moves of it that go well or break off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from storage.errors import StorageUnavailable
from storage.moving import (
    Progress,
    Side,
    Survey,
    move,
    survey,
)
from storage.opening import Store, open_source, open_store, open_target
from storage.outbox import Settled
from tests.storage.samples import AT, LATER, batch, notice, now, update

EVENTS_IN_ALL = 1_300


async def furnish(store: Store, events: int = EVENTS_IN_ALL) -> None:
    """Something of everything, in every state that a row can have."""
    for page in range(0, events, 100):
        payloads = (b"%d" % number for number in range(page, min(page + 100, events)))
        await store.ledger.append(batch(f"s/{page}", 0, *payloads))
    rows = await store.inbox.accept([update(f"u{number}") for number in range(12)])
    for row in rows[:4]:
        await store.ledger.append(done=row.id)
    await store.inbox.dead_letter(rows[4].id, "odd", AT)
    await store.ledger.append(done=(await store.inbox.accept([update("gone", "2020")]))[0].id)
    assert await store.inbox.prune("2021") == 1  # its number is not to be given out again
    await store.inbox.put_mark("poll-offset", "41")
    await store.inbox.put_mark("zuletzt", "été 🧪")
    await store.ledger.append(notices=[notice(f"n{number}", LATER) for number in range(6)])
    due = await store.outbox.due(LATER, 10)
    await store.outbox.mark_sending(due[0].id, AT)
    await store.outbox.mark_sent(due[1].id, AT, 77)
    await store.outbox.mark_failed(due[2].id, AT, "429", LATER, perhaps_sent=True)
    await store.ledger.append(settled=Settled(due[3].id, AT, reason="blocked"))
    for chat in (-100, 7, 2**52):
        await store.cards.put_card("s/0", chat, 5, 1)
        await store.cards.put_card("é", chat, 6, 2)
    await store.pins.put("P-1", "$argon2id$x", AT)
    await store.pins.attempt("P-2", "2026-03-01T08:00:00+00:00")
    await store.keys.put("screening/1", b"k" * 41, AT)
    await store.keys.put("screening/2", b"l" * 41, AT)
    await store.keys.destroy("screening/2", "2", batch("erasure/2", 0, b"gone"))


async def furnished(url: str, events: int = EVENTS_IN_ALL) -> str:
    """A database with something of everything at an address."""
    store = await open_store(url, now)
    await furnish(store, events)
    await store.close()
    return url


def nothing(_: Progress) -> None:
    """Nobody looks."""


async def moved(source: str, target: str, tell: Callable[[Progress], None] = nothing) -> object:
    """Move from one address to another."""
    one = await open_source(source, now)
    try:
        other = await open_target(target, now)
        try:
            return await move(one, other, AT, tell)
        finally:
            await other.close()
    finally:
        await one.close()


async def surveyed(url: str) -> Survey:
    """What a walk over all of it finds."""
    side = await open_source(url, now)
    try:
        return await survey(side)
    finally:
        await side.close()


KILLED_TEN_TIMES = """
import asyncio, os, signal, sys
from storage.moving import move
from storage.opening import open_source, open_target

def dying(pages):
    def tell(progress):
        nonlocal pages
        pages -= 1
        if pages == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return tell

async def main(source, target, pages):
    one = await open_source(source, lambda: "now")
    other = await open_target(target, lambda: "now")
    await move(one, other, "now", dying(pages))

for turn in range(10):
    child = os.fork()
    if not child:
        asyncio.run(main(sys.argv[1], sys.argv[2], (1 + turn % 2) * int(sys.argv[3])))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@dataclass
class Failing:
    """A side whose connection breaks at a certain page."""

    side: Side
    pages: int
    put_before: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.side, name)

    async def put(self, part: object, rows: object) -> None:
        self.pages -= 1
        if self.pages < 0:
            raise StorageUnavailable("broke off")
        await self.side.put(part, rows)  # type: ignore[arg-type]
