"""Rows 1 and 2: SIGKILL at every named point and at any moment, a thousand and a half times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from storage.points import Point
from tests.promises.killing import Found
from tests.promises.report import ROOT, Promise, times

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED = 20261125


def killed(folder: Path, sort: str, runs: int) -> Found:
    """What was found in so many runs that ended by SIGKILL."""
    words = (sys.executable, "-m", "tests.promises.killing", sort, str(runs), str(SEED))
    ran = subprocess.run(
        [*words, str(folder)], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return Found(**json.loads(ran.stdout))


def whole(found: Found) -> bool:
    """Whether everything is there, once, in order, and sound."""
    return not any(
        (
            *(found.lost, found.doubled, found.disordered, found.broken),
            *(found.missing, found.unlabelled),
        )
    )


def told(found: Found) -> str:
    """The figure."""
    return (
        f"{found.runs:,} kills, {found.taps:,} taps and {found.repeats:,} repeats: "
        f"{found.lost} lost, {found.doubled} doubled, {found.broken} broken chains; "
        f"{found.notices:,} notices: {found.missing} missing, "
        f"{found.unlabelled} repeats without a label"
    )


def test_killed_at_every_named_point(fast: Path, promise: Promise) -> None:
    """Whatever was confirmed is there after a crash at any boundary; the eager control loses."""
    found = killed(fast, "points", times(1000))
    assert whole(found), found
    assert times(1000) < 100 or set(found.at) == {point.value for point in Point}
    control = killed(fast, "eager", 50)
    assert control.lost > 0
    at = ", ".join(f"{name} {number}" for name, number in sorted(found.at.items()))
    promise(
        1,
        f"{told(found)} (killed at {at})",
        control=f"confirming before the commit: {control.lost} lost in {control.runs} kills",
        seed=SEED,
    )


def test_killed_at_any_moment(fast: Path, promise: Promise) -> None:
    """The same at random moments."""
    found = killed(fast, "times", times(500))
    assert whole(found), found
    promise(2, told(found), seed=SEED)
