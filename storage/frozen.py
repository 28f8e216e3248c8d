"""The frozen record: the bytes that a signature is bound to (21 CFR 11.70).

It holds what stands at that moment, in no language: the same record gives the same bytes
wherever and whenever it is frozen.
"""

from __future__ import annotations

import json
from hashlib import sha256

from flows.screening import Screening


def frozen(screening: Screening) -> bytes:
    """The record as canonical JSON: sorted keys, no spaces, UTF-8."""
    opened, made = screening.opened, screening.determination
    record = {
        "form": 1,
        "number": opened.number,
        "trial": opened.trial,
        "protocol_version": opened.protocol_version,
        "protocol_sha256": opened.protocol_sha256,
        "ruleset": opened.ruleset,
        "site": opened.site,
        "opened_at": screening.opened_at.isoformat(),
        "answers": dict(screening.answers),
        "judgements": {name: verdict.value for name, verdict in screening.judgements.items()},
        "verdict": None
        if made is None
        else {
            "day": made.day.isoformat(),
            "verdict": made.verdict,
            "assessed": made.assessed,
            "failing": made.failing,
            "undetermined": made.undetermined,
            "deadlines": {name: day.isoformat() for name, day in made.deadlines},
        },
    }
    if opened.earlier is not None:  # a first attempt has the bytes that it always had
        record["earlier"] = opened.earlier
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def fingerprint_of(screening: Screening) -> str:
    """SHA-256 of the frozen record, in hexadecimal."""
    return sha256(frozen(screening)).hexdigest()
