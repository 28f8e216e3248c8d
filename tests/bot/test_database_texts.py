"""What is said about databases has words in both languages for everything that can be wrong."""

from __future__ import annotations

import pytest

from bot.cli.faults import explain
from bot.texts import ALL
from bot.texts.shape import Texts
from storage.errors import StorageUnavailable, Trouble
from storage.moving import PARTS, Why


@pytest.fixture(params=["en", "fr"])
def texts(request: pytest.FixtureRequest) -> Texts:
    """Each language."""
    return ALL[request.param]


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_is_one_sentence(texts: Texts, trouble: Trouble) -> None:
    """It ends as a sentence does, and does not show the reason that is for developers."""
    said = explain(StorageUnavailable("for developers", trouble, "fsync = off"), texts)
    assert said.endswith(".")
    assert "for developers" not in said
    assert said.count(". ") == 0


def test_every_part_and_every_refusal_has_words(texts: Texts) -> None:
    """None is missing and none is said in vain."""
    assert set(texts.databases.parts) == {part.name for part in PARTS}
    assert set(texts.databases.not_moved) == set(Why)
    assert set(texts.databases.troubles) == set(Trouble)
    assert "3" in texts.databases.progress("x", 3, 4)
    assert "digest" in texts.databases.moved(1, "digest")


def test_a_setting_is_named(texts: Texts) -> None:
    """Whoever runs the server reads which setting is meant."""
    said = explain(StorageUnavailable("x", Trouble.UNSAFE, "fsync = off"), texts)
    assert "fsync = off" in said
