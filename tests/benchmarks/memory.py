"""How much memory a process ever had, which is not what it was started with."""

from __future__ import annotations

from pathlib import Path


def most_resident(process: int | str = "self") -> float:
    """The most memory of a process that was resident at any time, in MiB.

    Not `ru_maxrss`: that of a new process begins with what its parent had (getrusage(2), Linux).
    """
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")
