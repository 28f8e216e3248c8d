"""Writes `docs/promises.md`: each promise, the test that shows it, what it found, and when.

`python -m tests.promises.page` takes what the tests have just written (`build/promises.json`)
into what is kept with the code (`docs/promises.json`) and makes the page of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.promises.report import FILE, ROOT, Measure, as_text, ordered, read
from tests.promises.rows import ROWS, SECTIONS

KEPT = ROOT / "docs" / "promises.json"
PAGE = ROOT / "docs" / "promises.md"
HEAD = """# What is promised, and what shows it

Written by `make promises-page` from what the tests have measured; do not edit it. `make promises`
measures the rows of a change, `make promises-long` the others. *Control* is what the same test
finds on a deliberately weak variant: it must fail there, or the test is blind. A figure was reached
at the commit beside it, on the machine that ran it; seeds are printed, and stored here.
"""
TAIL = """
## Not promised

That no tap is ever lost: Telegram drops a tap after 150 s. That a notice comes exactly once. The
exact moment of a tap, which Telegram does not tell. Secrecy from Telegram. That a screenshot is
impossible. Compliance by software alone.
"""


class Unexplained(Exception):
    """A row has neither a measure nor a reason why it has none."""


def page(kept: Mapping[str, Measure]) -> str:
    """The text of the page; raises Unexplained."""
    parts = [HEAD]
    for title, rows in SECTIONS.items():
        parts.append(f"\n## {title}\n")
        parts += [_row(row, [one for one in ordered(kept) if one[1].row == row]) for row in rows]
    return "\n".join(parts) + TAIL


def _row(row: int, found: Sequence[tuple[str, Measure]]) -> str:
    about = ROWS[row]
    lines = [f"### {row}. {about.promise}", "", f"Asked: {about.asked}.", ""]
    if not found:
        if not about.waits:
            raise Unexplained(f"row {row} was not measured, and no reason is given")
        return "\n".join([*lines, f"**Not there yet:** {about.waits}.", ""])
    lines += ["| test | figure | control | seed | commit | date |", "|---|---|---|---|---|---|"]
    # The same test on another backend, or with another value, often finds the same.
    told = dict.fromkeys(_line(name, one) for name, one in found)
    return "\n".join([*lines, *told, ""])


def _line(name: str, one: Measure) -> str:
    file, _, test = name.partition(" ")[2].partition("[")[0].partition("::")
    seed = "" if one.seed is None else str(one.seed)
    shown = f"`{test}` in [{file}](../{file})"
    cells = (shown, one.figure, one.control, seed, f"`{one.commit}`", one.at[:10])
    return "| " + " | ".join(cell.replace("\n", " ") for cell in cells) + " |"


def still_there(name: str, root: Path = ROOT) -> bool:
    """Whether the test that found something exists under that name."""
    file, _, test = name.partition(" ")[2].partition("::")
    path = root / file
    function = test.partition("[")[0].rpartition("::")[2]
    return path.exists() and f"def {function}(" in path.read_text(encoding="utf-8")


def main() -> None:
    """Take the newest measures in, and write both files."""
    kept = {name: one for name, one in (read(KEPT) | read(FILE)).items() if still_there(name)}
    text = page(kept)
    KEPT.write_text(as_text(kept), encoding="utf-8")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
