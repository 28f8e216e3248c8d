"""Row 34: everything that is installed is pinned, and an audit that did not happen is no result."""

from __future__ import annotations

from importlib.metadata import distributions

from tests.promises.audit import PINS, Found, judged, pins, plain
from tests.promises.report import Promise

OURS = {"trial-screening-bot", "pip", "setuptools", "wheel"}


def test_everything_installed_is_pinned_at_its_version(promise: Promise) -> None:
    """No distribution comes in at a version that nobody wrote down."""
    pinned = pins(PINS.read_text(encoding="utf-8"))
    installed = {plain(one.name): one.version for one in distributions()}
    strays = {
        name: version
        for name, version in installed.items()
        if name not in OURS and pinned.get(name) != version
    }
    assert strays == {}
    promise(34, f"{len(pinned)} distributions, each installed at its pinned version")


def test_a_known_vulnerability_is_named() -> None:
    """The name, the version and the advisory's number."""
    vulnerable = {"name": "x", "version": "1.0", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
    clean = {"name": "y", "version": "2.0", "vulns": []}
    found = judged({"dependencies": [vulnerable, clean]})
    assert found == Found(2, ("x 1.0: PYSEC-1", "x 1.0: PYSEC-2"), ())
    assert found.told == "2 known vulnerabilities in 2 distributions"


def test_what_was_not_looked_up_is_not_called_clean() -> None:
    """Without the network pip-audit passes over everything and ends well: here it does not."""
    passed = {"name": "x", "skip_reason": "not found"}
    clean = {"name": "y", "version": "2.0", "vulns": []}
    assert "could not be reached" in judged({"dependencies": [passed]}).told
    assert "could not be reached" in judged(None).told
    assert judged({"dependencies": [passed, clean]}).told.endswith("1 not looked up")
