"""What signing must not do: show a digit, listen to old keys, or let the wrong people sign."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.codec import frame
from flows.events import Role
from storage.opening import memory_store, open_store
from tests.bot.cases import AT, MAN
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import (
    OTHER,
    PEPPER,
    PIN,
    ask,
    conclude,
    key,
    keypad,
    person_of,
    sign_first,
    signing,
)

TRIVIAL = "123456"
_KEY = re.compile(r"#[A-Za-z0-9_-]{16,63}")


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """The bot at one site, with a pepper."""
    async with signing(memory_store()) as found:
        yield found


def _holds(text: str, pin: str) -> bool:
    """Whether the PIN stands there; six digits inside a hash are not a PIN."""
    return re.search(rf"(?<![0-9a-f]){pin}(?![0-9a-f])", text) is not None


def files(folder: Path) -> list[Path]:
    """Everything that the database left on disk."""
    return list(folder.iterdir())


async def test_no_pin_and_no_digit_leaves_the_keypad(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in what the buttons carry, nor in the inbox, the journal, the database or the log."""
    caplog.set_level(logging.DEBUG)
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    async with signing(store) as clinic:
        ines = await clinic.person(1001, "Ines", INVESTIGATOR)
        await conclude(ines)
        await ask(ines)
        carried = []
        for pin in (TRIVIAL, PIN, OTHER, PIN, PIN):
            for digit in pin:
                pad = keypad(ines)
                assert pad is not None
                carried.append({one.label: one.value for row in pad.keyboard for one in row})
                await key(ines, digit)
        await conclude(ines)
        await ask(ines, who=False)
        await key(ines, OTHER)
        assert await key(ines, PIN) == ines.texts.chat.sign_done
        sent = [text for one in clinic.sandbox.journal.calls for text in one.texts.values()]
        taps = [tap.data for tap in ines.phone.taps]
    await store.close()
    for keys in carried:
        assert len(set(keys.values())) == 12
        assert all(_KEY.fullmatch(value) for value in keys.values())
    pads = {tuple(keys.items()) for keys in carried}
    assert len(pads) == 5  # a fresh one for each PIN, none twice
    words = [value for pad in pads for _, value in pad]
    assert len(set(words)) == len(words)
    kept = [file.read_bytes().decode("latin-1") for file in files(tmp_path)]
    assert any("screening-signed" in text for text in kept)
    for pin in (PIN, OTHER, TRIVIAL):
        for text in (*sent, *taps, *kept, caplog.text):
            assert not _holds(text, pin), text[:200]
    assert not [text for text in (*sent, *kept, caplog.text) if PEPPER in text]


async def test_old_and_forged_keys_do_nothing(clinic: Clinic, ines: Robot) -> None:
    """A key of an earlier keypad, an invented one, and somebody else's: no digit is taken."""
    number = await conclude(ines)
    await ask(ines)
    _, old = ines.data("8")
    await ines.press(ines.texts.cards.cancel)
    expired = ines.texts.chat.sign_expired
    assert await ines.forge(old, 9999) == expired
    await ask(ines)
    pad = keypad(ines)
    assert pad is not None
    for word in (old, "#", "#8", "#" + "x" * 40):
        assert await ines.forge(word, 9999) == expired
    still = keypad(ines)
    assert still is not None
    assert "○○○○○○" in still.text
    assert "screening-signed" not in await clinic.kinds(number)


async def test_a_key_works_in_its_own_chat_alone(clinic: Clinic, ines: Robot, marc: Robot) -> None:
    """The bytes of another's keypad mean nothing in mine."""
    await conclude(ines)
    await ask(ines)
    _, word = ines.data("8")
    assert await marc.forge(word, 9999) == marc.texts.chat.sign_expired
    pad = keypad(ines)
    assert pad is not None
    assert "○○○○○○" in pad.text


@pytest.mark.parametrize("role", [Role.ON_CALL, Role.COORDINATOR, Role.ADMINISTRATOR, Role.MONITOR])
async def test_no_other_role_signs(clinic: Clinic, ines: Robot, role: Role) -> None:
    """The bytes of an investigator's buttons do nothing for anybody else at the site."""
    number = await conclude(ines)
    _, sign = ines.data(ines.texts.cards.sign)
    other = await clinic.person(1010, "Omar", role)
    before = await clinic.events()
    assert await other.forge(sign, 1) == other.texts.chat.not_yours
    assert await other.forge(f"~y:{number}", 1) == other.texts.chat.not_your_role
    assert keypad(other) is None
    assert await clinic.events() == before


async def test_an_investigator_of_another_site_does_not_sign(clinic: Clinic, ines: Robot) -> None:
    """Nor does one learn whether a number exists."""
    number = await conclude(ines)
    _, sign = ines.data(ines.texts.cards.sign)
    await clinic.site("LY")
    leo = await clinic.person(1009, "Leo", INVESTIGATOR, site="LY")
    assert await leo.forge(sign, 1) == leo.texts.chat.not_yours
    assert await leo.forge(f"~y:{number}", 1) == leo.texts.chat.not_your_role
    assert await leo.forge("~y:0000-0000", 1) == leo.texts.chat.not_yours
    assert await leo.forge("~y:", 1) == leo.texts.chat.not_yours
    assert keypad(leo) is None
    assert await clinic.all_done()


async def test_whoever_is_let_out_while_the_keypad_is_open_signs_nothing(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """From the next key on they are a stranger."""
    number = await conclude(ines)
    await sign_first(ines)
    number = await conclude(ines)
    await ask(ines, who=False)
    await key(ines, PIN[:5])
    _, last = ines.data(PIN[5])
    await clinic.bot.office.revoke_person(await person_of(clinic, 1001), by=BOSS)
    assert await ines.forge(last) == ""
    assert "screening-signed" not in await clinic.kinds(number)


async def test_who_is_no_investigator_any_more_signs_nothing(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Another role at the site, held beside it, is no authority to sign."""
    await clinic.bot.office.add_person(1001, "Ines", Role.COORDINATOR, "HM", by=BOSS)
    number = await conclude(ines)
    await ask(ines)
    await key(ines, PIN)
    await key(ines, PIN[:5])
    person = await person_of(clinic, 1001)
    await clinic.bot.office.revoke_delegation(person, INVESTIGATOR, "HM", by=BOSS)
    assert await key(ines, PIN[5]) == ines.texts.chat.not_your_role
    assert keypad(ines) is None
    assert "screening-signed" not in await clinic.kinds(number)


@pytest.mark.parametrize(
    "changes", [{"hiv_serology": "pending"}, {"bsa_max_d0_d10_pct": 4}, {"consent": "refused"}]
)
async def test_what_cannot_be_signed_offers_no_sign(
    clinic: Clinic, ines: Robot, changes: dict[str, int | str]
) -> None:
    """Open, too early, or not yet finished: no button; forced, a sentence and no keypad."""
    await conclude(ines)
    await sign_first(ines)
    number = await conclude(ines, changes)
    assert ines.texts.cards.sign not in ines.card.labels
    _, review = ines.data(ines.texts.cards.correct)
    forged = review[: -len(_body(review))] + "Y"
    assert await ines.forge(forged) == ines.texts.remarks.cannot_sign
    assert await ines.forge(f"~y:{number}") == ines.texts.chat.sign_expired
    assert keypad(ines) is None
    assert await clinic.all_done()


def _body(data: str) -> str:
    found = frame(data)
    assert found is not None
    return found.body


async def test_a_quick_check_and_practice_offer_no_sign(clinic: Clinic, ines: Robot) -> None:
    """Neither is a screening."""
    for command in ("/check", "/practice"):
        await ines.command(command)
        await ines.play(MAN)
        assert ines.texts.cards.sign not in ines.card.labels


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_without_a_pepper_signing_is_not_offered(language: str) -> None:
    """No button; whoever forces one, or kept one, is told what is missing and by whom."""
    async with signing(memory_store()) as clinic:
        ines = await clinic.person(1001, "Ines", INVESTIGATOR, language)
        number = await conclude(ines)
        _, sign = ines.data(ines.texts.cards.sign)
        clinic.settings = clinic.settings.model_copy(update={"signing_pepper": None})
        await clinic.restart()
        said = ines.texts.chat.sign_off
        assert "SIGNING_PEPPER" in said
        assert await ines.forge(sign) == said
        assert await ines.forge(f"~y:{number}") == said
        assert await ines.forge("#word", 9999) == ines.texts.chat.sign_expired
        assert await conclude(ines)
        assert ines.texts.cards.sign not in ines.card.labels
        assert keypad(ines) is None
        assert "screening-signed" not in await clinic.kinds(number)
