"""Whole journeys by labels, on the real process over HTTP: polling and webhook, two languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox import Sandbox
from flows.answers import Value
from flows.events import JudgementVerdict, Mode, Reason
from tests.acceptance.bot_process import (
    CANARY,
    PEOPLE,
    SECRET,
    Bot,
    a_bot,
    copy_of,
    day,
    free_port,
    man,
    set_webhook,
    today,
)
from tests.acceptance.process import run
from tests.bot.telegram_front.robot import Robot

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="module")]

FAILING: dict[str, dict[str, Value]] = {
    "I1": {"age_years": 17},
    "I2": {"index_date": day(12), "admission_date": day(0)},
    "I3": {"diagnosis": "ruled_out"},
    "I4": {"index_date": day(12), "admission_date": day(10), "bsa_max_d0_d10_pct": 5},
    "I5": {"consent": "refused"},
    "I6": {"social_security": "none"},
    "E1": {"repro_status": "female_childbearing_potential", "pregnancy": "pregnant"},
    "E2": {"malignancy": "malignant", "malignancy_last_active": str(today().year)},
    "E3": {"hiv_serology": "positive"},
    "E4": {"hbv_status": "active"},
    "E5": {"sars_cov2_pcr": "positive"},
    "E6": {"cardiac_failure": "yes"},
    "E7": {"uncontrolled_epilepsy": "yes"},
    "E8": {"bone_marrow_transplant": "allogeneic_bone_marrow"},
    "E9": {"other_research": "interventional_drug"},
    "E10": {"liberty_status": "deprived_of_liberty"},
    "E11": {"compliance_barrier": "yes"},
    "E12": {"guardianship": "tutelle"},
    "E13": {"psychiatric_care": "without_consent"},
}
LANGUAGES = {1001: "en", 1002: "fr", 1003: "en"}


@dataclass
class Ward:
    """A running bot and the people at their phones."""

    bot: Bot
    sandbox: Sandbox
    by: str
    robots: dict[int, Robot]

    def reading(self, language: str) -> Robot:
        """The investigator who reads this language."""
        return self.robots[1001 if language == "en" else 1002]


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=["polling", "webhook"])
async def ward(
    request: pytest.FixtureRequest, staffed: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ward]:
    """One process for all journeys, by polling and then by webhook; its end is part of the test."""
    folder = copy_of(staffed, tmp_path_factory.mktemp("ward"))
    port = free_port() if request.param == "webhook" else 0
    async with Sandbox(token=CANARY) as sandbox:
        async with a_bot(sandbox, folder, port) as bot:
            if port:
                await set_webhook(sandbox, folder, port)
            robots = {}
            for telegram_id, language in LANGUAGES.items():
                phone = sandbox.phone(telegram_id, PEOPLE[telegram_id][0], language)
                robots[telegram_id] = Robot(phone, language, today())
                await robots[telegram_id].command("/start")
            yield Ward(bot, sandbox, request.param, robots)
            seconds = await bot.stop()
            print(f"{request.param}: SIGTERM, ended after {seconds:.2f} s")  # noqa: T201
            assert bot.process.returncode == 0
            assert seconds < 5
        assert sandbox.queue.expired == 0
        assert sandbox.journal.violations == []
    assert CANARY not in bot.log
    assert CANARY.partition(":")[2] not in bot.log
    assert SECRET not in bot.log
    assert "put aside" not in bot.log
    assert "Traceback" not in bot.log
    verified = run(folder, "verify")
    assert verified.code == 0, verified.err


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_an_eligible_man_in_24_taps(ward: Ward, language: str) -> None:
    """From /screen to the verdict by one thumb."""
    robot = ward.reading(language)
    await robot.command("/screen")
    await robot.play(man())
    assert robot.texts.cards.eligible in robot.card.text
    print(f"{ward.by} {language}: eligible man, {robot.taps} taps")  # noqa: T201
    assert robot.taps <= 24


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_an_exclusion_at_i1_in_3_taps(ward: Ward, language: str) -> None:
    """The command, the answer, and the verdict is there."""
    robot = ward.reading(language)
    await robot.command("/screen")
    await robot.play({"age_years": 17})
    words = robot.texts.cards
    assert words.ineligible(words.failing["inclusion"]("I1")) in robot.card.text
    print(f"{ward.by} {language}: excluded at I1, {robot.taps} taps after /screen")  # noqa: T201
    assert robot.taps + 1 <= 3


@pytest.mark.parametrize("criterion", FAILING)
async def test_ineligible_at_each_criterion(ward: Ward, criterion: str) -> None:
    """Each of the nineteen ends the questions, names itself and shows the protocol's sentence.

    In one language by polling and in the other by webhook.
    """
    turn = list(FAILING).index(criterion) + (ward.by == "webhook")
    language = ("en", "fr")[turn % 2]
    robot = ward.reading(language)
    await robot.command("/screen")
    usual = {"earlier_admission_date": "not_applicable", "metastasis": "none"}
    await robot.play({**usual, **man(), **FAILING[criterion]})
    words, entry = robot.texts.cards, robot.book.criteria[criterion].criterion
    said = words.ineligible(words.failing[entry.kind](criterion))
    assert said in robot.card.text
    assert entry.text.of(language) in robot.card.text
    await robot.press(words.finish)
    assert said in robot.card.text


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_pending_not_yet_and_judgement(ward: Ward, language: str) -> None:
    """A result that is awaited, a window that is open, and a text that does not decide."""
    robot = ward.reading(language)
    words = robot.texts.cards
    await robot.command("/screen")
    await robot.play(man(hiv_serology="pending"))
    assert words.pending(1) in robot.card.text
    await robot.command("/screen")
    await robot.play(man(bsa_max_d0_d10_pct=4))
    assert words.not_yet(today() + timedelta(days=6)) in robot.card.text
    await robot.command("/screen")
    await robot.play(man(admission_date=day(5), I2=JudgementVerdict.PASS.value))
    assert words.eligible in robot.card.text
    await robot.command("/screen")
    await robot.play(man(admission_date=day(5), I2=JudgementVerdict.FAIL.value))
    assert words.ineligible(words.failing["inclusion"]("I2")) in robot.card.text


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_correction(ward: Ward, language: str) -> None:
    """A changed answer with a reason changes the verdict; a result that arrives needs none."""
    robot = ward.reading(language)
    words = robot.texts.cards
    await robot.command("/screen")
    await robot.play(man(hiv_serology="pending"))
    await robot.correct("hiv_serology", "negative", None)
    assert words.eligible in robot.card.text
    await robot.correct("cardiac_failure", "yes", Reason.TYPING_ERROR)
    assert words.ineligible(words.failing["exclusion"]("E6")) in robot.card.text


async def test_a_quick_check_is_handed_over_and_promoted(ward: Ward) -> None:
    """From the on-call doctor's English card to the investigator's French one."""
    olive, marc = ward.robots[1003], ward.robots[1002]
    await olive.command("/check")
    assert olive.texts.cards.watermark[Mode.QUICK_CHECK] in olive.card.text
    await olive.play(man())
    await olive.press(olive.texts.cards.hand_over, "Marc")
    told = marc.texts.chat.handed_over("Olive", olive.number)
    await marc.phone.wait_for(lambda phone: told in phone.last_message.text, 5)
    await marc.press(marc.texts.cards.promote)
    assert marc.texts.cards.eligible in marc.card.text
    assert marc.texts.cards.watermark[Mode.QUICK_CHECK] not in marc.card.text


async def test_wrong_values_get_their_sentence(ward: Ward) -> None:
    """Typed on the real process, in French: the card stays, what was typed is gone."""
    marc = ward.robots[1002]
    await marc.command("/screen")
    await marc.type("douze")
    asked = marc.asked()
    assert asked is not None
    assert asked.id == "age_years"
    assert "0 à 120" in marc.card.text
    await marc.type("45")
    asked = marc.asked()
    assert asked is not None
    assert asked.id == "index_date"
