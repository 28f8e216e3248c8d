"""The store without a disk: for practice, previews and tests. Everything is gone at the end."""

from storage.memory.cards import MemoryCards
from storage.memory.inbox import MemoryInbox
from storage.memory.keys import MemoryKeys
from storage.memory.ledger import MemoryLedger
from storage.memory.outbox import MemoryOutbox
from storage.memory.pins import MemoryPins

__all__ = [
    "MemoryCards",
    "MemoryInbox",
    "MemoryKeys",
    "MemoryLedger",
    "MemoryOutbox",
    "MemoryPins",
]
