"""The scratch: rows out of memory, in order, that nobody else can read and that end with it."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from storage.errors import StorageFull, StorageUnavailable
from storage.scratch import PAGE, Kept, Scratch

BODY = b"what nobody else may read"


def kept(name: str, at: int = 0, label: int = 1, body: bytes = BODY, moved: int = 0) -> Kept:
    """A row."""
    return Kept(name, label, at, moved, body)


def names(scratch: Scratch, *labels: int, since: int = 0) -> list[str]:
    """The names under these labels, as they are walked through."""
    return [name for name, _ in scratch.walk(labels, since)]


def file_of_mine() -> Path:
    """The file without a name that this process has opened last."""
    folder = Path("/proc/self/fd")
    found = {one.name: os.readlink(one) for one in folder.iterdir() if one.is_symlink()}
    mine = [number for number, to in found.items() if "etilqs" in to and to.endswith("(deleted)")]
    return folder / max(mine, key=int)


def test_what_is_kept_is_found_until_it_is_dropped() -> None:
    """Under its name, as it was put last; nothing under another one."""
    scratch = Scratch()
    scratch.put([kept("A"), kept("B", body=b"b")])
    assert (scratch.get("A"), scratch.get("B"), scratch.get("C")) == (BODY, b"b", None)
    scratch.put([kept("A", body=b"other")])
    assert scratch.get("A") == b"other"
    scratch.drop("A")
    scratch.drop("C")
    assert (scratch.get("A"), scratch.get("B")) == (None, b"b")


def test_rows_are_walked_through_in_order_page_by_page() -> None:
    """By time, then by name; under the labels that are asked for, from a time on."""
    scratch = Scratch()
    many = [kept(f"N{place:04d}", at=place // 3, label=place % 2) for place in range(3 * PAGE)]
    scratch.put(reversed(many))
    assert names(scratch, 0, 1) == [one.name for one in many]
    assert names(scratch, 1, since=10) == [one.name for one in many[30:] if one.label == 1]
    assert names(scratch) == []
    assert scratch.count([0]) == len(many) // 2


def test_what_changes_while_one_walks_is_met_as_it_is() -> None:
    """Dropped on a later page: not met. Put there: met."""
    scratch = Scratch()
    scratch.put(kept(f"N{place:04d}", at=place) for place in range(PAGE + 2))
    walk = scratch.walk([1], 0)
    first = next(walk)
    scratch.drop(f"N{PAGE:04d}")
    scratch.put([kept("last", at=PAGE + 5)])
    found = [first, *walk]
    assert [name for name, _ in found][PAGE:] == [f"N{PAGE + 1:04d}", "last"]


def test_the_newest_are_found_from_any_place() -> None:
    """The last first, after so many others."""
    scratch = Scratch()
    scratch.put(kept(f"N{place}", at=place // 2, label=place % 3) for place in range(9))
    assert scratch.newest([0, 1], 0, 0, 3) == [(3, "N7"), (3, "N6"), (2, "N4")]
    assert scratch.newest([0, 1], 0, 3, 2) == [(1, "N3"), (0, "N1")]
    assert scratch.newest([0, 1], 0, 6, 2) == scratch.newest([], 0, 0, 9) == []
    assert scratch.newest([0, 1], 3, 0, 9) == [(3, "N7"), (3, "N6")]


def test_what_moved_lately_is_found_without_the_rest() -> None:
    """From a moment on, in order."""
    scratch = Scratch()
    scratch.put([kept("A", at=5, moved=9), kept("B", at=1, moved=8), kept("C", at=2, moved=7)])
    scratch.put([kept("D", at=3, label=2, moved=9)])
    assert scratch.moved([1], 8) == [("B", BODY), ("A", BODY)]


def test_nothing_in_its_file_says_anything() -> None:
    """Rows are in a file that has no name, as ciphertext, and what was dropped is not there."""
    scratch, many = Scratch(), 8_000
    scratch.put(kept(f"N{place:04d}", body=BODY * 10) for place in range(many))
    stored = file_of_mine().read_bytes()
    assert len(stored) > many * 100
    assert b"N0007" in stored
    assert BODY not in stored


def test_a_row_cannot_stand_in_for_another() -> None:
    """A body that was moved to another name does not open."""
    scratch = Scratch()
    scratch.put([kept("A"), kept("B")])
    scratch._db.execute("UPDATE kept SET body = (SELECT body FROM kept WHERE name = 'A')")
    assert scratch.get("A") == BODY
    with pytest.raises(StorageUnavailable):
        scratch.get("B")


def test_a_batch_without_room_keeps_nothing_and_breaks_nothing() -> None:
    """What was there before is still there, and there is room again later."""
    scratch = Scratch()
    scratch.put([kept("A")])
    scratch._db.execute("PRAGMA max_page_count = 10")
    with pytest.raises(StorageFull):
        scratch.put(kept(f"N{place}", body=BODY * 50) for place in range(1_000))
    assert (scratch.get("A"), scratch.get("N0"), scratch.count([1])) == (BODY, None, 1)
    scratch._db.execute("PRAGMA max_page_count = 100000")
    scratch.put(kept(f"N{place}") for place in range(10))
    assert scratch.count([1]) == 11


def test_it_ends_with_whoever_holds_it() -> None:
    """Its file is closed, and without a name nothing is left of it."""
    scratch = Scratch()
    scratch.put(kept(f"N{place}", body=BODY * 10) for place in range(5_000))
    file = file_of_mine()
    del scratch
    gc.collect()
    assert not file.is_symlink()
