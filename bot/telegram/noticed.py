"""What a notice in Telegram offers: *seen*, *I take it*, and who may be told at all."""

from __future__ import annotations

from typing import Final

from bot.notices import (
    CASE_KINDS,
    CLOSED,
    HAND_OVER,
    QUERY,
    REMINDER,
    TARGET,
    UNSEEN,
)
from bot.telegram.rows import MARK
from bot.telegram.speaker import Speaker
from flows.events import Role
from flows.policy import Action
from flows.trials import Placed, Where

BRINGS_CARD: Final = frozenset({HAND_OVER, REMINDER, CLOSED})
"""Notices that bring a screening's card to whoever carries it."""

_TOLD: Final = frozenset({Role.COORDINATOR, Role.INVESTIGATOR, Role.ADMINISTRATOR})
"""The roles along the chain; a notice holds nothing that one of them may not know."""

Row = list[tuple[str, str]]


def may_be_told(speaker: Speaker, kind: str, where: Placed) -> bool:
    """Whether the person still holds a role in which this is told, in that trial at that site.

    That a trial has reached its target is told at all of its sites.
    """
    person, now = speaker.person, speaker.now
    if kind == TARGET:
        places = [Where(site, where.trial) for site in person.sites(now, *_TOLD)]
        return any(person.roles_at(one, now) & _TOLD for one in places)
    roles = person.roles_at(where, now)
    return bool(roles if kind == UNSEEN else roles & _TOLD)


def rows_of(speaker: Speaker, kind: str, number: str, where: Placed) -> list[Row]:
    """The buttons under a notice that somebody must see: *seen* in the first row."""
    if kind not in CASE_KINDS and kind != UNSEEN:
        return []
    words = speaker.texts
    rows = [[(words.duty.seen, f"{MARK}seen:{kind}:{number}")]]
    if speaker.may(Action.FOLLOW, where):
        rows[0].append((words.chat.take, f"{MARK}take:{number}"))
    return [*rows, *_about(speaker, kind, number, where)]


def _about(speaker: Speaker, kind: str, number: str, where: Placed) -> list[Row]:
    """What leads on from a notice, whether it was seen or not."""
    words, rows = speaker.texts, []
    if kind == QUERY and speaker.may(Action.ANSWER_QUERY, where):
        rows.append([(words.queries.answer, f"{MARK}qcase:{number}")])
    if speaker.may(Action.LOG, where):
        rows.append([status_button(speaker, number)])
    return rows


def status_button(speaker: Speaker, number: str) -> tuple[str, str]:
    """The way from a notice to the page of its case."""
    return (speaker.texts.log.status, f"{MARK}s:{number}")
