"""The shelf: what is read at the start is at hand for whoever screens first."""

from __future__ import annotations

import pytest

from bot import shelf as room
from bot.shelf import Shelf, shipped_file
from storage.memory.ledger import MemoryLedger


async def test_what_was_read_at_the_start_is_not_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file of one's own, which nobody has asked for yet."""
    own = shipped_file("lysyme") + b"# this installation's own\n"
    shelf = Shelf(MemoryLedger(), {"lysyme": own})
    shelf.read()

    def refuse(_: bytes) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(room, "_made_ready", refuse)
    assert shelf.current("lysyme").protocol.id == "lysyme"
