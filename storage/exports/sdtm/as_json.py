"""TI and IE as Dataset-JSON: what `screening export` begins."""

from __future__ import annotations

from typing import BinaryIO

from storage.exports.form import About, Export
from storage.exports.sdtm.criteria import study_of
from storage.exports.sdtm.dataset_json import DatasetJson
from storage.exports.sdtm.datasets import Container, Dataset
from storage.exports.sdtm.formats import CriteriaNotMet, CriteriaOfTrial


def criteria(file: BinaryIO, about: About) -> Export:
    """TI as Dataset-JSON. Raises NotSound."""
    return CriteriaOfTrial(file, about, _opened)


def not_met(file: BinaryIO, about: About) -> Export:
    """IE as Dataset-JSON. Raises NotSound."""
    return CriteriaNotMet(file, about, _opened)


def _opened(file: BinaryIO, dataset: Dataset, about: About) -> Container:
    return DatasetJson(
        file, dataset, study_of(about.book.protocol), about.at if about.dates else None
    )
