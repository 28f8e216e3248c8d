"""The object identifiers (OIDs) of the export, each made in one place."""

from __future__ import annotations

from typing import Final

from flows.events import Actor
from flows.protocol.model import Protocol

EVENT: Final = "SE.SCREENING"
SCREENING: Final = "IG.SCREENING"
DETERMINATION: Final = "IG.DETERMINATION"

KIND: Final = "IT.KIND"
STANDS: Final = "IT.STANDS"
ATTEMPT: Final = "IT.ATTEMPT"
EARLIER: Final = "IT.EARLIER"
VERDICT: Final = "IT.VERDICT"
DAY: Final = "IT.DAY"
COMPLETE: Final = "IT.COMPLETE"
FAILING: Final = "IT.FAILING"


def study(protocol: Protocol) -> str:
    """The study: the sponsor's number where the file has it, or the file's own id."""
    return f"S.{protocol.registry_ids.get('sponsor_code', protocol.id.upper())}"


def version(protocol: Protocol) -> str:
    """A version of the protocol file."""
    return f"MDV.{protocol.version}"


def criterion(name: str) -> str:
    """A criterion."""
    return f"CR.{name}"


def group(criterion: str) -> str:
    """The items that a criterion asks for."""
    return f"IG.{criterion}"


def item(input_id: str) -> str:
    """An input."""
    return f"IT.{input_id}"


def judgement(criterion: str) -> str:
    """The judgement of a criterion."""
    return f"IT.JUDGEMENT.{criterion}"


def code_list(name: str) -> str:
    """A code list."""
    return f"CL.{name}"


def user(by: Actor) -> str:
    """A person in a role."""
    return f"U.{by.person}.{by.role.value}"


def location(site: str) -> str:
    """A site."""
    return f"L.{site}"


def signature(meaning: str) -> str:
    """What a signature means."""
    return f"SD.{meaning}"
