"""A drawing of how a screening runs through a protocol, from the machine that checks it."""

from __future__ import annotations

from itertools import pairwise

from transitions.extensions import HierarchicalGraphMachine

from flows.protocol.model import Protocol
from flows.stages import TABLE, Stage


def diagram(protocol: Protocol) -> str:
    """A Mermaid state diagram: the stages, with the criteria in order inside the asking."""
    names = [criterion.id for criterion in protocol.criteria]
    asking = {"name": Stage.ASKING.value, "children": names, "initial": names[0]}
    others = [stage.value for stage in Stage if stage is not Stage.ASKING]
    steps = [
        {"trigger": "next", "source": _inside(first), "dest": _inside(second)}
        for first, second in pairwise(names)
    ]
    moves = [
        {"trigger": trigger.value, "source": stage.value, "dest": _target(target)}
        for trigger, sources, target in TABLE
        for stage in sources
        if target != "=" and (target is not stage)
    ]
    machine = HierarchicalGraphMachine(
        states=[asking, *others],
        transitions=[*steps, *moves],
        initial=Stage.ASKING.value,
        auto_transitions=False,
        graph_engine="mermaid",
        title=f"{protocol.acronym} {protocol.version}",
        show_conditions=False,
    )
    return str(machine.get_combined_graph().draw(None))


def _inside(name: str) -> str:
    return f"{Stage.ASKING.value}_{name}"


def _target(target: Stage | str) -> str:
    return target.value if isinstance(target, Stage) else target
