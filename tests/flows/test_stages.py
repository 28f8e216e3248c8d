"""Which trigger is legal in which stage: the machine, the table and a copy written by hand."""

from __future__ import annotations

from itertools import product

import pytest

from flows.stages import TABLE, NotLegal, Stage, Trigger, after, legal, machine

ASKING, EXCLUDED, CONCLUDED = Stage.ASKING, Stage.EXCLUDED, Stage.CONCLUDED
PAUSED, STOPPED, SIGNED = Stage.PAUSED, Stage.STOPPED, Stage.SIGNED

# From the product's own words: what is given up says nothing more; what is put aside is first
# taken up again or handed over; a signature is voided before anything is changed; an exclusion is
# either left at that or asked past; a verdict that time has changed is followed by the next one.
EXPECTED: dict[Stage, dict[Trigger, Stage]] = {
    ASKING: {
        Trigger.ANSWER: ASKING,
        Trigger.CARRY: ASKING,
        Trigger.CORRECT: ASKING,
        Trigger.SET_ASIDE: ASKING,
        Trigger.JUDGE: ASKING,
        Trigger.EXCLUDE: EXCLUDED,
        Trigger.CONCLUDE: CONCLUDED,
        Trigger.PAUSE: PAUSED,
        Trigger.STOP: STOPPED,
        Trigger.PROMOTE: ASKING,
        Trigger.HAND_OVER: ASKING,
    },
    EXCLUDED: {
        Trigger.ANSWER: ASKING,
        Trigger.CORRECT: ASKING,
        Trigger.JUDGE: ASKING,
        Trigger.RECORD_ALL: ASKING,
        Trigger.FINISH: CONCLUDED,
        Trigger.PROMOTE: EXCLUDED,
        Trigger.HAND_OVER: EXCLUDED,
    },
    CONCLUDED: {
        Trigger.ANSWER: ASKING,
        Trigger.CORRECT: ASKING,
        Trigger.JUDGE: ASKING,
        Trigger.CONCLUDE: CONCLUDED,
        Trigger.PROMOTE: CONCLUDED,
        Trigger.HAND_OVER: CONCLUDED,
        Trigger.SIGN: SIGNED,
        Trigger.STOP: STOPPED,
        Trigger.EXPIRE: CONCLUDED,
        Trigger.REMIND: CONCLUDED,
    },
    SIGNED: {Trigger.VOID: CONCLUDED},
    PAUSED: {
        Trigger.RESUME: ASKING,
        Trigger.REMIND: PAUSED,
        Trigger.STOP: STOPPED,
        Trigger.HAND_OVER: PAUSED,
    },
    STOPPED: {},
}
PAIRS = list(product(Stage, Trigger))


@pytest.mark.parametrize(
    ("stage", "trigger"), PAIRS, ids=lambda part: str(part.value) if part else ""
)
def test_each_pair_is_legal_or_not_as_expected(stage: Stage, trigger: Trigger) -> None:
    """Each pair leads where the copy says, or is refused with stage and trigger."""
    target = EXPECTED[stage].get(trigger)
    assert legal(stage, trigger) is (target is not None)
    if target is not None:
        assert after(stage, trigger) is target
        return
    with pytest.raises(NotLegal) as caught:
        after(stage, trigger)
    assert (caught.value.stage, caught.value.trigger) == (stage, trigger)
    assert str(caught.value) == f"{trigger.value} is not legal while {stage.value}"


def test_the_machine_says_what_the_table_says() -> None:
    """Each row of the table is in the machine, and the machine holds nothing else."""
    rows = {
        (trigger.value, source.name, source.name if target == "=" else target.name)  # type: ignore[union-attr]
        for trigger, sources, target in TABLE
        for source in sources
    }
    fired = {
        (name, found.source, found.dest or found.source)
        for name in machine().events
        for found in machine().get_transitions(name)
    }
    assert fired == rows
    assert len(rows) == sum(len(targets) for targets in EXPECTED.values())


def test_no_trigger_jumps_to_a_stage() -> None:
    """Only the named triggers exist: no `to_<stage>` by which a screening could skip the table."""
    assert set(machine().events) == {trigger.value for trigger in Trigger}
    assert not [name for name in machine().events if name.startswith("to_")]


def test_the_machine_keeps_no_model() -> None:
    """A screening is a value: the machine must not collect one model for each."""
    for stage, trigger in PAIRS:
        legal(stage, trigger)
    assert machine().models == []
    assert machine() is machine()


def test_every_stage_is_reached_and_only_stopped_is_final() -> None:
    """From asking, all stages can be reached; only a stopped screening can go nowhere."""
    reached, new = set[Stage](), {ASKING}
    while new:
        reached |= new
        new = {target for stage in new for target in EXPECTED[stage].values()} - reached
    assert reached == set(Stage)
    final = [stage for stage in Stage if not any(legal(stage, trigger) for trigger in Trigger)]
    assert final == [STOPPED]
