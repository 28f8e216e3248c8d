"""The keeper of checkpoints: signs the head of the ledger, keeps what it signed, tells monitors.

Nothing is signed that does not go on from what was signed before: whoever rewrites the database
gets no new checkpoint over the rewrite while the last one is still in it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.clock import Clock
from bot.register import Register
from flows.events import Actor, Happened, Role
from flows.evidence import CheckpointSigned
from flows.people import Directory
from storage.chain import Fault, verify
from storage.checkpoint import Checkpoint, Signer, Verifier, read_checkpoint, said_by
from storage.ledger import Append, Head, Ledger
from storage.mapper import to_entry, to_event
from storage.outbox import NewNotice

STREAM: Final = "checkpoint/ledger"
CHECKPOINT: Final = "checkpoint"
"""The kind of notice that brings a checkpoint to a monitor."""

TIMEKEEPER: Final = Actor("timekeeper", Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint as the ledger keeps it: its words, what they say, the stamp if it has one."""

    text: str
    said: Checkpoint
    stamp: bytes | None

    @property
    def day(self) -> str:
        """The day of signing, in UTC."""
        return self.said.at.astimezone(UTC).date().isoformat()


def monitors(directory: Directory, now: datetime) -> tuple[str, ...]:
    """Everybody who monitors a site at that moment."""
    return tuple(one.person for one in directory.people.values() if Role.MONITOR in one.roles(now))


async def kept(ledger: Ledger) -> tuple[Kept, ...]:
    """The checkpoints in the ledger, oldest first; of one that was stamped later, the stamped."""
    found: dict[str, Kept] = {}
    for entry in await ledger.read(STREAM):
        event = to_event(entry).event
        said = said_by(event.text) if isinstance(event, CheckpointSigned) else None
        if isinstance(event, CheckpointSigned) and said is not None:
            found[event.text] = Kept(event.text, said, _bytes(event.stamp))
    return tuple(found.values())


def covering(checkpoints: Sequence[Kept], position: int) -> Kept | None:
    """The newest checkpoint that an event at this position comes before or stands at."""
    reaching = [one for one in checkpoints if one.said.head.position >= position]
    return reaching[-1] if reaching else None


class Checkpoints:
    """Signs with one key; the register knows who is told."""

    def __init__(self, ledger: Ledger, register: Register, clock: Clock, signer: Signer) -> None:
        self._ledger, self._register = ledger, register
        self._clock, self._signer = clock, signer

    @property
    def verifier(self) -> Verifier:
        """With what a checkpoint is checked."""
        return self._signer.verifier

    async def due(self) -> bool:
        """Whether nothing was signed with this key since the day began, in UTC."""
        last = await self.last()
        today = self._clock.now().astimezone(UTC).date().isoformat()
        return last is None or last.day < today

    async def last(self) -> Kept | None:
        """The newest checkpoint in the ledger that this key has signed."""
        for one in reversed(await kept(self._ledger)):
            if isinstance(read_checkpoint(one.text, self.verifier), Checkpoint):
                return one
        return None

    async def sign(self, by: Actor = TIMEKEEPER) -> str | Fault:
        """The checkpoint of the head as it stands, recorded and owed to every monitor.

        A fault was found in the chain, or it does not go on from the last checkpoint: nothing is
        signed then. Raises StorageError.
        """
        now = self._clock.now()
        head = await self.sound_head()
        if isinstance(head, Fault):
            return head
        text = self._signer.sign(head, now)
        await self._register.catch_up()
        told = [
            _notice(text, head.position, person, now)
            for person in monitors(self._register.directory, now)
        ]
        await self._record(CheckpointSigned(text), by, now, told)
        return text

    async def sound_head(self) -> Head | Fault:
        """The head, where the chain holds and goes on from what this key signed last."""
        last = await self.last()
        verdict = await verify(self._ledger.walk(), last.said.head if last else None)
        return verdict.head if verdict.fault is None else verdict.fault

    async def keep_stamp(self, text: str, stamp: bytes, by: Actor = TIMEKEEPER) -> None:
        """Keep the answer of a time-stamping authority beside its checkpoint."""
        encoded = base64.b64encode(stamp).decode()
        await self._record(CheckpointSigned(text, encoded), by, self._clock.now(), ())

    async def _record(
        self, event: CheckpointSigned, by: Actor, now: datetime, told: Sequence[NewNotice]
    ) -> None:
        version = len(await self._ledger.read(STREAM))
        new = to_entry(Happened(event, now, by))
        await self._ledger.append(Append(STREAM, version, (new,), now.isoformat()), notices=told)


def _notice(text: str, position: int, person: str, now: datetime) -> NewNotice:
    at = now.isoformat(timespec="milliseconds")
    body = json.dumps({"text": text}).encode()
    return NewNotice(f"{CHECKPOINT}/{position}/{person}", person, CHECKPOINT, body, at)


def _bytes(text: str | None) -> bytes | None:
    try:
        return None if text is None else base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
