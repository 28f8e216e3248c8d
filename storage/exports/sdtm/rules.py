"""The check of what is written: CDISC's own rules, as assertions.

CORE-000001, 000011, 000025, 000227, 000228 and 000541 of the CDISC Open Rules; that a code is not
twice in a version (CG0253 of the SDTM conformance rules), and that TI is complete, are ours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from flows.rulebook import Rulebook
from storage.exports.form import NotSound
from storage.exports.sdtm.datasets import Dataset, Record
from storage.exports.sdtm.text import ascii_of

_CODE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,7}")


class Rules:
    """What every row of IE must keep to, given the rows of TI."""

    def __init__(self, criteria: Sequence[Record]) -> None:
        self._codes = frozenset(row["IETESTCD"] for row in criteria)
        self._texts = frozenset(row["IETEST"] for row in criteria)

    def check(self, row: Record) -> None:
        """Raises NotSound with the rule that a row of IE breaks."""
        where = f"{row['USUBJID']} {row['IETESTCD']}"
        category, result = row["IECAT"], row["IEORRES"]
        if category == "INCLUSION" and result != "N":
            raise NotSound(f"{where}: CORE-000001, an inclusion criterion not met is N")
        if category == "EXCLUSION" and result != "Y":
            raise NotSound(f"{where}: CORE-000011, an exclusion criterion met is Y")
        if category not in ("INCLUSION", "EXCLUSION"):
            raise NotSound(f"{where}: IECAT is {category}")
        if row["IESTRESC"] != result:
            raise NotSound(f"{where}: CORE-000025, IESTRESC is not IEORRES")
        if row["IETEST"] not in self._texts:
            raise NotSound(f"{where}: CORE-000227, IETEST is not in TI")
        if row["IETESTCD"] not in self._codes:
            raise NotSound(f"{where}: CORE-000228, IETESTCD is not in TI")


def check_criteria(rows: Sequence[Record], books: Iterable[Rulebook]) -> None:
    """Raises NotSound unless TI holds each criterion of each version once, each code with one text.

    Two protocol files under one version would be told apart by nothing.
    """
    for row in rows:
        if not _CODE.fullmatch(str(row["IETESTCD"])):
            raise NotSound(f"CORE-000541, IETESTCD is {row['IETESTCD']}")
    seen = Counter((row["TIVERS"], row["IETESTCD"]) for row in rows)
    if doubled := next((key for key, count in seen.items() if count > 1), None):
        raise NotSound(f"TI: {doubled[1]} is twice in version {doubled[0]}")
    pairs = {(row["IETESTCD"], row["IETEST"]) for row in rows}
    if len(pairs) != len({code for code, _ in pairs}) or len(pairs) != len({t for _, t in pairs}):
        raise NotSound("TI: IETESTCD and IETEST are not one to one")
    for book in books:
        _check_version(rows, book)


def _check_version(rows: Sequence[Record], book: Rulebook) -> None:
    protocol = book.protocol
    held = Counter(
        str(row["IETESTCD"])[:4]
        for row in rows
        if row["TIVERS"] == ascii_of(protocol.version)
        and row["IETESTCD"] not in ("INCONF", "EXCONF")
    )
    for one in protocol.criteria:
        code = f"{'IN' if one.kind == 'inclusion' else 'EX'}{int(one.id[1:]):02d}"
        if held[code] != 1:
            raise NotSound(f"TI: {code} of version {protocol.version} is not there")


def check_widths(row: Record, dataset: Dataset) -> None:
    """Raises NotSound for a text that is empty, too long for its column, or not ASCII."""
    for variable in dataset.variables:
        cell = row[variable.name]
        if variable.width is None:
            continue
        text = str(cell)
        if not text or len(text) > variable.width or not text.isascii():
            raise NotSound(f"{dataset.name}: {variable.name} does not fit {variable.width} signs")
