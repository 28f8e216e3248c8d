"""A bot that runs holds in memory what it needs, and nothing of what only others do."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

SERVING = "import bot.cli.serve"
STAMPED = """
from bot.settings import Settings
from bot.upkeep import stamper
assert stamper(Settings(_env_file=None, timestamp_url="https://tsa.example.org/tsr"))
"""


@cache
def loaded_after(code: str) -> frozenset[str]:
    """The modules of a fresh process that has run this."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return frozenset(done.stdout.split())


@pytest.mark.parametrize(
    "name",
    [
        "aiohttp",  # files, time stamps
        "aiosmtplib",  # copies by e-mail
        "asyncpg",  # PostgreSQL
        "bot.sandbox",
        "cryptography.x509",  # time stamps
        "fhir",
        "matplotlib",
        "odmlib",
        "rfc3161_client",
        "segno",
        "typst",
        "xlsxwriter",
    ],
)
def test_what_few_need_is_not_loaded_by_all(name: str) -> None:
    """What other commands need, and what is not set up, takes no memory and no time of a start."""
    loaded = loaded_after(SERVING)
    assert "telegram.ext" in loaded, "the control: what it needs is there"
    assert name not in loaded


def test_what_is_set_up_is_loaded_at_the_start() -> None:
    """Where something is missing, a start says so, and not the first day that needs it."""
    assert "rfc3161_client" in loaded_after(STAMPED) - loaded_after(SERVING)
