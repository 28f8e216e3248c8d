"""Cards reach the screen whatever the network does, and the newest wins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.sandbox import Fault, FaultKind, Phone, Sandbox
from bot.telegram import painter as module
from bot.telegram.painter import Drawing, Painter
from bot.telegram.request import WireRequest
from bot.telegram.rows import as_keyboard
from storage.cards import DrawnCard
from storage.memory import MemoryCards
from tests.bot.telegram_front.clinic import CANARY

# PTB warns of a change to come whenever it is told to wait; the painter takes both forms.
pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")

STREAM = "screening/7K3F-9QXV"
KEYS = as_keyboard([[("Yes", "y")]])


def card(text: str, version: int = 1, message: int | None = None) -> Drawing:
    """A card of one screening."""
    return Drawing(1001, f"<b>{text}</b>", text, KEYS, STREAM, version, message)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A loopback Bot API."""
    async with Sandbox(token=CANARY) as running:
        yield running


@pytest.fixture
async def phone(sandbox: Sandbox) -> Phone:
    """Somebody who has pressed START."""
    phone = sandbox.phone(1001, "Ines")
    await phone.start()
    return phone


@pytest.fixture
def cards() -> MemoryCards:
    """Where cards stand."""
    return MemoryCards()


@pytest.fixture
async def painter(
    sandbox: Sandbox, cards: MemoryCards, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Painter]:
    """A painter that tries again soon."""
    monkeypatch.setattr(module, "DELAYS", (0.02, 0.02, 0.02, 0.02))
    async with WireRequest() as request:
        painter = Painter(Bot(CANARY, base_url=sandbox.base_url, request=request), cards)
        yield painter
        await painter.close()


def shown(phone: Phone) -> list[str]:
    """What the bot has written, oldest first."""
    return [message.text for message in phone.messages if message.sender.is_bot]


async def test_a_card_is_sent_then_edited_in_place(
    painter: Painter, phone: Phone, cards: MemoryCards
) -> None:
    """One message per screening, protected, with its place kept."""
    message = await painter.show(card("one"))
    assert message == phone.last_message.id
    assert phone.last_message.protected
    assert await cards.drawn(STREAM) == (DrawnCard(1001, message, 1),)
    assert await painter.show(card("two", 2, message)) == message
    assert shown(phone) == ["two"]


async def test_the_same_card_again_is_no_fault(painter: Painter, phone: Phone) -> None:
    """Telegram refuses an edit that changes nothing; the card stands as it should."""
    message = await painter.show(card("one"))
    assert await painter.show(card("one", 1, message)) == message
    assert shown(phone) == ["one"]


async def test_a_message_that_is_gone_is_sent_anew(
    painter: Painter, phone: Phone, cards: MemoryCards
) -> None:
    """The person deleted the card: it comes back as a new message, and its place is kept."""
    message = await painter.show(card("one"))
    assert message is not None
    await phone.delete(message)
    again = await painter.show(card("two", 2, message))
    assert again != message
    assert shown(phone) == ["two"]
    assert await cards.card(STREAM, 1001) == again


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.DROP_AFTER, method="editMessageText"),
        Fault(FaultKind.DROP_BEFORE, times=2, method="editMessageText"),
        Fault(FaultKind.SERVER_ERROR, times=3, method="editMessageText", code=502),
        Fault(FaultKind.FLOOD, method="editMessageText", retry_after=1),
    ],
    ids=["dropped after", "dropped before", "502", "429"],
)
async def test_an_edit_that_failed_is_made_up_for(
    painter: Painter, phone: Phone, sandbox: Sandbox, fault: Fault
) -> None:
    """Whatever went wrong, the card shows what was recorded, and no pause was broken."""
    message = await painter.show(card("one"))
    sandbox.faults.arm(fault)
    assert await painter.show(card("two", 2, message)) is None
    await phone.wait_for(lambda _: shown(phone) == ["two"], 3)
    await asyncio.sleep(0.05)
    assert shown(phone) == ["two"]
    assert sandbox.journal.violations == []


async def test_a_new_card_that_failed_comes_all_the_same(
    painter: Painter, phone: Phone, sandbox: Sandbox, cards: MemoryCards
) -> None:
    """The first card of a screening is sent when the server is back."""
    sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, method="sendMessage"))
    assert await painter.show(card("one")) is None
    await phone.wait_for(lambda _: shown(phone) == ["one"], 3)
    await asyncio.sleep(0.05)
    assert await cards.card(STREAM, 1001) == phone.last_message.id


async def test_the_newest_card_wins_over_one_that_still_waits(
    painter: Painter, phone: Phone, sandbox: Sandbox
) -> None:
    """What is tried again is given up when something newer was drawn."""
    message = await painter.show(card("one"))
    sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, method="editMessageText"))
    await painter.show(card("two", 2, message))
    await painter.show(card("three", 3, message))
    await asyncio.sleep(0.1)
    assert shown(phone) == ["three"]
    assert len(sandbox.journal.of("editMessageText")) == 2


async def test_an_older_card_never_covers_a_newer_one(
    painter: Painter, phone: Phone, sandbox: Sandbox
) -> None:
    """Two people draw one card at once: the later version stays, whichever came last."""
    message = await painter.show(card("one"))
    await painter.show(card("three", 3, message))
    await painter.show(card("two", 2, message))
    assert shown(phone) == ["three"]
    sandbox.faults.latency = 0.03
    await asyncio.gather(*(painter.show(card(f"v{n}", n, message)) for n in (4, 6, 5)))
    assert shown(phone) == ["v6"]


async def test_two_drawings_of_one_version_both_count(painter: Painter, phone: Phone) -> None:
    """Turning a card changes nothing in the record, and yet the card turns."""
    message = await painter.show(card("front"))
    await painter.show(card("review", 1, message))
    assert shown(phone) == ["review"]


async def test_html_that_is_refused_is_shown_plain(painter: Painter, phone: Phone) -> None:
    """Rather a card without bold than none."""
    await painter.show(Drawing(1001, "<b>broken", "broken, plain", KEYS, STREAM, 1))
    assert shown(phone) == ["broken, plain"]
    assert phone.labels == ("Yes",)


async def test_a_refused_card_is_not_tried_for_ever(
    painter: Painter, phone: Phone, sandbox: Sandbox
) -> None:
    """A refusal that speaks of the content ends there, and nobody is told of an error."""
    sandbox.faults.arm(Fault(FaultKind.REFUSE, method="sendMessage", description="TOO_MUCH"))
    assert await painter.show(card("one")) is None
    await asyncio.sleep(0.1)
    assert len(sandbox.journal.of("sendMessage")) == 1
    assert shown(phone) == []


async def test_somebody_who_blocked_the_bot_is_passed_over(
    painter: Painter, phone: Phone, sandbox: Sandbox
) -> None:
    """Neither tried again nor an error."""
    await phone.block()
    assert await painter.show(card("one")) is None
    await asyncio.sleep(0.06)
    assert len(sandbox.journal.of("sendMessage")) == 1


async def test_after_the_last_attempt_the_painter_rests(
    painter: Painter, phone: Phone, sandbox: Sandbox
) -> None:
    """An hour of outage is not an hour of attempts; the next drawing is shown at once."""
    message = await painter.show(card("one"))
    sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, times=None, method="editMessageText"))
    await painter.show(card("two", 2, message))
    await asyncio.sleep(0.3)
    assert len(sandbox.journal.of("editMessageText")) == 1 + len(module.DELAYS)
    sandbox.faults.clear()
    await painter.show(card("three", 3, message))
    assert shown(phone) == ["three"]


async def test_an_answer_that_cannot_be_read_is_tried_again(
    painter: Painter, phone: Phone, sandbox: Sandbox
) -> None:
    """Being told that the token is unknown is no reason to lose a card either."""
    message = await painter.show(card("one"))
    sandbox.faults.revoke_token()
    assert await painter.show(card("two", 2, message)) is None
    sandbox.faults.clear()
    await phone.wait_for(lambda _: shown(phone) == ["two"], 3)


async def test_removing_what_is_gone_is_no_fault(painter: Painter, phone: Phone) -> None:
    """A message can be deleted once; the second time nothing happens."""
    sent = await phone.send("45")
    await painter.remove(1001, sent.id)
    await painter.remove(1001, sent.id)
    assert sent not in phone.messages
