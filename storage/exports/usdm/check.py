"""The check of a study before it is written: what a schema cannot see.

Named are the CDISC rules for USDM that say the same (DDF00021 to 00027, 00110, 00158, 00248).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from flows.protocol.model import Protocol
from storage.exports.form import NotSound

_CODES = {"C25532": "inclusion", "C25370": "exclusion"}


def check(document: dict[str, Any], protocols: Sequence[Protocol]) -> None:
    """Raises NotSound unless ids are unique, references lead somewhere, and nothing is missing."""
    versions = document["study"]["versions"]
    found = [str(thing["id"]) for thing in _things(versions)]
    if len(found) != len(set(found)):
        raise NotSound("USDM: two things have one id")
    for reference in _references(versions):
        if reference not in found:
            raise NotSound(f"USDM: {reference} is referred to and is not there")
    if len(versions) != len(protocols):
        raise NotSound("USDM: a version of the protocol is missing")
    for version, protocol in zip(versions, protocols, strict=True):
        _check_version(version, protocol)


def _check_version(version: dict[str, Any], protocol: Protocol) -> None:
    (design,) = version["studyDesigns"]
    criteria = design["eligibilityCriteria"]
    texts = {item["id"]: item["text"] for item in version["eligibilityCriterionItems"]}
    if [one["identifier"] for one in criteria] != [one.id for one in protocol.criteria]:
        raise NotSound(f"USDM: criteria of version {protocol.version} are missing")
    for one, criterion in zip(criteria, protocol.criteria, strict=True):
        if _CODES.get(one["category"]["code"]) != criterion.kind:
            raise NotSound(f"USDM: {criterion.id} has another category (DDF00110)")
        text = unescape(texts.pop(one["criterionItemId"], ""))
        if text[3:-4] not in (criterion.text.en, criterion.text.fr):
            raise NotSound(
                f"USDM: {criterion.id} has another wording, or one used twice (DDF00248)"
            )
    _check_chain(criteria)
    if design["population"]["criterionIds"] != [one["id"] for one in criteria]:
        raise NotSound("USDM: the population has other criteria (DDF00158)")


def _check_chain(criteria: Sequence[dict[str, Any]]) -> None:
    """Each leads to the next and back, from the first to the last (DDF00021 to DDF00027)."""
    ids = [None, *(one["id"] for one in criteria), None]
    for place, one in enumerate(criteria):
        if (one["previousId"], one["nextId"]) != (ids[place], ids[place + 2]):
            raise NotSound(f"USDM: {one['identifier']} is out of order (DDF00023)")


def _things(value: Any) -> Iterator[dict[str, Any]]:
    """Everything that is an instance of something."""
    if isinstance(value, list):
        for one in value:
            yield from _things(one)
    elif isinstance(value, dict):
        if "instanceType" in value:
            yield value
        yield from _things(list(value.values()))


def _references(value: Any) -> Iterator[str]:
    for thing in _things(value):
        for name, held in thing.items():
            if name.endswith("Id") and held is not None:
                yield str(held)
            elif name.endswith("Ids"):
                yield from held
