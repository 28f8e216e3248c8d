"""The record as ODM 2.0: it keeps to the schema, says what was said, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given, settings
from odmlib import schema_manager

from flows.commands import GiveAnswer
from flows.erasure import ErasureReason
from flows.events import Actor, DeterminationMade, Reason, Role
from flows.log import erased, erasing
from flows.people import Directory
from flows.protocol.model import Input, InputType
from flows.subjects import Subject
from flows.tallies import CONFIDENTIAL
from storage.exports.form import NotSound
from storage.exports.odm import names
from storage.exports.odm.check import Defined
from storage.exports.odm.clinical import Referred, Told
from storage.exports.odm.days import Days
from storage.exports.odm.metadata import data_type
from storage.exports.odm.record import ClinicalRecord
from tests.flows.grids import MAN
from tests.flows.logs import book
from tests.flows.robot import START
from tests.flows.subjects import records, subject_of
from tests.storage.excluded import CONFIDENTIAL_REASONS, excluded, played, screened
from tests.storage.exported import AT, SOME, about, amended, exported

NS = {"o": "http://www.cdisc.org/ns/odm/v2.0"}
PROTOCOL = book().protocol


@cache
def schema() -> xmlschema.XMLSchema:
    """The schema that CDISC publishes, as the library carries it."""
    return xmlschema.XMLSchema(schema_manager.get_schema_path("odm", "2.0"))


def written(subjects: Iterable[Subject], **options: Any) -> ET.Element:
    """The whole file, parsed."""
    return ET.fromstring(exported(ClinicalRecord, subjects, about(**options))[0])


def item_data(top: ET.Element, number: str) -> list[ET.Element]:
    """The answers and judgements of one screening, in order."""
    return top.findall(
        f".//o:SubjectData[@SubjectKey='{number}']//o:ItemData[@TransactionType]", NS
    )


def replayed(top: ET.Element, number: str) -> dict[str, str]:
    """What stands after all transactions of a screening."""
    stands: dict[str, str] = {}
    for item in item_data(top, number):
        oid = item.get("ItemOID", "")
        if item.get("TransactionType") == "Remove":
            del stands[oid]
        else:
            stands[oid] = item.findtext("o:Value", "", NS)
    return stands


@settings(SOME, max_examples=6)
@given(subjects=records(4))
def test_the_file_keeps_to_its_schema(subjects: tuple[Subject, ...]) -> None:
    """With dates and without, whatever was screened."""
    for dates in (False, True):
        raw, _ = exported(ClinicalRecord, subjects, about(dates=dates))
        schema().validate(raw.decode())


@SOME
@given(subjects=records())
def test_the_transactions_add_up_to_the_fold(subjects: tuple[Subject, ...]) -> None:
    """Played again, they leave the answers and judgements that the record itself leaves."""
    top = written(subjects, dates=True)
    for one in subjects:
        assert one.screening is not None
        answers = {names.item(name): str(v) for name, v in one.screening.answers.items()}
        judged = {names.judgement(c): v.value for c, v in one.screening.judgements.items()}
        assert replayed(top, one.number) == answers | judged
        verdicts = top.findall(
            f".//o:SubjectData[@SubjectKey='{one.number}']//o:ItemData[@ItemOID='IT.VERDICT']", NS
        )
        made = [h.event for h in one.history if isinstance(h.event, DeterminationMade)]
        assert [item.findtext("o:Value", "", NS) for item in verdicts] == [m.verdict for m in made]
        stood = top.findall(f".//o:SubjectData[@SubjectKey='{one.number}']//o:Signature", NS)
        assert len(stood) == (one.screening.signature is not None)


@SOME
@given(subjects=records())
def test_outside_the_site_no_day_and_no_name(subjects: tuple[Subject, ...]) -> None:
    """No year but that of the shift, no zone, no name, and nothing of confidential inputs."""
    raw, _ = exported(ClinicalRecord, subjects, about())
    later = replace(about(), at=AT.replace(year=2031))
    assert exported(ClinicalRecord, subjects, later)[0] == raw
    data = raw[raw.index(b"<AdminData") :]
    for found in re.findall(rb"\d{4}-\d\d-\d\d[^<\"]*", data.replace(b"registry-2026", b"")):
        at = found.decode()
        assert at[:4] in ("1969", "1970"), at
        assert not re.search(r"[+Z]|\d-\d\d:\d\d$", at)
    assert b"Dr p" not in raw
    assert "Hôpital".encode() not in raw
    hidden = [one for one in PROTOCOL.criteria if one.confidential]
    for one in hidden:
        assert f'ItemGroupData ItemGroupOID="IG.{one.id}"'.encode() not in raw
        assert all(f'ItemData ItemOID="IT.{e.id}"'.encode() not in raw for e in one.inputs)
        assert f"<Value>{one.id}</Value>".encode() not in raw


def test_confidential_reasons_look_alike() -> None:
    """Four patients, excluded by HIV, hepatitis, detention and psychiatric care: the same bytes."""
    files = [exported(ClinicalRecord, (excluded(one),), about()) for one in CONFIDENTIAL_REASONS]
    assert len(files) == 4
    assert len(set(files)) == 1
    top = ET.fromstring(files[0][0])
    assert [v.text for v in top.findall(".//o:ItemData[@ItemOID='IT.FAILING']/o:Value", NS)] == [
        CONFIDENTIAL
    ]
    assert item_data(top, "N001") == []
    inside = {
        exported(ClinicalRecord, (excluded(one),), about(dates=True))[0]
        for one in CONFIDENTIAL_REASONS
    }
    assert len(inside) == 4


def test_a_reason_that_may_be_named_stands_with_its_answers() -> None:
    """The answer, who gave it in which role, where and when; then the determination."""
    top = written((excluded({"age_years": 17}),))
    (item,) = item_data(top, "N001")
    assert (item.get("ItemOID"), item.findtext("o:Value", "", NS)) == ("IT.age_years", "< 18")
    record = item.find("o:AuditRecord", NS)
    assert record is not None
    user = record.find("o:UserRef", NS)
    assert user is not None
    assert user.get("UserOID") == "U.p1.investigator"
    assert record.findtext("o:DateTimeStamp", "", NS) == "1970-01-01T12:00:00"
    assert top.findtext(".//o:ItemData[@ItemOID='IT.FAILING']/o:Value", "", NS) == "I1"


def test_days_are_counted_from_the_opening() -> None:
    """An answer that is a day is a number outside the site, and the date inside."""
    subject = screened(MAN)
    oid = names.item("index_date")
    assert replayed(written((subject,)), "N001")[oid] == "-4"
    assert replayed(written((subject,), dates=True), "N001")[oid] == "2026-03-06"


@pytest.mark.parametrize(
    ("value", "told"),
    [("2026-03-10", "1"), ("2026-02", "-37/-10"), ("2025", "-433/-69"), ("unknown", "unknown")],
)
def test_a_month_or_a_year_has_two_ends(value: str, told: str) -> None:
    """As precise as the answer was, and no more."""
    subject, entry = excluded({"age_years": 17}), _partial_date()
    assert Days(about(), subject).value(value, entry) == told
    assert Days(about(dates=True), subject).value(value, entry) == value
    first, last = date(2026, 2, 1), START.date()
    assert (first - last).days == -37


def _partial_date() -> Input:
    return next(one for one in PROTOCOL.inputs if one.type is InputType.PARTIAL_DATE)


def test_a_correction_keeps_why_and_a_judgement_falls_with_its_fact() -> None:
    """Insert, then update with the reason; the later value stands."""
    play = played(MAN, signed=True)
    play.now += timedelta(minutes=3)
    play.do(GiveAnswer("cardiac_failure", "yes", Reason.NEW_ASSESSMENT))
    top = written((subject_of(play),))
    changes = [i for i in item_data(top, "N001") if i.get("ItemOID") == "IT.cardiac_failure"]
    assert [one.get("TransactionType") for one in changes] == ["Insert", "Update"]
    assert changes[1].findtext("o:AuditRecord/o:ReasonForChange", "", NS) == "new_assessment"
    assert changes[1].findtext("o:AuditRecord/o:DateTimeStamp", "", NS) == "1970-01-01T12:03:00"
    assert top.findall(".//o:Signature", NS) == []


def test_a_signature_stands_on_its_determination() -> None:
    """With who, where, when, and what it means; the name is printed inside the site only."""
    subject = screened(MAN, signed=True)
    for dates in (False, True):
        top = written((subject,), dates=dates)
        (group,) = [
            one
            for one in top.iterfind(".//o:ItemGroupData", NS)
            if one.find("o:Signature", NS) is not None
        ]
        assert group.get("ItemGroupOID") == names.DETERMINATION
        reference = group.find("o:Signature/o:SignatureRef", NS)
        assert reference is not None
        meaning = top.findtext(
            f".//o:SignatureDef[@OID='{reference.get('SignatureOID')}']/o:Meaning", "", NS
        )
        assert meaning == "The signer confirms the verdict: eligible"
        named = [one.text for one in top.findall(".//o:User/o:FullName", NS)]
        assert named == (["Dr p1"] if dates else [])


def test_everybody_referred_to_is_defined() -> None:
    """Also somebody whom the directory does not know, and the software itself."""
    subject = screened(MAN)
    strange = [
        replace(one, by=Actor("terminal", Role.INVESTIGATOR) if at % 2 else Actor("t", Role.SYSTEM))
        for at, one in enumerate(subject.history)
    ]
    top = written((replace(subject, history=tuple(strange)),), dates=True, people=Directory())
    users = {one.get("OID") for one in top.findall(".//o:User", NS)}
    assert {one.get("UserOID") for one in top.iterfind(".//o:UserRef", NS)} == users
    assert users == {"U.t.system", "U.terminal.investigator"}
    places = {one.get("LocationOID") for one in top.iterfind(".//o:LocationRef", NS)}
    assert places == {one.get("OID") for one in top.findall(".//o:Location", NS)}


def test_the_metadata_hold_the_protocol() -> None:
    """Each criterion of each version, in both languages, and each question."""
    second = amended("registry-2027", "≤ 75 years-old", "≤ 80 years-old")
    raw, _ = exported(ClinicalRecord, (), about(book(), second))
    schema().validate(raw.decode())
    versions = ET.fromstring(raw).findall(".//o:MetaDataVersion", NS)
    for version, protocol in zip(versions, (PROTOCOL, second.protocol), strict=True):
        assert version.get("OID") == f"MDV.{protocol.version}"
        criteria = version.findall(".//o:Criterion", NS)
        for at, one in zip(criteria, protocol.criteria, strict=True):
            assert at.get("Name") == one.id
            texts = [text.text for text in at.findall(".//o:TranslatedText", NS)]
            assert texts == [one.text.en, one.text.fr]
        asked = {item.get("OID") for item in version.findall(".//o:ItemDef", NS)}
        assert {names.item(entry.id) for entry in protocol.inputs} <= asked


def test_what_kind_of_value() -> None:
    """A date outside the site is a whole number; where a code may stand instead, it is text."""
    entry = _partial_date()
    bare = Input.model_construct(
        **{**dict(entry), "choices": [], "non_answers": [], "keep": [], "type": InputType.DATE}
    )
    assert data_type(bare, dates=True) == "date"
    assert data_type(bare, dates=False) == "integer"
    age = next(one for one in PROTOCOL.inputs if one.id == "age_years")
    assert data_type(age, dates=True) == "text"


def test_each_version_has_its_own_data() -> None:
    """The screenings of a version stand under it; an unknown version is refused."""
    subject = excluded({"age_years": 17})
    second = amended("registry-2027")
    assert subject.screening is not None
    other = replace(subject, screening=replace(subject.screening, book=second))
    raw, _ = exported(ClinicalRecord, (subject, other), about(book(), second))
    schema().validate(raw.decode())
    data = ET.fromstring(raw).findall("o:ClinicalData", NS)
    assert [one.get("MetaDataVersionOID") for one in data] == [
        "MDV.registry-2026",
        "MDV.registry-2027",
    ]
    with pytest.raises(NotSound, match="N001: its version of the protocol is not there"):
        written((other,))
    with pytest.raises(NotSound, match="two protocol files have one version"):
        exported(ClinicalRecord, (), about(book(), amended("registry-2026")))


def test_nothing_is_left_of_an_erased_screening() -> None:
    """Not even its number."""
    subject = excluded({"age_years": 17})
    gone = erased(erasing(subject.row.line, ErasureReason.RETENTION), AT)
    raw, count = exported(
        ClinicalRecord, (Subject(replace(subject.row, line=gone), None, ()),), about()
    )
    assert count == 0
    assert b"N001" not in raw


def _no_audit(top: ET.Element) -> None:
    item = next(one for one in top.iter("ItemData") if one.get("TransactionType"))
    item.remove(item.findall("AuditRecord")[0])


def _wrong_code(top: ET.Element) -> None:
    next(v for v in top.iter("Value") if v.text == "confirmed").text = "sure"


def _stray_item(top: ET.Element) -> None:
    next(top.iter("ItemData")).set("ItemOID", "IT.name")


def _stray_group(top: ET.Element) -> None:
    next(top.iter("ItemGroupData")).set("ItemGroupOID", "IG.E99")


def _no_value(top: ET.Element) -> None:
    item = next(one for one in top.iter("ItemData") if one.get("TransactionType"))
    item.remove(item.findall("Value")[0])


def _signed_answer(top: ET.Element) -> None:
    next(top.iter("ItemGroupData")).append(ET.Element("Signature"))


def _two_signatures(top: ET.Element) -> None:
    group = next(one for one in top.iter("ItemGroupData") if one.find("Signature") is not None)
    group.append(ET.Element("Signature"))


def _confidential_beside_answers(top: ET.Element) -> None:
    next(v for v in top.iter("Value") if v.text == "eligible").text = CONFIDENTIAL


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (_no_audit, "has no audit record"),
        (_wrong_code, "a value of IT.diagnosis is not in its code list"),
        (_stray_item, "IT.name is not an item of IG.SCREENING"),
        (_stray_group, "IG.E99 is not defined"),
        (_no_value, "has no value"),
        (_signed_answer, "a signature on IG.SCREENING"),
        (_two_signatures, "more than one signature"),
        (_confidential_beside_answers, "not in its code list|beside a confidential reason"),
    ],
)
def test_a_planted_fault_is_refused(
    fault: Callable[[ET.Element], None], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screening as it is passes; with the fault nothing is written, and the fault is named."""
    subject = screened(MAN, signed=True)
    sound = Told(about(), subject, Referred()).element()
    Defined.of(PROTOCOL, dates=False).check(sound, dates=False)

    def broken(told: Told) -> ET.Element:
        fault(sound)
        return sound

    monkeypatch.setattr(Told, "element", broken)
    with pytest.raises(NotSound, match=f"N001: .*({said})"):
        written((subject,))
