"""The keeper signs once a day what goes on from yesterday, records it, and owes it to monitors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.checkpoints import CHECKPOINT, STREAM, Checkpoints, Kept, covering, kept
from bot.settings import Settings
from bot.upkeep import sign_when_due, stamper
from flows.events import Role
from storage.chain import Fault, Why, verify
from storage.checkpoint import Checkpoint, Signer, read_checkpoint
from storage.errors import StorageFull
from storage.ledger import Append, Entry, Head, NewEntry
from storage.opening import Store, memory_store
from storage.outbox import Notice
from tests.bot.staff import BOSS, HOUR, HandClock, Staff
from tests.bot.tsa import authority, served
from tests.storage.samples import recomputed

SEED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SIGNER = Signer(bytes(range(32)))
DAY = timedelta(days=1)


@dataclass
class Vault:
    """A store with people, and the keeper of its checkpoints."""

    store: Store
    staff: Staff
    clock: HandClock

    def keeper(self, signer: Signer = SIGNER) -> Checkpoints:
        """A keeper that remembers nothing of an earlier one."""
        return Checkpoints(self.store.ledger, self.staff.register, self.clock, signer)

    async def sign(self) -> str:
        """A checkpoint that has to be possible."""
        text = await self.keeper().sign()
        assert isinstance(text, str), text
        return text

    async def owed(self) -> tuple[Notice, ...]:
        """Every notice that waits."""
        return await self.store.outbox.due("2999", 100)


@pytest.fixture
async def vault() -> Vault:
    """A site with an investigator and a monitor, and one more monitor elsewhere."""
    store, clock = memory_store(), HandClock()
    staff = Staff(store.ledger, clock)
    await staff.site()
    await staff.site("LY")
    await staff.add(1001, Role.INVESTIGATOR)
    await staff.add(1005, Role.MONITOR)
    await staff.add(1006, Role.MONITOR, "LY")
    return Vault(store, staff, clock)


def settings(**more: object) -> Settings:
    """Settings with a key, and nothing of the machine's own."""
    return Settings(
        _env_file=None,
        database_url="memory:",
        checkpoint_key=SecretStr(SEED),
        **more,  # type: ignore[arg-type]
    )


async def test_the_head_is_signed_and_recorded(vault: Vault) -> None:
    """The text says how far the ledger went before it; the event holds it word for word."""
    before = await vault.store.ledger.head()
    text = await vault.sign()
    said = read_checkpoint(text, SIGNER.verifier)
    assert isinstance(said, Checkpoint)
    assert (said.head, said.at) == (before, vault.clock.at)
    assert await kept(vault.store.ledger) == (Kept(text, said, None),)
    assert (await verify(vault.store.ledger.walk(), said.head)).sound


async def test_every_monitor_is_owed_it_and_nobody_else(vault: Vault) -> None:
    """Monitors of any site, in the transaction of the event; a monitor who is out is not told."""
    gone = await vault.staff.add(1007, Role.MONITOR)
    await vault.staff.office.revoke_person(gone, by=BOSS)
    text = await vault.sign()
    directory = vault.staff.register.directory
    known = [directory.by_telegram(number) for number in (1005, 1006)]
    notices = await vault.owed()
    assert {one.recipient for one in notices} == {one.person for one in known if one}
    assert len(notices) == 2
    assert all(one.kind == CHECKPOINT and json.loads(one.body) == {"text": text} for one in notices)


class NoRoom:
    """A ledger whose disk is full."""

    def __init__(self, vault: Vault) -> None:
        inner = vault.store.ledger
        self.read, self.streams, self.walk = inner.read, inner.streams, inner.walk
        self.since = inner.since
        self.head, self.close = inner.head, inner.close

    async def append(self, *_: Append, **__: object) -> tuple[Entry, ...]:
        """Never."""
        raise StorageFull


async def test_what_was_not_recorded_is_owed_to_nobody(vault: Vault) -> None:
    """No notice without its event."""
    keeper = Checkpoints(NoRoom(vault), vault.staff.register, vault.clock, SIGNER)
    with pytest.raises(StorageFull):
        await keeper.sign()
    assert await vault.owed() == ()


async def test_once_a_day_however_often_the_bot_starts(vault: Vault) -> None:
    """The last event tells; a day later it is due again, and not while the clock is set back."""
    woken: list[int] = []

    async def look() -> None:
        await sign_when_due(vault.keeper(), None, lambda: woken.append(1))

    assert await vault.keeper().due()
    for _ in range(3):
        await look()
    assert len(await kept(vault.store.ledger)) == len(woken) == 1
    vault.clock.at += DAY
    for _ in range(3):
        await look()
    assert len(await kept(vault.store.ledger)) == len(woken) == 2
    vault.clock.at -= 3 * DAY
    await look()
    assert len(woken) == 2


async def test_a_checkpoint_of_another_key_does_not_count(vault: Vault) -> None:
    """After a change of key the new one signs at once, and does not build on the old one."""
    await vault.keeper(Signer(bytes(32))).sign()
    assert await vault.keeper().due()
    assert isinstance(await vault.keeper().sign(), str)


class Rewritten:
    """A ledger that somebody has rewritten from the start, with all digests anew."""

    def __init__(self, vault: Vault, change: Callable[[list[Entry]], list[Entry]]) -> None:
        self._inner, self._change = vault.store.ledger, change
        self.read, self.streams = self._inner.read, self._inner.streams
        self.append, self.head, self.close = self._inner.append, self._inner.head, self._inner.close
        self.since = self._inner.since

    async def walk(self, after: int = 0) -> AsyncIterator[Entry]:
        """The rewritten entries."""
        entries = self._change([one async for one in self._inner.walk()])
        for entry in entries[after:]:
            yield entry


async def test_nothing_is_signed_over_a_rewrite(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """The ledger no longer goes on from what was signed: it says so, loudly, and signs nothing."""
    await vault.sign()
    vault.clock.at += DAY

    def other(entries: list[Entry]) -> list[Entry]:
        payload = entries[0].payload.replace(b"Henri", b"Henry")
        return recomputed([replace(entries[0], payload=payload), *entries[1:]])

    ledger = Rewritten(vault, other)
    keeper = Checkpoints(ledger, vault.staff.register, vault.clock, SIGNER)
    fault = await keeper.sign()
    assert isinstance(fault, Fault)
    assert fault.why is Why.OFF_CHECKPOINT
    await sign_when_due(keeper, None, lambda: pytest.fail("nobody is to be told"))
    assert "NOT SIGNED" in caplog.text
    assert len(await kept(vault.store.ledger)) == 1
    assert isinstance(await vault.keeper().sign(), str), "the control: the true ledger is signed"


async def test_the_newest_that_covers_is_found(vault: Vault) -> None:
    """A checkpoint covers what stood before it, and not what came after."""
    first = await vault.sign()
    position = (await vault.store.ledger.head()).position
    assert covering(await kept(vault.store.ledger), position) is None
    vault.clock.at += HOUR
    second = await vault.sign()
    found = covering(await kept(vault.store.ledger), position)
    assert found is not None
    assert found.text == second
    early = covering(await kept(vault.store.ledger), 1)
    assert early is not None
    assert early.text == second != first


async def test_what_is_no_checkpoint_is_passed_over(vault: Vault) -> None:
    """An event whose words say nothing is neither shown nor built upon."""
    payload = json.dumps(
        {
            "at": vault.clock.at.isoformat(),
            "by": "x",
            "role": "system",
            "data": {"text": "no checkpoint", "stamp": "é"},
        }
    ).encode()
    batch = Append(STREAM, 0, (NewEntry("checkpoint-signed", 1, payload),), "now")
    await vault.store.ledger.append(batch)
    assert await kept(vault.store.ledger) == ()
    assert await vault.keeper().due()


async def test_the_stamp_comes_later_and_once(vault: Vault, tmp_path: Path) -> None:
    """While the authority is away the checkpoint stands; the stamp is asked for until it comes."""
    pem = tmp_path / "root.pem"
    pem.write_bytes(authority().pem)

    async def look(url: str) -> bytes | None:
        wanted = settings(timestamp_url=url, timestamp_root=str(pem))
        await sign_when_due(vault.keeper(), stamper(wanted), lambda: None)
        return (await kept(vault.store.ledger))[-1].stamp

    assert await look("http://127.0.0.1:9/tsr") is None
    asked = len(authority().asked)
    async with served(authority().answer) as url:
        stamp = await look(url)
        assert await look(url) == stamp
    assert stamp is not None
    assert len(authority().asked) == asked + 1
    assert len(await kept(vault.store.ledger)) == 1
    assert len(await vault.store.ledger.read(STREAM)) == 2
    assert len(await vault.owed()) == 2, "a stamp is no news to monitors"


async def test_the_first_head_of_all_can_be_signed() -> None:
    """An empty ledger is signed at position 0."""
    store, clock = memory_store(), HandClock()
    staff = Staff(store.ledger, clock)
    text = await Checkpoints(store.ledger, staff.register, clock, SIGNER).sign()
    assert isinstance(text, str)
    said = read_checkpoint(text, SIGNER.verifier)
    assert isinstance(said, Checkpoint)
    assert said.head.position == 0
    assert (await verify(store.ledger.walk(), said.head)).sound
    assert not (await verify(store.ledger.walk(), Head(0, bytes(32)))).sound
