"""Dataset-JSON 1.1 (CDISC): the same rows as XPT, in JSON, one row a line.

Attributes stand in the order that the specification recommends, so that a reader may stream. The
number of rows comes before them and is known only after them: its place is kept free.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import BinaryIO, Final

from odmlib.dataset_json_1_1.model import Column, DatasetJSON, SourceSystem

from storage.exports.origin import SOFTWARE, release
from storage.exports.sdtm.datasets import Dataset, Record, Variable

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment of writing must be told; without dates it is this, which is none."""

_PLACE: Final = 12
"""Signs kept free for the number of rows."""


class DatasetJson:
    """Keeps the contract `storage.exports.sdtm.datasets.Container`; the file must be seekable."""

    def __init__(self, file: BinaryIO, dataset: Dataset, study: str, at: datetime | None) -> None:
        self._file, self._names = file, [one.name for one in dataset.variables]
        self._count = 0
        head = json.dumps(_head(dataset, study, at or _BEGINNING), separators=(",", ":"))
        before, after = head[:-1].split('"records":0,')
        file.write(f'{before}"records":'.encode())
        self._place = file.tell()
        file.write(f'{"0":<{_PLACE}},{after},"rows":['.encode())

    def write(self, record: Record) -> None:
        """See `Container.write`; a variable that the record lacks is null."""
        cells = [record.get(name) for name in self._names]
        between = ",\n" if self._count else "\n"
        self._file.write(f"{between}{json.dumps(cells, separators=(',', ':'))}".encode())
        self._count += 1

    def close(self) -> None:
        """See `Container.close`."""
        self._file.write(b"\n]}\n")
        self._file.seek(self._place)
        self._file.write(f"{self._count:<{_PLACE}}".encode())
        self._file.seek(0, io.SEEK_END)


def _head(dataset: Dataset, study: str, at: datetime) -> dict[str, object]:
    """Everything but the rows, checked by the model as it is made."""
    made: dict[str, object] = DatasetJSON(
        datasetJSONCreationDateTime=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        datasetJSONVersion="1.1.0",
        fileOID=f"{study}.{dataset.name}",
        sourceSystem=SourceSystem(name=SOFTWARE, version=release()),
        studyOID=study,
        itemGroupOID=f"IG.{dataset.name}",
        records=0,
        name=dataset.name,
        label=dataset.label,
        columns=[_column(dataset.name, one) for one in dataset.variables],
    ).to_dict()
    return made


def _column(domain: str, variable: Variable) -> Column:
    told = {"length": variable.width, "keySequence": variable.key}
    return Column(
        itemOID=f"IT.{domain}.{variable.name}",
        name=variable.name,
        label=variable.label,
        dataType=_type(variable),
        **{name: value for name, value in told.items() if value is not None},
    )


def _type(variable: Variable) -> str:
    if variable.width is None:
        return "integer"
    return "date" if variable.day else "string"
