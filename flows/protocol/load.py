"""From the bytes of a file to a protocol that can be used, in three moves."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from flows.protocol.check import faults_across
from flows.protocol.fault import Fault, ProtocolFaults
from flows.protocol.model import Protocol
from flows.protocol.text import read_text


def load_protocol(raw: bytes) -> Protocol:
    """The protocol that a file holds.

    Raises:
        ProtocolFaults: with every fault that the move which failed could find.

    """
    data = read_text(raw)
    protocol = _model(data)
    if faults := list(faults_across(protocol)):
        raise ProtocolFaults(faults)
    return protocol


def fingerprint(raw: bytes) -> str:
    """SHA-256 of the file as it stands, in hexadecimal: the record names it."""
    return sha256(raw).hexdigest()


def _model(data: Any) -> Protocol:
    if not isinstance(data, dict):
        raise ProtocolFaults([Fault("file", "expected a mapping with the key 'criteria'")])
    try:
        return Protocol.model_validate(data)
    except ValidationError as error:
        raise ProtocolFaults(
            Fault(_place(entry["loc"], data), _problem(entry)) for entry in error.errors()
        ) from None


def _place(location: tuple[int | str, ...], data: Any) -> str:
    """`criteria[3].rule[0].when`: the path as the file shows it, without pydantic's union tags."""
    place = ""
    for step in location:
        if isinstance(step, int):
            place += f"[{step}]"
        elif _is_tag(step, data):
            continue
        else:
            place += f".{step}" if place else step
        data = _inside(data, step)
    return place or "file"


def _is_tag(step: str, data: Any) -> bool:
    return not isinstance(data, dict) or (step in _TAGS and step not in data)


_TAGS = {"is", "compare", "days", "all", "any", "not", "surely", "known", "int", "float"}


def _inside(data: Any, step: int | str) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _problem(entry: Any) -> str:
    kind, message = entry["type"], str(entry["msg"])
    if kind == "missing":
        return "this key is missing"
    if kind == "extra_forbidden":
        return "unknown key"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return message[0].lower() + message[1:]
