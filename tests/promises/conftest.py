"""What the tests of the promises share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


@pytest.fixture
def fast(tmp_path: Path) -> Iterator[Path]:
    """A folder on a memory file system where the machine has one: nothing here loses power."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="promises-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder)
