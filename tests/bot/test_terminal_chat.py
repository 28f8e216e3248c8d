"""A conversation in the terminal, line by line: what each line does and which card follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from click import unstyle

from bot.cli.faults import explain
from bot.clock import RandomNumbers
from bot.desk import Desk
from bot.shelf import Shelf
from bot.terminal.chat import Chat
from bot.texts.shape import Texts
from flows.events import DeterminationMade, Mode
from flows.screening import Screening
from flows.stages import Stage
from storage.memory import MemoryLedger
from tests.bot.cases import DOCTOR, MAN, lysyme
from tests.bot.staff import HandClock

SMALL = ["45", "D-4", "D-2", "1", "1", "5"]
"""The first answers of a man whose detached area is still below the limit."""


class Talk:
    """Types lines one after the other and keeps what is said, line by line."""

    def __init__(self, texts: Texts) -> None:
        ledger = MemoryLedger()
        self.clock = HandClock()
        self.desk = Desk(ledger, Shelf(ledger), self.clock, RandomNumbers())
        self.texts = texts
        self.said: list[str] = []
        self.number = ""

    async def type(self, lines: Iterable[str | Callable[[], None]]) -> Screening:
        """The whole conversation; something to call happens between two lines."""
        opened = await self.desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)
        left = iter(lines)

        def hear() -> str | None:
            for line in left:
                if isinstance(line, str):
                    return line
                line()
            return None

        chat = Chat(
            desk=self.desk,
            texts=self.texts,
            by=DOCTOR,
            hear=hear,
            say=self.said.append,
            explain=lambda error: explain(error, self.texts),
            screening=opened.screening,
        )
        await chat.run()
        self.number = opened.screening.number
        return await self.desk.look(self.number)


def plain(text: str) -> str:
    """What is read: without colours, lines and the spaces that keep words together."""
    return " ".join(unstyle(text).split())


async def test_stop_at_an_exclusion_leaves_it_at_that(texts: Texts) -> None:
    """There is a verdict: it is kept, the rest stays unassessed, and nothing is given up."""
    talk = Talk(texts)
    screening = await talk.type(["17", "/stop"])
    assert screening.stage is Stage.CONCLUDED
    assert screening.determination is not None
    assert screening.determination.verdict == "ineligible"
    assert plain(texts.cards.stop_sure) not in plain("".join(talk.said))
    assert plain(texts.cards.unassessed(18)) in plain(talk.said[-2])
    assert talk.said[-1] == f"\n{texts.commands.left_closed(talk.number)}"


async def test_stop_in_the_middle_asks_first(texts: Texts) -> None:
    """Nothing is decided yet: it is given up only after a second word."""
    talk = Talk(texts)
    screening = await talk.type(["45", "/stop"])
    assert screening.stage is Stage.ASKING
    assert plain(texts.cards.stop_sure) in plain(talk.said[-2])
    assert (await Talk(texts).type(["45", "/stop", "yes"])).stage is Stage.STOPPED


async def test_after_help_the_card_stands_there_again(texts: Texts) -> None:
    """The help of the criterion, what can be typed, then the question that is still open."""
    talk = Talk(texts)
    await talk.type(["45", "/help"])
    card, told, commands, again = talk.said[-5:-1]
    assert plain(lysyme().readers["index_date"].entry.question.of(texts.language)) in plain(card)
    assert told.startswith("  ? ")
    assert commands == texts.commands.help
    assert again == card


async def test_after_help_on_a_verdict_there_is_a_card_too(texts: Texts) -> None:
    """The end card has no help of its own, and comes back all the same."""
    talk = Talk(texts)
    await talk.type(["17", "/finish", "/help"])
    assert talk.said[-3:-1] == [texts.commands.help, talk.said[-4]]


async def test_midnight_passes_in_the_middle_of_a_conversation(texts: Texts) -> None:
    """The window closes between two lines: whatever is typed next, the verdict is recorded."""

    def days_go_by(talk: Talk) -> Callable[[], None]:
        def later() -> None:
            talk.clock.at += timedelta(days=20)

        return later

    for line in ("/help", "/review", "/card"):
        talk = Talk(texts)
        screening = await talk.type([*SMALL, days_go_by(talk), line])
        assert screening.stage is Stage.EXCLUDED
        assert plain(texts.cards.failing["inclusion"]("I4")) in plain(talk.said[-2])
    talk = Talk(texts)
    screening = await talk.type([*SMALL, days_go_by(talk), "perhaps"])
    assert screening.determination is None
    assert plain(texts.remarks.not_asked) in plain(talk.said[-2])


async def test_everything_typed_is_recorded_once(texts: Texts) -> None:
    """One event a line and one verdict; looking at faces in between adds nothing."""
    talk = Talk(texts)
    shown = [line for answer in SMALL for line in (answer, "/review", "/help", "/card")]
    await talk.type(shown)
    _, history = await talk.desk.history(talk.number)
    assert len(history) == 1 + len(SMALL)
    assert not [one for one in history if isinstance(one.event, DeterminationMade)]
    assert len(MAN) > len(SMALL)


async def test_an_open_verdict_can_be_put_off_to_a_day_or_given_up(texts: Texts) -> None:
    """The same road as on a phone: a day from the list, shown on the card; then the last word."""
    talk = Talk(texts)
    answers = [str(value) for value in {**MAN, "hiv_serology": "pending"}.values()]
    screening = await talk.type([*answers, "/remind", "3"])
    chosen = talk.clock.now().date() + timedelta(days=3)
    assert screening.remind_on == chosen
    assert plain(texts.duty.next_reminder(chosen)) in plain(talk.said[-2])
    talk = Talk(texts)
    screening = await talk.type([*answers, "/stop", "1"])
    assert screening.stage is Stage.STOPPED
    talk = Talk(texts)
    screening = await talk.type([*(str(value) for value in MAN.values()), "/remind", "/stop"])
    assert (screening.remind_on, screening.stage) == (None, Stage.CONCLUDED)
