"""A version of the protocol as a Questionnaire: its criteria as groups, its inputs as questions.

A number or a date that may also be answered by a code (a non-answer, a band such as "> 75") has a
second question for that, since an answer in FHIR has one type. What the software found on each
criterion, and the verdict, are questions that nobody is asked (`readOnly`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from flows.determination import Verdict
from flows.events import JudgementVerdict
from flows.protocol.bands import band_text
from flows.protocol.model import Criterion, Deadline, Input, InputType, Option, Outcome, Protocol
from flows.rulebook import Rulebook
from storage.exports.fhir.elements import Json, said

_TYPES: Final = {
    InputType.INTEGER: "integer",
    InputType.NUMBER: "decimal",
    InputType.DATE: "date",
    InputType.PARTIAL_DATE: "date",
}
DETERMINATION: Final = "screening.determination"
VERDICT: Final = "screening.verdict"
DAY: Final = "screening.day"


def coded(name: str) -> str:
    """The question that takes the codes of an input whose answers are numbers or dates."""
    return f"{name}.code"


def judgement(criterion: str) -> str:
    """The question that takes the judgement of a criterion."""
    return f"{criterion}.judgement"


def finding(criterion: str) -> str:
    """The question that takes what was found on a criterion."""
    return f"{criterion}.finding"


def deadline(name: str) -> str:
    """The question that takes a deadline."""
    return f"screening.deadline.{name}"


@dataclass(frozen=True)
class Form:
    """One version of the protocol as a Questionnaire.

    `choice` is the release's type for a question that is answered by a code.
    """

    book: Rulebook
    choice: str
    language: str
    current: bool

    @property
    def protocol(self) -> Protocol:
        """The protocol that it is made from."""
        return self.book.protocol

    @property
    def id(self) -> str:
        """The id of the resource: the trial and the beginning of the file's fingerprint."""
        return f"{self.protocol.id.replace('_', '-')}-{self.book.sha256[:16]}"

    @property
    def canonical(self) -> str:
        """What a response names: the form of this very file, and the version it calls itself."""
        return f"{self._url}|{quote(self.protocol.version)}"

    @property
    def _url(self) -> str:
        """A URN made from the file's fingerprint: there is no web address to find it at."""
        return uuid5(NAMESPACE_URL, self.book.sha256).urn

    @cached_property
    def questions(self) -> Mapping[str, tuple[str, frozenset[str]]]:
        """By link id: the type of each question, and the codes it may be answered by."""
        return dict(_questions(self.resource()["item"]))

    def resource(self) -> Json:
        """The Questionnaire."""
        protocol = self.protocol
        return {
            "resourceType": "Questionnaire",
            "id": self.id,
            "language": self.language,
            "url": self._url,
            "identifier": [{"type": {"text": "SHA-256"}, "value": self.book.sha256}],
            "version": protocol.version,
            "name": _name(protocol),
            **said("title", protocol.title, self.language),
            "status": "active" if self.current else "retired",
            "subjectType": ["ResearchSubject"],
            **said("description", protocol.status, self.language),
            "item": [*map(self._group, protocol.criteria), self._determination()],
        }

    def _group(self, criterion: Criterion) -> Json:
        asked = [item for entry in criterion.inputs for item in self._asked(entry)]
        if criterion.judgement:
            judged = self._choice(judgement(criterion.id), JudgementVerdict)
            asked.append({**judged, **said("text", criterion.judgement.question, self.language)})
        found = self._choice(finding(criterion.id), Outcome)
        rule = said("text", criterion.rule_text, self.language)
        return {
            "linkId": criterion.id,
            "prefix": criterion.id,
            **said("text", criterion.text, self.language),
            "type": "group",
            "item": [*asked, {**found, **rule, "readOnly": True}],
        }

    def _asked(self, entry: Input) -> list[Json]:
        options = [*map(self._option, (*entry.choices, *entry.non_answers))]
        options += [{"valueCoding": {"code": band_text(band)}} for band in entry.keep]
        text = said("text", entry.question, self.language)
        if entry.type not in _TYPES:
            return [{"linkId": entry.id, **text, "type": self.choice, "answerOption": options}]
        value = {"linkId": entry.id, **text, "type": _TYPES[entry.type]}
        code = {"linkId": coded(entry.id), **text, "type": self.choice, "answerOption": options}
        return [value, code] if options else [value]

    def _option(self, option: Option) -> Json:
        display = said("display", option.label, self.language)
        return {"valueCoding": {"code": option.code, **display}}

    def _choice(self, link: str, codes: Iterable[StrEnum]) -> Json:
        options = [{"valueCoding": {"code": code.value}} for code in codes]
        return {"linkId": link, "type": self.choice, "answerOption": options}

    def _determination(self) -> Json:
        verdict = self._choice(VERDICT, Verdict)
        day = {"linkId": DAY, "type": "date"}
        deadlines = {
            one.name: one for criterion in self.protocol.criteria for one in criterion.deadlines
        }
        items = [verdict, day, *map(self._deadline, deadlines.values())]
        return {
            "linkId": DETERMINATION,
            "type": "group",
            "item": [{**item, "readOnly": True} for item in items],
        }

    def _deadline(self, one: Deadline) -> Json:
        text = said("text", one.label, self.language)
        return {"linkId": deadline(one.name), **text, "type": "date"}


def _name(protocol: Protocol) -> str:
    """A name as FHIR wants it for programs: letters, digits and underscores, a capital first."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", f"{protocol.acronym}_{protocol.version}")
    return f"{name[:1].upper()}{name[1:]}"


def _questions(items: Iterable[Json]) -> Iterable[tuple[str, tuple[str, frozenset[str]]]]:
    for item in items:
        codes = frozenset(one["valueCoding"]["code"] for one in item.get("answerOption", ()))
        yield item["linkId"], (item["type"], codes)
        yield from _questions(item.get("item", ()))
