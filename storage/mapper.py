"""Between events and bytes: what an event looks like in the ledger, and how an old one is read.

A payload is one JSON object: `at` (UTC), `by`, `role` and `data`. Its form has a number of its
own, the schema; a payload of an earlier form is brought forward, one step at a time, before it
is read. Nothing that was written is ever rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, get_args

import msgspec
from pydantic import TypeAdapter, ValidationError

from flows.access import AccessEvent
from flows.cases import CaseEvent, NoticeEvent
from flows.duty import DutyEvent
from flows.erasure import ScreeningErased
from flows.events import Actor, Event, Happened, ProtocolAdopted, Role, ScreeningEvent
from flows.evidence import CheckpointSigned
from flows.people import PeopleEvent
from flows.timekeeping import ClockSetBack
from flows.trials import TrialEvent
from storage.errors import LedgerBroken
from storage.ledger import Entry, NewEntry

EVENTS: Mapping[str, type] = {
    event.kind: event
    for event in (
        *get_args(ScreeningEvent),
        *get_args(PeopleEvent),
        *get_args(AccessEvent),
        *get_args(CaseEvent),
        *get_args(NoticeEvent),
        *get_args(DutyEvent),
        *get_args(TrialEvent),
        ScreeningErased,
        ProtocolAdopted,
        CheckpointSigned,
        ClockSetBack,
    )
}
"""Every kind of event that the ledger may hold."""

SCHEMAS: Mapping[str, int] = {
    **dict.fromkeys(EVENTS, 1),
    "screening-opened": 2,
    "notice-escalated": 2,
    "site-added": 2,
    "role-delegated": 2,
    "delegation-revoked": 2,
    "invitation-made": 2,
    "rota-set": 2,
    "principal-investigator-named": 2,
    "site-times-set": 2,
}
"""The form in which each kind is written today."""

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def _of_every_trial(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "trial": None}


UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    # Form 1 knew no attempt before this one.
    ("screening-opened", 1): lambda data: {**data, "earlier": None},
    # Form 1 did not say which notice it was that nobody had seen.
    ("notice-escalated", 1): lambda data: {**data, "notice": ""},
    # Form 1 knew one trial an installation: what it says holds in all of them.
    ("site-added", 1): lambda data: {**data, "trials": []},
    ("role-delegated", 1): _of_every_trial,
    ("delegation-revoked", 1): _of_every_trial,
    ("invitation-made", 1): _of_every_trial,
    ("rota-set", 1): _of_every_trial,
    ("principal-investigator-named", 1): _of_every_trial,
    ("site-times-set", 1): _of_every_trial,
}
"""For each kind and earlier form: the data brought to the next form."""


_WRITER: Final = msgspec.json.Encoder(order="sorted")
"""Sorted names, no spaces, UTF-8: byte for byte what `json.dumps` wrote in earlier versions."""


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(EVENTS[kind])


def to_entry(happened: Happened) -> NewEntry:
    """The event as it is appended."""
    event = happened.event
    payload = {
        "at": happened.at.astimezone(UTC).isoformat(),
        "by": happened.by.person,
        "role": happened.by.role.value,
        "data": fields_of(event),
    }
    return NewEntry(event.kind, SCHEMAS[event.kind], _WRITER.encode(payload))


def fields_of(event: Event) -> dict[str, Any]:
    """What an event says, by the names of its fields, in values that JSON has."""
    found: dict[str, Any] = _adapter(event.kind).dump_python(event, mode="json")
    return found


def to_event(entry: Entry) -> Happened:
    """The event that an entry holds, whatever form it was written in.

    Raises:
        LedgerBroken: the entry is of no known kind or form, or its payload is not readable.

    """
    try:
        payload = msgspec.json.decode(entry.payload)
        return Happened(
            event=_adapter(entry.kind).validate_python(_today(entry, payload["data"])),
            at=datetime.fromisoformat(payload["at"]),
            by=Actor(payload["by"], Role(payload["role"])),
        )
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError, ValidationError):
        raise LedgerBroken(
            f"event {entry.position} ({entry.kind}, form {entry.schema}) cannot be read"
        ) from None


def _today(entry: Entry, data: dict[str, Any]) -> dict[str, Any]:
    schema = entry.schema
    if schema > SCHEMAS[entry.kind]:
        raise ValueError("a later form")
    while schema < SCHEMAS[entry.kind]:
        data = UPCASTERS[entry.kind, schema](data)
        schema += 1
    return data
