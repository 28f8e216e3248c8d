"""Who did what to a screening, in which role and when: AuditEvent, and Provenance for a signature.

Inside the site everything that happened is told, with what was old and new and why; outside it
only the steps of the screening, without an answer (see `discretion`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flows.events import Event, Happened, ScreeningOpened, ScreeningSigned
from flows.subjects import Subject
from storage.exports.fhir.days import Days
from storage.exports.fhir.discretion import ANSWERS
from storage.exports.fhir.elements import Json, person, reference
from storage.exports.origin import SOFTWARE
from storage.mapper import fields_of

LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
PARTICIPANT: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
SIGNATURE: Final = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.5",
    "display": "Verification Signature",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, as both releases tell it; `at` is its place in the trail, from 1."""

    number: str
    at: int
    happened: Happened
    details: tuple[tuple[str, str], ...]

    @property
    def lifecycle(self) -> str:
        """What it is to the record (ISO 21089): its origin, an attestation, or a change."""
        event = self.happened.event
        if isinstance(event, ScreeningOpened):
            return "originate"
        return "attest" if isinstance(event, ScreeningSigned) else "amend"

    def resource(self, days: Days) -> Json:
        """What R4 and R5 have in common."""
        opened = self.lifecycle == "originate"
        at = self.happened.at
        return {
            "resourceType": "AuditEvent",
            "id": f"{self.number}-{self.at}",
            "action": "C" if opened else "U",
            **(days.opening("recorded") if opened else days.moment("recorded", at)),
            "agent": [
                {
                    "role": [{"text": self.happened.by.role.value}],
                    "who": person(self.happened.by),
                    "requestor": True,
                }
            ],
        }

    @property
    def observer(self) -> Json:
        """Who noted it: this software."""
        return {"type": "Device", "display": SOFTWARE}

    @property
    def what(self) -> Json:
        """The record that it happened to."""
        return reference("QuestionnaireResponse", self.number)


def steps(subject: Subject, *, inside: bool) -> Iterator[Step]:
    """The trail of a screening; of an erased one nothing is left."""
    told = (one for one in subject.history if inside or not isinstance(one.event, ANSWERS))
    for at, happened in enumerate(told, 1):
        details = tuple(_details(happened.event)) if inside else ()
        yield Step(subject.number, at, happened, details)


def _details(event: Event) -> Iterator[tuple[str, str]]:
    for name, value in fields_of(event).items():
        if (text := _text(value)) != "":
            yield name, text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def provenance(subject: Subject, days: Days) -> Json | None:
    """The signature that stands, with its meaning (21 CFR 11.50); None where there is none.

    The hash of the record that was signed stays inside the site: it is made from answers and
    dates, and somebody who knows most of them could find the rest by trial.
    """
    if subject.screening is None or subject.screening.signature is None:
        return None
    signed, happened = subject.screening.signature.signed, subject.screening.signature.happened
    record = {"identifier": {"type": {"text": "SHA-256"}, "value": signed.record_sha256}}
    return {
        "resourceType": "Provenance",
        "id": f"{subject.number}-signature",
        "target": [reference("QuestionnaireResponse", subject.number)],
        **days.moment("recorded", happened.at),
        "agent": [
            {
                "type": {"coding": [{"system": PARTICIPANT, "code": "attester"}]},
                "role": [{"text": happened.by.role.value}],
                "who": person(happened.by),
            }
        ],
        **({"entity": [{"role": "source", "what": record}]} if days.dates else {}),
        "signature": [
            {
                "type": [SIGNATURE, {"code": signed.meaning}],
                **days.moment("when", happened.at),
                "who": person(happened.by, signed.name),
            }
        ],
    }
