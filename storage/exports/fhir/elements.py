"""The parts of which resources are made: references, texts in two languages, security labels."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from flows.events import Actor, Role
from flows.protocol.model import Words
from storage.exports.origin import SOFTWARE

Json: TypeAlias = dict[str, Any]

TRANSLATION: Final = "http://hl7.org/fhir/StructureDefinition/translation"
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
REDACTED: Final[Json] = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "REDACTED",
}
"""The label of a resource from which something was left out (HL7 v3 ObservationValue)."""

TEST: Final[Json] = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
}
"""The tag of a resource about an invented patient (HL7 v3 ActReason, test health data)."""


def reference(kind: str, name: str) -> Json:
    """A reference to another line of the file."""
    return {"reference": f"{kind}/{name}"}


def person(actor: Actor, name: str | None = None) -> Json:
    """Who spoke, by the pseudonymous id; `name` is printed beside a signature only."""
    if actor.role is Role.SYSTEM:
        return {"type": "Device", "display": SOFTWARE}
    who: Json = {"type": "Practitioner", "identifier": {"value": actor.person}}
    return {**who, "display": name} if name else who


def absent(reason: str) -> Json:
    """An element without a value, and why there is none."""
    return {"extension": [{"url": ABSENT, "valueCode": reason}]}


def said(key: str, words: Words, language: str) -> Json:
    """A text under its key in one language, with its translation into the other."""
    other = "en" if language == "fr" else "fr"
    translation = [
        {"url": "lang", "valueCode": other},
        {"url": "content", "valueString": _plain(words.of(other))},
    ]
    extension = {"extension": [{"url": TRANSLATION, "extension": translation}]}
    return {key: _plain(words.of(language)), f"_{key}": extension}


def _plain(text: str) -> str:
    """With plain spaces: R4's pattern for strings refuses others, and so does its JSON schema."""
    return " ".join(text.split())


def concept(system: str, code: str) -> Json:
    """A code of a code system, as a CodeableConcept."""
    return {"coding": [{"system": system, "code": code}]}
