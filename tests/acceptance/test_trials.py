"""Two trials in the real process, one of them from a file of the site's own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.acceptance.bot_process import CANARY, SITE, a_bot
from tests.acceptance.process import Ran, run
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.two_trials import conclude, screen
from tests.flows.trial_files import SECOND

pytestmark = pytest.mark.acceptance


def done(ran: Ran) -> str:
    """What a command says that did its work."""
    assert (ran.code, ran.err) == (0, ""), ran
    return ran.out


def installed(folder: Path) -> None:
    """One trial as it always was; then a site that names it, and a second trial beside it."""
    add = ("people", "add", "--role", "investigator", "--site", "HM")
    done(run(folder, *SITE))
    done(run(folder, *add, "--telegram-id", "1001", "--name", "Ines"))
    done(run(folder, "site", "trials", "HM", "lysyme"))
    (folder / "own.yaml").write_bytes(SECOND.read_bytes())
    (folder / ".env").write_text("TRIALS=lysyme,own.yaml\n")


async def test_a_second_trial_comes_into_a_running_installation(tmp_path: Path) -> None:
    """Nobody is in it before they are let in; then they are asked, and each log has its own."""
    await asyncio.to_thread(installed, tmp_path)
    add = ("people", "add", "--role", "investigator", "--site", "HM", "--name", "Marc")
    async with Sandbox(token=CANARY) as sandbox:
        ines = Robot(sandbox.phone(1001, "Ines", "en"))
        async with a_bot(sandbox, tmp_path) as bot:
            assert (await ines.command("/screen")).text.startswith("LYSYME")
            first = ines.number
            await bot.stop()
        done(run(tmp_path, "site", "trials", "HM", "lysyme", "second"))
        done(run(tmp_path, *add, "--telegram-id", "1002", "--trial", "second"))
        marc = Robot(sandbox.phone(1002, "Marc", "fr"), "fr")
        async with a_bot(sandbox, tmp_path) as bot:
            second = await conclude(marc, "second")
            assert (await marc.command("/open")).text == marc.texts.chat.nothing_open
            both = (await ines.command("/screen")).labels
            assert both == ("LYSYME", "SECOND")
            assert (await screen(ines, "second")).card.text.startswith("SECOND")
            await bot.stop()
    for trial, own, other in (("lysyme", first, second), ("second", second, first)):
        table = done(run(tmp_path, "log", "--trial", trial))
        assert own in table
        assert other not in table
    assert run(tmp_path, "log").code == 2
    assert run(tmp_path, "verify").code == 0
