"""`screening checkpoint`, `verify`, `show`: one clear sentence for each thing that can be wrong."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import screening
from bot.cli.checkpoint import checkpoint as checkpoint_command
from bot.cli.faults import BadInput
from storage.checkpoint import Signer, read_verifier
from storage.ledger import Entry
from storage.opening import open_store
from storage.sqlite.statements import LEDGER
from storage.stamp import ask_for
from tests.bot.tsa import Authority, authority
from tests.storage.samples import now, recomputed

SEED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SIGNER = Signer(bytes(range(32)))
DATABASE = Path("data/screening.db")


def run(*words: str, typed: str = "") -> Result:
    """A command in this process; what it refuses is told as `main` tells it."""
    ran = CliRunner().invoke(screening, words, input=typed)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit | BadInput):
        raise ran.exception
    return ran


def refused(*words: str) -> str:
    """The one sentence with which a command refuses its input."""
    ran = CliRunner().invoke(screening, words, standalone_mode=False)
    assert isinstance(ran.exception, BadInput), ran.output
    return ran.exception.message


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder with a database of two screenings, and a checkpoint kept elsewhere; its text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHECKPOINT_KEY", SEED)
    for _ in range(2):
        run("chat", typed="45\nD-1\n1\n")
    made = run("checkpoint")
    assert made.exit_code == 0, made.output
    Path("kept.txt").write_text(made.stdout, encoding="utf-8")
    Path("key.txt").write_text(f"The key of HM:\n{SIGNER.verifier.line}\n", encoding="utf-8")
    return made.stdout


CHECK = ("verify", "--checkpoint", "kept.txt", "--key", "key.txt")


def test_a_true_ledger_agrees(kept: str) -> None:
    """However the key is named, whatever came after, and in both languages."""
    run("chat", typed="45\nD-1\n1\n")
    for key in ("key.txt", SIGNER.verifier.line):
        ran = run("verify", "--checkpoint", "kept.txt", "--key", key)
        assert (ran.exit_code, ran.stderr) == (0, "")
        count = kept.split("\n")[1]
        assert f"agrees with the checkpoint: its first {count} events are as signed" in ran.stdout
    assert "s'accorde avec le point de contrôle" in run(*CHECK, "--lang", "fr").stdout
    assert run("verify", "--checkpoint", "kept.txt").exit_code == 0


def test_a_checkpoint_from_a_chat_or_an_editor_is_read(kept: str) -> None:
    """With other line ends, without the last newline, with a mark of byte order."""
    for raw in (
        kept.replace("\n", "\r\n").encode(),
        kept.rstrip("\n").encode(),
        kept.encode("utf-8-sig"),
        f"\n{kept}\n\n".encode(),
    ):
        Path("kept.txt").write_bytes(raw)
        assert run(*CHECK).exit_code == 0, raw


def tampered(change: Callable[[list[Entry]], list[Entry]]) -> None:
    """The database after somebody has dropped its triggers and changed its rows."""
    with closing(sqlite3.connect(DATABASE, isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        rows = [Entry(*row) for row in LEDGER.read_page(db, after=0, size=1000)]
        db.execute("DELETE FROM events")
        for one in change(rows):
            LEDGER.append_event(db, **{name: getattr(one, name) for name in Entry.__slots__[:9]})


def other(entry: Entry) -> Entry:
    """The event with another last byte in what is stored of its answer."""
    raw = bytes(entry.payload)
    return replace(entry, payload=raw[:-1] + bytes([raw[-1] ^ 1]))


def _answered(entries: list[Entry]) -> int:
    return next(place for place, one in enumerate(entries) if one.kind == "answer-given")


def changed(entries: list[Entry]) -> list[Entry]:
    """One answer, and nothing else."""
    at = _answered(entries)
    return [*entries[:at], other(entries[at]), *entries[at + 1 :]]


def rewritten(entries: list[Entry]) -> list[Entry]:
    """One answer, with all digests made to fit."""
    return recomputed(changed(entries))


@pytest.mark.parametrize(
    ("change", "says", "alone"),
    [
        (changed, "its content is not what was recorded", 1),
        (rewritten, "its digest is not the one in the checkpoint", 0),
        (lambda entries: entries[:-4], "the ledger ends before the checkpoint", 0),
        (lambda _: [], "the ledger ends before the checkpoint", 0),
    ],
)
def test_a_tampered_ledger_does_not(
    kept: str, change: Callable[[list[Entry]], list[Entry]], says: str, alone: int
) -> None:
    """One sentence and exit code 1; the control: what the chain alone says of it."""
    tampered(change)
    ran = run(*CHECK)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr.count("\n") == 1
    assert says in ran.stderr
    assert run("verify").exit_code == alone
    assert run(*CHECK, "--lang", "fr").exit_code == 1


def _forged(kept: str) -> str:
    return kept.replace("signed at 20", "signed at 21")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_forged, "kept.txt is forged: its signature is not over these words."),
        (lambda text: text.partition("\n\n")[0], "kept.txt is a head without a signature"),
        (lambda _: "a letter\n", "kept.txt is not a checkpoint of this software"),
        (lambda _: "\udcff", "kept.txt is not a checkpoint of this software"),
    ],
)
def test_evidence_that_proves_nothing_is_refused(
    kept: str, spoil: Callable[[str], str], says: str
) -> None:
    """Before the ledger is even looked at."""
    Path("kept.txt").write_text(spoil(kept), encoding="utf-8", errors="surrogateescape")
    ran = run(*CHECK)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert says in ran.stderr


def test_a_foreign_checkpoint_is_refused(kept: str) -> None:
    """Signed with another key, however good; or with ours over the ledger of another database."""
    line = Signer(bytes(32)).verifier.line
    ran = run("verify", "--checkpoint", "kept.txt", "--key", line)
    assert ran.exit_code == 1
    assert "was signed with another key" in ran.stderr
    DATABASE.unlink()
    for _ in range(2):
        run("chat", typed="45\nD-1\n1\n")
    run("chat", typed="45\nD-1\n1\n")
    ran = run(*CHECK)
    assert ran.exit_code == 1
    assert "its digest is not the one in the checkpoint" in ran.stderr


def test_what_is_missing_is_asked_for(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each slip at the command line is one sentence."""
    assert refused("verify", "--key", "key.txt").startswith("--key, --stamp and --tsa-root go with")
    assert "no verifier line" in refused("verify", "--checkpoint", "kept.txt", "--key", "x+y+z")
    assert refused("verify", "--checkpoint", "none", "--key", "key.txt") == "none: cannot be read."
    assert "Say with --tsa-root" in refused(*CHECK, "--stamp", "kept.txt")
    stamped = (*CHECK, "--stamp", "kept.txt", "--tsa-root", "kept.txt")
    assert "holds no certificate" in refused(*stamped)
    monkeypatch.delenv("CHECKPOINT_KEY")
    assert "Say with --key" in refused("verify", "--checkpoint", "kept.txt")
    assert "is not set: make one" in refused("checkpoint", "key", "--show")


def test_a_stamp_is_verified_with_its_checkpoint(kept: str) -> None:
    """A good one tells the time; one of another checkpoint, or of a stranger, fails."""
    Path("root.pem").write_bytes(authority().pem)
    good = authority().answer(ask_for(kept).body)
    words = (*CHECK, "--stamp", "stamp.tsr", "--tsa-root", "root.pem")
    for answer, code, says in (
        (good, 0, "seen by the authority at 2026-03-10 09:30:00 UTC"),
        (authority().answer(ask_for("another").body), 1, "stamps another text"),
        (Authority().answer(ask_for(kept).body), 1, "does not lead to the root certificate"),
        (authority().refusal(), 1, "refused to stamp"),
        (b"<html>", 1, "is not a time stamp"),
    ):
        Path("stamp.tsr").write_bytes(answer)
        ran = run(*words)
        assert ran.exit_code == code, ran.output
        assert says in ran.output


def test_a_new_key_works_and_is_told_once() -> None:
    """The key goes to one line, the verifier line to another; the second is that of the first."""
    made = CliRunner().invoke(checkpoint_command, ["key"])
    key, line = made.stdout.splitlines()
    assert re.fullmatch(r"CHECKPOINT_KEY=[A-Za-z0-9+/]{43}=", key)
    assert read_verifier(line) is not None
    again = CliRunner().invoke(checkpoint_command, ["key"])
    assert again.stdout.splitlines()[0] != key
    env = {"CHECKPOINT_KEY": key.partition("=")[2]}
    shown = CliRunner().invoke(checkpoint_command, ["key", "--show"], env=env)
    assert shown.stdout == f"{line}\n"


def test_a_head_without_a_key_claims_nothing(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is printed, said to be unsigned, recorded nowhere, and verifies as nothing."""
    monkeypatch.delenv("CHECKPOINT_KEY")
    before = run("verify").stdout
    ran = run("checkpoint")
    assert "is not signed and proves nothing" in ran.stderr
    assert ran.stdout.startswith("screening-ledger-chain/unsigned\n")
    assert run("verify").stdout == before
    Path("kept.txt").write_text(ran.stdout, encoding="utf-8")
    assert "without a signature" in run(*CHECK).stderr


def test_beside_the_bot_it_is_signed_and_not_recorded(kept: str) -> None:
    """Another process writes: the head is signed all the same."""

    async def beside() -> Result:
        store = await open_store(f"sqlite:///{DATABASE}", now)
        try:
            return await asyncio.to_thread(run, "checkpoint")
        finally:
            await store.close()

    ran = asyncio.run(beside())
    assert ran.exit_code == 0
    assert "not recorded: the bot is using the database" in ran.stderr
    Path("kept.txt").write_text(ran.stdout, encoding="utf-8")
    assert run(*CHECK).exit_code == 0
    assert run("checkpoint", "last").stdout == kept


def test_nothing_is_signed_over_a_rewrite(kept: str) -> None:
    """The last checkpoint in the database no longer fits: exit code 1 and no signature."""
    tampered(rewritten)
    ran = run("checkpoint")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "Nothing was signed: the ledger breaks at event" in ran.stderr


def test_the_last_one_and_its_stamp_can_be_had(kept: str, tmp_path: Path) -> None:
    """Without one, or without a stamp, it says so."""
    assert run("checkpoint", "last").stdout == kept
    assert "has no time stamp" in refused("checkpoint", "last", "--stamp", "stamp.tsr")
    assert not Path("stamp.tsr").exists()
    DATABASE.unlink()
    run("chat", typed="45\n")
    assert refused("checkpoint", "last") == "No checkpoint has been signed yet."


def test_the_database_keeps_its_modes(kept: str) -> None:
    """Signing opens no file to others."""
    assert stat.S_IMODE(DATABASE.stat().st_mode) == 0o600
