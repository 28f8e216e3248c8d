"""The real command in a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.flows.trial_files import LYSYME

ROOT = LYSYME.parents[2]
DATABASE = Path("data") / "screening.db"
NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
COMMAND = (sys.executable, "-m", "bot")


def environment(**more: str) -> dict[str, str]:
    """As little as the command needs: nothing of the developer's own settings."""
    plain = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "TZ": "UTC"}
    return plain | more


def _another(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same words; a new chat here is always about another patient than the one before."""
    new = words[:1] == ("chat",) and not {"--resume", "--again"} & set(words)
    return (*words, "--another") if new else words


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process that ended has left."""

    code: int
    out: str
    err: str

    @property
    def number(self) -> str:
        """The screening number that was said last."""
        return str(NUMBER.findall(self.out)[-1])


def run(
    folder: Path,
    *words: str,
    typed: str | bytes | Iterable[str] = "",
    before: Callable[[], None] | None = None,
    settings: dict[str, str] | None = None,
) -> Ran:
    """Run `screening` in a folder until it ends; lines that are typed end with the input."""
    if not isinstance(typed, str | bytes):
        typed = "".join(f"{line}\n" for line in typed)
    done = subprocess.run(
        [*COMMAND, *_another(words)],
        input=typed.encode() if isinstance(typed, str) else typed,
        capture_output=True,
        cwd=folder,
        env=environment(**(settings or {})),
        preexec_fn=before,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start `screening` with pipes to type into and read from."""
    return subprocess.Popen(
        [*COMMAND, *_another(words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(PYTHONUNBUFFERED="1"),
    )


def type_and_read(process: subprocess.Popen[str], line: str, until: str) -> str:
    """Type a line and read until a text appears on the screen."""
    assert process.stdin is not None
    assert process.stdout is not None
    if line:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
    read = ""
    while until not in read:
        shown = process.stdout.readline()
        assert shown, f"the process ended before it said {until!r}: {read}"
        read += shown
    return read


def on_a_terminal(folder: Path, *words: str, typed: str) -> str:
    """Run `screening` with a real terminal on both sides; what was shown."""
    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *_another(words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environment(TERM="xterm"),
        close_fds=True,
    )
    os.close(theirs)
    os.write(mine, typed.encode())
    shown = b""
    while select.select([mine], [], [], 20)[0]:
        try:
            part = os.read(mine, 65536)
        except OSError:  # the other side has closed
            break
        if not part:
            break
        shown += part
    os.close(mine)
    assert process.wait(20) == 0
    return shown.decode(errors="replace")
