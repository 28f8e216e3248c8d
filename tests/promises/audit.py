"""Row 34: is a vulnerability known in what is installed, and what is installed?

`python -m tests.promises.audit TOOLS` runs `cyclonedx-py` and `pip-audit` from a folder, writes the
bill of materials to `build/sbom.cdx.json`, and ends with 1 when a vulnerability is known. Where the
advisories cannot be reached it says so: pip-audit itself then finds "no known vulnerabilities".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.promises.report import ROOT, Promise

PINS = ROOT / "constraints.txt"
BILL = ROOT / "build" / "sbom.cdx.json"
ADVISORIES = ROOT / "build" / "audit.json"
PATIENCE = 300
"""Seconds for one tool."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an audit came to: how many were looked up, what is known of them, and what was not."""

    audited: int
    known: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def told(self) -> str:
        """One line; a look-up that did not happen is not called clean."""
        if not self.audited:
            return "the advisories could not be reached from here: no look-up, so no figure"
        line = f"{len(self.known)} known vulnerabilities in {self.audited} distributions"
        return line + (f", {len(self.skipped)} not looked up" if self.skipped else "")


def judged(report: Mapping[str, Any] | None) -> Found:
    """What a report of pip-audit says; None when it made none."""
    lines: Sequence[Mapping[str, Any]] = report["dependencies"] if report else ()
    skipped = tuple(line["name"] for line in lines if "skip_reason" in line)
    known = tuple(
        f"{line['name']} {line['version']}: {one['id']}"
        for line in lines
        for one in line.get("vulns", ())
    )
    return Found(len(lines) - len(skipped), known, skipped)


def pins(text: str) -> dict[str, str]:
    """Each pinned distribution and its version."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    found = (line.partition("==") for line in lines if line)
    return {plain(name): version for name, _, version in found}


def plain(name: str) -> str:
    """A distribution's name in its one form (PEP 503)."""
    return name.replace("_", "-").replace(".", "-").casefold()


def advisories(tools: Path) -> dict[str, Any] | None:
    """The report of pip-audit on the pinned versions; None where it cannot ask."""
    ADVISORIES.unlink(missing_ok=True)
    words = ("-r", str(PINS), "--no-deps", "--disable-pip", "--progress-spinner=off")
    out = ("--format=json", f"--output={ADVISORIES}")
    try:
        subprocess.run(
            [tools / "pip-audit", *words, *out],
            cwd=ROOT,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if not ADVISORIES.exists():
        return None
    report: dict[str, Any] = json.loads(ADVISORIES.read_text(encoding="utf-8"))
    return report


def bill(tools: Path) -> int:
    """Write the bill of materials (CycloneDX) of this environment; how many components it has."""
    BILL.parent.mkdir(exist_ok=True)
    words = ("environment", sys.prefix, "--pyproject", "pyproject.toml", "--output-reproducible")
    subprocess.run(
        [tools / "cyclonedx-py", *words, "--output-file", BILL],
        cwd=ROOT,
        capture_output=True,
        env={"PATH": os.defpath},
        timeout=PATIENCE,
        check=True,
    )
    return len(json.loads(BILL.read_text(encoding="utf-8"))["components"])


def main(tools: Path) -> int:
    """Make the bill, look the advisories up, report the row; the exit code."""
    components, found = bill(tools), judged(advisories(tools))
    line = f"a bill of {components} components (CycloneDX); {found.told}"
    promise = Promise("tests/promises/audit.py::main")
    promise(34, line)
    promise.keep()
    sys.stdout.write("".join(f"{one}\n" for one in found.known))
    return 1 if found.known else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
