"""The code on a printed record: what the print says of itself, for the ledger to confirm or deny.

One line of six parts in capitals, so that it makes a small QR code:

    SCREENING-RECORD/1/<number>/<events>/<record>/<position>/<digest>

`events` are those of the screening that the print tells of. `record` is the SHA-256 of the frozen
record after them (see `storage.frozen`): that to which a signature is bound (21 CFR 11.70).
`position` and `digest` are those of the last of these events in the ledger: the digest commits to
every event before it (see `storage.chain`), so that it confirms the trail and the signature too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flows.screening import Screening
from storage.frozen import fingerprint_of
from storage.ledger import Entry

FORM: Final = "SCREENING-RECORD/1"

_CODE: Final = re.compile(
    rf"{FORM}/([0-9A-Z-]{{1,20}})/([1-9]\d{{0,8}})/([0-9A-F]{{64}})/([1-9]\d{{0,17}})/([0-9A-F]{{64}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class RecordCode:
    """What a print says of itself; the two hashes are in lower-case hexadecimal."""

    number: str
    events: int
    record_sha256: str
    position: int
    digest: str

    @property
    def text(self) -> str:
        """The code as it is printed, and as `read_code` takes it."""
        parts = (self.number, self.events, self.record_sha256, self.position, self.digest)
        return "/".join((FORM, *map(str, parts))).upper()


def code_of(screening: Screening, last: Entry) -> RecordCode:
    """The code of a screening as it stands after its last event."""
    return RecordCode(
        screening.number,
        last.version,
        fingerprint_of(screening),
        last.position,
        last.digest.hex(),
    )


def read_code(text: str) -> RecordCode | None:
    """What a code says, however it was broken into lines; None when it is none."""
    found = _CODE.fullmatch("".join(text.split()).upper())
    if found is None:
        return None
    number, events, record, position, digest = found.groups()
    return RecordCode(number, int(events), record.lower(), int(position), digest.lower())
