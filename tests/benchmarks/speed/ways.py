"""What a person needs for a verdict: taps, the bot's seconds, and their own seconds by a model.

The model is the keystroke-level model of Card, Moran and Newell (Communications of the ACM 23,
1980, 396-410): a decision (M) before each question, pointing (P) and pressing (K) for each tap. A
keystroke on a phone is that of Palin and others (MobileHCI 2019: 36.2 words a minute of five
characters, 37,370 volunteers), reading that of Trauzettel-Klosinski and Dietz (Investigative
Ophthalmology & Visual Science 53, 2012, 5452-5461: 68 ms a character, aloud, over 14 languages). It
leaves out looking at the patient and into the file, which is most of the time, and the same with
every bot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from tests.benchmarks.speed.parts import FOLDER

DECIDE: Final = 1.35
POINT: Final = 1.10
PRESS: Final = 0.28
TYPE: Final = 60 / (36.2 * 5)
READ: Final = 0.068
"""Seconds: M, P and K, a character typed, a character read."""

BY_MENU: Final = 2
"""Taps for /screen: Telegram's menu, and the command in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was answered.

    `shown` are the characters on its card and buttons, `typed` those of the same answer as a text.
    """

    shown: int
    taps: int
    typed: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a verdict, as played.

    `written` are the answers that were typed, `messages` stand in the chat at the end, `bot` is the
    milliseconds from a tap to its card (median).
    """

    name: str
    language: str
    asked: Sequence[Asked]
    written: int
    messages: int
    bot: float

    @property
    def taps(self) -> int:
        """With the command."""
        return BY_MENU + sum(one.taps for one in self.asked)

    @property
    def waited(self) -> float:
        """Seconds that all cards together took."""
        return self.bot * (self.taps - BY_MENU + 1) / 1000

    @property
    def known(self) -> float:
        """Seconds of somebody who knows the questions: a decision each, and the taps."""
        return DECIDE * (1 + len(self.asked)) + (POINT + PRESS) * self.taps

    @property
    def read(self) -> float:
        """Seconds of somebody who reads every word of each question and its buttons."""
        return self.known + READ * sum(one.shown for one in self.asked)

    @property
    def typed(self) -> float:
        """Seconds of somebody who knows the questions and types each answer as a message."""
        sent = sum(one.typed + 1 for one in self.asked)
        begun = DECIDE + (POINT + PRESS) * BY_MENU
        return begun + DECIDE * len(self.asked) + TYPE * sent


def keep_ways(ways: Sequence[Way]) -> None:
    """Write what was played to `build/speed/ways.json`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    played = [asdict(way) for way in ways]
    (FOLDER / "ways.json").write_text(json.dumps(played, indent=1) + "\n")


def ways_table() -> str:
    """What was kept, with the seconds of the model; nothing but the titles if it never was."""
    file = FOLDER / "ways.json"
    read: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
    titles = (
        "questions",
        "taps",
        "typed",
        "messages",
        "bot, ms a tap",
        "bot, s",
        "who knows the questions, s",
        "who reads every word, s",
        "typing each answer, s",
    )
    lines = ["| | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    return "\n".join(lines + [_row(_way(one)) for one in read])


def _way(read: Mapping[str, Any]) -> Way:
    return Way(**{**read, "asked": [Asked(**one) for one in read["asked"]]})


def _row(way: Way) -> str:
    counts = (len(way.asked), way.taps, way.written, way.messages)
    cells = [*map(str, counts), f"{way.bot:.0f}", f"{way.waited:.2f}"]
    cells += [f"{seconds:.0f}" for seconds in (way.known, way.read, way.typed)]
    return f"| {way.name}, {way.language} | " + " | ".join(cells) + " |"
