"""The check that every row of a table passes before it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from storage.exports.cells import Cells
from storage.exports.form import NotSound

_DATE: Final = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-[0-3][0-9]", re.ASCII)
_NAMED_BY_OTHERS: Final = frozenset({"protocol_version", "name"})
"""Columns whose words are the trial's or a person's own."""


def sound(columns: Sequence[str], cells: Cells, *, dates: bool) -> Cells:
    """The row itself; raises NotSound for one of another width, or with a date that must stay."""
    if len(cells) != len(columns):
        raise NotSound(f"{len(cells)} cells for {len(columns)} columns")
    if not dates:
        for column, cell in zip(columns, cells, strict=True):
            if column not in _NAMED_BY_OTHERS and _DATE.search(cell):
                raise NotSound(f"{cells[0] or cells[1]}: a calendar date in {column}")
    return cells
