"""Every card that can be reached by pressing buttons that record nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.cards.card import Card
from bot.cards.draw import draw
from bot.cards.views import Do, Front, Show, View
from bot.texts.shape import Texts
from flows.commands import GiveAnswer, GiveJudgement
from flows.decide import decide
from flows.replies import Remark
from flows.screening import Screening
from tests.bot.cases import AT, DOCTOR, Case
from tests.bot.gallery import ME, cases, remarks

HERE = replace(ME, colleagues=(("P-7K3F9Q", "Dr <Two> & Sons"),))
"""Somebody who may hand over, to somebody with an awkward name."""

DEPTH = 3
"""Presses deep: a keypad's digits or a calendar's months have no end."""


def faces(case: Case, texts: Texts) -> Iterator[tuple[View, Remark | None, Card]]:
    """The cards of one screening, from its front on, and those that ask why something changes."""
    seen: set[View] = set()
    level: list[View] = [Front()]
    for _ in range(DEPTH):
        following: list[View] = []
        for view in dict.fromkeys(one for one in level if one not in seen):
            seen.add(view)
            card = draw(case.screening, texts, AT, view, reader=HERE)
            yield view, None, card
            for remark in _remarks(case.screening, card):
                yield view, remark, draw(case.screening, texts, AT, view, remark, HERE)
            following += [
                one.press.view for one in card.face.buttons if isinstance(one.press, Show)
            ]
        level = following


def _remarks(screening: Screening, card: Card) -> Iterator[Remark]:
    """What is said back to each answer on a card."""
    for button in card.face.buttons:
        command = button.press.command if isinstance(button.press, Do) else None
        if not isinstance(command, GiveAnswer | GiveJudgement):
            continue
        if remark := decide(screening, command, AT, DOCTOR).remark:
            yield remark


def all_faces(texts: Texts) -> Iterator[tuple[Screening, Card]]:
    """The cards of every sort of screening, and one with each remark."""
    for case in cases().values():
        for _, _, card in faces(case, texts):
            yield case.screening, card
    screening = cases()["eligible"].screening
    for remark in remarks():
        yield screening, draw(screening, texts, AT, None, remark, HERE)
