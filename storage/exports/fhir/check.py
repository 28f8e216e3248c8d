"""The export's own check: no resource is written before it has passed.

Structure by `fhir.resources` (of R4 it has the models of R4B, which differ from R4 in none of the
six resources written here); required codes by HL7's value sets; a response against the
questionnaire that it answers; and references that lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from storage.exports.fhir.codes import Codes, codes_of
from storage.exports.fhir.elements import Json
from storage.exports.form import NotSound

_PACKAGES: Final = {"R4": "fhir.resources.R4B", "R5": "fhir.resources"}
_VALUES: Final = {
    "integer": "valueInteger",
    "decimal": "valueDecimal",
    "date": "valueDate",
    "choice": "valueCoding",
    "coding": "valueCoding",
}
Questions = Mapping[str, tuple[str, frozenset[str]]]
"""By link id: the type of a question, and the codes it may be answered by."""


@dataclass(slots=True)
class Check:
    """Checks the resources of one export, one after the other.

    `questions` are those of each questionnaire, by its canonical name. References are kept only
    while what they refer to is still to come.
    """

    release: str
    questions: Mapping[str, Questions]
    _models: dict[str, type[BaseModel]] = field(default_factory=dict)
    _awaited: set[str] = field(default_factory=set)

    def __call__(self, resource: Json) -> None:
        """Let a resource pass.

        Raises:
            NotSound: it is not what the standard wants; only codes, paths and numbers are named.

        """
        fault = next(self._faults(resource), None)
        if fault is not None:
            raise NotSound(f"{resource.get('resourceType')}/{resource.get('id')}: {fault}")

    def finish(self) -> None:
        """Raises NotSound where a subject was referred to that never came."""
        if self._awaited:
            raise NotSound(f"no such subject: {min(self._awaited)}")

    def awaits(self, subject: str) -> None:
        """A subject is referred to before it is written."""
        self._awaited.add(subject)

    def has_come(self, subject: str) -> None:
        """A subject was written; nobody refers to it afterwards."""
        self._awaited.discard(subject)

    def _faults(self, resource: Json) -> Iterator[str]:
        yield from (f"{path}: no such code: {code}" for path, code in self._codes.wrong(resource))
        yield from self._malformed(resource)
        if resource["resourceType"] == "QuestionnaireResponse":
            yield from self._answers(resource)

    @property
    def _codes(self) -> Codes:
        return codes_of(self.release)

    def _malformed(self, resource: Json) -> Iterator[str]:
        """What the library refuses; its own sentences are not passed on, for they hold values."""
        try:
            self._model(resource["resourceType"]).model_validate(_filled(resource))
        except ValidationError as error:
            for one in error.errors(include_input=False, include_url=False, include_context=False):
                yield f"{'.'.join(map(str, one['loc']))}: {one['type']}"

    def _model(self, kind: str) -> type[BaseModel]:
        if kind not in self._models:
            module = import_module(f"{_PACKAGES[self.release]}.{kind.lower()}")
            self._models[kind] = getattr(module, kind)
        return self._models[kind]

    def _answers(self, response: Json) -> Iterator[str]:
        name = response.get("questionnaire")
        items = response.get("item", [])
        if name is None and items:
            yield "answers to no questionnaire"
        elif name is not None and name not in self.questions:
            yield "no such questionnaire"
        elif name is not None:
            yield from _unanswerable(items, self.questions[name])


def _filled(resource: Json) -> Json:
    """The same with any day where a date is an offset alone.

    The library calls such an answer empty (fhir-core 1.1.12 looks for the value of a choice, R5
    wants one); an element with an extension is not (hl7.org/fhir/R5/json.html#primitive).
    """
    found = dict(resource)
    if "item" in found:
        found["item"] = [_filled(item) for item in found["item"]]
    if "answer" in found:
        found["answer"] = [
            {**one, "valueDate": "2000-01-01"} if "_valueDate" in one else one
            for one in found["answer"]
        ]
    return found


def _unanswerable(items: Iterable[Json], questions: Questions) -> Iterator[str]:
    for item in items:
        link = item["linkId"]
        kind, codes = questions.get(link, ("", frozenset[str]()))
        answers = item.get("answer", [])
        if not kind:
            yield f"{link}: no such question"
        elif (kind == "group") == bool(answers):
            yield f"{link}: not what a {kind} is answered by"
        yield from (
            f"{link}: {fault}" for answer in answers if (fault := _fault(answer, kind, codes))
        )
        yield from _unanswerable(item.get("item", []), questions)


def _fault(answer: Mapping[str, Any], kind: str, codes: frozenset[str]) -> str | None:
    if {name.removeprefix("_") for name in answer} != {_VALUES.get(kind)}:
        return f"not what a {kind} is answered by"
    coding = answer.get("valueCoding")
    return "no such option" if coding is not None and coding.get("code") not in codes else None
