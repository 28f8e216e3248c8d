"""Tables: they agree with the ledger and with one another, and outside the site say less."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.shelf import Shelf
from bot.tables import TABLES, Scope
from flows.cases import FollowUp
from flows.events import DeterminationMade, Happened, Mode, ScreeningOpened
from flows.tallies import CONFIDENTIAL, Criteria, Fate, flow, log_rows
from storage.exports.form import NotSound
from storage.exports.sound import sound
from storage.ledger import Append, Entry
from storage.mapper import to_entry, to_event
from storage.memory import MemoryLedger
from tests.bot.registers import change_lines
from tests.bot.trails import EMAIL, SITES, TELEGRAM_ID, record, tables_of
from tests.flows.grids import MAN
from tests.flows.logs import book
from tests.flows.robot import PEOPLE, START
from tests.flows.test_tallies import HIDDEN
from tests.storage.excluded import CONFIDENTIAL_REASONS, played

Rows = list[dict[str, str]]
DATE = re.compile(r"20[0-9]{2}-[0-9]{2}")
LINES = frozenset(
    {
        "answer-given",
        "answer-carried",
        "answer-corrected",
        "answer-set-aside",
        "judgement-given",
    }
)


async def read(ledger: MemoryLedger, name: str, scope: Scope) -> Rows:
    """The rows of a table, by the names of its columns."""
    tables, _ = await tables_of(ledger)
    columns = TABLES[name].columns
    return [dict(zip(columns, row, strict=True)) async for row in tables.rows(name, scope)]


def seeds(examples: int) -> settings:
    """So many records of some screenings: to write one takes longer than to read it."""
    return settings(max_examples=examples)


RECORDS = {"count": st.integers(0, 9), "seed": st.integers(0, 10**6)}


@seeds(25)
@given(**RECORDS)
def test_the_tables_agree_with_the_ledger_and_with_the_picture(count: int, seed: int) -> None:
    """Screened, enrolled and excluded are counted alike in every table, in dates and in days."""
    asyncio.run(_agree(count, seed))


async def _agree(count: int, seed: int) -> None:
    ledger = await record(count, seed)
    _, register = await tables_of(ledger)
    found = flow(log_rows(register.lines.values(), register.cases), Criteria.of(book().protocol))
    for dates in (True, False):
        scope = Scope("lysyme", dates=dates)
        log = await read(ledger, "screening-log", scope)
        people = [row for row in log if row["counted"] == "yes"]
        fates = Counter(row["outcome"] for row in people)
        assert len(log) == found.attempts
        assert [fates[one] for one in Fate] == [found.enrolled, found.excluded, found.undecided]
        enrolled = await read(ledger, "enrolment-log", scope)
        status = Counter(row["status"] for row in enrolled if row["counted"] == "yes")
        assert status.total() == found.enrolled
        assert status[FollowUp.WITHDRAWN] == found.withdrawn
        assert status[FollowUp.ENROLLED_IN_ERROR] == found.in_error
    trail = await read(ledger, "audit-trail", Scope("lysyme", dates=True))
    assert _fates(trail) == Counter(row["outcome"] for row in log)


def _fates(trail: Rows) -> Counter[str]:
    """What became of each attempt, folded anew from the rows of the trail alone."""
    last: dict[str, dict[str, str]] = {}
    for row in trail:
        if row["number"]:
            last.setdefault(row["number"], {})[row["about"]] = row["new"]
            if row["event"] in ("answer-corrected", "answer-set-aside"):
                last[row["number"]].pop("verdict", None)
    found = Counter[str]()
    for said in last.values():
        verdict = "" if said.get("state") == "stopped" else said.get("verdict", "")
        status = said.get("status", "")
        if status in ("enrolled", "withdrawn", "enrolled_in_error"):
            found["enrolled"] += 1
        elif verdict == "ineligible" or (verdict == "eligible" and status == "declined"):
            found["excluded"] += 1
        else:
            found["undecided"] += 1
    return found


@seeds(20)
@given(**RECORDS)
def test_the_trail_holds_every_event_and_all_it_says(count: int, seed: int) -> None:
    """Inside the site: over the three kinds of screening, each event once, in order."""
    asyncio.run(_complete(count, seed))


async def _complete(count: int, seed: int) -> None:
    ledger = await record(count, seed)
    rows: Rows = []
    for mode in Mode:
        rows += await read(ledger, "audit-trail", Scope("lysyme", mode, dates=True))
    by_position = {int(row["position"]): row for row in rows}
    assert len(by_position) == len(rows)
    async for entry in ledger.walk():
        _same(by_position.pop(entry.position), entry)
    assert not by_position


def _same(row: dict[str, str], entry: Entry) -> None:
    happened = to_event(entry)
    assert (row["stream"], row["version"]) == (entry.stream, str(entry.version))
    assert (row["event"], row["person"]) == (entry.kind, happened.by.person)
    assert datetime.fromisoformat(row["received_utc"]) == happened.at
    assert datetime.fromisoformat(row["stored_utc"]) == datetime.fromisoformat(entry.recorded_at)
    data = json.loads(entry.payload)["data"]
    if entry.kind == "protocol-adopted":
        del data["text"]
    assert set(json.loads(row["detail"])) == set(data)
    for name in ("input", "criterion", "value", "old", "because", "to", "status", "name"):
        if name in data:
            assert json.loads(row["detail"])[name] == data[name]


@seeds(20)
@given(**RECORDS)
def test_old_values_are_those_that_stood_before(count: int, seed: int) -> None:
    """Of verdicts, steps, owners and languages, in the stream of each."""
    asyncio.run(_old(count, seed))


async def _old(count: int, seed: int) -> None:
    trail = await read(await record(count, seed), "audit-trail", Scope("lysyme", dates=True))
    before: dict[tuple[str, str], str] = {}
    for row in trail:
        field = (row["stream"], row["about"])
        if row["about"] in ("verdict", "status", "language", "follower", "mode"):
            assert row["old"] == before.get(field, "")
            before[field] = row["new"]


@seeds(20)
@given(**RECORDS)
def test_outside_the_site_nobody_is_told_by_a_date_or_a_confidential_criterion(
    count: int, seed: int
) -> None:
    """No date in any cell, no name of such a criterion or of what it asks, no place, no account."""
    asyncio.run(_outside(count, seed))


async def _outside(count: int, seed: int) -> None:
    ledger = await record(count, seed)
    hidden = HIDDEN | {
        entry.id for one in book().protocol.criteria if one.id in HIDDEN for entry in one.inputs
    }
    for name in TABLES:
        for row in await read(ledger, name, Scope("lysyme")):
            for column, cell in row.items():
                assert not DATE.search(cell), (name, column, cell)
                assert cell not in hidden
                assert not re.search(rf'"(?:{"|".join(hidden)})"', cell)
                assert str(TELEGRAM_ID) not in cell
                assert EMAIL not in cell
    secret = await _excluded_in_secret(ledger)
    trail = await read(ledger, "audit-trail", Scope("lysyme"))
    assert not {row["position"] + row["version"] for row in trail} - {""}
    for row in trail:
        assert not (row["number"] in secret and row["event"] in LINES)
        if row["about"] == CONFIDENTIAL and row["event"] in LINES:
            assert {row["old"], row["new"]} <= {"", CONFIDENTIAL}


async def _excluded_in_secret(ledger: MemoryLedger) -> set[str]:
    found = set()
    async for entry in ledger.walk():
        event = to_event(entry).event
        if isinstance(event, DeterminationMade) and HIDDEN & set(event.failing):
            found.add(entry.stream.partition("/")[2])
    return found


async def test_some_records_have_what_is_hidden() -> None:
    """The test above is not blind: the same record inside the site shows it all."""
    ledger = await record(40, 7)
    assert await _excluded_in_secret(ledger)
    trail = await read(ledger, "audit-trail", Scope("lysyme", dates=True))
    cells = {cell for row in trail for cell in row.values()}
    assert {"E3", "hiv_serology"} & cells
    assert any(str(TELEGRAM_ID) in cell for cell in cells)
    assert any(EMAIL in cell for cell in cells)
    assert any(row["event"] == "answer-given" and DATE.search(row["new"]) for row in trail)


async def test_only_the_sites_that_are_asked_for() -> None:
    """In every table; what is about no site at all is left out as well."""
    ledger = await record(30, 5)
    for name in ("screening-log", "enrolment-log", "delegation-log", "audit-trail"):
        for site in SITES:
            rows = await read(ledger, name, Scope("lysyme", sites=(site,), dates=True))
            assert {row["site"] for row in rows} <= {site, ""}
            assert rows
            assert all(row["site"] for row in rows if row.get("number", "N"))


async def test_another_trial_has_rows_of_its_own() -> None:
    """None of this one's screenings stand in its trail."""
    ledger = await record(5, 3)
    tables, register = await tables_of(ledger)
    change_lines(register, trial="other")
    rows = [row async for row in tables.rows("audit-trail", Scope("lysyme", dates=True))]
    assert rows
    assert not [row for row in rows if row[1]]


async def test_each_line_of_the_delegation_log_says_how_it_ended() -> None:
    """Replaced, revoked, and out with the person; nothing is forgotten."""
    rows = await read(await record(0, 0), "delegation-log", Scope("lysyme", dates=True))
    told = [(row["role"], row["site"], row["ending"], row["state"]) for row in rows]
    assert sorted(told) == [
        ("coordinator", "LY", "person_revoked", "revoked"),
        ("investigator", "HM", "replaced", "revoked"),
        ("investigator", "HM", "revoked", "revoked"),
    ]
    assert {row["name"] for row in rows} == {"Inès"}
    assert {row["delegated_by"] for row in rows} == {"console"}


class Faulty(MemoryLedger):
    """A ledger whose walk leaves out, or repeats, the entry at a place."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.shown = entries

    async def walk(self, after: int = 0) -> AsyncIterator[Entry]:
        """What is shown, whatever is there."""
        for entry in self.shown:
            yield entry


@pytest.mark.parametrize("fault", ["left out", "twice", "another", "the first"])
async def test_a_trail_with_a_gap_is_refused(fault: str) -> None:
    """An event left out, repeated, exchanged, or the beginning cut off."""
    ledger = await record(6, 1)
    whole = [entry async for entry in ledger.walk()]
    shown = {
        "left out": [*whole[:20], *whole[21:]],
        "twice": [*whole[:20], *whole[19:]],
        "another": [*whole[:20], replace(whole[20], previous=b"\x00" * 32), *whole[21:]],
        "the first": whole[1:],
    }[fault]
    tables, _ = await tables_of(ledger)
    tables._ledger = Faulty(shown)
    with pytest.raises(NotSound, match="does not follow"):
        _ = [row async for row in tables.rows("audit-trail", Scope("lysyme", dates=True))]


async def test_a_screening_under_a_protocol_that_is_not_known_stays_inside() -> None:
    """Nothing says what is confidential in it."""
    ledger = await record(3, 1)
    tables, register = await tables_of(ledger)
    change_lines(register, protocol="lost")
    with pytest.raises(NotSound, match="protocol lost is not known"):
        _ = [row async for row in tables.rows("audit-trail", Scope("lysyme"))]
    assert [row async for row in tables.rows("audit-trail", Scope("lysyme", dates=True))]


def test_a_row_of_another_width_or_with_a_date_is_refused() -> None:
    """A date may stand inside the site, and in the version of a protocol."""
    columns = ("number", "protocol_version", "opened")
    with pytest.raises(NotSound, match="2 cells for 3 columns"):
        sound(columns, ("N", "v"), dates=True)
    with pytest.raises(NotSound, match="N: a calendar date in opened"):
        sound(columns, ("N", "v", "on 2026-03-10"), dates=False)
    assert sound(columns, ("N", "2026-03-10", "D1"), dates=False)
    assert sound(columns, ("N", "v", "2026-03-10"), dates=True)


async def alone(history: Sequence[Happened]) -> MemoryLedger:
    """A ledger with one screening and the protocol that it is under."""
    ledger, number = MemoryLedger(), "CANA-TEST"
    shelf = Shelf(ledger)
    await shelf.adopt(shelf.current("lysyme"), START, PEOPLE[0])
    opened = history[0].event
    assert isinstance(opened, ScreeningOpened)
    first = replace(history[0], event=replace(opened, number=number))
    entries = tuple(map(to_entry, (first, *history[1:])))
    await ledger.append(Append(f"screening/{number}", 0, entries, START.isoformat()))
    return ledger


@pytest.mark.parametrize("name", list(TABLES))
async def test_nobody_can_tell_which_confidential_criterion_excluded_a_patient(name: str) -> None:
    """Outside the site the four of them leave the very same rows; inside, each its own."""
    told, inside = [], []
    for answers in CONFIDENTIAL_REASONS:
        ledger = await alone(played(MAN | answers, signed=True).history)
        told.append(await read(ledger, name, Scope("lysyme")))
        inside.append(await read(ledger, name, Scope("lysyme", dates=True)))
    assert told == [told[0]] * len(told)
    if name == "audit-trail":
        assert len({str(rows) for rows in inside}) == len(inside)
        assert [row["event"] for row in told[0]] == [
            "screening-opened",
            "determination-made",
            "screening-finished",
            "screening-signed",
        ]


EXACT = {"age_years": 83, "bsa_max_d0_d10_pct": 47}
"""Given exactly, kept as bands: "> 75" and ">= 10"."""


@pytest.mark.parametrize("dates", [True, False])
async def test_no_exact_value_that_a_record_must_not_hold_is_in_any_table(dates: bool) -> None:
    """Of the answers only the bands are there (`record_rules` of the protocol's source)."""
    ledger = await alone(played(MAN | EXACT, every=True).history)
    found: list[str] = []
    for name in TABLES:
        for row in await read(ledger, name, Scope("lysyme", dates=dates)):
            found += row.values()
    for value in EXACT.values():
        assert str(value) not in found
        assert not [cell for cell in found if f'"value":{value}' in cell]
    assert "> 75" in found
