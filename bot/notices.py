"""Notices as they are owed: to whom, and what the message is drawn from when it is sent.

A notice holds numbers, verdicts and dates only, never an answer; its words are made when it is
sent, in the language of the person who then reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from flows.replies import HandOverNotice, Notice, SignatureNotice, TakenNotice, VerdictNotice
from storage.outbox import NewNotice

HAND_OVER: Final = "hand-over"
VERDICT: Final = "verdict"
SIGNATURE: Final = "signature"
TAKEN: Final = "taken"


class Audience(Protocol):
    """Knows who is to be told at a site."""

    def coordinators(self, site: str, now: datetime) -> Sequence[str]:
        """The pseudonymous ids of the site's coordinators at that moment."""
        ...


def owed(
    notices: Sequence[Notice], site: str, version: int, now: datetime, audience: Audience | None
) -> list[NewNotice]:
    """The notices as the outbox keeps them, one for each recipient, due at once.

    `version` is that of the screening after the events that owe them: each is owed once for it.
    """
    at = now.isoformat(timespec="milliseconds")
    found = []
    for notice in notices:
        kind, body = _kind_and_body(notice)
        for person in _recipients(notice, site, now, audience):
            key = f"{kind}/{notice.number}/{version}/{person}"
            found.append(NewNotice(key, person, kind, json.dumps(body).encode(), at))
    return found


def _recipients(
    notice: Notice, site: str, now: datetime, audience: Audience | None
) -> Iterator[str]:
    if isinstance(notice, HandOverNotice):
        yield notice.to
        return
    by = notice.by if isinstance(notice, TakenNotice) else None
    for person in audience.coordinators(site, now) if audience else ():
        if person != by:
            yield person


def _kind_and_body(notice: Notice) -> tuple[str, dict[str, Any]]:
    match notice:
        case HandOverNotice():
            return HAND_OVER, {"number": notice.number, "by": notice.by}
        case TakenNotice():
            return TAKEN, {"number": notice.number, "by": notice.by}
        case SignatureNotice():
            said = {"number": notice.number, "verdict": notice.verdict, "voided": notice.voided}
            return SIGNATURE, said
        case VerdictNotice():
            return VERDICT, {
                "number": notice.number,
                "verdict": notice.verdict,
                "first_failing": notice.first_failing,
                "deadlines": dict(notice.deadlines),
            }
