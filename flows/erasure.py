"""Erasure: a screening's answers are forgotten; that there was one, and what came of it, is kept.

The only change that a record allows is the redaction of personal data, itself logged and
justified (EMA, Guideline on computerised systems 2023, 6.2). What is kept says nothing about the
patient but the verdict, so that screened = enrolled + excluded + undecided stays true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal, TypeAlias

from flows.events import Mode


class ErasureReason(StrEnum):
    """Why a screening was erased. Codes only: free text could identify."""

    ENTERED_IN_ERROR = "entered_in_error"
    """Data that identify somebody were entered by accident."""
    WITHDRAWN_REQUEST = "withdrawn_request"
    """The patient wants it."""
    OPENED_BY_MISTAKE = "opened_by_mistake"
    """There was no such patient."""
    RETENTION = "retention"
    """The time for which the site keeps it is over."""


PEOPLES_REASONS: Final = tuple(
    reason for reason in ErasureReason if reason is not ErasureReason.RETENTION
)
"""The reasons that a person gives in the chat; time brings the other one about by itself."""


@dataclass(frozen=True, slots=True)
class ScreeningErased:
    """The key to a screening's answers was destroyed: nobody can read them any more.

    The rest is what stays of it: which trial, site and protocol, who opened it and when, the
    verdict that stood and whether all criteria were assessed for it, and when and by whom it was
    signed. Neither the reasons of a verdict nor its deadlines stay: both come from answers.
    """

    kind: ClassVar[Literal["screening-erased"]] = "screening-erased"
    number: str
    reason: ErasureReason
    trial: str
    protocol_version: str
    site: str
    time_zone: str
    mode: Mode
    owner: str
    opened_at: datetime
    earlier: str | None
    verdict: str | None
    complete: bool
    stopped: bool
    determined_at: datetime | None
    signed_at: datetime | None
    every_reason: bool = False
    signed_by: str = ""


ErasureEvent: TypeAlias = ScreeningErased
"""Kept in the stream `erasure/<number>`, so that it stays readable."""
