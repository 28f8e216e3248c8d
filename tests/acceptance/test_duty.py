"""Coordinators, the real process, a clock that is moved: told, taken, escalated, passed over."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.sandbox import ConnectionLost, Sandbox
from flows.cases import Because
from tests.acceptance.bot_process import CANARY, SITE, Bot, man, settings, today
from tests.acceptance.process import environment, run
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import told
from tests.promises.report import Promise

pytestmark = pytest.mark.acceptance

PEOPLE = {
    1001: ("Ines", "investigator", "en"),
    1002: ("Pia", "investigator", "en"),
    1004: ("Ada", "administrator", "en"),
    1011: ("Cora", "coordinator", "en"),
    1012: ("Chloé", "coordinator", "fr"),
    1013: ("Carl", "coordinator", "en"),
}
MINUTE = 60
DAY = 24 * 60 * MINUTE


@dataclass
class Night:
    """The bot, its folder, and the people's phones."""

    sandbox: Sandbox
    folder: Path
    robots: dict[str, Robot] = field(default_factory=dict)
    bot: Bot | None = None
    ahead: float = 0

    async def start(self) -> None:
        """Start the process, and wait until it hears."""
        self.pass_time(0)
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.acceptance.duty_child"),
                cwd=self.folder,
                env=environment(**settings(self.sandbox)),
                stdout=log,
                stderr=log,
            )
        self.bot = Bot(process, self.folder)
        async with asyncio.timeout(30):
            while not self.sandbox.intake.is_polling:
                assert not self.bot.ended, self.bot.log
                await asyncio.sleep(0.01)

    async def kill(self) -> None:
        """Nothing is finished."""
        assert self.bot is not None
        await self.bot.kill()
        self.sandbox.intake.abort_poll(ConnectionLost())

    def pass_time(self, seconds: float) -> None:
        """Move the clock on; the file is replaced at once, so that none is read half written."""
        self.ahead += seconds
        new = self.folder / "ahead.new"
        new.write_text(str(self.ahead))
        new.rename(self.folder / "ahead")

    async def conclude(self, **changes: str | int) -> str:
        """The investigator screens a man to a verdict; the number."""
        ines = self.robots["Ines"]
        await ines.command("/screen")
        await ines.play(man(**changes))
        return ines.number


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    """A site with a rota of three, set on the machine, and a running bot."""
    assert run(tmp_path, *SITE).code == 0
    ids = {}
    for telegram_id, (name, role, _) in PEOPLE.items():
        words = ("people", "add", "--telegram-id", str(telegram_id), "--name", name)
        ran = run(tmp_path, *words, "--role", role, "--site", "HM")
        assert ran.code == 0, ran.err
        found = re.search(r"P-[0-9A-Z]{6}", ran.out)
        assert found
        ids[name] = found[0]
    lines = [f"--rota={ids[name]}" for name in ("Cora", "Chloé", "Carl")]
    ran = run(tmp_path, "site", "duty", "HM", *lines, "--principal", ids["Pia"])
    assert ran.code == 0, ran.err
    assert ran.out.index("1. Cora") < ran.out.index("2. Chloé") < ran.out.index("3. Carl")
    async with running(tmp_path) as found_night:
        yield found_night
    verified = run(tmp_path, "verify")
    assert verified.code == 0, verified.err


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Night]:
    """The bot and the phones, until the block ends."""
    async with Sandbox(token=CANARY) as sandbox:
        night = Night(sandbox, folder)
        await night.start()
        try:
            for telegram_id, (name, _, language) in PEOPLE.items():
                phone = sandbox.phone(telegram_id, name, language)
                night.robots[name] = Robot(phone, language, today())
                await night.robots[name].command("/start")
            yield night
        finally:
            await night.kill()
        assert "Traceback" not in Bot(night.bot.process, folder).log  # type: ignore[union-attr]


def verdict(robot: Robot, number: str, code: str = "eligible") -> str:
    """The sentence that says a verdict, in the reader's language."""
    return robot.texts.chat.verdict_reached(number, robot.texts.records.verdicts[code])


def knows(robot: Robot, number: str) -> bool:
    """Whether anything was said about a screening on this phone."""
    return any(number in one.text for one in robot.phone.messages)


async def test_the_verdict_reaches_a_coordinator_and_the_other_sees_who_takes_it(
    night: Night,
) -> None:
    """Within seconds on the first phone; *I take it*; the others read who, in their language."""
    cora, chloe = night.robots["Cora"], night.robots["Chloé"]
    number = await night.conclude()
    await told(cora, verdict(cora, number))
    assert not knows(chloe, number)
    await cora.press(cora.texts.chat.take)
    assert cora.toast == cora.texts.chat.you_follow(number)
    await told(chloe, chloe.texts.chat.taken("Cora", number))
    night.pass_time(2 * 60 * MINUTE)
    await asyncio.sleep(1.5)
    assert not knows(night.robots["Pia"], number)


async def test_silence_goes_up_the_chain_also_over_a_crash(night: Night) -> None:
    """At 15, 30, 45 and 60 minutes, with a SIGKILL and a start in between."""
    number = await night.conclude()
    await told(night.robots["Cora"], verdict(night.robots["Cora"], number))
    night.pass_time(14 * MINUTE)
    await asyncio.sleep(1.5)
    assert not knows(night.robots["Chloé"], number)
    night.pass_time(MINUTE)
    await told(night.robots["Chloé"], verdict(night.robots["Chloé"], number))
    await night.kill()
    night.pass_time(15 * MINUTE)
    await night.start()
    await told(night.robots["Carl"], verdict(night.robots["Carl"], number))
    night.pass_time(15 * MINUTE)
    pia = night.robots["Pia"]
    await told(pia, verdict(pia, number))
    assert pia.texts.duty.passed_over[Because.SILENT] in pia.said
    night.pass_time(15 * MINUTE)
    for name in ("Ines", "Ada"):
        robot = night.robots[name]
        await told(robot, robot.texts.duty.unseen[Because.SILENT](number))


async def test_the_blocked_are_passed_over_within_a_minute(night: Night, promise: Promise) -> None:
    """One blocked: the second is told at once. All three: investigators and administrator."""
    loop = asyncio.get_running_loop()
    await night.robots["Cora"].phone.block()
    began = loop.time()
    number = await night.conclude()
    concluded = loop.time()
    chloe = night.robots["Chloé"]
    await told(chloe, verdict(chloe, number))
    first = loop.time() - concluded
    assert loop.time() - began < 60
    for name in ("Chloé", "Carl"):
        await night.robots[name].phone.block()
    number = await night.conclude()
    concluded = loop.time()
    pia = night.robots["Pia"]
    await told(pia, verdict(pia, number))
    for name in ("Ines", "Ada"):
        robot = night.robots[name]
        await told(robot, robot.texts.duty.unseen[Because.UNREACHABLE](number))
    seconds = loop.time() - concluded
    assert seconds < 60
    promise(
        12,
        f"first blocked: the second told after {first:.2f} s; all three: investigators and "
        f"administrator after {seconds:.2f} s; silent: the next at T+15 min by a moved clock",
    )


async def test_a_window_closes_while_the_bot_is_down(night: Night) -> None:
    """Killed on the first day, started eight days later: the verdict, the card and the notices."""
    ines, cora = night.robots["Ines"], night.robots["Cora"]
    number = await night.conclude(bsa_max_d0_d10_pct=4)
    await told(cora, verdict(cora, number, "not_yet"))
    await cora.press(cora.texts.duty.seen)
    await night.kill()
    night.pass_time(8 * DAY)
    await night.start()
    await told(cora, verdict(cora, number, "ineligible"))
    words = ines.texts.cards
    said = words.ineligible(words.failing["inclusion"]("I4"))
    await ines.phone.wait_for(lambda _: said in ines.card.text, 10)
    assert ines.number == number
