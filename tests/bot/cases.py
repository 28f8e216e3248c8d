"""Screenings for the tests: told what a person would say, on a clock that stands still."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from bot.cards.card import Button, Card
from bot.cards.draw import draw
from bot.cards.views import Do, Front, Show, View
from bot.texts.shape import Texts
from flows.again import Attempt
from flows.answers import Value
from flows.commands import Command, GiveAnswer, GiveJudgement, OpenScreening
from flows.decide import Decision, decide, open_screening
from flows.events import Actor, Happened, JudgementVerdict, Mode, Role
from flows.questions import AskInput, AskJudgement
from flows.rulebook import Rulebook
from flows.screening import Screening
from tests.flows.trial_files import LYSYME, rulebook

AT = datetime(2026, 3, 10, 9, 0, 0, 123000, tzinfo=UTC)
DOCTOR = Actor("p-7", Role.INVESTIGATOR)
NUMBER = "7K3F-9QXV"
AGAIN = "EPCA-DE6N"
"""The number of a second attempt."""

MAN: Mapping[str, Value] = {
    "age_years": 45,
    "index_date": "2026-03-06",
    "admission_date": "2026-03-08",
    "diagnosis": "confirmed",
    "unit": "dermatology",
    "bsa_max_d0_d10_pct": 22,
    "consent": "patient_signed",
    "social_security": "affiliated",
    "repro_status": "male",
    "malignancy": "none",
    "hiv_serology": "negative",
    "hbv_status": "no_infection",
    "hcv_status": "no_infection",
    "sars_cov2_pcr": "negative",
    "cardiac_failure": "no",
    "uncontrolled_epilepsy": "no",
    "bone_marrow_transplant": "none",
    "other_research": "none",
    "liberty_status": "none",
    "compliance_barrier": "no",
    "guardianship": "none",
    "psychiatric_care": "none",
}
"""A man who may be enrolled: everything that he is asked, in the order of asking."""


@cache
def lysyme() -> Rulebook:
    """LYSYME, ready to be applied."""
    return rulebook(LYSYME)


class Case:
    """One screening and everything that happened in it."""

    def __init__(
        self,
        mode: Mode = Mode.SCREENING,
        language: str = "en",
        earlier: Attempt | None = None,
        at: datetime = AT,
    ) -> None:
        number = AGAIN if earlier else NUMBER
        command = OpenScreening(number, "site-1", "Europe/Paris", mode, language)
        decision = open_screening(lysyme(), command, at, DOCTOR, earlier)
        self.screening: Screening = decision.screening
        self.history: list[Happened] = list(decision.events)

    def tell(self, command: Command, at: datetime = AT, by: Actor = DOCTOR) -> Decision:
        """Say something; what follows is kept."""
        decision = decide(self.screening, command, at, by)
        self.screening = decision.screening
        self.history += decision.events
        return decision

    def answer(
        self, answers: Mapping[str, Value], until: str | None = None, at: datetime = AT
    ) -> Case:
        """Answer whatever is asked, up to the question `until` or to the end of the answers."""
        while (name := self.asked(at)) is not None and name != until and name in answers:
            value = answers[name]
            if name in self.screening.book.criteria:
                self.tell(GiveJudgement(name, JudgementVerdict(str(value))), at)
            else:
                assert self.tell(GiveAnswer(name, value), at).events, (name, value)
        return self

    def asked(self, at: datetime = AT) -> str | None:
        """The input, or the criterion to be judged, that is asked for now."""
        match self.screening.walk(self.screening.day(at)).step:
            case AskInput(input=name):
                return name
            case AskJudgement(criterion=name):
                return name
        return None

    def card(self, texts: Texts, view: View | None = None, at: datetime = AT) -> Card:
        """The card as it is drawn now."""
        return draw(self.screening, texts, at, view or Front())

    def press(self, card: Card, label: str) -> View:
        """Press the button with this label; the view that the card turns to."""
        press = button(card, label).press
        if isinstance(press, Show):
            return press.view
        assert isinstance(press, Do)
        self.tell(press.command)
        return Front()


def button(card: Card, label: str) -> Button:
    """The one button that is labelled so."""
    found = [one for one in card.face.buttons if one.label == label]
    assert len(found) == 1, f"{label!r} is on {len(found)} of {labels(card)}"
    return found[0]


def labels(card: Card) -> list[str]:
    """What stands on the buttons."""
    return [one.label for one in card.face.buttons]


def words(card: Card) -> str:
    """Everything that is read on a card, but for the buttons and the folded help."""
    return "\n".join([card.heading, card.remark, *(part.text for part in card.face.paragraphs)])


def look(card: Card) -> str:
    """The whole of a card, to be compared with another's: a face is equal to nothing but itself."""
    return repr(card)


def answers(card: Card) -> dict[str, str]:
    """The codes and labels of the answer buttons."""
    return {one.code: one.label for row in card.face.answers for one in row}
