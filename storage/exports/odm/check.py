"""The check of each screening before it is written: everything that it refers to is defined.

The schema of ODM sees neither: that a value is one of its code list, and that an identifier leads
somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from flows.protocol.model import Protocol
from flows.tallies import CONFIDENTIAL
from storage.exports.form import NotSound
from storage.exports.odm import metadata, names


@dataclass(frozen=True, slots=True)
class Defined:
    """What one version defines: the items of each group, and the codes of each coded item."""

    groups: Mapping[str, frozenset[str]]
    codes: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, protocol: Protocol, *, dates: bool) -> Defined:
        """As the metadata say it, read back from them."""
        version = metadata.version_of(protocol, dates=dates)
        lists = {
            one.OID: frozenset(item.CodedValue for item in one.CodeListItem)
            for one in version.CodeList
        }
        coded = {
            one.OID: lists[one.CodeListRef.CodeListOID]
            for one in version.ItemDef
            if getattr(one, "CodeListRef", None) is not None
        }
        groups = {
            one.OID: frozenset(ref.ItemOID for ref in one.ItemRef) for one in version.ItemGroupDef
        }
        return cls(groups, coded)

    def check(self, subject: Element, *, dates: bool) -> None:
        """Raises NotSound for an item, a code, or a signature that has no business there."""
        number = subject.get("SubjectKey", "")
        for group in subject.iter("ItemGroupData"):
            oid = group.get("ItemGroupOID", "")
            if oid not in self.groups:
                raise NotSound(f"{number}: {oid} is not defined")
            for item in group.iter("ItemData"):
                self._check_item(number, oid, item)
            if group.find("Signature") is not None and oid != names.DETERMINATION:
                raise NotSound(f"{number}: a signature on {oid}")
        if len(list(subject.iter("Signature"))) > 1:
            raise NotSound(f"{number}: more than one signature stands")
        if not dates:
            self._check_confidential(number, subject)

    def _check_item(self, number: str, group: str, item: Element) -> None:
        oid = item.get("ItemOID", "")
        if oid not in self.groups[group]:
            raise NotSound(f"{number}: {oid} is not an item of {group}")
        values = [value.text or "" for value in item.iter("Value")]
        if item.get("TransactionType") in ("Insert", "Update") and not values:
            raise NotSound(f"{number}: {oid} has no value")
        if item.get("TransactionType") and item.find("AuditRecord") is None:
            raise NotSound(f"{number}: {oid} has no audit record")
        allowed = self.codes.get(oid)
        if allowed is not None and not allowed.issuperset(values):
            raise NotSound(f"{number}: a value of {oid} is not in its code list")

    def _check_confidential(self, number: str, subject: Element) -> None:
        told = {value.text for value in subject.iter("Value")}
        answers = [one.get("ItemGroupOID") for one in subject.iter("ItemGroupData")]
        beside = set(answers) - {names.SCREENING, names.DETERMINATION}
        if CONFIDENTIAL in told and beside:
            raise NotSound(f"{number}: answers stand beside a confidential reason")
