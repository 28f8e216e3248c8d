"""The preview: every card in both languages on one page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from bot.cards.views import Front, Signing, View
from bot.cli.preview import preview
from bot.pages.preview import Face, Section, sections
from bot.telegram.preview import preview_page
from bot.texts.shape import Texts
from flows.determination import Verdict
from flows.replies import Remark
from flows.stages import Stage
from tests.bot.cases import labels, lysyme, words

VOID = {"meta", "input"}


@cache
def rooms() -> tuple[Section, ...]:
    """The preview of LYSYME."""
    return sections(lysyme())


@cache
def page() -> str:
    """The page of LYSYME."""
    return preview_page(lysyme().protocol, rooms())


def faces() -> Iterator[Face]:
    """Every face of the preview."""
    return (face for room in rooms() for face in room.faces)


class Tree(HTMLParser):
    """Reads a page strictly: every tag is closed where it was opened, every id is used once."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.phones: list[str] = []
        self.empty: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []  # type: ignore[list-item]
        self.links += [found["href"] or ""] if "href" in found else []
        if found.get("class") == "phone":
            self.phones.append(found.get("lang") or "")
        if tag not in VOID:
            self.open.append(tag)
            self.said = ""

    def handle_data(self, data: str) -> None:
        self.said += data

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()
        if tag == "span" and not self.said.strip():
            self.empty.append(str(self.getpos()))


@cache
def tree() -> Tree:
    """The page of LYSYME, read."""
    found = Tree()
    found.feed(page())
    found.close()
    return found


def test_the_page_is_well_formed() -> None:
    """Tags nest, ids are unique, each link of the contents leads somewhere, no key is bare."""
    found = tree()
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert len(found.links) == len(list(faces()))
    assert found.empty == []


def test_each_face_stands_there_in_both_languages() -> None:
    """English and French side by side, for every face."""
    assert tree().phones == ["en", "fr"] * len(list(faces()))


def test_the_page_needs_nothing_else() -> None:
    """No script, no picture and no font from elsewhere: the file can be sent to anybody."""
    for foreign in ("<script", "<img", "<link", "url(", "http://", "https://"):
        assert foreign not in page(), foreign


def test_every_question_and_label_is_there(texts: Texts) -> None:
    """Each input's question and each of its labels, but for what can never be chosen when asked."""
    asked: dict[str, set[str]] = {}
    for face in faces():
        card = face.card(texts)
        if card.face.expects is not None:
            assert card.face.expects.question.of(texts.language) in words(card)
            asked.setdefault(card.face.expects.id, set()).update(labels(card))
    for entry in lysyme().protocol.inputs:
        wanted = {one.label.of(texts.language) for one in (*entry.choices, *entry.non_answers)}
        assert wanted <= asked[entry.id] | {"Not applicable", "Sans objet"}, entry.id


def test_every_judgement_is_there(texts: Texts) -> None:
    """The judgement of each criterion that has one."""
    read = "\n".join(words(face.card(texts)) for face in faces())
    for entry in lysyme().entries:
        if entry.criterion.judgement:
            assert entry.criterion.judgement.question.of(texts.language) in read


def test_every_view_is_there() -> None:
    """No face of the card is left out; signing is asked for in a message of its own."""
    assert {type(face.view or Front()) for face in faces()} == set(get_args(View)) - {Signing}


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.INVALID])
def test_every_verdict_is_there(verdict: Verdict) -> None:
    """Each verdict that a screening can end with, and each deadline beside one."""
    made = [face.screening.determination for face in faces()]
    assert verdict.value in {one.verdict for one in made if one}
    named = {name for one in made if one for name, _ in one.deadlines}
    assert named == {one.deadline.name for entry in lysyme().entries for one in entry.deadlines}


def test_every_criterion_excludes_once() -> None:
    """The card of an exclusion is there for each of the criteria."""
    stopped = [face.screening for face in faces() if face.screening.stage is Stage.EXCLUDED]
    first = {one.determination.failing[0] for one in stopped if one.determination}
    assert first == set(lysyme().criteria)


def test_every_remark_is_there() -> None:
    """Refusals, warnings, and whatever else is said beside a card."""
    assert {type(face.remark) for face in faces() if face.remark} == set(get_args(Remark))


def test_the_command_writes_the_same_page_at_every_run(tmp_path: Path) -> None:
    """What changed on the page was changed in the cards; the path is printed."""
    file = tmp_path / "new" / "cards.html"
    done = CliRunner().invoke(preview, [str(file)])
    assert done.output.strip() == str(file)
    assert file.read_text(encoding="utf-8") == page()


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A folder in its place: one sentence, no traceback."""
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(preview, [str(tmp_path / "file" / "cards.html")])
    assert done.exit_code != 0
    assert "cards.html" in done.output
