"""The whole ledger as it is stored, a line of JSON for each event: for whoever has no database.

Payloads are in base64, encrypted where the ledger keeps them so. `verify_ledger.py` beside it
walks the chain over these lines with nothing but Python's own library.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Final

from storage.ledger import Entry

SCRIPT: Final = Path(__file__).parent / "verify_ledger.py"
"""Goes into the bundle as it is."""


def ledger_line(entry: Entry) -> bytes:
    """One event with everything that its digest is made of, and the digest."""
    line = {
        "position": entry.position,
        "stream": entry.stream,
        "version": entry.version,
        "kind": entry.kind,
        "schema": entry.schema,
        "recorded_at": entry.recorded_at,
        "payload": base64.b64encode(entry.stored).decode(),
        "digest": entry.digest.hex(),
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
