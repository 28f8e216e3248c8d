"""The shortest ways to a verdict, played by labels on the real process: taps, messages, its time.

`speed.ways` adds the seconds of a person, by a stated model.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from bot.sandbox import Message, Sandbox
from bot.texts.shape import Texts
from flows.answers import Value
from flows.protocol.model import Criterion, Input
from tests.acceptance.bot_process import CANARY, PEOPLE, a_bot, let_in, man, today
from tests.benchmarks.speed.ways import Asked, Way, keep_ways
from tests.bot.telegram_front.robot import Robot

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

TIMES = 5
WAYS: Mapping[str, Mapping[str, Value]] = {
    "eligible woman": man(
        repro_status="female_childbearing_potential", pregnancy="test_negative", breastfeeding="no"
    ),
    "eligible man": man(),
    "excluded at I1, a boy of 17": {"age_years": 17},
    "excluded at I3, diagnosis ruled out": man(diagnosis="ruled_out"),
}
LANGUAGES = {1001: "en", 1002: "fr"}
MOST_TAPS = 30
"""Of a whole way, with the command: one a question, and a few for a number."""


class Thumb(Robot):
    """A robot that notes each question it answers, and how long each tap took to the next card."""

    def note(self) -> None:
        """Begin to note anew."""
        self.asked_for: list[Asked] = []
        self.seconds: list[float] = []
        self.written = 0

    async def type(self, text: str) -> None:
        """Type, and count it."""
        self.written += 1
        await super().type(text)

    async def answer(self, asked: Input | Criterion | str, value: Value) -> None:
        """Answer, and note what the card showed and what it took."""
        shown, before = _characters(self.card), self.taps
        await super().answer(asked, value)
        assert isinstance(asked, Input)
        typed = len(_as_text(asked, value, self.language))
        self.asked_for.append(Asked(shown, self.taps - before, typed))

    async def press(self, *labels: str) -> None:
        """Press one after the other, each when the tap was answered and the card has changed."""
        for label in labels:
            before, start = self._face(), perf_counter()
            await super().press(label)
            await self.phone.wait_for(lambda _, old=before: self._face() != old)  # type: ignore[misc]
            self.seconds.append(perf_counter() - start)

    def _face(self) -> tuple[int, str, tuple[str, ...]]:
        newest = self.phone.last_message
        return newest.id, newest.text, newest.labels


def _characters(card: Message) -> int:
    """What is read: the words that are not folded away, and the buttons."""
    folded = sum(one.length for one in card.entities if "blockquote" in one.kind)
    return len(card.text) - folded + sum(map(len, card.labels))


def _as_text(asked: Input, value: Value, language: str) -> str:
    """The answer as somebody would write it: the words of the option, a number, a day."""
    options = {one.code: one.label.of(language) for one in (*asked.choices, *asked.non_answers)}
    return options.get(str(value), str(value))


def _eligible(name: str, texts: Texts) -> str:
    """What the last card must say of a way."""
    words = texts.cards
    if name.startswith("eligible"):
        return words.eligible
    return words.ineligible(words.failing["inclusion"](name.split()[2].strip(",")))


async def played(robot: Thumb, name: str) -> Way:
    """Play one way so often; the counts of the last, and the median of all taps."""
    taken: list[float] = []
    for _ in range(TIMES):
        await robot.command("/screen")
        robot.note()
        there = len(robot.phone.messages)
        await robot.play(WAYS[name])
        assert _eligible(name, robot.texts) in robot.card.text
        taken += robot.seconds
    # The card itself was there when the first question was; what came on top stays in the chat.
    messages = 1 + len(robot.phone.messages) - there
    counted = (robot.asked_for, robot.written, messages)
    return Way(name, robot.language, *counted, median(taken) * 1000)


async def test_the_shortest_ways_to_a_verdict(tmp_path: Path) -> None:
    """A woman and a man who are eligible, two who are excluded early, in both languages."""
    let_in(tmp_path)
    ways: list[Way] = []
    async with Sandbox(token=CANARY) as sandbox, a_bot(sandbox, tmp_path, level="INFO"):
        for telegram_id, language in LANGUAGES.items():
            phone = sandbox.phone(telegram_id, PEOPLE[telegram_id][0], language)
            robot = Thumb(phone, language, today())
            robot.note()
            await robot.command("/start")
            ways += [await played(robot, name) for name in WAYS]
    keep_ways(ways)
    for way in ways:
        print(  # noqa: T201  the figures are what a benchmark is for
            f"\n{way.name}, {way.language}: {len(way.asked)} questions, {way.taps} taps, "
            f"{way.messages} messages, {way.bot:.1f} ms a tap, "
            f"{way.known:.0f} s to {way.read:.0f} s"
        )
        assert way.taps <= MOST_TAPS
        # Two digits are typed as soon as tapped; a whole screening is not.
        assert way.known < way.typed or len(way.asked) == 1
