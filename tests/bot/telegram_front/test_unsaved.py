"""While updates cannot even be kept, whoever taps is told so, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from telegram import Bot

from bot.telegram.unsaved import Unsaved
from bot.texts import texts_in
from bot.texts.shape import Texts
from storage.opening import memory_store
from tests.bot.telegram.intake.parts import FlakyInbox
from tests.bot.telegram_front.clinic import INVESTIGATOR, opened


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_tap_that_cannot_be_kept_says_so_and_comes_again(language: str) -> None:
    """In the reader's language, once for all its deliveries; recorded when it can be."""
    store = memory_store()
    inbox = FlakyInbox(store)
    async with opened(replace(store, inbox=inbox)) as clinic:
        robot = await clinic.person(1001, "Ines", INVESTIGATOR, language)
        await robot.command("/screen")
        said = robot.texts.remarks.not_saved_yet
        card = robot.card
        inbox.broken = True
        await robot.press("< 18")
        assert robot.toast == said
        assert robot.card == card
        inbox.broken = False
        await robot.turned(0)
        assert robot.texts.cards.finish in robot.card.labels
        answers = clinic.sandbox.journal.of("answerCallbackQuery")
        assert sum(said in call.texts.values() for call in answers) == 1
        assert await clinic.all_done()


class Answering(Bot):
    """A bot that notes which taps it answers."""

    def __init__(self) -> None:
        super().__init__("1:x")
        object.__setattr__(self, "answered", [])

    async def answer_callback_query(self, *given: object, **_: object) -> bool:
        self.answered.append(given)  # type: ignore[attr-defined]
        return True


def english(_account: int, _language: str | None) -> Texts:
    """Everybody reads English."""
    return texts_in("en")


async def test_nothing_in_a_body_can_make_it_fail() -> None:
    """Junk, messages and half a tap are passed over; a tap is answered as bytes and as JSON."""
    bot = Answering()
    unsaved = Unsaved(bot, english)
    unsaved.tell(
        [
            b"\xff",
            b"[" * 100_000,
            b"null",
            None,
            17,
            [],
            {"message": {"text": "45"}},
            {"callback_query": None},
            {"callback_query": {"id": "a"}},
            {"callback_query": {"id": "a", "from": {"id": "x"}}},
            {"callback_query": {"id": "one", "from": {"id": 7}}},
            b'{"callback_query": {"id": "two", "from": {"id": 7, "language_code": "fr"}}}',
            {"callback_query": {"id": "one", "from": {"id": 7}}},
        ]
    )
    await asyncio.gather(*unsaved._telling)
    await unsaved.close()
    said = texts_in("en").remarks.not_saved_yet
    assert bot.answered == [("one", said), ("two", said)]  # type: ignore[attr-defined]
