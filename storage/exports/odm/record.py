"""The whole file: metadata first, then screening after screening, as they come."""

from __future__ import annotations

import shutil
from tempfile import TemporaryFile
from typing import BinaryIO, Final
from weakref import finalize
from xml.etree.ElementTree import tostring

from odmlib.odm_2_0 import model as odm

from flows.subjects import Subject
from storage.exports.form import About, NotSound
from storage.exports.odm import metadata, names
from storage.exports.odm.admin import admin
from storage.exports.odm.check import Defined
from storage.exports.odm.clinical import Referred, Told
from storage.exports.odm.days import OPENING
from storage.exports.origin import SOFTWARE, release

_END: Final = "</ODM>"

_SHIFTED: Final = {
    "en": (
        "Without calendar dates: every screening is shown as opened on 1970-01-01, local time; "
        "days are counted from the opening, which is day 1."
    ),
    "fr": (
        "Sans dates calendaires : chaque sélection est présentée comme ouverte le 1970-01-01, "
        "heure locale ; les jours sont comptés depuis l'ouverture, qui est le jour 1."
    ),
}


class ClinicalRecord:
    """Keeps the contract `storage.exports.form.Export`; a row is an item with its transaction.

    ODM wants people and sites before the data, and who they are is known after: the data wait in
    a nameless temporary file.
    """

    def __init__(self, file: BinaryIO, about: About) -> None:
        self._file, self._about = file, about
        self._referred = Referred()
        self._defined = {
            book.sha256: Defined.of(book.protocol, dates=about.dates) for book in about.books
        }
        versions = {names.version(book.protocol) for book in about.books}
        if len(versions) != len(about.books):
            raise NotSound("two protocol files have one version")
        self._data = TemporaryFile()  # noqa: SIM115 - as long as the export
        finalize(self, self._data.close)
        self._version = ""

    def add(self, subject: Subject) -> int:
        """See `Export.add`; of an erased screening nothing is left."""
        if subject.screening is None:
            return 0
        defined = self._defined.get(subject.screening.book.sha256)
        if defined is None:
            raise NotSound(f"{subject.number}: its version of the protocol is not there")
        element = Told(self._about, subject, self._referred).element()
        defined.check(element, dates=self._about.dates)
        self._under(names.version(subject.screening.book.protocol))
        self._data.write(tostring(element, encoding="unicode").encode() + b"\n")
        return sum(1 for _ in element.iter("ItemData"))

    def finish(self) -> int:
        """See `Export.finish`."""
        self._under("")
        head = self._head()
        if not head.endswith(_END):
            raise NotSound("ODM: the head has an end of another form")
        self._file.write(head.removesuffix(_END).encode())
        self._data.seek(0)
        shutil.copyfileobj(self._data, self._file)
        self._data.close()
        self._file.write(f"{_END}\n".encode())
        return 0

    def _under(self, version: str) -> None:
        """The screenings that follow are of this version; of none when it is empty."""
        if version == self._version:
            return
        if self._version:
            self._data.write(b"</ClinicalData>\n")
        if version:
            study = names.study(self._about.book.protocol)
            opening = f"<ClinicalData{_attribute('StudyOID', study)}"
            self._data.write(f"{opening}{_attribute('MetaDataVersionOID', version)}>\n".encode())
        self._version = version

    def _head(self) -> str:
        about, study = self._about, names.study(self._about.book.protocol)
        made = about.at.isoformat(timespec="seconds") if about.dates else f"{OPENING}T00:00:00"
        text: str = odm.ODM(
            FileType="Transactional",
            Granularity="AllClinicalData",
            FileOID=f"{study}.SCREENING",
            CreationDateTime=made,
            ODMVersion="2.0",
            SourceSystem=SOFTWARE,
            SourceSystemVersion=release(),
            Study=[metadata.study(about.books, dates=about.dates)],
            AdminData=[admin(about, self._referred)],
            **({} if about.dates else {"Description": _described()}),
        ).to_xml_string(xml_declaration=True)
        return text


def _attribute(name: str, value: str) -> str:
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f' {name}="{escaped}"'


def _described() -> object:
    texts = [
        odm.TranslatedText(lang=language, Type="text/plain", _content=text)
        for language, text in _SHIFTED.items()
    ]
    return odm.Description(TranslatedText=texts)
