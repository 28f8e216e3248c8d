"""What only the inbox in a file has: the numbers of its rows, and what the file refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storage.errors import BadEntry
from storage.opening import Store
from storage.sqlite import SqliteFile
from storage.sqlite.inbox import SqliteInbox, _accept
from tests.storage.samples import now, update


async def test_a_repeat_uses_up_no_number(sqlite: Store) -> None:
    """However often an update comes, the next one gets the number after it."""
    (first,) = await sqlite.inbox.accept([update("a")])
    for _ in range(5):
        assert await sqlite.inbox.accept([update("a"), update("a")]) == ()
    (second,) = await sqlite.inbox.accept([update("a"), update("b")])
    assert second.id == first.id + 1


async def test_what_the_file_refuses_is_not_taken_for_a_repeat(path: Path) -> None:
    """A row that cannot be kept is told of, with its neighbours, and never passed over."""
    file = await SqliteFile.open(path, now)
    bad = replace(update("b"), raw=None)  # type: ignore[arg-type]
    with pytest.raises(BadEntry):
        await file.write(lambda db: _accept(db, [update("a"), bad]))
    assert await SqliteInbox(file).undone() == ()
    await file.close()
