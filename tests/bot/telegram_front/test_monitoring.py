"""Monitors get each signed head word for word, once a day; a signed record prints it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from html import unescape

from pydantic import SecretStr

from bot.checkpoints import CHECKPOINT, Checkpoints, kept
from bot.pages.evidence import proof_lines
from bot.pages.record import record_page
from bot.texts import ALL
from flows.events import Actor, Role
from flows.outcomes import Delegated, DelegationEnded, LanguageSet
from storage.chain import verify
from storage.checkpoint import Checkpoint, Signer, read_checkpoint
from storage.opening import memory_store
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import conclude, person_of, sign_first, signing, told

SEED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SIGNER = Signer(bytes(range(32)))


async def with_key(clinic: Clinic) -> None:
    """Start the bot again, with a key."""
    update = {"checkpoint_key": SecretStr(SEED)}
    clinic.settings = clinic.settings.model_copy(update=update)
    await clinic.restart()


def heads(robot: Robot) -> list[str]:
    """The checkpoints in a chat."""
    return [one.text for one in robot.phone.messages if "screening-ledger-chain/" in one.text]


async def test_monitors_get_it_word_for_word(clinic: Clinic) -> None:
    """In their language, with the very text that verifies; nobody else gets anything."""
    mona = await clinic.person(1005, "Mona", Role.MONITOR)
    marc = await clinic.person(1006, "Marc", Role.MONITOR, "fr")
    ines = await clinic.person(1001, "Ines", INVESTIGATOR)
    who = await person_of(clinic, 1006)
    by = Actor(who, Role.MONITOR)
    assert isinstance(await clinic.bot.office.choose_language(who, "fr", by=by), LanguageSet)
    await with_key(clinic)
    await told(mona, "Signed head of the ledger")
    await told(marc, "Tête signée du registre")
    (one,) = await kept(clinic.flaky)
    assert isinstance(read_checkpoint(one.text, SIGNER.verifier), Checkpoint)
    for robot in (mona, marc):
        (said,) = heads(robot)
        assert one.text.strip() in unescape(said)
        assert robot.texts.evidence.notice_keep in said
    assert heads(ines) == []
    assert (await verify(clinic.flaky.walk(), one.said.head)).sound


async def test_a_start_on_the_same_day_signs_nothing_more(clinic: Clinic) -> None:
    """The next day does."""
    mona = await clinic.person(1005, "Mona", Role.MONITOR)
    await with_key(clinic)
    await told(mona, "Signed head of the ledger")
    await clinic.restart()
    await asyncio.sleep(0.05)
    assert len(await kept(clinic.flaky)) == 1
    clinic.clock.at += timedelta(days=1)
    await clinic.restart()
    await told(mona, "Signed head of the ledger", times=2)
    assert len(await kept(clinic.flaky)) == 2


async def test_without_a_key_nothing_is_signed(clinic: Clinic) -> None:
    """The control: the same people, and no key."""
    mona = await clinic.person(1005, "Mona", Role.MONITOR)
    await clinic.restart()
    await asyncio.sleep(0.05)
    assert await kept(clinic.flaky) == ()
    assert heads(mona) == []


async def test_somebody_who_monitors_no_more_is_not_sent_it(clinic: Clinic) -> None:
    """What was owed before the revocation is not delivered after it."""
    mona = await clinic.person(1005, "Mona", Role.MONITOR)
    made = await clinic.bot.office.add_person(1005, "Mona", INVESTIGATOR, "HM", by=BOSS)
    assert isinstance(made, Delegated)
    await clinic.stop()
    keeper = Checkpoints(clinic.flaky, clinic.bot.register, clinic.clock, SIGNER)
    assert isinstance(await keeper.sign(), str)
    who = await person_of(clinic, 1005)
    (owed,) = await clinic.store.outbox.due("2999", 10)
    assert (owed.kind, owed.recipient) == (CHECKPOINT, who)
    ended = await clinic.bot.office.revoke_delegation(who, Role.MONITOR, "HM", by=BOSS)
    assert isinstance(ended, DelegationEnded)
    await clinic.restart()
    for _ in range(100):
        if not await clinic.store.outbox.due("2999", 10):
            break
        await asyncio.sleep(0.02)
    assert (await clinic.store.outbox.counts()).failed == 1
    assert heads(mona) == []


async def test_a_signed_record_prints_the_checkpoint_that_covers_it() -> None:
    """None yet says so; after the next one it is there, word for word, in both languages."""
    async with signing(memory_store()) as clinic:
        ines = await clinic.person(1001, "Ines", INVESTIGATOR)
        number = await conclude(ines)
        await sign_first(ines)
        screening, history = await clinic.house.desk.history(number)
        for texts in ALL.values():
            proof = await proof_lines(clinic.flaky, screening, texts)
            assert proof == (f"{texts.evidence.heading}{texts.colon}{texts.evidence.not_covered}",)
        await with_key(clinic)
        for _ in range(200):
            if await kept(clinic.flaky):
                break
            await asyncio.sleep(0.01)
        (one,) = await kept(clinic.flaky)
        signed = max(
            entry.position
            for entry in await clinic.flaky.read(f"screening/{number}")
            if entry.kind == "screening-signed"
        )
        assert one.said.head.position >= signed
        for texts in ALL.values():
            proof = await proof_lines(clinic.flaky, screening, texts)
            page = record_page(screening, history, texts, proof=proof)
            covers = texts.evidence.covers(one.said.head.position, signed)
            assert f"{texts.evidence.heading}{texts.colon}{covers}" in page
            block = "\n".join(f"  {line}".rstrip() for line in one.text.rstrip().split("\n"))
            assert block in page
            assert page.index(texts.evidence.heading) < page.index(texts.records.trail)


async def test_an_unsigned_record_prints_none(clinic: Clinic) -> None:
    """There is no signature to cover."""
    ines = await clinic.person(1001, "Ines", INVESTIGATOR)
    number = await conclude(ines)
    screening, _ = await clinic.house.desk.history(number)
    assert await proof_lines(clinic.flaky, screening, ALL["en"]) == ()
