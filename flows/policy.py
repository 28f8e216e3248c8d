"""Who may do what: one table, and nothing is allowed that is not in it.

Authority is checked before view, answer and export (21 CFR 11.10(d), (g)).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import StrEnum

from flows.events import PEOPLES_ROLES, Mode, Role
from flows.protocol.model import Signer


class Action(StrEnum):
    """What a person may want to do."""

    SCREEN = "screen"
    CHECK = "check"
    PRACTICE = "practice"
    CARRY_ON = "carry_on"
    JUDGE = "judge"
    PROMOTE = "promote"
    HAND_OVER = "hand_over"
    SIGN = "sign"
    FOLLOW = "follow"
    PROTOCOL = "protocol"
    MANAGE_PEOPLE = "manage_people"
    LOG = "log"
    ANSWER_QUERY = "answer_query"
    CLOSE_TRIAL = "close_trial"
    MANAGE_DUTY = "manage_duty"
    ERASE = "erase"


_INVESTIGATOR, _ON_CALL = Role.INVESTIGATOR, Role.ON_CALL
_EVERYBODY = frozenset(PEOPLES_ROLES)

_ALLOWED: dict[Action, frozenset[Role]] = {
    Action.SCREEN: frozenset({_INVESTIGATOR}),
    Action.CHECK: frozenset({_INVESTIGATOR, _ON_CALL}),
    Action.PRACTICE: frozenset({_INVESTIGATOR, _ON_CALL, Role.COORDINATOR}),
    Action.JUDGE: frozenset({_INVESTIGATOR}),
    Action.PROMOTE: frozenset({_INVESTIGATOR}),
    Action.HAND_OVER: frozenset({_INVESTIGATOR, _ON_CALL}),
    Action.SIGN: frozenset({_INVESTIGATOR}),
    Action.FOLLOW: frozenset({Role.COORDINATOR}),
    Action.PROTOCOL: _EVERYBODY,
    Action.MANAGE_PEOPLE: frozenset({Role.ADMINISTRATOR}),
    # The log shows numbers, verdicts and steps, and never an answer.
    Action.LOG: frozenset({_INVESTIGATOR, Role.COORDINATOR, Role.MONITOR, Role.ADMINISTRATOR}),
    Action.ANSWER_QUERY: frozenset({Role.COORDINATOR}),
    Action.CLOSE_TRIAL: frozenset({Role.ADMINISTRATOR}),
    Action.MANAGE_DUTY: frozenset({Role.ADMINISTRATOR}),
    # Whoever erases an answer cannot have read it in the bot.
    Action.ERASE: frozenset({Role.ADMINISTRATOR}),
}

_CARRY_ON: dict[Mode, frozenset[Role]] = {
    Mode.SCREENING: _ALLOWED[Action.SCREEN],
    Mode.QUICK_CHECK: _ALLOWED[Action.CHECK],
    Mode.PRACTICE: _ALLOWED[Action.PRACTICE],
}
"""Seeing a card and answering on it go together: no role reads answers that it cannot give."""


def allowed(action: Action, roles: AbstractSet[Role], mode: Mode | None = None) -> bool:
    """Whether somebody with these roles at the site may do it.

    `mode` is that of the screening in question; CARRY_ON, JUDGE and HAND_OVER depend on it. In
    practice everybody who may practise may try everything.
    """
    if mode is Mode.PRACTICE and action in (Action.CARRY_ON, Action.JUDGE):
        return bool(_ALLOWED[Action.PRACTICE] & roles)
    if action is Action.CARRY_ON:
        return mode is not None and bool(_CARRY_ON[mode] & roles)
    if action is Action.HAND_OVER:
        return mode in (Mode.SCREENING, Mode.QUICK_CHECK) and bool(_CARRY_ON[mode] & roles)
    return bool(_ALLOWED[action] & roles)


def may_sign(roles: AbstractSet[Role], mode: Mode, signer: Signer, *, principal: bool) -> bool:
    """Whether somebody with these roles at the site may sign a verdict there.

    `signer` is whom the trial lets sign; `principal` says that the site named this person its
    principal investigator.
    """
    if not allowed(Action.SIGN, roles, mode):
        return False
    return principal or signer is Signer.INVESTIGATOR


def actions(roles: AbstractSet[Role]) -> frozenset[Action]:
    """Everything that these roles may begin, for the menu."""
    return frozenset(action for action, needed in _ALLOWED.items() if needed & roles)
