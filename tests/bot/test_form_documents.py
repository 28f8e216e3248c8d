"""The blank form: the questions of the bot, in its order, and room for nobody's name."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import screening
from bot.pages.form_document import condition_text, form_document
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.protocol.conditions import AllOf, AnyOf, Known, Not
from flows.rulebook import Rulebook
from storage.exports.form import NotSound
from storage.exports.form_document import FormDocument
from storage.exports.typesetting import form_pdf
from tests.bot.cases import AT, lysyme
from tests.bot.paper import A4, faults_in, pages_of, squeezed
from tests.flows.trial_files import SECOND, rulebook

BOOKS = {"lysyme": lysyme(), "second": rulebook(SECOND)}


@pytest.fixture(params=tuple(BOOKS))
def book(request: pytest.FixtureRequest) -> Rulebook:
    """Each protocol in turn."""
    return BOOKS[str(request.param)]


def _text(document: FormDocument) -> str:
    return squeezed("".join(page.text for page in pages_of(form_pdf(document))))


def test_every_question_stands_in_its_order(book: Rulebook, texts: Texts) -> None:
    """Criterion, questions, answers, non-answers, rule: each after the one before it."""
    text, at, language = _text(form_document(book, AT, texts)), 0, texts.language
    for criterion in book.protocol.criteria:
        wanted = [f"{criterion.id} · ", criterion.text.of(language)]
        for entry in criterion.inputs:
            if entry.record_only:
                continue
            wanted.append(entry.question.of(language))
            wanted += [one.label.of(language) for one in (*entry.choices, *entry.non_answers)]
        if criterion.judgement:
            wanted.append(criterion.judgement.question.of(language))
        for words in (*wanted, criterion.rule_text.of(language)):
            at = text.find(squeezed(words), at)
            assert at >= 0, words


def test_version_and_fingerprint_stand_on_it(book: Rulebook, texts: Texts) -> None:
    """Whole on the first page, its beginning on every page; with the status of the file."""
    pages = [squeezed(page.text) for page in pages_of(form_pdf(form_document(book, AT, texts)))]
    assert book.sha256 in pages[0]
    assert squeezed(book.protocol.status.of(texts.language)) in pages[0]
    for number, page in enumerate(pages, 1):
        assert book.sha256[:16] in page
        assert squeezed(f"{texts.documents.page_of[1]} {len(pages)}") in page, number


def test_nothing_asks_who_the_patient_is(book: Rulebook, texts: Texts) -> None:
    """No field speaks of the patient; who is named is whoever answers, signs and enters."""
    words = form_document(book, AT, texts).words
    fields = (*words.fields, words.number, *words.signature_fields, *words.entered_fields)
    for field in fields:
        assert not re.search(r"patient|initial|birth|naissance|hospital|hôpital", field.casefold())
    named = [one for one in fields if re.search(r"\b(name|nom)\b", one.casefold())]
    assert len(named) == 3


def test_it_can_be_archived_and_nothing_is_cut(book: Rulebook, texts: Texts) -> None:
    """PDF/A-2a as far as pikepdf can tell, A4, and every sign within the margins."""
    made = form_pdf(form_document(book, AT, texts))
    assert list(faults_in(made)) == []
    for page in pages_of(made):
        assert page.size == pytest.approx(A4, abs=0.1)
        for left, bottom, right, top in page.boxes:
            if right > left:
                assert 40 <= left <= right <= A4[0] - 40
                assert 25 <= bottom <= top <= A4[1] - 30


def test_a_question_says_when_it_is_asked(texts: Texts) -> None:
    """In the labels of the answers it hangs on; a comparison is left to the rule."""
    book, form = lysyme(), texts.form
    male, none = {"input": "repro_status", "is": "male"}, {"input": "malignancy", "is": ["none"]}
    both = {"all": [male, none]}
    said = condition_text(book, Not.model_validate({"not": male}), texts)
    assert said.startswith("E1 ")
    assert "≠" in said
    assert form.both in condition_text(book, AllOf.model_validate(both), texts)
    neither = condition_text(book, Not.model_validate({"not": both}), texts)
    assert form.either in neither
    assert neither.count("≠") == 2
    either = AnyOf.model_validate({"any": [male, none]})
    assert form.either in condition_text(book, either, texts)
    assert condition_text(book, Known(known="age_years"), texts) == form.by_rule


def test_a_form_that_asks_something_else_is_refused() -> None:
    """Another order, a criterion without its rule, a choice without answers."""
    sound = form_document(lysyme(), AT, ALL["en"])
    first, second, *rest = sound.criteria
    choice = next(one for one in rest if one.asks and one.asks[0].kind == "choice")
    empty = replace(choice, asks=(replace(choice.asks[0], options=()), *choice.asks[1:]))
    for criteria in (
        (second, first, *rest),
        (replace(first, rule=""), second, *rest),
        (first, second, *(empty if one is choice else one for one in rest)),
    ):
        with pytest.raises(NotSound, match="LYSYME"):
            form_pdf(replace(sound, criteria=criteria))


def test_the_command_needs_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: Texts
) -> None:
    """On a machine where nothing was ever recorded; another protocol by its file."""
    monkeypatch.chdir(tmp_path)
    lang = ("--lang", texts.language)
    said = CliRunner().invoke(screening, ("form", "form.pdf", *lang))
    made = Path("form.pdf").read_bytes()
    assert said.output == f"{texts.documents.written('form.pdf', len(made))}\n"
    assert not Path("data").exists()
    CliRunner().invoke(screening, ("form", "other.pdf", "--protocol", str(SECOND), *lang))
    acronym = BOOKS["second"].protocol.acronym
    assert squeezed(acronym) in squeezed(next(pages_of(Path("other.pdf").read_bytes())).text)
    bad = CliRunner().invoke(screening, ("form", "form.txt", *lang))
    assert bad.exit_code == 2
    assert texts.documents.bad_name("form.txt") in bad.output
