"""What the people of a benchmark answer: LYSYME, by one button a question, to its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from bot.cards.draw import draw
from bot.cards.views import Do
from bot.telegram.render import html
from bot.texts import ALL
from flows.commands import OpenScreening
from flows.decide import decide, open_screening
from flows.events import Actor, Mode, Role
from flows.protocol.model import Input
from flows.questions import AskInput
from tests.bot.cases import lysyme

EN: Final = ALL["en"]
ANOTHER: Final = EN.again.another
"""The button by which a second screening within the hour is of another patient."""

_CODES: Final = {
    "age_years": "unknown",
    "bsa_max_d0_d10_pct": "unknown",
    "diagnosis": "confirmed",
    "unit": "dermatology",
    "consent": "patient_signed",
    "social_security": "affiliated",
    "repro_status": "female_childbearing_potential",
    "pregnancy": "test_negative",
    "hiv_serology": "negative",
    "hbv_status": "no_infection",
    "hcv_status": "no_infection",
    "sars_cov2_pcr": "negative",
}
_DAYS_BACK: Final = {"index_date": 4, "admission_date": 2}


def answers(today: date) -> Mapping[str, str]:
    """By the words of each question: the label of the button that answers it."""
    criteria = lysyme().protocol.criteria
    return {
        entry.question.of("en"): _label(entry, today) for one in criteria for entry in one.inputs
    }


def _label(entry: Input, today: date) -> str:
    if entry.id in _DAYS_BACK:
        return EN.cards.near_day(today - timedelta(days=_DAYS_BACK[entry.id]))
    codes = {option.code: option.label.of("en") for option in (*entry.choices, *entry.non_answers)}
    wanted = (_CODES.get(entry.id, ""), "no", "none")
    return next((codes[code] for code in wanted if code in codes), "")


def questions(today: date) -> list[dict[str, Any]]:
    """What each card of such a screening says and offers: for peers, which ask the very same."""
    now = datetime.combine(today, time(12), tzinfo=UTC)
    by = Actor("INV-1", Role.INVESTIGATOR)
    command = OpenScreening("7K3F-9QXA", "HM", "Europe/Paris", Mode.SCREENING, "en")
    screening = open_screening(lysyme(), command, now, by).screening
    found, said = [], answers(today)
    while isinstance(step := screening.walk(today).step, AskInput):
        card = draw(screening, EN, now)
        buttons = [button for row in card.face.rows for button in row]
        wanted = said[screening.book.readers[step.input].entry.question.of("en")]
        press = next(button.press for button in buttons if button.label == wanted)
        assert isinstance(press, Do)
        found.append(
            {
                "text": html(card, EN),
                "question": screening.book.readers[step.input].entry.question.of("en"),
                "labels": [button.label for button in buttons],
            }
        )
        screening = decide(screening, press.command, now, by).screening
    return found
