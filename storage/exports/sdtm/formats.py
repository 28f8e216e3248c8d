"""TI and IE, row by row, into whichever container is opened for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, TypeAlias

from flows.subjects import Subject
from flows.unmet import unmet
from storage.exports.form import About, NotSound
from storage.exports.sdtm.criteria import CodedCriteria, CodedCriterion, study_of
from storage.exports.sdtm.datasets import IE, TI, Container, Dataset, Record
from storage.exports.sdtm.rules import Rules, check_criteria, check_widths
from storage.exports.sdtm.text import ascii_of

Opens: TypeAlias = Callable[[BinaryIO, Dataset, About], Container]

NOT_MET: Final = {"INCLUSION": "N", "EXCLUSION": "Y"}
"""IEORRES of a criterion that was not met (SDTMIG 3.4, section 6.3.4; NCI C66742)."""


def criteria_rows(about: About, tests: CodedCriteria) -> tuple[Record, ...]:
    """The rows of TI."""
    study = study_of(about.book.protocol)
    return tuple(
        {
            "STUDYID": study,
            "DOMAIN": "TI",
            "IETESTCD": test.code,
            "IETEST": test.text,
            "IECAT": test.category,
            "TIVERS": test.version,
        }
        for test in tests.all()
    )


def _checked(about: About, tests: CodedCriteria) -> tuple[Record, ...]:
    rows = criteria_rows(about, tests)
    for row in rows:
        check_widths(row, TI)
    check_criteria(rows, about.books)
    return rows


class CriteriaOfTrial:
    """TI. Keeps the contract `storage.exports.form.Export`; the screenings add nothing to it."""

    def __init__(self, file: BinaryIO, about: About, opens: Opens) -> None:
        self._rows = _checked(about, CodedCriteria.of(about))
        self._container = opens(file, TI, about)

    def add(self, subject: Subject) -> int:
        """See `Export.add`."""
        return 0

    def finish(self) -> int:
        """See `Export.finish`."""
        for row in self._rows:
            self._container.write(row)
        self._container.close()
        return len(self._rows)


class CriteriaNotMet:
    """IE. Keeps the contract `storage.exports.form.Export`."""

    def __init__(self, file: BinaryIO, about: About, opens: Opens) -> None:
        self._about, self._tests = about, CodedCriteria.of(about)
        self._study = study_of(about.book.protocol)
        self._rules = Rules(_checked(about, self._tests))
        self._dataset = IE if about.dates else IE.without("IEDTC")
        self._container = opens(file, self._dataset, about)
        self._patients: dict[str, str] = {}

    def add(self, subject: Subject) -> int:
        """See `Export.add`."""
        patient = self._patient(subject)
        count = 0
        for count, told in enumerate(self._records(subject, patient), 1):
            row = {**told, "IESEQ": count}
            check_widths(row, self._dataset)
            self._rules.check(row)
            self._container.write(row)
        return count

    def finish(self) -> int:
        """See `Export.finish`."""
        self._container.close()
        return 0

    def _patient(self, subject: Subject) -> str:
        """USUBJID: the number of the first attempt, which is the patient's from then on."""
        line = subject.row.line
        own = f"{self._study}-{ascii_of(line.site)}-{line.number}"
        first = own if subject.row.attempt == 1 else self._patients.get(line.earlier or "", own)
        self._patients[line.number] = first
        return first

    def _records(self, subject: Subject, patient: str) -> Iterator[Record]:
        failing = unmet(subject.row)
        if not failing:
            return
        screening = subject.screening
        if screening is None or screening.determination is None:
            return  # erased: the reason went with the answers
        made = screening.determination
        if made.failing != failing:
            raise NotSound(f"{subject.number}: the log and the record name other criteria")
        for test in self._not_met(screening.book.sha256, failing, subject.number):
            result = NOT_MET[test.category]
            timing = {"IEDTC": made.day.isoformat()} if self._about.dates else {}
            yield {
                "STUDYID": self._study,
                "DOMAIN": "IE",
                "USUBJID": patient,
                "IETESTCD": test.code,
                "IETEST": test.text,
                "IECAT": test.category,
                "IEORRES": result,
                "IESTRESC": result,
                "IEDY": self._about.day_of(made.day, subject),
                **timing,
            }

    def _not_met(self, sha256: str, failing: tuple[str, ...], number: str) -> list[CodedCriterion]:
        """Their tests, each once; what stands for the confidential ones comes last.

        In its own place it would say which one it is.
        """
        try:
            found = [self._tests.of_criterion(sha256, one) for one in failing]
        except KeyError:
            raise NotSound(f"{number}: its version of the protocol is not there") from None
        return sorted(dict.fromkeys(found), key=lambda test: test.merged)
