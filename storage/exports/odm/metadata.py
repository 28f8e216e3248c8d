"""Study: the versions of the protocol file as ODM's metadata, made with `odmlib`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from odmlib.odm_2_0 import model as odm

from flows.determination import Verdict
from flows.events import JudgementVerdict, Mode
from flows.protocol.model import Criterion, Input, InputType, Option, Protocol, Words
from flows.rulebook import Rulebook
from flows.tallies import CONFIDENTIAL
from storage.exports.odm import names

_NATIVE: Final = {
    InputType.INTEGER: "integer",
    InputType.NUMBER: "decimal",
    InputType.DATE: "date",
    InputType.PARTIAL_DATE: "partialDate",
}

_OWN: Final = (
    (names.KIND, "Screening, quick check or practice", "text", "KIND"),
    (names.STANDS, "Verdict that stands", "text", "VERDICT"),
    (names.ATTEMPT, "Attempt over the same patient", "integer", ""),
    (names.EARLIER, "Screening number of the attempt before", "text", ""),
    (names.VERDICT, "Verdict", "text", "VERDICT"),
    (names.DAY, "Day of the determination", "date", ""),
    (names.COMPLETE, "Whether every criterion was assessed", "boolean", ""),
    (names.FAILING, "Criteria that exclude", "text", "CRITERIA"),
)
_OF_SCREENING: Final = (names.KIND, names.STANDS, names.ATTEMPT, names.EARLIER)
_OF_DETERMINATION: Final = (names.VERDICT, names.DAY, names.COMPLETE, names.FAILING)


def study(books: Sequence[Rulebook], *, dates: bool) -> Any:
    """All versions; `dates` says whether answers that are days are told as dates."""
    protocol = books[-1].protocol
    return odm.Study(
        OID=names.study(protocol),
        StudyName=protocol.acronym,
        ProtocolName=names.study(protocol).removeprefix("S."),
        Description=_described(protocol.title),
        MetaDataVersion=[version_of(book.protocol, dates=dates) for book in books],
    )


def version_of(protocol: Protocol, *, dates: bool) -> Any:
    """One version of the protocol file."""
    return odm.MetaDataVersion(
        OID=names.version(protocol),
        Name=f"{protocol.acronym} {protocol.version}",
        Description=_described(protocol.status),
        Protocol=odm.Protocol(
            Description=_described(protocol.title), InclusionExclusionCriteria=_criteria(protocol)
        ),
        StudyEventDef=[_event(protocol)],
        ItemGroupDef=list(_groups(protocol)),
        ItemDef=list(_items(protocol, dates=dates)),
        CodeList=list(_code_lists(protocol)),
        ConditionDef=[_condition(one) for one in protocol.criteria],
    )


def _criteria(protocol: Protocol) -> Any:
    def of(kind: str) -> list[Any]:
        return [
            odm.Criterion(
                OID=names.criterion(one.id),
                Name=one.id,
                ConditionOID=f"C.{one.id}",
                Description=_described(one.text),
            )
            for one in protocol.criteria
            if one.kind == kind
        ]

    held: dict[str, Any] = {}
    if included := of("inclusion"):
        held["InclusionCriteria"] = odm.InclusionCriteria(Criterion=included)
    if excluded := of("exclusion"):
        held["ExclusionCriteria"] = odm.ExclusionCriteria(Criterion=excluded)
    return odm.InclusionExclusionCriteria(**held)


def _condition(one: Criterion) -> Any:
    """The rule in words: a protocol file holds no code."""
    return odm.ConditionDef(
        OID=f"C.{one.id}",
        Name=one.id,
        Description=_described(one.rule_text),
        MethodSignature=odm.MethodSignature(),
    )


def _event(protocol: Protocol) -> Any:
    held = (
        names.SCREENING,
        *(names.group(one.id) for one in _asking(protocol)),
        names.DETERMINATION,
    )
    refs = [odm.ItemGroupRef(ItemGroupOID=oid, Mandatory="No") for oid in held]
    return odm.StudyEventDef(
        OID=names.EVENT, Name="Screening", Repeating="No", Type="Scheduled", ItemGroupRef=refs
    )


def _asking(protocol: Protocol) -> Iterator[Criterion]:
    """The criteria that ask for something."""
    return (one for one in protocol.criteria if one.inputs or one.judgement)


def _groups(protocol: Protocol) -> Iterator[Any]:
    yield _group(names.SCREENING, "Screening", _OF_SCREENING)
    for one in _asking(protocol):
        items = [names.item(entry.id) for entry in one.inputs]
        judged = [names.judgement(one.id)] if one.judgement else []
        yield _group(names.group(one.id), one.id, [*items, *judged])
    yield _group(names.DETERMINATION, "Determination", _OF_DETERMINATION, repeating="Simple")


def _group(oid: str, name: str, items: Iterable[str], repeating: str = "No") -> Any:
    refs = [odm.ItemRef(ItemOID=item, Mandatory="No") for item in items]
    return odm.ItemGroupDef(OID=oid, Name=name, Repeating=repeating, Type="Form", ItemRef=refs)


def _items(protocol: Protocol, *, dates: bool) -> Iterator[Any]:
    for oid, name, kind, codes in _OWN:
        told = "integer" if kind == "date" and not dates else kind
        yield _item(oid, name, told, codes)
    for entry in protocol.inputs:
        codes = entry.id if entry.choices else ""
        yield _item(
            names.item(entry.id), entry.id, data_type(entry, dates=dates), codes, entry.question
        )
    for one in protocol.criteria:
        if one.judgement:
            oid = names.judgement(one.id)
            yield _item(oid, f"judgement {one.id}", "text", "JUDGEMENT", one.judgement.question)


def data_type(entry: Input, *, dates: bool) -> str:
    """What its values are: text wherever a code such as `unknown` or a band may stand instead."""
    if entry.choices or entry.non_answers or entry.keep or entry.type not in _NATIVE:
        return "text"
    if dates or entry.type in (InputType.INTEGER, InputType.NUMBER):
        return _NATIVE[entry.type]
    return "integer" if entry.type is InputType.DATE else "text"


def _item(oid: str, name: str, kind: str, codes: str = "", asks: Words | None = None) -> Any:
    held: dict[str, Any] = {}
    if asks:
        held["Question"] = odm.Question(TranslatedText=_translated(asks))
    if codes:
        held["CodeListRef"] = odm.CodeListRef(CodeListOID=names.code_list(codes))
    return odm.ItemDef(OID=oid, Name=name, DataType=kind, **held)


def _code_lists(protocol: Protocol) -> Iterator[Any]:
    yield _plain_list("KIND", [mode.value for mode in Mode])
    yield _plain_list("VERDICT", [verdict.value for verdict in Verdict])
    yield _plain_list("JUDGEMENT", [verdict.value for verdict in JudgementVerdict])
    yield _plain_list("CRITERIA", [*(one.id for one in protocol.criteria), CONFIDENTIAL])
    for entry in protocol.inputs:
        if entry.choices:
            yield _code_list(
                entry.id, [_coded(one) for one in (*entry.choices, *entry.non_answers)]
            )


def _plain_list(name: str, codes: Sequence[str]) -> Any:
    return _code_list(name, [odm.CodeListItem(CodedValue=code) for code in codes])


def _code_list(name: str, items: list[Any]) -> Any:
    oid = names.code_list(name)
    return odm.CodeList(OID=oid, Name=name, DataType="text", CodeListItem=items)


def _coded(option: Option) -> Any:
    decode = odm.Decode(TranslatedText=_translated(option.label))
    return odm.CodeListItem(CodedValue=option.code, Decode=decode)


def _described(words: Words) -> Any:
    return odm.Description(TranslatedText=_translated(words))


def _translated(words: Words) -> list[Any]:
    return [
        odm.TranslatedText(lang=language, Type="text/plain", _content=words.of(language))
        for language in ("en", "fr")
    ]
