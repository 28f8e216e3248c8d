"""Notices as they are owed: to whom, and what the message is drawn from when it is sent.

A notice holds numbers and ids only; its words are made when it is sent, in the language of the
person who then reads it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from flows.replies import HandOverNotice, Notice
from storage.outbox import NewNotice

HAND_OVER: Final = "hand-over"


def to_owed(notice: Notice, version: int, now: datetime) -> NewNotice | None:
    """The notice as the outbox keeps it, due at once; None when nobody is to be told.

    `version` is that of the screening after the events that owe it: a notice is owed once for it.
    """
    if not isinstance(notice, HandOverNotice):
        return None
    return NewNotice(
        key=f"{HAND_OVER}/{notice.number}/{version}",
        recipient=notice.to,
        kind=HAND_OVER,
        body=json.dumps({"number": notice.number, "by": notice.by}).encode(),
        due_at=now.isoformat(timespec="milliseconds"),
    )
