"""Every event that was ever stored can still be read; the stored forms are kept as files."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from flows.events import Actor, AllReasonsRequested, AnswerGiven, Happened, Role
from storage.chain import GENESIS
from storage.errors import LedgerBroken
from storage.ledger import Entry
from storage.mapper import EVENTS, SCHEMAS, UPCASTERS, to_entry, to_event
from storage.sqlite.migrating import known_migrations

# One file for each stored form: <schema>/<kind>.json, or <kind>+<variant>.json. A file is written
# once and never changed; when a kind gets a new form, its new files go into a new folder.
FOLDER = Path(__file__).parent / "data" / "payloads"
STORED = sorted(FOLDER.glob("*/*.json"), key=str)
AT = datetime(2026, 3, 10, 9, 0, 0, 123000, tzinfo=UTC)


def entry(kind: str, schema: int, payload: bytes) -> Entry:
    """A stored entry that holds a payload."""
    return Entry(1, "screening/7K3F-9QXV", 1, kind, schema, "now", payload, GENESIS, GENESIS)


def kind_of(path: Path) -> str:
    """The kind that a file is an example of."""
    return path.stem.partition("+")[0]


@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_stored_payload_still_loads(path: Path) -> None:
    """What was stored in any form is read, and written again says the same."""
    kind, schema = kind_of(path), int(path.parent.name)
    happened = to_event(entry(kind, schema, path.read_bytes()))
    assert happened.event.kind == kind
    again = to_entry(happened)
    assert (again.kind, again.schema) == (kind, SCHEMAS[kind])
    assert to_event(entry(kind, again.schema, again.payload)) == happened
    if schema == SCHEMAS[kind]:
        assert again.payload == path.read_bytes()


def test_every_kind_and_form_has_a_stored_payload() -> None:
    """No kind of event and no form of it is without an example."""
    expected = {(kind, form) for kind, last in SCHEMAS.items() for form in range(1, last + 1)}
    assert {(kind_of(path), int(path.parent.name)) for path in STORED} == expected


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("site-added", {"trials": ()}),
        ("role-delegated", {"trial": None}),
        ("delegation-revoked", {"trial": None}),
        ("invitation-made", {"trial": None}),
        ("rota-set", {"trial": None}),
        ("principal-investigator-named", {"trial": None}),
        ("site-times-set", {"trial": None}),
    ],
)
def test_what_was_said_of_one_trial_holds_in_all(kind: str, says: dict[str, object]) -> None:
    """Before an installation could serve several trials, nothing named the one that was meant."""
    stored = (FOLDER / "1" / f"{kind}.json").read_bytes()
    event = to_event(entry(kind, 1, stored)).event
    assert {name: getattr(event, name) for name in says} == says


def test_every_earlier_form_has_a_step_to_the_next() -> None:
    """An old payload is brought forward one form at a time."""
    earlier = {(kind, form) for kind, last in SCHEMAS.items() for form in range(1, last)}
    assert set(UPCASTERS) == earlier


def test_every_kind_is_named_by_its_class_and_known_to_the_database() -> None:
    """The database refuses unknown kinds: it must know each that the code may write."""
    assert set(SCHEMAS) == set(EVENTS)
    assert all(kind == event.kind for kind, event in EVENTS.items())  # type: ignore[attr-defined]
    sql = "\n".join(step.sql for step in known_migrations())
    inserts = re.findall(r"INSERT INTO event_kinds[^;]*;", sql)
    known = {kind for insert in inserts for kind in re.findall(r"'([a-z-]+)'", insert)}
    assert set(EVENTS) <= known


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
MOMENTS = st.datetimes(timezones=st.just(UTC))
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-(2**53), 2**53),
    bool: st.booleans(),
    date: st.dates(),
    datetime: MOMENTS,
    NoneType: st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotated type, of the few that events are made of."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    parts = get_args(hint)
    if get_origin(hint) in (UnionType, Union):
        return st.one_of(*map(values, parts))
    assert get_origin(hint) is tuple, f"no strategy for {hint}"
    if parts[-1] is Ellipsis:
        return st.lists(values(parts[0]), max_size=4).map(tuple)
    return st.tuples(*map(values, parts))


def events(kind: type) -> st.SearchStrategy[Any]:
    """Events of one kind."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{one.name: values(hints[one.name]) for one in fields(kind)})


@given(st.one_of(*map(events, EVENTS.values())), MOMENTS, TEXT, st.sampled_from(list(Role)))
def test_any_event_comes_back_as_it_was(event: Any, at: datetime, person: str, role: Role) -> None:
    """Whatever an event holds, reading what was written gives the same event."""
    happened = Happened(event, at, Actor(person, role))
    new = to_entry(happened)
    assert to_event(entry(new.kind, new.schema, new.payload)) == happened


@given(st.one_of(*map(events, EVENTS.values())), MOMENTS, TEXT, st.sampled_from(list(Role)))
def test_a_payload_is_written_byte_for_byte_as_ever(
    event: Any, at: datetime, person: str, role: Role
) -> None:
    """The standard library, which wrote every payload once, would still write the same bytes."""
    payload = {
        "at": at.isoformat(),
        "by": person,
        "role": role.value,
        "data": TypeAdapter(type(event)).dump_python(event, mode="json"),
    }
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert to_entry(Happened(event, at, Actor(person, role))).payload == text.encode()


def test_the_payload_is_plain_and_always_written_alike() -> None:
    """Sorted keys, UTF-8 as it is, times in UTC: the same event is the same bytes."""
    payload = to_entry(Happened(AnswerGiven("âge", "à"), AT, Actor("p-7", Role.ON_CALL))).payload
    assert payload.decode() == (
        '{"at":"2026-03-10T09:00:00.123000+00:00","by":"p-7",'
        '"data":{"input":"âge","value":"à"},"role":"on_call"}'
    )


GOOD = json.loads(to_entry(Happened(AllReasonsRequested(), AT, Actor("p", Role.MONITOR))).payload)
BAD = [
    b"",
    b"\xff",
    b"[]",
    b"null",
    b"{}",
    json.dumps(GOOD | {"role": "chief"}).encode(),
    json.dumps(GOOD | {"at": "yesterday"}).encode(),
    json.dumps(GOOD | {"data": None}).encode(),
]


@pytest.mark.parametrize("payload", BAD, ids=repr)
def test_what_cannot_be_read_is_a_broken_ledger(payload: bytes) -> None:
    """A payload that is not one of ours is named by its place, never guessed at."""
    with pytest.raises(LedgerBroken, match="event 1 "):
        to_event(entry("answer-given", 1, payload))


@pytest.mark.parametrize(("kind", "schema"), [("no-such-kind", 1), ("answer-given", 2)])
def test_an_unknown_kind_or_a_later_form_is_refused(kind: str, schema: int) -> None:
    """An older version of this software does not guess what a later one meant."""
    with pytest.raises(LedgerBroken):
        to_event(entry(kind, schema, (FOLDER / "1" / "answer-given.json").read_bytes()))
