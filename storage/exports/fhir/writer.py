"""Writes the resources of a trial, one a line, each checked before it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from flows.subjects import Subject
from flows.tallies import Criteria
from storage.exports.fhir.check import Check
from storage.exports.fhir.days import Days
from storage.exports.fhir.discretion import Discretion
from storage.exports.fhir.elements import Json
from storage.exports.fhir.questionnaires import Form
from storage.exports.fhir.releases import R4, R5, Release
from storage.exports.fhir.responses import response
from storage.exports.fhir.trail import provenance, steps
from storage.exports.form import About


class Fhir:
    """Keeps the contract `storage.exports.form.Export` for one release."""

    def __init__(self, file: BinaryIO, about: About, release: Release) -> None:
        self._file, self._about, self._release = file, about, release
        self._forms = tuple(
            Form(book, release.choice, about.language, current=book is about.book)
            for book in about.books
        )
        self._discretion = Discretion(Criteria.of(about.book.protocol), about.dates)
        self._check = Check(release.name, {form.canonical: form.questions for form in self._forms})
        self._begun = self._write(self._beginning())

    def add(self, subject: Subject) -> int:
        """See `Export.add`: one response an attempt, one subject a patient, and the trail."""
        written = self._write(self._resources(subject))
        if subject.row.counted:
            self._check.has_come(subject.row.patient)
        begun, self._begun = self._begun, 0
        return begun + written

    def finish(self) -> int:
        """See `Export.finish`."""
        self._check.finish()
        return self._begun

    def _beginning(self) -> Iterator[Json]:
        yield self._release.study(self._about.book.protocol, self._about.language)
        for form in self._forms:
            yield form.resource()

    def _resources(self, subject: Subject) -> Iterator[Json]:
        line = subject.row.line
        days = Days(line, self._about.dates)
        shown, withheld = self._discretion.shown(subject), self._discretion.withheld(subject)
        answered = response(subject, self._form(subject), days, shown, withheld)
        if "subject" in answered:
            self._check.awaits(subject.row.patient)
        yield answered
        if subject.row.counted:
            yield self._release.subject(subject, days)
        for step in steps(subject, inside=self._about.dates):
            yield self._release.event(step, subject, days)
        if (signed := provenance(subject, days)) is not None:
            yield signed

    def _form(self, subject: Subject) -> Form | None:
        """The version that it was screened under; of an erased one by what the line calls it."""
        screening, version = subject.screening, subject.row.line.protocol
        for form in self._forms:
            if screening is not None and form.book.sha256 == screening.book.sha256:
                return form
            if screening is None and form.protocol.version == version:
                return form
        return None

    def _write(self, resources: Iterable[Json]) -> int:
        written = 0
        for resource in resources:
            self._check(resource)
            text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
            self._file.write(f"{text}\n".encode())
            written += 1
        return written


class FhirR4(Fhir):
    """FHIR R4 (4.0.1)."""

    def __init__(self, file: BinaryIO, about: About) -> None:
        super().__init__(file, about, R4)


class FhirR5(Fhir):
    """FHIR R5 (5.0.0)."""

    def __init__(self, file: BinaryIO, about: About) -> None:
        super().__init__(file, about, R5)
