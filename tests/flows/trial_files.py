"""Where the tests find protocol files, and how they make one ready."""

from __future__ import annotations

from pathlib import Path

import flows
from flows.protocol.load import fingerprint, load_protocol
from flows.rulebook import Rulebook

LYSYME = Path(flows.__file__).parent / "protocols" / "lysyme.yaml"
SECOND = Path(__file__).parent / "data" / "second.yaml"


def rulebook(path: Path) -> Rulebook:
    """The protocol of a file, ready to be applied."""
    raw = path.read_bytes()
    return Rulebook(load_protocol(raw), fingerprint(raw))
