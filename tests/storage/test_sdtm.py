"""TI and IE: which rows there are, in both containers, and what is refused."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pyreadstat
import pytest
from hypothesis import given, settings

from flows.erasure import ErasureReason
from flows.log import erased, erasing
from flows.subjects import Subject
from flows.tallies import CONFIDENTIAL, ERASED, Criteria, Fate, flow
from flows.unmet import shown, unmet
from storage.exports.form import Begin, NotSound
from storage.exports.sdtm import as_json, as_xpt, criteria, formats
from storage.exports.sdtm.criteria import CodedCriteria
from storage.exports.sdtm.rules import Rules
from storage.exports.sdtm.text import ascii_of, shortened
from storage.exports.sdtm.xpt import hexadecimal
from tests.flows.grids import MAN
from tests.flows.logs import book
from tests.flows.robot import START
from tests.flows.subjects import records
from tests.flows.trial_files import SECOND, rulebook
from tests.storage.excluded import CONFIDENTIAL_REASONS, excluded, screened
from tests.storage.exported import AT, SOME, about, amended, exported

SCHEMA = Path(__file__).parent / "data" / "cdisc" / "dataset-json-1.1.schema.json"
CRITERIA = Criteria.of(book().protocol)
AGE = "Patients ≥ 18 and ≤ 75 years-old"
HIDDEN = [one.id for one in book().protocol.criteria if one.confidential]
Rows = list[dict[str, Any]]


def told(raw: bytes) -> Rows:
    """The rows of a Dataset-JSON file."""
    read = json.loads(raw)
    names = [column["name"] for column in read["columns"]]
    assert read["records"] == len(read["rows"])
    return [dict(zip(names, row, strict=True)) for row in read["rows"]]


def table(begin: Begin, subjects: tuple[Subject, ...], **options: Any) -> Rows:
    """The rows that an export writes as Dataset-JSON."""
    raw, count = exported(begin, subjects, about(**options))
    rows = told(raw)
    assert count == len(rows)
    return rows


def kinds(rows: Rows, name: str) -> list[Any]:
    """One column."""
    return [row[name] for row in rows]


def test_every_criterion_has_a_row() -> None:
    """TI names all 19, in the protocol's words where 200 characters hold them."""
    rows = table(as_json.criteria, (), dates=True)
    assert kinds(rows, "IETESTCD") == [
        *(f"IN{number:02d}" for number in range(1, 7)),
        *(f"EX{number:02d}" for number in range(1, 14)),
    ]
    first = rows[0]
    assert first == {
        "STUDYID": "P150941J",
        "DOMAIN": "TI",
        "IETESTCD": "IN01",
        "IETEST": "Patients >= 18 and <= 75 years-old",
        "IECAT": "INCLUSION",
        "TIVERS": "registry-2026",
    }
    full = {one.id: ascii_of(one.text.en) for one in book().protocol.criteria}
    assert [len(full[f"I{at}"]) > 200 for at in range(1, 7)] == [False] * 4 + [True, False]
    for row, (_, text) in zip(rows, full.items(), strict=True):
        assert row["IETEST"] == text or (len(text) > 200 and len(row["IETEST"]) <= 200)


def test_a_long_text_is_cut_after_a_word() -> None:
    """I5 keeps its meaning: the remark in brackets goes, and the end is marked as cut."""
    (text,) = (row["IETEST"] for row in table(as_json.criteria, ()) if row["IETESTCD"] == "IN05")
    assert text == (
        "Who, after the nature of the study has been explained to them or a support person, and "
        "prior to any protocol specific procedures being performed, have given written consent "
        "according to local ..."
    )
    assert shortened("a" * 300) == "a" * 196 + " ..."
    assert shortened("a (b) c") == "a (b) c"


def test_an_amended_criterion_gets_another_code() -> None:
    """What stayed the same keeps its code in the new version; what changed gets a letter."""
    second = amended("registry-2027", AGE, "Patients >= 18 years-old")
    rows = told(exported(as_json.criteria, (), about(book(), second, dates=True))[0])
    of = {(row["TIVERS"], row["IETESTCD"]): row["IETEST"] for row in rows}
    assert len(rows) == 38
    assert of["registry-2027", "IN01A"] == "Patients >= 18 years-old"
    assert ("registry-2027", "IN01") not in of
    assert of["registry-2026", "EX13"] == of["registry-2027", "EX13"]


def test_two_files_of_one_version_are_refused() -> None:
    """Nothing would tell their criteria apart."""
    twin = amended(book().protocol.version)
    with pytest.raises(NotSound, match=r"IN01 is twice in version registry-2026"):
        exported(as_json.criteria, (), about(book(), twin))


def test_another_trial() -> None:
    """The engine knows no trial: any protocol file gives a TI that holds."""
    rows = told(exported(as_json.criteria, (), about(rulebook(SECOND)))[0])
    assert len(rows) >= len(rulebook(SECOND).protocol.criteria)


def test_first_exclusion_only() -> None:
    """One row: the criterion that excluded; those that were not asked about are not there."""
    (row,) = table(as_json.not_met, (excluded({"age_years": 17}),))
    assert row == {
        "STUDYID": "P150941J",
        "DOMAIN": "IE",
        "USUBJID": "P150941J-HM-N001",
        "IESEQ": 1,
        "IETESTCD": "IN01",
        "IETEST": "Patients >= 18 and <= 75 years-old",
        "IECAT": "INCLUSION",
        "IEORRES": "N",
        "IESTRESC": "N",
        "IEDY": 1,
    }


def test_every_reason() -> None:
    """All criteria not met, inclusions with N and exclusions with Y, in protocol order."""
    subject = excluded({"age_years": 17, "social_security": "none"}, every=True)
    rows = table(as_json.not_met, (subject,), dates=True)
    assert len(rows) == len(unmet(subject.row)) >= 2
    assert [(row["IECAT"], row["IEORRES"]) for row in rows] == [
        ("INCLUSION", "N") if one.startswith("I") else ("EXCLUSION", "Y")
        for one in unmet(subject.row)
    ]
    assert kinds(rows, "IESEQ") == list(range(1, len(rows) + 1))
    assert kinds(rows, "IEDTC") == [START.date().isoformat()] * len(rows)
    head = json.loads(exported(as_json.not_met, (subject,), about(dates=True))[0])
    assert {one["name"]: one["dataType"] for one in head["columns"]}["IEDTC"] == "date"


def test_who_has_no_row() -> None:
    """Eligible, in progress, given up, earlier attempts, and erased."""
    assert table(as_json.not_met, (screened(MAN),)) == []
    whole = excluded({"age_years": 17})
    line = whole.row.line
    for row in (
        replace(whole.row, counted=False),
        replace(whole.row, line=replace(line, stopped=True)),
        replace(whole.row, line=replace(line, unsettled=True)),
    ):
        assert table(as_json.not_met, (replace(whole, row=row),)) == []
    gone = erased(erasing(line, ErasureReason.RETENTION), AT)
    assert gone.stands == "ineligible"
    assert table(as_json.not_met, (Subject(replace(whole.row, line=gone), None, ()),)) == []


def test_a_second_attempt_keeps_the_patient() -> None:
    """USUBJID is of the patient: the number of the first attempt, at the site where that was."""
    first = excluded({"age_years": 17}, number="N001")
    first = replace(first, row=replace(first.row, counted=False))
    again = excluded({"age_years": 17}, number="N002")
    line = replace(again.row.line, earlier="N001", site="HX")
    again = replace(again, row=replace(again.row, line=line, attempt=2))
    assert kinds(table(as_json.not_met, (first, again)), "USUBJID") == ["P150941J-HM-N001"]


def test_a_confidential_reason_stays_at_the_site() -> None:
    """Without dates each of them is the same row; with dates, inside the site, it has its code."""
    inside, outside = set(), set()
    for answers in CONFIDENTIAL_REASONS:
        subject = excluded(answers)
        assert unmet(subject.row)[0] in HIDDEN
        (row,) = table(as_json.not_met, (subject,))
        outside.add((row["IETESTCD"], row["IETEST"], row["IEORRES"], row["IEDY"]))
        inside.add(table(as_json.not_met, (subject,), dates=True)[0]["IETESTCD"])
    assert outside == {("EXCONF", "A confidential exclusion criterion", "Y", 1)}
    assert len(inside) == len(CONFIDENTIAL_REASONS) > 1


@SOME
@given(subjects=records())
def test_the_counts_are_those_of_the_log(subjects: tuple[Subject, ...]) -> None:
    """IE counts as the flow does, criterion by criterion, and as the fold of the record does."""
    rows = table(as_json.not_met, subjects)
    found = flow([subject.row for subject in subjects], CRITERIA)
    reasons = {name: count for name, count in found.reasons if name != ERASED}
    enrolled = [one.row for one in subjects if one.row.fate is Fate.ENROLLED and unmet(one.row)]
    people = set(kinds(rows, "USUBJID"))
    assert len(people) == sum(reasons.values()) + len(enrolled)
    expected = Counter(name for one in subjects for name in shown(unmet(one.row), CRITERIA))
    codes = {f"{name[0]}{'N' if name[0] == 'I' else 'X'}{int(name[1:]):02d}": name for name in IDS}
    counted = Counter(codes.get(row["IETESTCD"], CONFIDENTIAL) for row in rows)
    assert counted == expected
    for one in subjects:
        if unmet(one.row):
            assert one.screening is not None
            assert one.screening.determination is not None
            assert one.screening.determination.failing == unmet(one.row)


IDS = [one.id for one in book().protocol.criteria]


@SOME
@given(subjects=records())
def test_both_containers_hold_the_same(
    subjects: tuple[Subject, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """XPT, read by a library that did not write it, has the rows and columns of Dataset-JSON."""
    folder = tmp_path_factory.mktemp("xpt")
    for dates in (False, True):
        for as_rows, as_file in (
            (as_json.criteria, as_xpt.criteria),
            (as_json.not_met, as_xpt.not_met),
        ):
            rows = table(as_rows, subjects, dates=dates)
            raw, count = exported(as_file, subjects, about(dates=dates))
            assert (len(raw) % 80, count) == (0, len(rows))
            (folder / "x.xpt").write_bytes(raw)
            columns, meta = pyreadstat.read_xport(str(folder / "x.xpt"), output_format="dict")
            names = list(columns)
            back = [
                dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ]
            assert back == rows
            head = json.loads(exported(as_rows, subjects, about(dates=dates))[0])
            assert meta.column_labels == [one["label"] for one in head["columns"]]
            assert meta.table_name == head["name"]
            assert meta.file_label == head["label"]


@pytest.mark.parametrize("number", [0, 1, -1, 15, 16, 255, 4096, -365, 10**9])
def test_whole_numbers_as_ibm_writes_them(number: int) -> None:
    """Sign, exponent and fraction give the number back."""
    raw = int.from_bytes(hexadecimal(number), "big")
    sign, exponent, fraction = raw >> 63, raw >> 56 & 127, raw & (1 << 56) - 1
    assert (-1) ** sign * fraction * 16 ** (exponent - 64) == number << 56


@settings(SOME, max_examples=10)
@given(subjects=records(4))
def test_dataset_json_keeps_to_its_schema(subjects: tuple[Subject, ...]) -> None:
    """Both datasets, with dates and without, against the schema that CDISC publishes."""
    schema = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text()))
    for dates in (False, True):
        for begin in (as_json.criteria, as_json.not_met):
            raw, _ = exported(begin, subjects, about(dates=dates))
            schema.validate(json.loads(raw))


@SOME
@given(subjects=records())
def test_outside_the_site_there_is_no_date(subjects: tuple[Subject, ...]) -> None:
    """No year of the record stands in any of the four, and the same facts give the same bytes."""
    for begin in (as_json.criteria, as_json.not_met, as_xpt.criteria, as_xpt.not_met):
        raw, _ = exported(begin, subjects, about())
        later = replace(about(), at=AT.replace(year=2031))
        assert exported(begin, subjects, later)[0] == raw
        stamped = raw.replace(b"registry-2026", b"")
        assert not re.search(rb"202[0-9]|[A-Z]{3}2[0-9]:", stamped)


def test_an_inclusion_with_y_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """CORE-000001, and the other way round CORE-000011."""
    monkeypatch.setitem(formats.NOT_MET, "INCLUSION", "Y")
    with pytest.raises(NotSound, match=r"N001 IN01: CORE-000001"):
        table(as_json.not_met, (excluded({"age_years": 17}),))
    monkeypatch.setitem(formats.NOT_MET, "EXCLUSION", "N")
    with pytest.raises(NotSound, match=r"N001 EX08: CORE-000011"):
        table(as_json.not_met, (excluded({"bone_marrow_transplant": "allogeneic_bone_marrow"}),))


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"IESTRESC": "Y"}, "CORE-000025"),
        ({"IETEST": "Something else"}, "CORE-000227"),
        ({"IETESTCD": "IN99"}, "CORE-000228"),
        ({"IECAT": "OTHER"}, "IECAT is OTHER"),
    ],
)
def test_a_broken_row_is_refused(broken: dict[str, str], rule: str) -> None:
    """Each rule that a row of IE can break, by its number."""
    rows = formats.criteria_rows(about(), CodedCriteria.of(about()))
    (row,) = table(as_json.not_met, (excluded({"age_years": 17}),))
    Rules(rows).check(row)
    with pytest.raises(NotSound, match=rule):
        Rules(rows).check({**row, **broken})


def test_a_missing_row_of_ti_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither TI nor IE is begun without it."""
    monkeypatch.setattr(CodedCriteria, "all", lambda self: list(ALL(self))[:-2])
    for begin in (as_json.criteria, as_xpt.not_met):
        with pytest.raises(NotSound, match=r"TI: EX1\d of version registry-2026 is not there"):
            exported(begin, (), about(dates=True))


ALL = CodedCriteria.all


def test_a_code_for_two_wordings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """IETESTCD and IETEST are one to one."""
    monkeypatch.setattr(criteria, "_letter", lambda place: "")
    second = amended("second", AGE, "Patients >= 18 years-old")
    with pytest.raises(NotSound, match="one to one"):
        exported(as_json.criteria, (), about(book(), second))


def test_a_verdict_that_the_log_does_not_know_is_refused() -> None:
    """The log and the record are two folds of one ledger: they agree, or nothing is written."""
    subject = excluded({"age_years": 17})
    line = replace(subject.row.line, failing=("I2",))
    with pytest.raises(NotSound, match="N001: the log and the record name other criteria"):
        table(as_json.not_met, (replace(subject, row=replace(subject.row, line=line)),))


def test_a_screening_under_an_unknown_version_is_refused() -> None:
    """Its criteria would be in no TI."""
    other = amended("second")
    with pytest.raises(NotSound, match="N001: its version of the protocol is not there"):
        exported(as_json.not_met, (excluded({"age_years": 17}),), about(other))


def test_a_sign_without_ascii_is_refused() -> None:
    """It is neither dropped nor guessed."""
    assert ascii_of("≥ 10 µg – « déjà »") == '>= 10 ug - " deja "'
    with pytest.raises(NotSound, match=r"U\+03A9"):
        ascii_of("10 Ω")
