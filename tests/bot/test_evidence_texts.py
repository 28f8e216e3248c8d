"""Every text about evidence is used, and none of the French is English."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.texts import ALL
from bot.texts.beside import EvidenceTexts
from storage.backup import Refusal
from storage.checkpoint import Doubt
from storage.stamp import Flaw
from tests.bot.test_texts import EN, FR, said
from tests.flows.trial_files import LYSYME

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (LYSYME.parents[2] / "bot").rglob("*.py")
    if "texts" not in path.parts
)


@pytest.mark.parametrize("name", [one.name for one in fields(EvidenceTexts)])
def test_every_text_about_evidence_is_used(name: str) -> None:
    """None stands that no module asks for."""
    assert f".{name}" in SOURCES


def test_every_doubt_flaw_and_refusal_has_its_sentence() -> None:
    """And none is explained in vain."""
    for texts in ALL.values():
        words = texts.evidence
        assert set(words.doubts) == {one.name for one in Doubt}
        assert set(words.flaws) == {one.name for one in Flaw}
        # A broken chain is told with the event at which it breaks.
        assert set(words.refusals) == {one.name for one in Refusal if one is not Refusal.BROKEN}


SAME_IN_BOTH = {
    "doctor.found[clock_good]",
    "doctor.found[sqlite_good]",
    "doctor.checks[database]",
}


def test_no_english_is_left_in_the_french_of_evidence() -> None:
    """What is alike in both languages is a bare value."""
    mine = [path for path in EN if path.startswith(("evidence.", "doctor."))]
    alike = {path for path in mine if said(path, EN[path]) == said(path, FR[path])}
    assert alike <= SAME_IN_BOTH
