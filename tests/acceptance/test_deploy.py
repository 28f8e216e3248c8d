"""The example unit and container give the bot its data, the network, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.promises.report import ROOT, Promise

pytestmark = pytest.mark.acceptance
UNIT, CONTAINER = ROOT / "deploy" / "screening.service", ROOT / "deploy" / "Dockerfile"
HARDENED = {
    "DynamicUser": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "ProtectSystem": "strict",
    "ReadWritePaths": "/var/lib/screening",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictSUIDSGID": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "LimitCORE": "0",
    "EnvironmentFile": "/etc/screening/env",
}
MOST_EXPOSED = 2.0
"""On systemd's own scale from 0 to 10; a unit without any hardening has 9.6."""

SECRET = re.compile(r"(TOKEN|SECRET|PEPPER)\s*=", re.IGNORECASE)


def unit() -> dict[str, list[str]]:
    """The unit's settings: each name with every value that it is given."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def analyze(*words: str) -> str:
    """What systemd-analyze says of the unit."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here: the lines themselves are compared")
    said = subprocess.run(
        [program, *words, str(UNIT)], capture_output=True, text=True, timeout=60, check=False
    )
    return said.stdout + said.stderr


def test_the_unit_gives_no_privilege(promise: Promise) -> None:
    """Every line that takes something away is there, with its value."""
    found = unit()
    assert {name: found[name] for name in HARDENED} == {
        name: [value] for name, value in HARDENED.items()
    }
    assert found["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
    assert not SECRET.search("\n".join(found["Environment"]))
    promise(33, f"the example unit: {len(HARDENED)} lines that take privileges away, compared")


def test_systemd_finds_little_exposed() -> None:
    """By its own measure, where it is installed."""
    said = analyze("security", "--offline=true")
    found = re.search(r"exposure level for screening\.service: ([0-9.]+)", said)
    assert found, said
    assert float(found[1]) <= MOST_EXPOSED


def test_systemd_understands_every_line() -> None:
    """No name is misspelt: an unknown one would be passed over, and protect nothing."""
    said = analyze("verify")
    assert not re.search(r"Unknown|Failed to parse|ignoring", said), said


def test_the_container_runs_as_nobody_and_holds_no_secret() -> None:
    """Not root, by number; its data in one place; the run line takes away all the rest."""
    text = CONTAINER.read_text(encoding="utf-8")
    steps = [line for line in text.splitlines() if line and not line.startswith("#")]
    last = max(place for place, line in enumerate(steps) if line.startswith("FROM"))
    final = "\n".join(steps[last:])
    assert "\nUSER 10001:10001\n" in final
    assert "\nVOLUME /data\n" in final
    assert not SECRET.search(text)
    for word in ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges"):
        assert word in text.split("FROM", 1)[0]
    assert "COPY tests" not in text
    assert ".[postgres]" in text


@pytest.mark.parametrize("file", [UNIT, CONTAINER], ids=lambda path: path.name)
def test_the_settings_are_those_that_the_software_knows(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is set there is a setting, and is accepted."""
    text = file.read_text(encoding="utf-8")
    given = dict(re.findall(r"\b(DATABASE_URL|LISTEN)=(\S+)", text))
    assert "DATABASE_URL" in given
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)
    assert settings.database_url == given["DATABASE_URL"]
    assert settings.address[1] == 8090


def test_every_test_that_the_security_page_names_exists() -> None:
    """A row without its test would promise what nobody checks."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[a-z_/]+\.py)`", text))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
