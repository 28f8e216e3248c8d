"""A robot that plays screenings: sensible for most of the time, careless or hostile for the rest.

It knows only what a protocol file says of its inputs. What may be done in which stage stands in
`LEGAL`, written by hand and apart from the engine's own table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from flows.again import Attempt, repeatable
from flows.answers import Value
from flows.commands import (
    Command,
    Finish,
    GiveAnswer,
    GiveJudgement,
    HandOver,
    LookAgain,
    OpenScreening,
    Pause,
    Promote,
    RecordAllReasons,
    RemindMe,
    Resume,
    Sign,
    Stop,
)
from flows.decide import Decision, decide, open_screening
from flows.events import Actor, Happened, JudgementVerdict, Mode, Reason, Role
from flows.protocol.model import Input, InputType
from flows.questions import AskInput, AskJudgement
from flows.replies import Notice
from flows.rulebook import Rulebook
from flows.screening import Screening
from flows.stages import Stage
from tests.flows.grids import MAN, WOMAN

START = datetime(2026, 3, 10, 11, tzinfo=UTC)
PEOPLE = (
    Actor("p1", Role.INVESTIGATOR),
    Actor("p2", Role.ON_CALL),
    Actor("p3", Role.INVESTIGATOR),
)
OPEN = {Stage.ASKING, Stage.EXCLUDED, Stage.CONCLUDED}
SIGN = Sign("Inès", "0" * 64)
LEGAL: dict[type, set[Stage]] = {
    GiveAnswer: OPEN | {Stage.SIGNED},
    GiveJudgement: OPEN | {Stage.SIGNED},
    RecordAllReasons: {Stage.EXCLUDED},
    Finish: {Stage.EXCLUDED},
    Pause: {Stage.ASKING},
    Resume: {Stage.PAUSED},
    Stop: {Stage.ASKING, Stage.PAUSED, Stage.CONCLUDED},
    Promote: OPEN,
    HandOver: OPEN | {Stage.PAUSED},
    Sign: {Stage.CONCLUDED},
    RemindMe: {Stage.CONCLUDED, Stage.PAUSED},
    LookAgain: set(Stage),
}
ODD: tuple[object, ...] = (
    None,
    True,
    "",
    "perhaps",
    "> 75",
    "< 10",
    -1,
    10**30,
    3.5,
    float("nan"),
    "2026-02-30",
    "20260310",
    ["no"],
)


@dataclass
class Played:
    """One screening as far as it was played: its whole history beside its live state."""

    book: Rulebook
    screening: Screening
    history: list[Happened]
    now: datetime = START
    notices: list[Notice] = field(default_factory=list)

    def do(self, command: Command, by: Actor = PEOPLE[0]) -> Decision:
        """One command, with what follows appended to the history."""
        decision = decide(self.screening, command, self.now, by)
        self.screening = decision.screening
        self.history += decision.events
        self.notices += decision.notices
        return decision

    def step(self) -> object:
        """What would be asked next, today."""
        return self.screening.walk(self.screening.day(self.now)).step


def opened(book: Rulebook, mode: Mode = Mode.SCREENING, now: datetime = START) -> Played:
    """A screening that was just begun."""
    command = OpenScreening("N7", "site", book.protocol.time_zone, mode, "en")
    decision = open_screening(book, command, now, PEOPLE[0])
    return Played(book, decision.screening, list(decision.events), now)


def opened_again(played: Played, now: datetime) -> Played:
    """Another attempt over the same patient, later."""
    book, earlier = played.book, played.screening
    command = OpenScreening("N8", "site", book.protocol.time_zone, earlier.mode, "en")
    attempt = Attempt(earlier, tuple(played.history))
    decision = open_screening(book, command, now, PEOPLE[2], attempt)
    notices = list(decision.notices)
    return Played(book, decision.screening, list(decision.events), now, notices)


WAITING = MAN | {"bsa_max_d0_d10_pct": 5}
"""A man whose area may still grow: within his window the verdict is "not yet"."""


class Robot:
    """Chooses what to do next; the same seed chooses the same."""

    def __init__(self, seed: int, *, careless: float = 0.3) -> None:
        self.random = Random(seed)
        # Some are nearly as careful as people: most plays of the others never come to a good end.
        self.careless = self.random.choice((careless / 10, careless))
        self.usual = self.random.choice((0.7, 0.9, 0.98))
        self.patient: Mapping[str, object] = self.random.choice((MAN, WOMAN, WAITING))

    def command(self, played: Played) -> Command:
        """What it does now."""
        chance = self.random.random()
        if chance < self.careless * 0.35:
            return self.anything(played)
        if chance < self.careless and played.screening.answers:
            return self.correction(played)
        return self.sensible(played)

    def sensible(self, played: Played) -> Command:
        """What the card asks for."""
        stage, step = played.screening.stage, played.step()
        if stage is Stage.PAUSED:
            return Resume()
        if stage is Stage.EXCLUDED and self.random.random() < 0.7:
            return RecordAllReasons()
        if stage is Stage.EXCLUDED:
            return Finish()
        if isinstance(step, AskInput):
            return GiveAnswer(step.input, self.answer(played, step.input))
        if isinstance(step, AskJudgement):
            return GiveJudgement(step.criterion, self.random.choice(list(JudgementVerdict)))
        if stage is Stage.ASKING:
            return LookAgain()  # a day has passed: what was still to be asked is settled by time
        if stage is Stage.SIGNED and self.careless and self.random.random() < 0.5:
            return self.correction(played)
        later = RemindMe(today(played) + timedelta(days=1))
        return self.random.choice((LookAgain(), Promote(), HandOver("p3"), SIGN, later))

    def correction(self, played: Played) -> Command:
        """Another answer to something answered, usually with a reason."""
        name = self.random.choice(sorted(played.screening.answers))
        reason = self.random.choice((None, *Reason))
        return GiveAnswer(name, self.answer(played, name, usual=0.2), reason)

    def anything(self, played: Played) -> Command:
        """Any command at all, asked for or not."""
        book = played.book
        criterion = self.random.choice([*book.criteria, "Z1"])
        name = self.random.choice([*book.readers, "shoe_size"])
        usual = self.answer(played, name) if name in book.readers else 3
        raw = self.random.choice((usual, self.random.choice(ODD)))
        reason = self.random.choice((None, *Reason))
        return self.random.choice(
            (
                GiveAnswer(name, raw, reason),  # type: ignore[arg-type]
                GiveJudgement(criterion, self.random.choice(list(JudgementVerdict)), reason),
                self.random.choice((RecordAllReasons(), Finish(), Promote(), SIGN)),
                self.random.choice((Pause(), Resume(), LookAgain(), HandOver("p2"))),
                self.random.choice((Pause(), Resume(), Stop())),
                RemindMe(today(played) + timedelta(days=self.random.randint(-1, 3))),
            )
        )

    def answer(self, played: Played, name: str, usual: float | None = None) -> Value:
        """A well-formed answer: that of the patient who passes, or any other."""
        entry = played.book.readers[name].entry
        usual = self.usual if usual is None else usual
        if self.random.random() < usual and name in self.patient and not _is_date(entry):
            return self.patient[name]  # type: ignore[return-value]
        codes = [option.code for option in (*entry.choices, *entry.non_answers)]
        if entry.type in (InputType.CHOICE, InputType.YES_NO):
            return self.random.choice(codes)
        if codes and self.random.random() < 0.1:
            return self.random.choice(codes)
        return self._date(played, entry, usual) if _is_date(entry) else self._number(entry)

    def _number(self, entry: Input) -> int | Decimal:
        low, high = entry.minimum or 0, entry.maximum or 0
        edges = [edge for band in entry.keep for edge in (band.below, band.at_least, band.above)]
        near = [int(edge) + step for edge in edges if edge is not None for step in (-1, 0, 1)]
        number = self.random.choice([*near, self.random.randint(low, high)])
        if entry.type is InputType.NUMBER and number > low:
            return self.random.choice((number, number - Decimal("0.1")))
        return number

    def _date(self, played: Played, entry: Input, usual: float) -> str:
        today = played.screening.day(played.now)
        in_time = {"index_date": 5, "admission_date": 3}
        if entry.id in in_time and self.random.random() < usual:
            return (today - timedelta(days=in_time[entry.id])).isoformat()
        back = self.random.choice((0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 20, 40, -1))
        if entry.type is InputType.DATE:
            return (today - timedelta(days=back)).isoformat()
        years = timedelta(days=self.random.choice((0, 365, 3640, 3652, 3653, 3700, 9000)))
        written = (today - years - timedelta(days=back)).isoformat()
        return written[: self.random.choice((4, 7, 10))]


def _is_date(entry: Input) -> bool:
    return entry.type in (InputType.DATE, InputType.PARTIAL_DATE)


def play(
    book: Rulebook, seed: int, *, steps: int = 60, careless: float = 0.3, mode: Mode | None = None
) -> Iterator[tuple[Screening, Command, Decision, Played]]:
    """Each step of one play: the screening before, the command, what followed, the play."""
    robot = Robot(seed, careless=careless)
    run = robot.random
    played = opened(book, mode or run.choice((Mode.SCREENING, Mode.QUICK_CHECK)))
    for _ in range(steps):
        if careless and run.random() < 0.04:
            played.now += run.choice((timedelta(minutes=5), timedelta(days=1), timedelta(days=9)))
        before, command = played.screening, robot.command(played)
        yield before, command, played.do(command, run.choice(PEOPLE)), played


def play_again(
    book: Rulebook, seed: int, *, steps: int = 60
) -> Iterator[tuple[Screening, Command, Decision, Played]]:
    """Each step of a second attempt, where the first has come to an end that allows one."""
    for _, _, _, first in play(book, seed, mode=Mode.SCREENING):
        if repeatable(first.screening):
            break
    else:
        return
    robot = Robot(seed)
    run = robot.random
    days = run.choice((0, 1, 4, 9, 30))
    played = opened_again(first, first.now + timedelta(days=days, minutes=1))
    for _ in range(steps):
        before, command = played.screening, robot.command(played)
        yield before, command, played.do(command, run.choice(PEOPLE)), played


def today(played: Played) -> date:
    """The calendar day at the site, now."""
    return played.screening.day(played.now)
