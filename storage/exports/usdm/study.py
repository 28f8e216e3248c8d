"""The trial as a USDM study; written whole, since it grows with criteria and not with patients."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from typing import Any, BinaryIO, Final, TypeAlias

from flows.protocol.model import Criterion, Protocol
from flows.subjects import Subject
from storage.exports.form import About
from storage.exports.origin import SOFTWARE, release
from storage.exports.usdm import codes
from storage.exports.usdm.check import check
from storage.exports.usdm.codes import ISSUERS, UNKNOWN, Term

Thing: TypeAlias = dict[str, Any]

USDM: Final = "4.0.0"
NOT_STATED: Final = "Not stated in the protocol file."
"""A rationale is required; a protocol file of ours has none."""


class StudyDefinition:
    """Keeps the contract `storage.exports.form.Export`; no screening adds anything to it."""

    def __init__(self, file: BinaryIO, about: About) -> None:
        self._file, self._about = file, about

    def add(self, subject: Subject) -> int:
        """See `Export.add`."""
        return 0

    def finish(self) -> int:
        """See `Export.finish`; a row is a criterion of a version."""
        made = study(self._about)
        check(made, [book.protocol for book in self._about.books])
        self._file.write(json.dumps(made, ensure_ascii=False, indent=1).encode() + b"\n")
        return sum(len(book.protocol.criteria) for book in self._about.books)


def study(about: About) -> Thing:
    """The whole document; the same versions always give the same."""
    maker = _Maker(about.language)
    protocol = about.book.protocol
    return {
        "study": {
            "id": None,
            "name": protocol.acronym,
            "description": protocol.title.of(about.language),
            "label": protocol.acronym,
            "versions": [maker.version(book.protocol) for book in about.books],
            "documentedBy": [],
            "instanceType": "Study",
        },
        "usdmVersion": USDM,
        "systemName": SOFTWARE,
        "systemVersion": release(),
    }


class _Maker:
    """Makes things with ids that are the class and a number: EligibilityCriterion_1."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._counts: Counter[str] = Counter()

    def version(self, protocol: Protocol) -> Thing:
        """One version of the protocol file."""
        made = self._thing("StudyVersion")
        organizations = {name: self._organization(name) for name in protocol.registry_ids}
        items = [self._item(one, protocol) for one in protocol.criteria]
        return made | {
            "versionIdentifier": protocol.version,
            "rationale": NOT_STATED,
            "studyIdentifiers": [
                self._thing("StudyIdentifier")
                | {"text": number, "scopeId": organizations[name]["id"]}
                for name, number in protocol.registry_ids.items()
            ],
            "studyDesigns": [self._design(protocol, items)],
            "titles": [
                self._title(protocol.title.of(self._language), codes.OFFICIAL_TITLE),
                self._title(protocol.acronym, codes.ACRONYM),
            ],
            "eligibilityCriterionItems": items,
            "roles": self._roles(organizations, str(made["id"])),
            "organizations": list(organizations.values()),
        }

    def _design(self, protocol: Protocol, items: list[Thing]) -> Thing:
        criteria = self._criteria(protocol, items)
        return self._thing("InterventionalStudyDesign") | {
            "name": f"{protocol.acronym} {protocol.version}",
            "rationale": NOT_STATED,
            "arms": [],
            "studyCells": [],
            "epochs": [],
            "population": self._population(protocol, criteria),
            "eligibilityCriteria": criteria,
            "model": self._code(UNKNOWN),
        }

    def _population(self, protocol: Protocol, criteria: list[Thing]) -> Thing:
        planned = self._thing("Quantity") | {"value": protocol.target, "unit": None}
        return self._thing("StudyDesignPopulation") | {
            "name": f"{protocol.acronym} {protocol.version}",
            "includesHealthySubjects": False,
            "plannedEnrollmentNumber": planned,
            "criterionIds": [one["id"] for one in criteria],
        }

    def _criteria(self, protocol: Protocol, items: list[Thing]) -> list[Thing]:
        made = [
            self._thing("EligibilityCriterion")
            | {
                "name": f"{one.id} {protocol.version}",
                "label": one.id,
                "category": self._code(codes.CATEGORIES[one.kind]),
                "identifier": one.id,
                "criterionItemId": item["id"],
            }
            for one, item in zip(protocol.criteria, items, strict=True)
        ]
        ids = [None, *(one["id"] for one in made), None]
        return [
            one | {"nextId": ids[place + 2], "previousId": ids[place]}
            for place, one in enumerate(made)
        ]

    def _item(self, one: Criterion, protocol: Protocol) -> Thing:
        """The wording, as the HTML that USDM wants."""
        return self._thing("EligibilityCriterionItem") | {
            "name": f"{one.id} {protocol.version}",
            "label": one.id,
            "text": f"<p>{escape(one.text.of(self._language), quote=False)}</p>",
        }

    def _organization(self, name: str) -> Thing:
        issuer, kind = ISSUERS.get(name, (name, UNKNOWN))
        return self._thing("Organization") | {
            "name": issuer,
            "label": issuer,
            "type": self._code(kind),
            "identifierScheme": SOFTWARE,
            "identifier": name,
        }

    def _roles(self, organizations: dict[str, Thing], applies_to: str) -> list[Thing]:
        if "sponsor_code" not in organizations:
            return []
        role = self._thing("StudyRole") | {
            "name": codes.SPONSOR.decode,
            "code": self._code(codes.SPONSOR),
            "appliesToIds": [applies_to],
            "organizationIds": [organizations["sponsor_code"]["id"]],
        }
        return [role]

    def _title(self, text: str, kind: Term) -> Thing:
        return self._thing("StudyTitle") | {"text": text, "type": self._code(kind)}

    def _code(self, term: Term) -> Thing:
        return self._thing("Code") | {
            "code": term.code,
            "codeSystem": "http://www.cdisc.org",
            "codeSystemVersion": term.release,
            "decode": term.decode,
        }

    def _thing(self, kind: str) -> Thing:
        self._counts[kind] += 1
        return {"id": f"{kind}_{self._counts[kind]}", "instanceType": kind}
