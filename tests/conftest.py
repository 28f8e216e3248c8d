"""What every tier of the tests has: the fixture with which a test reports a promise."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.promises.report import SCALE, Promise

_PASSED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that reports a promise, wherever it stands, for `make promises`."""
    for item in items:
        if "promise" in getattr(item, "fixturenames", ()):
            item.add_marker("reports")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test itself has passed: what a failed one found is not kept."""
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Iterator[Promise]:
    """Report a row of docs/promises.md: `promise(4, "320 taps, 0 lost", seed=SEED)`."""
    found = Promise(request.node.nodeid)
    yield found
    if found.found and SCALE == 1 and request.node.stash.get(_PASSED, False):
        found.keep()
