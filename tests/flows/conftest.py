"""What every test of the flows room may ask for."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from flows.rulebook import Rulebook
from tests.flows.trial_files import LYSYME, SECOND, rulebook

SEARCHING = os.environ.get("SEARCH") == "1"

# A seed is printed with every failure; nothing is kept on disc between runs. The same examples
# are tried at every run, unless SEARCH=1 asks for new ones, and more of them: one example of most
# properties here is a whole play of sixty steps.
settings.register_profile(
    "flows",
    deadline=None,
    database=None,
    derandomize=not SEARCHING,
    max_examples=1000 if SEARCHING else 60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("flows")


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """LYSYME, ready to be applied."""
    return rulebook(LYSYME)


@pytest.fixture(scope="session")
def second() -> Rulebook:
    """The small invented trial, ready to be applied."""
    return rulebook(SECOND)
