"""Every backend with a disk passes the same named points."""

from __future__ import annotations

from collections import Counter

import pytest

from storage.errors import StorageError
from storage.opening import Store
from storage.points import Point, watching
from tests.storage.samples import batch, notice, update


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """Each of the two."""
    found: Store = request.getfixturevalue(request.param)
    return found


async def test_the_points_of_an_update_and_an_append(store: Store) -> None:
    """One for each event and each notice, between the first and the commit."""
    seen: list[Point] = []
    with watching(seen.append):
        await store.inbox.accept([update("u")])
        assert seen == [Point.BEGIN, Point.INBOX, Point.COMMIT]
        seen.clear()
        await store.ledger.append(
            batch("a", 0, b"1", b"2"), batch("b", 0, b"3"), notices=[notice("n")]
        )
    first, *between, last = seen
    assert (first, last) == (Point.BEGIN, Point.COMMIT)
    assert Counter(between) == {Point.EVENT: 3, Point.NOTICE: 1}


@pytest.mark.parametrize("at", [Point.BEGIN, Point.EVENT, Point.NOTICE, Point.COMMIT])
async def test_nothing_is_kept_of_what_ends_at_a_point(store: Store, at: Point) -> None:
    """Whole or absent; the next append goes on as if nothing had been."""

    def ends(point: Point) -> None:
        if point is at:
            raise OSError("no more")

    with watching(ends), pytest.raises((OSError, StorageError)):
        await store.ledger.append(batch("a", 0, b"1"), notices=[notice("n")])
    assert (await store.ledger.head()).position == 0
    assert (await store.outbox.counts()).waiting == 0
    stored = await store.ledger.append(batch("a", 0, b"1"), notices=[notice("n")])
    assert [one.position for one in stored] == [1]
