"""Couriers that are killed around the send: nothing is missing, and every repeat is labelled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.promises.report import Promise

EVERYDAY, THOUSAND = 150, 1_000
"""Kills in every run of the tests, and those of the promise (`make promises`)."""

SEED = 20260310
DRIVER = Path(__file__).with_name("kills.py")
ROOT = Path(__file__).parents[3]
MEMORY = Path("/dev/shm")


def killed(seed: int, kills: int, kind: str) -> dict[str, Any]:
    """What the driver found."""
    place = MEMORY if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        ran = subprocess.run(
            [sys.executable, DRIVER, folder, str(seed), str(kills), kind],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize(
    "kills",
    [
        EVERYDAY,
        pytest.param(THOUSAND, marks=[pytest.mark.promise, pytest.mark.timeout(900)]),
    ],
)
def test_kills_around_the_send_lose_nothing_and_label_every_repeat(
    kills: int, promise: Promise
) -> None:
    """At each named point and at any moment: 0 missing, 0 unlabelled, one event for each notice."""
    found = killed(SEED, kills, "sound")
    assert found["kills"] >= kills
    assert len(found["points"]) == 7
    assert min(found["points"].values()) > kills / 30
    assert found["repeats"] > kills / 20  # there was something to label
    assert (found["missing"], found["unlabelled"], found["trails_that_differ"]) == (0, 0, 0)
    figure = f"{found['kills']:,} kills, {found['repeats']} repeats: 0 missing, 0 unlabelled"
    promise(8, figure, seed=SEED)


def test_a_courier_that_marks_only_after_the_call_is_caught(promise: Promise) -> None:
    """The control: the same kills find repeats that nobody labelled."""
    found = killed(1, 40, "late")
    assert found["missing"] == 0
    assert found["unlabelled"] > 0
    weak = f"marked only after the call: {found['unlabelled']} unlabelled in {found['kills']} kills"
    promise(8, control=weak, seed=1)
