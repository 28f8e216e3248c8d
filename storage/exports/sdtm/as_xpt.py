"""TI and IE as SAS transport files: what `screening export` begins."""

from __future__ import annotations

from typing import BinaryIO

from storage.exports.form import About, Export
from storage.exports.sdtm.datasets import Container, Dataset
from storage.exports.sdtm.formats import CriteriaNotMet, CriteriaOfTrial
from storage.exports.sdtm.xpt import Xpt


def criteria(file: BinaryIO, about: About) -> Export:
    """TI as SAS transport file. Raises NotSound."""
    return CriteriaOfTrial(file, about, _opened)


def not_met(file: BinaryIO, about: About) -> Export:
    """IE as SAS transport file. Raises NotSound."""
    return CriteriaNotMet(file, about, _opened)


def _opened(file: BinaryIO, dataset: Dataset, about: About) -> Container:
    return Xpt(file, dataset, about.at if about.dates else None)
