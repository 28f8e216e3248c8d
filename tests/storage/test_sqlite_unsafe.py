# ruff: noqa: ASYNC240  a test looks at the file, and nothing else runs beside it
"""An unsafe set-up does not start and says why; each test has the same set-up, made safe."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from storage.errors import StorageUnavailable
from storage.sqlite import SqliteFile, mounts
from storage.sqlite.connection import connect
from storage.sqlite.mounts import file_system
from tests.storage.samples import now


async def starts(path: Path, **more: Any) -> None:
    """A start, and a clean end."""
    await (await SqliteFile.open(path, now, **more)).close()


class Forgetful(sqlite3.Connection):
    """A SQLite that takes `synchronous = FULL` for NORMAL, as a build or an extension may."""

    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        """The setting is not what was asked for."""
        if sql.startswith("PRAGMA synchronous ="):
            sql = "PRAGMA synchronous = 1"
        return super().execute(sql, *rest)


def forgetful(path: Path) -> sqlite3.Connection:
    """Connect with it."""
    return sqlite3.connect(path, isolation_level=None, factory=Forgetful)


async def test_a_synchronous_that_does_not_hold_is_refused(path: Path) -> None:
    """Read back, not believed: with NORMAL a power cut takes confirmed answers with it."""
    with pytest.raises(StorageUnavailable, match="synchronous is 1 and cannot be made 2"):
        await starts(path, connector=forgetful)
    await starts(path, connector=connect)


@pytest.mark.parametrize("mode", [0o777, 0o707, 0o772])
async def test_a_folder_that_anybody_can_write_to_is_refused(path: Path, mode: int) -> None:
    """They could put another file in the place of ours; the mode stays as it is."""
    path.parent.mkdir()
    path.parent.chmod(mode)
    with pytest.raises(StorageUnavailable, match=f"mode {mode:04o}.*0700 is advised"):
        await starts(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == mode
    assert not path.exists()
    path.parent.chmod(0o700)
    await starts(path)


async def test_a_shared_folder_that_keeps_each_ones_files_is_allowed(path: Path) -> None:
    """With the sticky bit nobody can take away what is another's."""
    path.parent.mkdir()
    path.parent.chmod(0o1777)
    await starts(path)


@pytest.mark.parametrize("kind", sorted(mounts.NETWORKS))
async def test_a_networks_file_system_is_refused(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Its locks do not hold; the same place on a disk of this machine is taken."""
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(mounts, "MOUNTS", table)
    line = f"30 1 0:20 / {tmp_path} rw,relatime shared:1 - %s server:/export rw\n"
    table.write_text(line % kind)
    with pytest.raises(StorageUnavailable, match=f"network's file system .{kind}."):
        await starts(path)
    assert not path.exists()
    table.write_text(line % "xfs")
    await starts(path)


def test_the_mount_that_holds_the_path_is_found(tmp_path: Path) -> None:
    """The longest mount point wins, of two the later one; a link is followed."""
    table = tmp_path / "mountinfo"
    real = tmp_path / "with space"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    escaped = str(real).replace(" ", "\\040")
    table.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda rw\n"
        f"2 1 0:9 / {escaped} rw - tmpfs tmpfs rw\n"
        f"3 1 0:9 / {escaped} rw shared:2 master:1 - nfs4 server:/x rw\n"
        f"4 1 0:9 / {escaped}-not rw - cifs //server/x rw\n"
        "torn line\n"
    )
    assert file_system(real / "ledger.db", table) == "nfs4"
    assert file_system(tmp_path / "link" / "sub" / "ledger.db", table) == "nfs4"
    assert file_system(Path("/etc/passwd"), table) == "ext4"
    assert file_system(real, tmp_path / "no such table") == ""
