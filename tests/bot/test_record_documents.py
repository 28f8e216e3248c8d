"""The printed record says what the record page says, on pages that can be archived and read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import pytest

from bot.cards.attempts import ALONE
from bot.pages.record import record_page
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.commands import Sign
from flows.events import Mode
from storage.exports.form import NotSound
from storage.exports.record_document import RecordDocument
from storage.exports.typesetting import record_pdf
from storage.frozen import fingerprint_of
from storage.record_code import read_code
from tests.bot.cases import MAN, NUMBER, Case
from tests.bot.gallery import among_attempts, cases
from tests.bot.paper import (
    A4,
    PROOF,
    document_of,
    faults_in,
    pages_of,
    picture_of,
    qr_of,
    squeezed,
)

EN = ALL["en"]
NAMES = tuple(cases())

_OTHER_PROCESS = """
from hashlib import sha256
from bot.texts import ALL
from tests.bot.test_record_documents import document_of, cases, record_pdf
print(sha256(record_pdf(document_of(cases()["signed"], ALL["en"]))).hexdigest())
"""


def _flowing(made: bytes, document: RecordDocument, texts: Texts) -> str:
    """Everything that is printed, without spaces and without what stands on every page."""
    pages = list(pages_of(made))
    foot, heads = f"{document.title} · {document.subtitle}", (texts.documents.trail_head,)
    text = ""
    for number, page in enumerate(pages, 1):
        said = squeezed(page.text)
        of = squeezed(f"{document.page_of[0]} {number} {document.page_of[1]} {len(pages)}")
        assert squeezed(foot) in said
        assert of in said
        said = said.replace(squeezed(foot), "").replace(of, "")
        for head in (*heads, texts.documents.criteria_head):
            said = said.replace(squeezed("".join(head)), "")
        text += said
    return text.replace(squeezed(document.watermark) or "\0", "")


@pytest.mark.parametrize("name", NAMES)
def test_the_print_says_what_the_page_says(name: str, texts: Texts) -> None:
    """Each line of the record page stands in it: head, verdict, findings, answers and the trail."""
    case = cases()[name]
    document = document_of(case, texts)
    attempts = among_attempts(case).attempts if case.screening.opened.earlier else ALONE
    proof = PROOF if case.screening.signature else ()
    page = record_page(case.screening, case.history, texts, attempts, proof)
    printed = _flowing(record_pdf(document), document, texts)
    for line in page.splitlines():
        for part in _parts(line, texts):
            assert part.replace(squeezed(document.watermark) or "\0", "") in printed


def _parts(line: str, texts: Texts) -> list[str]:
    """What of a line of the page stands together in the print, too."""
    plain = line.strip().lstrip("✅⛔⏳⏸ ")
    label, colon, value = plain.partition(texts.colon)
    if line.startswith("  ") and plain[:1] in "IE" and plain[1:2].isdigit():
        found = (*texts.records.findings.values(), texts.records.not_assessed)
        finding = max((one for one in found if line[6:].startswith(one)), key=len)
        return [squeezed(one) for one in (line[:6], finding, line[6:].removeprefix(finding))]
    if value == f"({texts.records.received})":
        return [squeezed(label), squeezed(value[1:-1])]
    if line[:1].strip() and colon and value:
        return [squeezed(label), squeezed(value.lstrip("✅⛔⏳⏸ "))]
    return [squeezed(plain.removesuffix(texts.colon.strip()).removeprefix("SHA-256"))]


@pytest.mark.parametrize("name", NAMES)
def test_every_print_can_be_archived_and_is_whole(name: str, texts: Texts) -> None:
    """PDF/A-2a as far as pikepdf can tell; A4; no sign beyond the margins, the number on each."""
    made = record_pdf(document_of(cases()[name], texts))
    assert list(faults_in(made)) == []
    for page in pages_of(made):
        assert page.size == pytest.approx(A4, abs=0.1)
        assert cases()[name].screening.number in page.text
        for left, bottom, right, top in page.boxes:
            if right > left:
                assert 40 <= left <= right <= A4[0] - 40, page.text
                assert 25 <= bottom <= top <= A4[1] - 30, page.text


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_the_code_is_read_from_the_paper(scale: float, texts: Texts) -> None:
    """By another library, at 72 and at 216 dots an inch; it holds what the print tells of."""
    case = cases()["signed"]
    document = document_of(case, texts)
    assert document.code is not None
    (found,) = qr_of(record_pdf(document), scale)
    code = read_code(found)
    assert code is not None
    assert (found, code.number, code.events) == (document.code.text, NUMBER, len(case.history))
    assert code.record_sha256 == fingerprint_of(case.screening)


@pytest.mark.parametrize("name", ["eligible", "voided", "check", "practice"])
def test_the_code_is_read_where_words_stand_behind_the_text(name: str, texts: Texts) -> None:
    """They do not reach through it, however long they are."""
    document = document_of(cases()[name], texts)
    assert document.code is not None
    for watermark in (document.watermark, texts.documents.watermarks["unbound"]):
        made = record_pdf(replace(document, watermark=watermark))
        assert qr_of(made) == [document.code.text]


def test_the_signature_stands_with_name_time_and_meaning(texts: Texts) -> None:
    """And with the hash that it is bound to, and the checkpoint that covers it."""
    case = cases()["signed"]
    printed = squeezed(
        "".join(page.text for page in pages_of(record_pdf(document_of(case, texts))))
    )
    for words in (
        "Dr <Inès>",
        "2026-03-10T09:00:00.123Z",
        texts.cards.meanings["eligible"],
        fingerprint_of(case.screening),
        *PROOF,
    ):
        assert squeezed(words) in printed


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("signed", ""),
        ("eligible", "unsigned"),
        ("stopped", "unsigned"),
        ("voided", "voided"),
        ("check", "quick_check"),
        ("practice", "practice"),
    ],
)
def test_what_a_print_is_not_stands_on_it(name: str, mark: str, texts: Texts) -> None:
    """One mark at the head and one behind the text of every page; none on a signed record."""
    document = document_of(cases()[name], texts)
    said = [squeezed(page.text) for page in pages_of(record_pdf(document))]
    for key, words in texts.documents.marks.items():
        assert (squeezed(words) in said[0]) == (key == mark)
    if mark:
        assert all(squeezed(texts.documents.watermarks[mark]) in page for page in said)


def test_the_same_record_gives_the_same_bytes() -> None:
    """Twice here, and once in another process."""
    made = record_pdf(document_of(cases()["signed"], EN))
    assert made == record_pdf(document_of(cases()["signed"], EN))
    other = subprocess.run(
        [sys.executable, "-c", _OTHER_PROCESS], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == sha256(made).hexdigest()


def test_a_name_is_printed_as_it_is() -> None:
    """Signs of the layout's own language are signs and nothing else; no script has no glyph."""
    name = '#panic("x") *Ω* $x$ \\ 王小明 <b> ✅'
    case = Case().answer(MAN)
    case.tell(Sign(name, fingerprint_of(case.screening)))
    made = record_pdf(document_of(case, EN))
    assert squeezed(name) in squeezed("".join(page.text for page in pages_of(made)))
    assert list(faults_in(made)) == []


def test_a_signature_over_another_record_is_printed_and_marked(texts: Texts) -> None:
    """It is evidence, so it is not refused; nobody takes it for a record that was signed."""
    case = Case().answer(MAN)
    case.tell(Sign("Dr Invented", "0" * 64))
    document = document_of(case, texts)
    assert document.marks == (texts.documents.marks["unbound"],)
    made = record_pdf(document)
    said = [squeezed(page.text) for page in pages_of(made)]
    assert squeezed(texts.documents.marks["unbound"]) in said[0]
    assert "0" * 64 in said[0]
    assert all(squeezed(document.watermark) in page for page in said)


def _signed() -> RecordDocument:
    return document_of(cases()["signed"], EN)


def test_a_print_that_says_something_else_is_refused() -> None:
    """A criterion too few, another's code, another hash, a signature without a meaning."""
    sound = _signed()
    assert sound.signature is not None
    assert sound.code is not None
    signature, code = sound.signature, sound.code
    for planted in (
        replace(sound, criteria=sound.criteria[:-1]),
        replace(sound, criteria=(sound.criteria[1], sound.criteria[0], *sound.criteria[2:])),
        replace(sound, title="Screening record"),
        replace(sound, code=replace(code, number="0000-0000")),
        replace(sound, code=None),
        replace(sound, signature=replace(signature, record_sha256="0" * 64)),
        replace(sound, signature=replace(signature, bound=False)),
        replace(sound, signature=replace(signature, record_sha256="0" * 64, bound=False)),
        replace(sound, signature=replace(signature, rows=(*signature.rows[:2], ("Meaning", " ")))),
    ):
        with pytest.raises(NotSound, match=NUMBER):
            record_pdf(planted)


def test_what_cannot_be_set_is_refused() -> None:
    """A language that is none, for one."""
    with pytest.raises(NotSound, match="record"):
        record_pdf(replace(_signed(), language="not a language"))


def test_a_practice_run_is_seen_from_across_the_room() -> None:
    """The words behind the text are really drawn: without them the page is another picture."""
    document = document_of(Case(Mode.PRACTICE).answer(MAN), EN)
    with_mark = picture_of(record_pdf(document), scale=0.5)
    without = picture_of(record_pdf(replace(document, watermark="")), scale=0.5)
    assert with_mark.size == without.size
    assert with_mark.tobytes() != without.tobytes()
