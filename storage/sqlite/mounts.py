"""On which kind of file system does a file lie? Linux says so; elsewhere nothing is known."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mountinfo")

NETWORKS: Final = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)
"""File systems of other machines, as Linux names them (proc(5))."""

_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def file_system(path: Path, mounts: Path | None = None) -> str:
    """The kind of file system under a path, which need not exist; "" when it cannot be told."""
    try:
        lines = (mounts or MOUNTS).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    real = Path(os.path.realpath(path))
    best, kind = -1, ""
    for line in lines:
        point, found = _mount(line)
        # The longest mount point that holds the path; of two on one point the later one hides.
        if found and len(point) >= best and real.is_relative_to(point):
            best, kind = len(point), found
    return kind


def _mount(line: str) -> tuple[str, str]:
    """Mount point and kind of one line: fields, a lone hyphen, then the kind (proc(5))."""
    before, _, after = line.partition(" - ")
    fields, kinds = before.split(" "), after.split(" ")
    if len(fields) < 5 or not after:
        return "", ""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[4]), kinds[0]
