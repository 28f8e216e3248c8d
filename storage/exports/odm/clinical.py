"""ClinicalData: one screening as ODM elements, each answer with its audit record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement

from flows.events import (
    Actor,
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    Happened,
    JudgementGiven,
)
from flows.rulebook import Rulebook
from flows.subjects import Subject
from flows.tallies import Criteria
from flows.unmet import shown
from storage.exports.form import About
from storage.exports.odm import names
from storage.exports.odm.days import Days


@dataclass(slots=True)
class Referred:
    """Who, where and which meanings the screenings refer to: what AdminData must define."""

    users: dict[str, Actor] = field(default_factory=dict)
    sites: set[str] = field(default_factory=set)
    meanings: set[str] = field(default_factory=set)


class Told:
    """One screening on its way into SubjectData. Only one that was not erased."""

    def __init__(self, about: About, subject: Subject, referred: Referred) -> None:
        if subject.screening is None:
            raise ValueError(f"{subject.number} was erased")
        self._screening = subject.screening
        self._subject, self._referred = subject, referred
        self._book = subject.screening.book
        self._homes = _homes(self._book)
        self._criteria = None if about.dates else Criteria.of(about.book.protocol)
        self._days = Days(about, subject)
        self._groups: dict[str, Element] = {}
        self._judged: set[str] = set()

    def element(self) -> Element:
        """SubjectData with everything that was said, in order."""
        line = self._subject.row.line
        top = Element("SubjectData", SubjectKey=line.number, TransactionType="Insert")
        SubElement(top, "SiteRef", LocationOID=names.location(line.site))
        self._referred.sites.add(line.site)
        event = SubElement(top, "StudyEventData", StudyEventOID=names.EVENT)
        event.append(self._summary())
        if not self._withheld():
            for happened in self._subject.history:
                self._said(event, happened)
        self._determinations(event)
        return top

    def _withheld(self) -> bool:
        """Whether the place where the answers end would tell a confidential criterion."""
        if self._criteria is None:
            return False
        made = [
            one.event for one in self._subject.history if isinstance(one.event, DeterminationMade)
        ]
        return any(one not in self._criteria.named for event in made for one in event.failing)

    def _summary(self) -> Element:
        row = self._subject.row
        group = Element("ItemGroupData", ItemGroupOID=names.SCREENING)
        told = {
            names.KIND: row.line.mode.value,
            names.STANDS: row.line.stands,
            names.ATTEMPT: str(row.attempt),
            names.EARLIER: row.line.earlier,
        }
        for oid, value in told.items():
            if value is not None:
                _item(group, oid, value)
        return group

    def _said(self, event: Element, happened: Happened) -> None:
        """One answer or judgement; anything else that happened is not of the patient."""
        match happened.event:
            case AnswerGiven(input=name, value=value):
                self._answer(event, happened, name, "Insert", value)
            case AnswerCarried(input=name, value=value):
                self._answer(event, happened, name, "Insert", value, "carried_over")
            case AnswerCorrected(input=name, value=value, reason=reason):
                self._answer(event, happened, name, "Update", value, reason.value)
                self._unjudge(event, happened, name)
            case AnswerSetAside(input=name, because=because):
                why = (
                    f"contradicts {because}"
                    if self._told(because)
                    else "contradicts another answer"
                )
                self._answer(event, happened, name, "Remove", None, why)
                self._unjudge(event, happened, name)
            case JudgementGiven() as given:
                self._judge(event, happened, given)

    def _judge(self, event: Element, happened: Happened, given: JudgementGiven) -> None:
        group = self._group(event, given.criterion)
        if group is None:
            return
        kind = "Insert" if given.old is None else "Update"
        item = _item(group, names.judgement(given.criterion), given.verdict.value, kind)
        self._audit(item, happened, given.reason.value if given.reason else None)
        self._judged.add(given.criterion)

    def _unjudge(self, event: Element, happened: Happened, changed: str) -> None:
        """A judgement falls with a fact that it was made on (`flows.screening`)."""
        for criterion in sorted(self._judged):
            if changed not in self._book.criteria[criterion].table.reads:
                continue
            self._judged.remove(criterion)
            group = self._group(event, criterion)
            if group is not None:
                item = _item(group, names.judgement(criterion), None, "Remove")
                why = f"rests on {changed}" if self._told(changed) else "rests on another answer"
                self._audit(item, happened, why)

    def _told(self, name: str) -> bool:
        """Whether an input may be named beside another."""
        return self._criteria is None or self._homes[name] in self._criteria.named

    def _answer(
        self,
        event: Element,
        happened: Happened,
        name: str,
        kind: str,
        value: int | str | None,
        why: str | None = None,
    ) -> None:
        group = self._group(event, self._homes[name])
        if group is None:
            return
        entry = self._book.readers[name].entry
        told = None if value is None else self._days.value(value, entry)
        self._audit(_item(group, names.item(name), told, kind), happened, why)

    def _group(self, event: Element, criterion: str) -> Element | None:
        """Where the answers of a criterion stand; None for one that must not be told of."""
        if self._criteria is not None and criterion not in self._criteria.named:
            return None
        if criterion not in self._groups:
            oid = names.group(criterion)
            self._groups[criterion] = SubElement(event, "ItemGroupData", ItemGroupOID=oid)
        return self._groups[criterion]

    def _determinations(self, event: Element) -> None:
        group, place = None, 0
        for happened in self._subject.history:
            if isinstance(happened.event, DeterminationMade):
                place += 1
                group = self._determination(event, happened.event, place)
                self._audit(group, happened)
        if group is not None:
            self._sign(group)

    def _determination(self, event: Element, made: DeterminationMade, place: int) -> Element:
        group = SubElement(
            event,
            "ItemGroupData",
            ItemGroupOID=names.DETERMINATION,
            ItemGroupRepeatKey=str(place),
            TransactionType="Insert",
        )
        _item(group, names.VERDICT, made.verdict)
        _item(group, names.DAY, self._days.day(made.day))
        _item(group, names.COMPLETE, "true" if made.complete else "false")
        failing = made.failing if self._criteria is None else shown(made.failing, self._criteria)
        if failing:
            item = SubElement(group, "ItemData", ItemOID=names.FAILING)
            for one in failing:
                SubElement(item, "Value").text = one
        return group

    def _sign(self, group: Element) -> None:
        signature = self._screening.signature
        if signature is None:
            return
        signed = signature.signed
        self._referred.meanings.add(signed.meaning)
        element = SubElement(group, "Signature")
        self._who(element, signature.happened)
        SubElement(element, "SignatureRef", SignatureOID=names.signature(signed.meaning))
        SubElement(element, "DateTimeStamp").text = self._days.moment(signature.happened.at)

    def _audit(self, parent: Element, happened: Happened, why: str | None = None) -> None:
        record = SubElement(parent, "AuditRecord")
        self._who(record, happened)
        SubElement(record, "DateTimeStamp").text = self._days.moment(happened.at)
        if why is not None:
            SubElement(record, "ReasonForChange").text = why

    def _who(self, parent: Element, happened: Happened) -> None:
        user = names.user(happened.by)
        self._referred.users[user] = happened.by
        SubElement(parent, "UserRef", UserOID=user)
        site = names.location(self._subject.row.line.site)
        SubElement(parent, "LocationRef", LocationOID=site)


@lru_cache(maxsize=16)
def _homes(book: Rulebook) -> Mapping[str, str]:
    """The criterion at which each input is asked."""
    return {
        entry.id: criterion.id for criterion in book.protocol.criteria for entry in criterion.inputs
    }


def _item(group: Element, oid: str, value: str | None, kind: str | None = None) -> Element:
    element = SubElement(group, "ItemData", ItemOID=oid)
    if kind is not None:
        element.set("TransactionType", kind)
    if value is not None:
        SubElement(element, "Value").text = value
    return element
