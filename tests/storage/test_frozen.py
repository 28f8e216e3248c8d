"""The frozen record: the same bytes for the same record, other bytes for any other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import pytest

from bot.pages.record import frozen_page
from bot.texts import ALL
from flows.commands import GiveAnswer, LookAgain, Sign
from flows.events import JudgementVerdict, Mode, Reason
from flows.screening import Screening
from storage.frozen import fingerprint_of, frozen
from tests.bot.cases import AT, DOCTOR, MAN, NUMBER, Case

PROTOCOL = "f" * 64
"""In place of the protocol file's own hash, so that a new file does not change these tests."""

GOLDEN = "b72c075b083a38c9219f963406e50c1122ce90b7832908e6f7f71c149e861661"
"""Of the fixed screening below. It may change only together with the record's `form`."""

_OTHER_PROCESS = """
from tests.storage.test_frozen import fixed
from storage.frozen import fingerprint_of
print(fingerprint_of(fixed("fr")))
"""


def fixed(language: str = "en") -> Screening:
    """One eligible screening, always the same."""
    screening = Case(language=language).answer(MAN).screening
    return replace(screening, opened=replace(screening.opened, protocol_sha256=PROTOCOL))


def test_the_golden_fingerprint() -> None:
    """A signature made by an earlier version of the bot can be checked by this one."""
    assert fingerprint_of(fixed()) == GOLDEN == sha256(frozen(fixed())).hexdigest()


def test_it_is_the_same_in_any_language_and_of_any_reader() -> None:
    """Neither the language of the screening nor who carries it is part of the record."""
    other = replace(fixed("fr"), owner="p-99")
    assert frozen(other) == frozen(fixed("en"))


def test_it_is_the_same_in_another_process() -> None:
    """No order of a set and no seed of a hash is in the bytes."""
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", _OTHER_PROCESS],
            env=environment,
            capture_output=True,
            check=True,
            text=True,
        )
        assert done.stdout.strip() == GOLDEN


def test_it_does_not_depend_on_the_order_of_the_answers() -> None:
    """What stands is frozen, not how it came to stand."""
    screening = fixed()
    turned = MappingProxyType(dict(reversed(list(screening.answers.items()))))
    assert frozen(replace(screening, answers=turned)) == frozen(screening)


def test_it_is_canonical_json() -> None:
    """Sorted keys, no spaces, letters as they are: what is read and written again is the same."""
    told = json.loads(frozen(fixed()))
    again = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again.encode() == frozen(fixed())
    assert (told["form"], told["number"]) == (1, NUMBER)
    assert told["answers"] == {**MAN, "bsa_max_d0_d10_pct": told["answers"]["bsa_max_d0_d10_pct"]}
    assert told["verdict"]["verdict"] == "eligible"


@pytest.mark.parametrize("name", list(MAN))
def test_any_changed_or_missing_answer_changes_it(name: str) -> None:
    """Each answer counts."""
    screening = fixed()
    without = {other: value for other, value in screening.answers.items() if other != name}
    prints = {
        fingerprint_of(screening),
        fingerprint_of(replace(screening, answers=without)),
        fingerprint_of(replace(screening, answers={**without, name: "other"})),
    }
    assert len(prints) == 3


def test_any_changed_judgement_changes_it() -> None:
    """A judgement that passes is not one that fails."""
    both = [
        replace(fixed(), judgements={"I2": verdict})
        for verdict in (JudgementVerdict.PASS, JudgementVerdict.FAIL)
    ]
    assert len({fingerprint_of(one) for one in (*both, fixed())}) == 3


def test_any_changed_part_of_the_verdict_changes_it() -> None:
    """Day, verdict, what was assessed, what fails, what is open, and the dates."""
    made = fixed().determination
    assert made is not None
    changes = {
        "day": made.day + timedelta(days=1),
        "verdict": "ineligible",
        "assessed": made.assessed[:-1],
        "failing": ("I1",),
        "undetermined": ("I1",),
        "deadlines": (("admit_by", date(2026, 3, 20)),),
    }
    for name, value in changes.items():
        changed = replace(made, **{name: value})  # type: ignore[arg-type]
        other = replace(fixed(), determination=changed)
        assert fingerprint_of(other) != GOLDEN, name
    assert fingerprint_of(replace(fixed(), determination=None)) != GOLDEN
    # `complete` follows from what was assessed; what is to be judged is also undetermined.
    known = {one.name for one in fields(made)} - {"complete", "judgement_required"}
    assert known == set(changes)


def test_any_changed_version_number_or_place_changes_it() -> None:
    """The record names what it was made with; only zone, mode and language are beside it."""
    opened = fixed().opened
    for one in fields(opened):
        value = getattr(opened, one.name)
        other = value + 1 if isinstance(value, int) else f"{value}x"
        if one.name == "mode":
            other = Mode.QUICK_CHECK
        parts: dict[str, Any] = {one.name: other}
        changed = replace(fixed(), opened=replace(opened, **parts))
        beside = one.name in ("time_zone", "mode", "language")
        assert (fingerprint_of(changed) == GOLDEN) is beside, one.name
    later = replace(fixed(), opened_at=AT + timedelta(seconds=1))
    assert fingerprint_of(later) != GOLDEN


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_hash_that_is_shown_is_that_of_the_record(language: str) -> None:
    """The page to be signed shows the beginning of the hash that the signature will hold."""
    screening = fixed()
    page = frozen_page(screening, ALL[language], "Dr <Inès>")
    assert ALL[language].chat.sign_hash(GOLDEN[:16]) in page
    assert "Dr &lt;Inès&gt;" in page


def test_signing_and_looking_leave_it_and_a_correction_does_not() -> None:
    """The signed record can be frozen again and compared with the signature's hash."""
    case = Case().answer(MAN)
    shown = fingerprint_of(case.screening)
    case.tell(Sign("Inès", shown))
    assert case.screening.signature is not None
    assert fingerprint_of(case.screening) == case.screening.signature.signed.record_sha256
    case.tell(LookAgain(), AT + timedelta(days=30), DOCTOR)
    assert fingerprint_of(case.screening) == shown
    case.tell(GiveAnswer("age_years", 46, Reason.TYPING_ERROR))
    assert fingerprint_of(case.screening) != shown
