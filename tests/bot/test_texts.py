"""Every text is there in both languages, is used, and looks like its language."""

from __future__ import annotations

import re
import sqlite3
import sys
from datetime import date, datetime, timedelta
from inspect import signature
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from click.testing import CliRunner

import bot.texts
from bot.cards.wording import refusal_text
from bot.cli import main, screening
from bot.cli.faults import explain
from bot.compose import NothingThere
from bot.desk import Desk
from bot.settings import SECRETS, SMTP_LOGIN, SMTP_PAIR, TRIALS_TWICE, WEBHOOK_PAIR, Settings
from bot.shelf import UnknownProtocol
from bot.terminal.paint import paint, paint_help
from bot.texts import ALL, texts_in
from bot.texts.shape import Texts
from flows.answers import Expected, Refused
from storage.chain import Why
from storage.errors import (
    BadEntry,
    LedgerBroken,
    NewerDatabase,
    StorageFull,
    StorageReadOnly,
    StorageUnavailable,
)
from tests.bot.cases import lysyme
from tests.bot.gallery import cards, pages
from tests.bot.watching import leaves, watch
from tests.flows.trial_files import LYSYME

EN, FR = dict(leaves(ALL["en"])), dict(leaves(ALL["fr"]))
HERE = ("cards.", "remarks.", "records.", "protocol.", "commands.", "again.", "colon", "language")
"""The sections that the cards, the pages and the terminal speak; a front tests its own."""


SAMPLES: dict[Any, Any] = {
    str: "X",
    int: 3,
    int | None: 0,
    date: date(2026, 3, 1),
    timedelta: timedelta(days=1, hours=2, minutes=3),
    datetime: datetime.fromisoformat("2026-03-10T09:00:00+00:00"),
}


def said(path: str, text: Any) -> str:
    """The text itself; one that takes values is given one of each type that its shape names."""
    if isinstance(text, tuple):
        return " ".join(text)
    if not callable(text):
        return str(text)
    hint: Any = Texts
    for name in path.partition("[")[0].split("."):
        hint = get_type_hints(hint)[name]
    if "[" in path:
        hint = get_args(hint)[1]
    return str(text(*(SAMPLES[one] for one in get_args(hint)[0])))


def test_both_languages_say_the_same_things() -> None:
    """No text of one language is missing in the other; callables take the same values."""
    assert set(EN) == set(FR)
    for path, text in EN.items():
        assert callable(text) == callable(FR[path]), path
        if callable(text):
            assert len(signature(text).parameters) == len(signature(FR[path]).parameters), path


def test_no_text_is_empty() -> None:
    """Only the mark of a plain screening is nothing."""
    for language in (EN, FR):
        assert {path for path, text in language.items() if not said(path, text).strip()} <= {
            "cards.watermark[screening]"
        }


SAME_IN_BOTH = {
    "cards.fill_in",
    "cards.pause",
    "cards.short_day",
    "commands.line",
    "commands.in_case",
    "protocol.version",
    "protocol.note",
    "protocol.sources",
    "protocol.dates",
    "protocol.deadlines",
    "records.deadlines",
    "cards.deadlines",
    "cards.watermark[screening]",
    "records.events[determination-made]",
    "records.signature",
    "records.verdict",
    "remarks.warned",
}


def test_no_english_is_left_in_the_french() -> None:
    """A text that reads alike in both languages is on the list of those that may."""
    alike = {
        path
        for path, text in EN.items()
        if path.startswith(HERE) and said(path, text).replace("\u00a0", " ") == said(path, FR[path])
    }
    assert alike <= SAME_IN_BOTH


COMMON = {"the", "and", "with", "your", "was", "were", "this", "that", "not", "is", "are", "has"}


def test_no_english_word_is_left_in_the_french() -> None:
    """The commonest English words stand in no French text."""
    for path, text in FR.items():
        assert not COMMON & set(re.findall(r"[a-z]+", said(path, text).casefold())), path


def test_french_has_its_own_spaces() -> None:
    """A non-breaking space stands before : ; ? ! and inside « », or the line breaks there."""
    for path, text in FR.items():
        read = re.sub(r"\d\d:\d\d(:\d\d)?|https?:", "", said(path, text))
        assert not re.search(r"(?:^|[^\u00a0\u202f])[:;?!»](?:\s|$)", read), (path, read)
        assert not re.search(r"«[^\u00a0\u202f]", read), (path, read)


@pytest.mark.parametrize(("code", "language"), [("fr", "fr"), ("fr-CA", "fr"), ("FR", "fr")])
def test_a_language_code_is_read_kindly(code: str, language: str) -> None:
    """A region does not matter; what is unknown is English."""
    assert texts_in(code).language == language
    assert texts_in(None).language == texts_in("de").language == "en"


def test_every_face_and_page_is_drawn_in_both_languages(texts: Texts) -> None:
    """None of them fails, is empty, or lets a stray placeholder through."""
    for name, card in cards(texts):
        drawn = paint(card, texts) + (paint_help(card) if card.face.help else "")
        assert not re.search(r"\bNone\b(?! *\n? *\d?\)?)|<function|Enum|\{\w*\}", drawn), name
        assert all(one.label for one in card.face.buttons), name
    for name, page in pages(texts):
        assert "<function" not in page, name


AWAITED = {
    "cards.help": "the button of a front that folds its help",
    "remarks.needs_reason": "a front that cannot show the reasons",
    "remarks.expected[consistent]": "contradictions carry the protocol's own words",
    "records.verdicts[invalid]": "a contradiction is refused before it is recorded",
    f"commands.settings[{SECRETS}]": "files whose modes keep the bot's account out",
    "commands.settings[TRIAL]": "any text is a name; the shelf says which trials it has",
    **{
        f"commands.obstacles[{name}]": "a front that cannot start"
        for name in ALL["en"].commands.obstacles
    },
    "remarks.not_saved_yet": "a front that tries again by itself",
    "commands.webhook_is": "the web address of a front",
    "commands.webhook_gone": "the web address of a front",
    "commands.webhook_needs": "the web address of a front",
    "commands.sandbox_ready": "the sandbox",
    "again.whose": "a front in which somebody may not see a screening",
    "language": "read by whoever stores it",
}
"""Texts that nothing here shows, and why they stand."""


BAD_SETTINGS = {
    "TELEGRAM_BOT_TOKEN": "12:short",
    "TELEGRAM_API_BASE_URL": "ftp://example.org",
    "PUBLIC_URL": "example.org",
    "WEBHOOK_SECRET": "a secret with spaces",
    "SIGNING_PEPPER": "thirty-one characters, too few.",
    "RECORD_KEY": "c2hvcnQ=",
    "RECORD_KEY_OLD": "not base64 at all",
    "RETENTION_DAYS": "-1",
    "CHECKPOINT_KEY": "c2hvcnQ=",
    "TIMESTAMP_URL": "tsa.example.org",
    "TIMESTAMP_ROOT": "",
    "BACKUP_DIR": "",
    "BACKUP_EVERY_HOURS": "0",
    "BACKUP_KEEP": "none",
    "LISTEN": "nowhere",
    "DATABASE_URL": "",
    "SEND_PACE": "fast",
    "SMTP_HOST": "two words",
    "SMTP_PORT": "99999",
    "SMTP_SECURITY": "ssl",
    "SMTP_USERNAME": "",
    "SMTP_PASSWORD": "",
    "SMTP_SENDER": "nobody",
    "LANGUAGE": "en-GB",
    "LOG_LEVEL": "LOUD",
    "TRIALS": ",",
}
"""One value for each setting that it cannot have."""


def test_every_setting_has_words_for_what_it_expects() -> None:
    """No variable that can be refused is refused without a word; none is explained in vain."""
    names = {name.upper() for name in Settings.model_fields}
    together = {WEBHOOK_PAIR, SMTP_PAIR, SMTP_LOGIN, TRIALS_TWICE, str(SECRETS)}
    assert set(ALL["en"].commands.settings) == names | together
    assert set(BAD_SETTINGS) == names - {"TRIAL"}


def test_every_text_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between them the cards, the pages and the command line use every text there is."""
    watched, seen = watch(ALL["en"])
    for _, card in cards(watched):
        paint(card, watched)
    for _ in pages(watched):
        pass
    for error in (
        UnknownProtocol("x", ("lysyme",)),
        NothingThere(tmp_path),
        StorageFull(),
        StorageReadOnly(),
        NewerDatabase(9, 2),
        StorageUnavailable("x"),
        LedgerBroken("x"),
        BadEntry("x"),
    ):
        explain(error, watched)
    refusal_text(lysyme(), Refused("judgements", Expected.JUDGEMENT), watched)
    monkeypatch.setitem(bot.texts.ALL, "en", watched)
    monkeypatch.chdir(tmp_path)
    _type_everything(tmp_path)
    halves = {"PUBLIC_URL": "https://example.org", "SMTP_HOST": "mail", "SMTP_USERNAME": "bot"}
    for name, value in [*BAD_SETTINGS.items(), *halves.items(), ("TRIALS", "lysyme")]:
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            patched.setenv("TRIAL", "lysyme")  # beside TRIALS it is one too many
            patched.setattr(sys, "argv", ["screening", "list"])
            with pytest.raises(SystemExit):
                main()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    monkeypatch.setattr(Desk, "handle", _no_room)
    CliRunner().invoke(screening, ["chat"], input="45\n")
    assert {name for name in seen if name.startswith("commands.chain_reasons")}
    seen |= {f"commands.chain_reasons[{why.name}]" for why in Why}
    unused = {path for path in EN if path.startswith(HERE)} - seen
    assert unused <= set(AWAITED)
    assert not set(AWAITED) & (seen - {"language"}), "no longer awaited"


async def _no_room(*_: object) -> None:
    raise StorageFull


def _type_everything(folder: Path) -> None:
    """A session at the command line that comes past everything it can say."""

    def run(*words: str, typed: str = "") -> str:
        return CliRunner().invoke(screening, words, input=typed).output

    shown = run("chat", typed="/help\n/nonsense\n45\nD-1\n1\nnonsense\n/stop\nnonsense\n/pause\n")
    number = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", shown)[-1]
    run("chat", "--resume", number, typed="/stop\nyes\n")
    run("chat", "--resume", "0000-0000")
    run("chat", typed="1\n45\n")
    run("chat", typed="nonsense\n3\n")
    again = run("chat", "--again", number)
    run("chat", "--again", number)
    run("chat", "--again", re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", again)[-1])
    run("queries")
    run("show", "1234")
    run("show", number)
    run("list")
    run("verify")
    run("protocol", "check", "nothing.yaml")
    good = folder / "good.yaml"
    good.write_bytes(LYSYME.read_bytes())
    run("protocol", "check", str(good))
    envelope = '{"case": 1, "date_of_screening": "2026-03-10", "answers": {%s}}'
    lines = ("index_date", "malignancy_last_active", "consent")
    sets = [envelope % f'"{name}": "x"' for name in lines]
    day = '"date_of_screening": "2026-03-10"'
    sets += ["[]", f'{{{day}, "answers": [], "x": 1}}', f"{{{day}}}", '{"answers": {}}']
    sets += [f'{{{day}, "answers": {{"shoe_size": 43}}}}']
    run("determine", "--protocol", "lysyme", typed="\n".join(["x", "\x00", *sets]))
    _break(folder / "data" / "screening.db")
    run("verify")


def _break(database: Path) -> None:
    with sqlite3.connect(database) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET payload = x'00' WHERE position = 2")
    db.close()
