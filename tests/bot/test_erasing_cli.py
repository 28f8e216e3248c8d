"""`screening erase` and `screening rekey`, and what the other commands say afterwards."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import sys
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from bot.compose import open_house
from bot.settings import Settings
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.cases import FollowUp
from flows.erasure import ErasureReason
from storage.opening import open_store
from storage.sqlite.place import Claim
from tests.bot.archive import Archive
from tests.bot.cases import AT, DOCTOR

ONE, TWO = (b64encode(bytes([n]) * 32).decode() for n in (1, 2))
EN = ALL["en"]


class Desk:
    """The command line in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.monkeypatch = folder / "data" / "screening.db", monkeypatch

    def run(self, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
        """What a command ends with, says, and complains of."""
        self.monkeypatch.setattr(sys, "argv", ["screening", *words])
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:  # a command logs to the standard error of its own, which ends with this test
            root.handlers[:] = handlers
            root.setLevel(level)
        said = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), said.out, said.err

    def screened(self) -> tuple[str, str]:
        """Two screenings, made under the settings of the moment: one excluded, one open."""

        async def make() -> tuple[str, str]:
            async with open_house(Settings()) as house:
                archive = Archive(house.store)
                number = await archive.excluded()
                await archive.followed_up(number, FollowUp.APPROACHED)
                return number, await archive.screened(answers={"age_years": 43})

        return asyncio.run(make())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """No database yet, and no settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("RECORD_KEY", "RECORD_KEY_OLD", "DATABASE_URL", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    return Desk(tmp_path, monkeypatch)


def test_an_erased_screening_shows_what_stays(
    desk: Desk, capsys: pytest.CaptureFixture[str], texts: Texts
) -> None:
    """When, why, by whom; number, trial, version, site, verdict and steps; not one answer."""
    number, other = desk.screened()
    said = desk.run(capsys, "erase", number, "--reason", "entered-in-error", "--lang", "en")
    assert said == (0, f"{EN.erasure.done(number)}\n", "")
    code, page, _ = desk.run(capsys, "show", number, "--lang", texts.language)
    own = texts.erasure
    assert code == 0
    assert page.startswith(f"{texts.records.heading(number)}\n")
    who = f"console ({texts.records.roles[DOCTOR.role.ADMINISTRATOR]})"
    assert re.search(
        re.escape(own.erased_on("WHEN", own.reasons[ErasureReason.ENTERED_IN_ERROR], who)).replace(
            "WHEN", r"[0-9/: -]+ \([0-9T:.-]+Z\)"
        ),
        page,
    )
    assert own.gone in page
    verdict = texts.records.verdicts["ineligible"]
    assert f"{own.verdict_then}{texts.colon}{verdict} (" in page
    assert "LYSYME" in page
    assert "HM (Europe/Paris)" in page
    assert f"{own.opened_by}{texts.colon}{DOCTOR.person}" in page
    step = texts.duty.steps[FollowUp.APPROACHED]
    assert f"{texts.case.events['follow-up-recorded']}{texts.colon}{step}" in page
    assert "I1" not in page
    # A screening number and a time of record may hold any two digits; nothing else may.
    rest = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+Z)?", "", page.replace(number, ""))
    assert "75" not in rest
    code, page, _ = desk.run(capsys, "show", other, "--lang", texts.language)
    assert (code, "43" in page) == (0, True)


def test_a_signed_one_says_that_it_was_signed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """When, and nothing of what was signed."""

    async def make() -> str:
        async with open_house(Settings()) as house:
            return await Archive(house.store).signed()

    number = asyncio.run(make())
    desk.run(capsys, "erase", number, "--reason", "withdrawn-request")
    _, page, _ = desk.run(capsys, "show", number)
    assert f"{EN.erasure.signed_then}: 2026-03-10 10:00:00" in page


def test_the_list_keeps_its_line_and_the_chain_holds(
    desk: Desk, capsys: pytest.CaptureFixture[str], texts: Texts
) -> None:
    """As many lines as before, in the same order; verify needs no key at all."""
    number, other = desk.screened()
    desk.run(capsys, "erase", number, "--reason", "opened-by-mistake")
    _, page, _ = desk.run(capsys, "list", "--lang", texts.language)
    rows = page.splitlines()[1:]
    assert [row.split()[0] for row in rows] == [number, other]
    assert texts.erasure.stage in rows[0]
    assert texts.records.verdicts["ineligible"] in rows[0]
    _, practice, _ = desk.run(capsys, "list", "--practice", "--lang", texts.language)
    assert practice == f"{texts.records.list_empty}\n"
    code, said, _ = desk.run(capsys, "verify")
    assert (code, "hold" in said or "sound" in said or "event" in said) == (0, True)


def test_what_cannot_be_erased_is_one_clear_line(
    desk: Desk, capsys: pytest.CaptureFixture[str], texts: Texts
) -> None:
    """A bad number, an unknown one, one that is erased already, and no reason of ours."""
    number, _ = desk.screened()
    lang = ("--lang", texts.language)
    desk.run(capsys, "erase", number, "--reason", "entered-in-error")
    for words, said in (
        (("nonsense", "--reason", "entered-in-error"), texts.commands.bad_number("nonsense")),
        (("00000000", "--reason", "retention"), texts.commands.unknown_number("0000-0000")),
        ((number, "--reason", "entered-in-error"), texts.erasure.erased(number)),
    ):
        assert desk.run(capsys, "erase", *words, *lang) == (2, "", f"screening: {said}\n")
    codes = "entered-in-error, withdrawn-request, opened-by-mistake, retention"
    for wrong in ((), ("--reason", "because")):
        said = f"screening: {texts.erasure.which_reason(codes)}\n"
        assert desk.run(capsys, "erase", number, *wrong, *lang) == (2, "", said)
    resumed = desk.run(capsys, "chat", "--resume", number, *lang)
    assert resumed == (2, "", f"screening: {texts.erasure.erased(number)}\n")


def test_a_screening_from_before_there_were_keys_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], texts: Texts
) -> None:
    """How many of its events stand there plainly is said."""

    async def make() -> str:
        async with open_house(Settings(), sealed=False) as house:
            return await Archive(house.store).excluded()

    number = asyncio.run(make())
    code, _, err = desk.run(
        capsys, "erase", number, "--reason", "retention", "--lang", texts.language
    )
    assert code == 2
    assert err.startswith(f"screening: {texts.erasure.not_sealed(number, 4)}"[:40])


def test_while_the_bot_runs_it_is_done_in_the_chat(
    desk: Desk, capsys: pytest.CaptureFixture[str], texts: Texts
) -> None:
    """The file has one writer: erase and rekey say that it is in use."""
    number, _ = desk.screened()
    claim = Claim(desk.path)
    lang = ("--lang", texts.language)
    for words in (("erase", number, "--reason", "retention"), ("rekey",)):
        assert desk.run(capsys, *words, *lang) == (2, "", f"screening: {texts.people.in_use}\n")
    claim.release()


def test_wrapped_keys_without_their_record_key_stop_every_command_but_verify(
    desk: Desk, capsys: pytest.CaptureFixture[str], texts: Texts
) -> None:
    """It says which variable is missing, or that it holds another key; the chain needs none."""
    desk.monkeypatch.setenv("RECORD_KEY", ONE)
    desk.monkeypatch.setenv("LANGUAGE", texts.language)
    number, _ = desk.screened()
    assert desk.run(capsys, "show", number)[0] == 0
    for value, said in (
        (None, texts.erasure.no_record_key),
        (TWO, texts.erasure.other_record_key),
    ):
        if value is None:
            desk.monkeypatch.delenv("RECORD_KEY")
        else:
            desk.monkeypatch.setenv("RECORD_KEY", value)
        desk.monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f"12345678:{'a' * 35}")
        for words in (("show", number), ("list",), ("bot",)):
            assert desk.run(capsys, *words) == (2, "", f"screening: {said}\n")
        assert desk.run(capsys, "verify")[0] == 0


def test_the_record_key_is_changed_and_taken_away(
    desk: Desk, capsys: pytest.CaptureFixture[str], texts: Texts
) -> None:
    """Each time every key is wrapped anew and every answer still read; nothing of the old stays."""
    number, _ = desk.screened()
    plain = keys(desk.path)
    lang = ("--lang", texts.language)
    desk.monkeypatch.setenv("RECORD_KEY", ONE)
    assert desk.run(capsys, "rekey", *lang) == (0, f"{texts.erasure.rekeyed(2)}\n", "")
    first = keys(desk.path)
    assert not any(one[1:33] in desk.path.read_bytes() for one in plain)
    desk.monkeypatch.setenv("RECORD_KEY_OLD", ONE)
    desk.monkeypatch.setenv("RECORD_KEY", TWO)
    assert desk.run(capsys, "rekey", *lang)[0] == 0
    desk.monkeypatch.delenv("RECORD_KEY_OLD")
    assert "75" in desk.run(capsys, "show", number)[1]
    assert not set(keys(desk.path)) & set(first)
    desk.monkeypatch.delenv("RECORD_KEY")
    desk.monkeypatch.setenv("RECORD_KEY_OLD", TWO)
    assert desk.run(capsys, "rekey", *lang) == (0, f"{texts.erasure.laid_plain(2)}\n", "")
    assert keys(desk.path) == plain
    desk.monkeypatch.setenv("RECORD_KEY", ONE)
    assert desk.run(capsys, "rekey", *lang)[0] == 0


def test_a_change_with_the_wrong_old_key_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is changed by it."""
    desk.monkeypatch.setenv("RECORD_KEY", ONE)
    desk.screened()
    before = keys(desk.path)
    desk.monkeypatch.setenv("RECORD_KEY", TWO)
    said = f"screening: {EN.erasure.other_record_key}\n"
    assert desk.run(capsys, "rekey") == (2, "", said)
    assert keys(desk.path) == before


def test_a_reader_beside_the_bot_wraps_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys that lie plain are wrapped by whoever writes; a reader reads them as they are."""
    number, _ = desk.screened()
    before = keys(desk.path)
    desk.monkeypatch.setenv("RECORD_KEY", ONE)
    assert "75" in desk.run(capsys, "show", number)[1]
    assert keys(desk.path) == before


def keys(path: Path) -> list[bytes]:
    """The keys as they lie in the file."""
    with closing(sqlite3.connect(path)) as db:
        return [bytes(key) for (key,) in db.execute("SELECT key FROM keys ORDER BY id")]


async def test_an_opened_store_has_keys_of_its_own(tmp_path: Path) -> None:
    """The store alone seals nothing: whoever opens the house does."""
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    assert await store.keys.all() == ()
    await store.ledger.close()
