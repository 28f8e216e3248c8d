"""Every text on paper is used, and none of the French is English."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.dossier import _FOLDERS
from bot.printing import Untrue
from bot.texts import ALL
from bot.texts.documenting import DocumentTexts, DossierTexts, FormTexts
from flows.events import Mode
from tests.bot.test_evidence_texts import SOURCES
from tests.bot.test_texts import EN, FR, said

SECTIONS = ("documents.", "form.", "dossier.")
NAMES = [one.name for group in (DocumentTexts, FormTexts, DossierTexts) for one in fields(group)]


@pytest.mark.parametrize("name", NAMES)
def test_every_text_on_paper_is_used(name: str) -> None:
    """None stands that no module asks for."""
    assert f".{name}" in SOURCES


def test_everything_that_can_be_said_has_its_words() -> None:
    """A mark and a watermark for each print that is no signed record; each denial its sentence."""
    for texts in ALL.values():
        words = texts.documents
        wanted = {Mode.PRACTICE, Mode.QUICK_CHECK, "unsigned", "voided", "unbound", "erased"}
        assert set(words.marks) == set(words.watermarks) == wanted
        assert set(words.untrue) == {one.name for one in Untrue}
        assert set(texts.form.blanks) < set(texts.form.verdicts)
        assert set(_FOLDERS.values()) < set(texts.dossier.folders)


SAME_IN_BOTH = {
    "documents.page_of",
    "form.fields",
    "form.signature_fields",
    "dossier.ledger_at",
}


def test_no_english_is_left_in_the_french_on_paper() -> None:
    """What is alike in both languages is on the list."""
    mine = [path for path in EN if path.startswith(SECTIONS)]
    assert mine
    alike = {path for path in mine if said(path, EN[path]) == said(path, FR[path])}
    assert alike <= SAME_IN_BOTH
