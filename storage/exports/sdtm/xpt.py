"""SAS Transport, version 5: the file format of regulatory submissions, written row by row.

The layout is published by SAS Institute (TS-140, "Record layout of a SAS version 5 or 6 data set
in SAS transport format"): 80-byte records, names and texts in ASCII padded with blanks, numbers
as IBM hexadecimal floating point, big-endian. The number of rows stands nowhere, so that a file
of any length can be written as it comes; and without dates it says nothing of when.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import BinaryIO, Final

from storage.exports.sdtm.datasets import Cell, Dataset, Record, Variable

_RECORD: Final = 80
_NUMBER: Final = 8
_HEADER: Final = "HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{numbers}"
_SOFTWARE: Final = f"{'9.4':<8}{'Linux':<8}"
_BEGINNING: Final = "01JAN60:00:00:00"
"""SAS's own epoch: stands where the moment is not told."""


class Xpt:
    """Keeps the contract `storage.exports.sdtm.datasets.Container`."""

    def __init__(self, file: BinaryIO, dataset: Dataset, at: datetime | None) -> None:
        self._file, self._variables = file, dataset.variables
        self._written = 0
        moment = f"{at:%d%b%y:%H:%M:%S}".upper() if at else _BEGINNING
        for line in _library(moment) + _member(dataset, moment):
            self._put(line.ljust(_RECORD).encode("ascii"))
        place = 0
        for number, variable in enumerate(dataset.variables, 1):
            self._put(_described(variable, number, place))
            place += variable.width or _NUMBER
        self._pad()
        self._put(_header("OBS").encode("ascii"))

    def write(self, record: Record) -> None:
        """See `Container.write`; a variable that the record lacks is missing."""
        self._put(b"".join(_packed(record.get(one.name), one) for one in self._variables))

    def close(self) -> None:
        """See `Container.close`."""
        self._pad()

    def _put(self, raw: bytes) -> None:
        self._file.write(raw)
        self._written += len(raw)

    def _pad(self) -> None:
        self._put(b" " * (-self._written % _RECORD))


def hexadecimal(number: int) -> bytes:
    """A whole number as IBM's double: sign, exponent of 16 over 64, and 14 digits of fraction."""
    if number == 0:
        return bytes(_NUMBER)
    size = abs(number)
    digits = (size.bit_length() + 3) // 4
    if digits > 14:
        raise ValueError(f"{number} has more than 56 bits")
    fraction = size << 4 * (14 - digits)
    return struct.pack(">Q", (number < 0) << 63 | (64 + digits) << 56 | fraction)


def _header(kind: str, numbers: str = "0" * 30) -> str:
    return _HEADER.format(kind=kind, numbers=numbers).ljust(_RECORD)


def _library(moment: str) -> list[str]:
    return [
        _header("LIBRARY"),
        f"{'SAS':<8}{'SAS':<8}{'SASLIB':<8}{_SOFTWARE}{'':24}{moment}",
        moment,
    ]


def _member(dataset: Dataset, moment: str) -> list[str]:
    return [
        _header("MEMBER", "000000000000000001600000000140"),
        _header("DSCRPTR"),
        f"{'SAS':<8}{dataset.name:<8}{'SASDATA':<8}{_SOFTWARE}{'':24}{moment}",
        f"{moment}{'':16}{dataset.label:<40}{'':8}",
        _header("NAMESTR", f"000000{len(dataset.variables):04d}".ljust(30, "0")),
    ]


def _described(variable: Variable, number: int, place: int) -> bytes:
    """A column's description (NAMESTR): kind, width, number, name, label, and where it begins."""
    return struct.pack(
        ">hhhh8s40s8shhh2s8shhl52x",
        1 if variable.width is None else 2,
        0,
        variable.width or _NUMBER,
        number,
        variable.name.ljust(8).encode("ascii"),
        variable.label.ljust(40).encode("ascii"),
        b" " * 8,
        0,
        0,
        0,
        b"",
        b" " * 8,
        0,
        0,
        place,
    )


def _packed(cell: Cell | None, variable: Variable) -> bytes:
    if variable.width is not None:
        return str(cell or "").encode("ascii").ljust(variable.width)
    return b"." + bytes(7) if cell is None else hexadecimal(int(cell))
