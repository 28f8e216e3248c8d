"""Walk the hash chain of a ledger that was written out, without the software that made it.

    python3 verify_ledger.py events.jsonl [CHECKPOINT.txt ...]

Needs Python 3.9 or newer and nothing else. The digest of an event is SHA-256 over: the text
"screening-ledger/1", the digest before it, position, stream, version, kind, schema, time of record
and payload, each preceded by its length in eight bytes, numbers as eight bytes, big-endian. A
checkpoint names a position in its second line and the digest there, in base64, in its third; its
signature is checked by `screening verify`, or by any other tool for C2SP signed notes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys

DOMAIN = b"screening-ledger/1"


def digest_of(previous: bytes, event: dict) -> bytes:  # type: ignore[type-arg]  # Python 3.9
    """The digest that an event has to have after the one before it."""
    fields = (
        DOMAIN,
        previous,
        event["position"].to_bytes(8, "big"),
        event["stream"].encode(),
        event["version"].to_bytes(8, "big"),
        event["kind"].encode(),
        event["schema"].to_bytes(8, "big"),
        event["recorded_at"].encode(),
        base64.b64decode(event["payload"]),
    )
    laid = b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    return hashlib.sha256(laid).digest()


def main(ledger: str, checkpoints: list[str]) -> str:
    """What is wrong; "" when the chain holds and agrees with every checkpoint."""
    wanted: dict[int, list[tuple[str, bytes]]] = {}
    for name in checkpoints:
        with open(name, encoding="utf-8") as file:
            lines = file.read().split("\n")
        wanted.setdefault(int(lines[1]), []).append((name, base64.b64decode(lines[2])))
    head, position = hashlib.sha256(DOMAIN + b" genesis").digest(), 0
    with open(ledger, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            position += 1
            head = digest_of(head, event)
            if event["position"] != position or event["digest"] != head.hex():
                return f"the chain breaks at event {position}"
            for name, digest in wanted.pop(position, ()):
                if digest != head:
                    return f"event {position} is not the one that {name} was signed over"
    if wanted:
        return f"the ledger ends at event {position}, before {next(iter(wanted.values()))[0][0]}"
    sys.stdout.write(f"sound: {position} events, head {head.hex()}\n")
    return ""


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]) or 0)
    except (OSError, ValueError, KeyError, IndexError) as error:
        sys.exit(f"cannot be read: {error}")
