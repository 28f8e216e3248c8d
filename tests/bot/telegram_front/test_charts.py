"""The pictures on a phone: each with its counts, or the counts alone."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from bot.drawing import CannotDraw, Drawer
from bot.sandbox import Fault, FaultKind, Message
from bot.texts.shape import Texts
from flows.events import Role
from storage.exports.chart import Chart, Kind
from tests.bot.telegram_front.clinic import Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import conclude

PNG = b"\x89PNG\r\n\x1a\n"


async def funnel(robot: Robot) -> Message:
    """/funnel, and what comes of it; a picture takes a while."""
    sent = await robot.phone.send("/funnel")
    await robot.phone.wait_for(lambda phone: phone.messages[-1].id > sent.id, 60)
    return robot.phone.last_message


async def test_the_picture_comes_with_its_counts(clinic: Clinic, ines: Robot, texts: Texts) -> None:
    """In the reader's language; a confidential reason is counted and not named."""
    await conclude(ines)
    await conclude(ines, {"hiv_serology": "positive"})
    monika = await clinic.person(1030, "Monika", Role.MONITOR, texts.language)
    shown = await funnel(monika)
    assert shown.attachment is not None
    assert shown.attachment.kind == "photo"
    assert shown.attachment.content.startswith(PNG)
    assert shown.protected
    assert texts.flow.sums(2, 0, 1, 1) in shown.text
    assert texts.flow.recruitment(0, 15) in shown.text
    assert not [one for one in ("E3", "HIV", "VIH") if one in shown.text]
    assert await clinic.all_done()


async def test_only_ones_own_sites_are_counted(clinic: Clinic, ines: Robot) -> None:
    """A coordinator of another site reads zero screened; recruitment is the trial's."""
    await conclude(ines)
    await clinic.site("LY")
    lea = await clinic.person(1013, "Léa", Role.COORDINATOR, "fr", "LY")
    assert lea.texts.flow.sums(0, 0, 0, 0) in (await funnel(lea)).text


async def test_on_call_staff_have_no_log(clinic: Clinic, olive: Robot) -> None:
    """No picture, and no counts."""
    assert (await funnel(olive)).text == olive.texts.chat.not_your_role


@pytest.mark.parametrize("kind", list(Kind))
async def test_each_picture_is_sent_when_its_button_is_tapped(
    clinic: Clinic, ines: Robot, texts: Texts, kind: Kind
) -> None:
    """/chart asks which one; nothing confidential is named in its caption."""
    await conclude(ines, {"hiv_serology": "positive"})
    monika = await clinic.person(1030, "Monika", Role.MONITOR, texts.language)
    asked = await monika.command("/chart")
    assert asked.text == texts.pictures.which
    assert asked.labels == tuple(texts.pictures.kinds.values())
    await monika.phone.tap(texts.pictures.kinds[kind])
    await monika.phone.wait_for(lambda phone: phone.messages[-1].id > asked.id, 60)
    shown = monika.phone.last_message
    assert shown.attachment is not None
    assert shown.attachment.content.startswith(PNG)
    assert shown.protected
    assert not [one for one in ("E3", "HIV", "VIH") if one in shown.text]
    assert "LYSYME" in shown.text
    assert await clinic.all_done()


async def test_what_is_no_picture_is_no_button(clinic: Clinic, ines: Robot) -> None:
    """Forged by a client; nothing is drawn."""
    asked = await ines.command("/chart")
    for data in ("~chart:pie:lysyme", "~chart:", "~chart:flow", "~chart:flow:lysyme:x"):
        assert await ines.forge(data, asked.id) == ines.texts.chat.not_a_button
    assert ines.phone.last_message.id == asked.id


async def test_on_call_staff_have_no_pictures(clinic: Clinic, ines: Robot, olive: Robot) -> None:
    """Not by the command, and not by a button that somebody else was given."""
    assert (await olive.command("/chart")).text == olive.texts.chat.not_your_role
    await ines.command("/chart")
    message, data = ines.data(ines.texts.pictures.kinds[Kind.REASONS])
    assert await olive.forge(data, message) == olive.texts.chat.not_your_role


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.DROP_BEFORE])
async def test_without_the_picture_the_counts_are_said(
    clinic: Clinic, ines: Robot, kind: FaultKind
) -> None:
    """Telegram does not take the photo: nobody is left without an answer."""
    clinic.sandbox.faults.arm(Fault(kind, method="sendPhoto"))
    shown = await funnel(ines)
    assert shown.attachment is None
    assert ines.texts.flow.no_picture in shown.text
    assert ines.texts.flow.sums(0, 0, 0, 0) in shown.text


CHART = Chart("h", "s", (), "b", 0, 15)


async def test_drawing_keeps_nobody_waiting() -> None:
    """The event loop's own thread never works for 50 ms at a stretch while a picture is made.

    Its working time is measured and not the clock on the wall: other tests run beside this one.
    """
    drawing, longest = asyncio.create_task(Drawer().draw(CHART)), 0.0
    while not drawing.done():
        before = time.thread_time()
        await asyncio.sleep(0.001)
        longest = max(longest, time.thread_time() - before)
    assert (await drawing).startswith(PNG)
    assert longest < 0.05
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize("module", ["storage.exports.nowhere", "json.tool"])
async def test_what_cannot_be_drawn_is_said(module: str) -> None:
    """No such program, or one that fails: an error of our own."""
    with pytest.raises(CannotDraw):
        await Drawer(module).draw(CHART, "--wrong")


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    """And the process is gone."""
    with pytest.raises(CannotDraw):
        await Drawer("http.server", within=0.5).draw(CHART, "0")
