"""The stages of a screening and which trigger is legal in which: the one checked table.

`transitions` holds the table and draws it. The machine has no model: a screening is a value, the
fold of its events, and asks here what a trigger makes of its stage.
"""

from __future__ import annotations

from enum import Enum
from functools import cache

from transitions import Machine


class Stage(Enum):
    """Where a screening stands."""

    ASKING = "asking"
    EXCLUDED = "excluded"
    CONCLUDED = "concluded"
    PAUSED = "paused"
    STOPPED = "stopped"
    SIGNED = "signed"


class Trigger(Enum):
    """What may be done to a screening, or follows from it."""

    ANSWER = "answer"
    CARRY = "carry"
    CORRECT = "correct"
    SET_ASIDE = "set_aside"
    JUDGE = "judge"
    EXCLUDE = "exclude"
    CONCLUDE = "conclude"
    RECORD_ALL = "record_all"
    FINISH = "finish"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    PROMOTE = "promote"
    HAND_OVER = "hand_over"
    SIGN = "sign"
    VOID = "void"
    EXPIRE = "expire"
    REMIND = "remind"


_ASKING, _EXCLUDED, _CONCLUDED = Stage.ASKING, Stage.EXCLUDED, Stage.CONCLUDED
_OPEN = [_ASKING, _EXCLUDED, _CONCLUDED]
_SAME = "="

TABLE: list[tuple[Trigger, list[Stage], Stage | str]] = [
    (Trigger.ANSWER, _OPEN, _ASKING),
    (Trigger.CARRY, [_ASKING], _SAME),
    (Trigger.CORRECT, _OPEN, _ASKING),
    (Trigger.SET_ASIDE, [_ASKING], _SAME),
    (Trigger.JUDGE, _OPEN, _ASKING),
    (Trigger.EXCLUDE, [_ASKING], _EXCLUDED),
    (Trigger.CONCLUDE, [_ASKING, _CONCLUDED], _CONCLUDED),
    (Trigger.RECORD_ALL, [_EXCLUDED], _ASKING),
    (Trigger.FINISH, [_EXCLUDED], _CONCLUDED),
    (Trigger.PAUSE, [_ASKING], Stage.PAUSED),
    (Trigger.RESUME, [Stage.PAUSED], _ASKING),
    (Trigger.STOP, [_ASKING, Stage.PAUSED, _CONCLUDED], Stage.STOPPED),
    (Trigger.PROMOTE, _OPEN, _SAME),
    (Trigger.HAND_OVER, [*_OPEN, Stage.PAUSED], _SAME),
    (Trigger.SIGN, [_CONCLUDED], Stage.SIGNED),
    (Trigger.VOID, [Stage.SIGNED], _CONCLUDED),
    (Trigger.EXPIRE, [_CONCLUDED], _SAME),
    (Trigger.REMIND, [_CONCLUDED, Stage.PAUSED], _SAME),
]


class NotLegal(Exception):
    """A trigger that the table does not allow in this stage."""

    def __init__(self, stage: Stage, trigger: Trigger) -> None:
        self.stage, self.trigger = stage, trigger
        super().__init__(f"{trigger.value} is not legal while {stage.value}")


@cache
def machine() -> Machine:
    """The table as a machine without a model."""
    return Machine(
        model=None,
        states=Stage,
        initial=_ASKING,
        auto_transitions=False,
        transitions=[
            {"trigger": trigger.value, "source": list(sources), "dest": target}
            for trigger, sources, target in TABLE
        ],
    )


@cache
def _next() -> dict[tuple[Stage, Trigger], Stage]:
    """Read back from the machine once: a look-up, where firing would build a model each time."""
    return {
        (Stage[found.source], trigger): Stage[found.dest or found.source]
        for trigger in Trigger
        for found in machine().get_transitions(trigger.value)
    }


def after(stage: Stage, trigger: Trigger) -> Stage:
    """The stage that a trigger leads to.

    Raises:
        NotLegal: the table does not allow it.

    """
    try:
        return _next()[stage, trigger]
    except KeyError:
        raise NotLegal(stage, trigger) from None


def legal(stage: Stage, trigger: Trigger) -> bool:
    """Whether the table allows a trigger in a stage."""
    return (stage, trigger) in _next()
