"""Row 3: a power cut takes nothing that was confirmed, whatever the disk had not yet written."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.chain import verify
from storage.errors import StorageError
from storage.ledger import Entry
from storage.opening import Store, sqlite_store
from storage.sqlite import SqliteFile
from storage.sqlite.connection import WRITING
from tests.promises.disk import Disk
from tests.promises.images import Image, images
from tests.promises.report import Promise, times
from tests.storage.samples import batch, now, update

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, ROUNDS = 3, 120


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk that writes down what reaches it."""
    made = Disk("recorder")
    yield made
    made.close()


@dataclass
class Cut:
    """What was found on the images."""

    images: int = 0
    confirmed: int = 0
    lost: int = 0
    broken: int = 0


async def recorded(disk: Disk, folder: Path) -> int:
    """Write for a while, in groups and with checkpoints; the step from which on it is in use."""
    draw = random.Random(SEED)
    file = await SqliteFile.open(folder / "ledger.db", now, connector=disk.connect)
    store = sqlite_store(file)
    # So that the short story holds many checkpoints, during which the database itself is written.
    await file.write(lambda db: db.execute("PRAGMA wal_autocheckpoint = 60").close())
    first = len(disk.steps)
    versions: dict[str, int] = {}
    for step in range(ROUNDS):
        streams = [f"s/{step % 7}/{number}" for number in range(draw.randrange(1, 5))]
        await asyncio.gather(
            *(_append(store, disk, name, versions, draw.randrange(1, 6000)) for name in streams)
        )
        await store.inbox.accept([update(f"u{step}")])
        disk.confirm(f"u{step}")
    await store.close()
    return first


async def _append(
    store: Store, disk: Disk, stream: str, versions: dict[str, int], size: int
) -> None:
    versions[stream] = seen = versions.get(stream, 0) + 1
    (entry,) = await store.ledger.append(batch(stream, seen - 1, bytes(size)))
    disk.confirm((entry.position, entry.digest))


def lay_down(image: Image, folder: Path) -> None:
    """The files as the disk holds them when the power is back."""
    folder.mkdir(mode=0o700)
    for name, content in image.files.items():
        (folder / name).touch(0o600)
        (folder / name).write_bytes(content)


async def found_on(image: Image, folder: Path) -> tuple[set[object], bool]:
    """What our own code finds of it, and whether the chain holds; nothing when it does not open."""
    lay_down(image, folder)
    try:
        store = sqlite_store(await SqliteFile.open(folder / "ledger.db", now))
        entries: list[Entry] = [entry async for entry in store.ledger.walk()]
        waiting = {update.key for update in await store.inbox.undone()}
        sound = (await verify(store.ledger.walk())).sound
        await store.close()
    except StorageError:
        return set(), False
    finally:
        shutil.rmtree(folder)
    return {(entry.position, entry.digest) for entry in entries} | waiting, sound


async def cut(disk: Disk, fast: Path, number: int) -> Cut:
    """Cut the power so often in the story that the disk has written down."""
    story = fast / "story"
    first, found = await recorded(disk, story), Cut()
    for image in images(disk.steps, number, first, SEED):
        kept, sound = await found_on(image, fast / "image")
        found.images += 1
        found.confirmed += len(image.confirmed)
        found.lost += bool(set(image.confirmed) - kept)
        found.broken += not sound
    return found


async def test_a_power_cut_takes_nothing_confirmed(
    disk: Disk, fast: Path, promise: Promise
) -> None:
    """Sectors torn, dropped and reordered after the last sync: every confirmed entry is there."""
    found = await cut(disk, fast, times(2000))
    assert (found.lost, found.broken) == (0, 0)
    promise(
        3,
        f"{found.images:,} images: {found.lost} with a confirmed entry lost, "
        f"{found.broken} broken chains",
        seed=SEED,
    )


async def test_control_normal_syncing_loses(
    disk: Disk, fast: Path, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `synchronous=NORMAL` the same cuts take confirmed entries: the measure is not blind."""
    monkeypatch.setattr("storage.sqlite.file.WRITING", {**WRITING, "synchronous": 1})
    found = await cut(disk, fast, times(200))
    assert found.lost > found.images // 10
    promise(
        3,
        control=f"`synchronous=NORMAL`: {found.lost} of {found.images} images lost a confirmed "
        "entry",
        seed=SEED,
    )
