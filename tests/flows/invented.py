"""Protocols that nobody would write, to find what holds under any: inputs that refuse, apply and
count as absent by one another's answers, also by those that are asked later.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any

from flows.protocol.model import Protocol
from flows.protocol.text import read_text
from flows.rulebook import Rulebook
from tests.flows.trial_files import SECOND

TEXT = {"en": "x", "fr": "x"}
CODES = ("a", "b", "unknown")


def choice(name: str) -> dict[str, Any]:
    """An input that is answered a, b or unknown."""
    options = [{"code": code, "label": TEXT} for code in CODES]
    kept = {"id": name, "question": TEXT, "type": "choice"}
    return kept | {"choices": options[:2], "non_answers": options[2:]}


def met_by(entry: dict[str, Any], codes: str | list[str]) -> dict[str, Any]:
    """A criterion that is met by these answers to its one input, and failed by any other."""
    rule = [{"when": {"input": entry["id"], "is": codes}, "then": "pass"}, {"then": "fail"}]
    return {"inputs": [entry], "rule": rule}


def trial(criteria: Sequence[dict[str, Any]]) -> Rulebook:
    """A protocol of inclusion criteria: each says its inputs and its rule."""
    data = deepcopy(read_text(SECOND.read_bytes()))
    template = data["criteria"][0]
    data["criteria"] = [
        template | criterion | {"id": f"I{place}"} for place, criterion in enumerate(criteria, 1)
    ]
    return Rulebook(Protocol.model_validate(data), "0" * 64)


def invented(seed: int) -> Rulebook:
    """Three to five criteria with one or two inputs each; the same seed invents the same."""
    random = Random(seed)
    names = [
        [f"i{place}_{number}" for number in range(random.choice((1, 1, 2)))]
        for place in range(random.choice((3, 4, 5)))
    ]
    kinds = ("choice", "choice", "integer", "date")
    inputs = {name: random.choice(kinds) for together in names for name in together}
    invention = _Invention(random, inputs)
    return trial(
        [invention.rule() | {"inputs": [*map(invention.input, together)]} for together in names]
    )


class _Invention:
    """Draws the parts of one protocol, over inputs that are known from the start."""

    def __init__(self, random: Random, inputs: dict[str, str]) -> None:
        self.random, self.inputs = random, inputs

    def rule(self) -> dict[str, Any]:
        """Two rows with a condition, and what holds otherwise."""
        outcomes = ["pass", "fail", self.random.choice(("judgement", "undetermined"))]
        self.random.shuffle(outcomes)
        first, second, last = outcomes
        rows = [{"when": self.condition(), "then": then} for then in (first, second)]
        judged = {"judgement": {"question": TEXT}} if "judgement" in outcomes else {}
        return {"rule": [*rows, {"then": last}], **judged}

    def input(self, name: str) -> dict[str, Any]:
        """One input, with the odd refusal, condition and absence."""
        kind, entry = self.inputs[name], choice(name)
        if kind != "choice":
            entry |= {"type": kind, "choices": []}
        if kind == "integer":
            entry |= {"minimum": 0, "maximum": 6}
        if self.random.random() < 0.7:
            refusal = {"all": [self.about(name), self.condition(1)]}
            entry["refuse"] = [{"when": refusal, "message": TEXT}]
        if self.random.random() < 0.5:
            entry["applies_when"] = self.condition()
        if self.random.random() < 0.3:
            entry["when_absent"] = "unknown"
        return entry

    def condition(self, depth: int = 0) -> dict[str, Any]:
        """Any condition over any inputs."""
        if depth == 2 or self.random.random() < 0.6:
            return self.about(self.random.choice(sorted(self.inputs)))
        parts = [self.condition(depth + 1) for _ in range(2)]
        return self.random.choice(
            ({"all": parts}, {"any": parts}, {"not": parts[0]}, {"surely": parts[0]})
        )

    def about(self, name: str) -> dict[str, Any]:
        """A condition on one input."""
        kind, chance = self.inputs[name], self.random.random()
        if chance < 0.15:
            return {"known": name}
        if kind == "choice" or chance < 0.3:
            code = self.random.choice(CODES if kind == "choice" else CODES[2:])
            return {"input": name, "is": code}
        if kind == "date":
            dates = {"days_from": name, "days_to": "date_of_screening"}
            return dates | {"at_most": self.random.choice((1, 5, 10))}
        others = [one for one, other in self.inputs.items() if other == kind and one != name]
        bound: object = self.random.choice((2, 4))
        if others and self.random.random() < 0.4:
            bound = {"value": self.random.choice(others)}
        return {"value": name, "at_least": bound}
