"""What every test that drives a page may ask for: Chromium, and the pictures it takes on demand."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.acceptance.process import start

# Chromium would else look for updates and talk to the system's bus; root needs --no-sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium: a test that needs it is skipped without, but never in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("CI is without Chromium: .ci/run installs it")
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def pictures() -> Path | None:
    """The folder for pictures of the page, when SCREENSHOTS names one."""
    folder = os.environ.get("SCREENSHOTS")
    if folder is None:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A sandbox of its own, as `make run` starts it; it must end cleanly."""
    process = start(tmp_path, "sandbox", "--port", str(free_port()))
    try:
        yield address(process)
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=10)
        assert process.returncode == 0
        assert "Traceback" not in complaints
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def address(process: subprocess.Popen[str]) -> str:
    """Where the page is, once the sandbox says that it is ready."""
    assert process.stdout is not None
    for line in process.stdout:
        for word in line.split():
            if word.startswith("http://"):
                return word
    raise AssertionError(process.stderr.read() if process.stderr else "")
