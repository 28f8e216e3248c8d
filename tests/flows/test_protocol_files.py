"""The third move: each check across a file finds the fault it is there for."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

import pytest

from flows.protocol.fault import ProtocolFaults
from flows.protocol.load import load_protocol
from flows.protocol.text import read_text
from tests.flows.trial_files import LYSYME

Spoil: TypeAlias = Callable[[list[Any]], object]
KEPT = ("I1", "I2", "I3", "I4", "E1")
I1, I2, I3, I4, E1 = range(5)


def _short(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: "x" if key in ("en", "fr") else _short(value) for key, value in data.items()}
    return [_short(part) for part in data] if isinstance(data, list) else data


@pytest.fixture(scope="module")
def small() -> Any:
    """LYSYME's first four criteria and one exclusion, without its texts: quick to load."""
    data = _short(read_text(LYSYME.read_bytes()))
    data["criteria"] = [entry for entry in data["criteria"] if entry["id"] in KEPT]
    return data


def faults(data: Any) -> list[str]:
    """All faults of a file with this content."""
    try:
        load_protocol(json.dumps(data).encode())
    except ProtocolFaults as found:
        return str(found).splitlines()
    return []


def _when(criterion: int, condition: dict[str, Any]) -> Spoil:
    def spoil(criteria: list[Any]) -> None:
        criteria[criterion]["rule"].insert(0, {"when": condition, "then": "pass"})

    return spoil


def _input(criterion: int, number: int = 0, /, **changes: Any) -> Spoil:
    return lambda criteria: criteria[criterion]["inputs"][number].update(changes)


def _option(code: str) -> dict[str, Any]:
    return {"code": code, "label": {"en": "x", "fr": "x"}}


_STRANGER = {"input": "bsa", "is": "unknown"}
_REFUSAL = {"when": _STRANGER, "message": {"en": "x", "fr": "x"}}
_DATED = {"value": "index_date", "at_least": {"value": "date_of_screening"}}

MUTATIONS: list[tuple[Spoil, str]] = [
    (_when(I4, _STRANGER), "criteria[3].rule: unknown input 'bsa'"),
    (_when(I4, {"all": [{"not": _STRANGER}]}), "criteria[3].rule: unknown input 'bsa'"),
    (_when(I4, {"surely": {"any": [_STRANGER]}}), "criteria[3].rule: unknown input 'bsa'"),
    (_when(I4, {"known": "bsa"}), "criteria[3].rule: unknown input 'bsa'"),
    (_when(I4, {"value": "bsa", "above": 1}), "criteria[3].rule: unknown input 'bsa'"),
    (
        _when(I4, {"value": "index_date", "above": {"value": "bsa"}}),
        "criteria[3].rule: unknown input 'bsa'",
    ),
    (
        _when(I4, {"days_from": "bsa", "days_to": "index_date", "above": 1}),
        "criteria[3].rule: unknown input 'bsa'",
    ),
    (
        _when(I3, {"input": "unit", "is": "garage"}),
        "criteria[2].rule: unknown code 'garage' of input 'unit'",
    ),
    (
        _when(I3, {"input": "unit", "is": "not_applicable"}),
        "criteria[2].rule: unknown code 'not_applicable' of input 'unit'",
    ),
    (
        _when(I1, {"input": "unit", "is": "unknown"}),
        "criteria[0].rule: input 'unit' is asked only by a later criterion",
    ),
    (
        _when(I3, {"value": "unit", "above": 1}),
        "criteria[2].rule: input 'unit' is no number and no date",
    ),
    (
        _when(I4, {"value": "index_date", "above": 10}),
        "criteria[3].rule: 'above' compares a date with a number",
    ),
    (
        _when(I4, {"value": "bsa_max_d0_d10_pct", "below": {"value": "index_date"}}),
        "criteria[3].rule: 'below' compares a date with a number",
    ),
    (
        _when(I4, {"days_from": "age_years", "days_to": "index_date", "above": 1}),
        "criteria[3].rule: input 'age_years' is no date",
    ),
    (
        _when(
            I4, {"days_from": "index_date", "days_to": "index_date", "at_most": _DATED["at_least"]}
        ),
        "criteria[3].rule: 'at_most' compares a date with a number",
    ),
    (
        _when(I1, {"value": "age_years", "at_least": 12}),
        "criteria[0].rule: 'keep' of input 'age_years' hides the threshold 12",
    ),
    (
        _when(I4, {"value": "bsa_max_d0_d10_pct", "above": 10}),
        "criteria[3].rule: 'keep' of input 'bsa_max_d0_d10_pct' hides the threshold 10",
    ),
    (
        lambda criteria: criteria[I1]["rule"][-1].update(when=_DATED),
        "criteria[0].rule: the last row has no 'when': it says what holds otherwise",
    ),
    (
        lambda criteria: criteria[I4]["rule"][1].pop("when"),
        "criteria[3].rule: row 2 has no 'when', so that no later row can hold",
    ),
    (
        lambda criteria: criteria[I4]["rule"][4].update(open_until="some_day"),
        "criteria[3].rule: unknown deadline 'some_day'",
    ),
    (
        lambda criteria: criteria[I1]["rule"][0].update(then="undetermined"),
        "criteria[0].rule: no row gives 'pass'",
    ),
    (
        lambda criteria: criteria[I1]["rule"][1].update(then="undetermined"),
        "criteria[0].rule: no row gives 'fail'",
    ),
    (
        lambda criteria: criteria[I2].pop("judgement"),
        "criteria[1].rule: a row 'then: judgement' and a judgement question go together",
    ),
    (
        lambda criteria: criteria[I1].update(judgement=criteria[I2]["judgement"]),
        "criteria[0].rule: a row 'then: judgement' and a judgement question go together",
    ),
    (lambda criteria: criteria[I2].update(id="I1"), "criteria: 'I1' stands more than once"),
    (_input(I3, 1, id="diagnosis"), "inputs: 'diagnosis' stands more than once"),
    (lambda c: c[I1].update(kind="exclusion"), "criteria[0].kind: 'I1' is no exclusion criterion"),
    (
        lambda criteria: criteria.insert(0, criteria.pop()),
        "criteria[1]: inclusion criteria stand before exclusion criteria",
    ),
    (
        lambda criteria: criteria[I3]["inputs"][0]["choices"].append(_option("unknown")),
        "criteria[2].inputs[0]: 'unknown' stands more than once",
    ),
    (
        _input(I3, choices=[]),
        "criteria[2].inputs[0]: choices belong to the types 'choice' and 'yes_no', "
        "and are needed there",
    ),
    (
        _input(I1, choices=[_option("old")]),
        "criteria[0].inputs[0]: choices belong to the types 'choice' and 'yes_no', "
        "and are needed there",
    ),
    (
        _input(E1, 2, choices=[_option("yes"), _option("perhaps")]),
        "criteria[4].inputs[2]: a 'yes_no' input has the choices 'yes' and 'no'",
    ),
    (_input(I1, minimum=None), "criteria[0].inputs[0]: a number needs 'minimum' and 'maximum'"),
    (_input(I4, maximum=None), "criteria[3].inputs[0]: a number needs 'minimum' and 'maximum'"),
    (_input(I2, keep=[{"below": 3}]), "criteria[1].inputs[0]: 'keep' belongs to numbers"),
    (
        _input(I2, 2, when_absent="never"),
        "criteria[1].inputs[2]: when_absent: unknown code 'never'",
    ),
    (_input(I2, refuse=[_REFUSAL]), "criteria[1].inputs[0]: unknown input 'bsa'"),
    (_input(I2, warn=[_REFUSAL]), "criteria[1].inputs[0]: unknown input 'bsa'"),
    (_input(E1, 1, applies_when=_STRANGER), "criteria[4].inputs[1]: unknown input 'bsa'"),
    (_input(I2, keep_precision_for=_STRANGER), "criteria[1].inputs[0]: unknown input 'bsa'"),
    (
        lambda criteria: criteria[I2]["deadlines"][0].update(date={"value": "bsa"}),
        "criteria[1].deadlines[0]: unknown input 'bsa'",
    ),
    (
        lambda criteria: criteria[I2]["deadlines"][0].update(when=_STRANGER),
        "criteria[1].deadlines[0]: unknown input 'bsa'",
    ),
    (
        lambda c: c[I2]["meanings"].update({"lost (unit)": {"en": "x", "fr": "x"}}),
        "criteria[1].meanings: unknown code 'lost (unit)'",
    ),
    (
        lambda criteria: criteria[I2]["sources"].append("hearsay"),
        "criteria[1].sources: unknown source 'hearsay'",
    ),
    (
        _input(I1, minimum=121),
        "criteria[0].inputs[0]: 'minimum' is greater than 'maximum'",
    ),
    (
        _input(I4, record_only=True),
        "criteria[3].rule: input 'bsa_max_d0_d10_pct' is for the record only",
    ),
    (
        _input(I1, id="judgements"),
        "criteria[0].inputs[0]: 'judgements' is reserved: give the input another name",
    ),
    (
        _input(I1, id="date_of_screening"),
        "criteria[0].inputs[0]: 'date_of_screening' is reserved: give the input another name",
    ),
    (
        lambda criteria: criteria[I2]["deadlines"][0].update(date={"value": "age_years"}),
        "criteria[1].deadlines[0]: input 'age_years' is no date",
    ),
    (
        lambda criteria: criteria[I2]["deadlines"].append(criteria[I2]["deadlines"][0]),
        "deadlines: 'admit_by' stands more than once",
    ),
]


def test_the_small_file_has_no_fault(small: Any) -> None:
    """What the mutations below spoil is whole before."""
    assert faults(small) == []


@pytest.mark.parametrize(("spoil", "fault"), MUTATIONS, ids=[fault for _, fault in MUTATIONS])
def test_each_check_finds_its_fault(small: Any, spoil: Spoil, fault: str) -> None:
    """One thing spoilt, and the author is told where and what, in these words."""
    data = deepcopy(small)
    spoil(data["criteria"])
    assert fault in faults(data)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../zone", "/zone", "Europe/paris\n"])
def test_an_unknown_time_zone_is_a_fault(small: Any, zone: str) -> None:
    """The day of screening is a day somewhere."""
    assert faults({**small, "time_zone": zone})[0].startswith("time_zone: ")


def test_an_advisory_reads_a_known_input(small: Any) -> None:
    """A date beside the verdict is moved from an input that the file has."""
    data = deepcopy(small)
    data["advisories"][0]["date"]["value"] = "bsa"
    assert faults(data) == ["advisories[0]: unknown input 'bsa'"]


def test_faults_across_the_file_are_told_at_once(small: Any) -> None:
    """Ten things spoilt are ten lines, not the first of them, each line once."""
    data = deepcopy(small)
    chosen = [MUTATIONS[number] for number in (0, 7, 9, 19, 22, 24, 32, 36, 42, 43)]
    for spoil, _ in chosen:
        spoil(data["criteria"])
    found = faults(data)
    assert {fault for _, fault in chosen} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("word", [b".nan", b".inf", b"-.inf", b"1e400"])
def test_a_threshold_is_a_number(word: bytes) -> None:
    """`.nan` and `.inf` are floats to YAML and nothing that an age can be compared with."""
    with pytest.raises(ProtocolFaults, match="should be a finite number"):
        load_protocol(LYSYME.read_bytes().replace(b"at_least: 18", b"at_least: " + word, 1))


def test_a_condition_on_no_code_at_all_is_a_fault(small: Any) -> None:
    """`is: []` could never hold."""
    data = deepcopy(small)
    _when(I3, {"input": "unit", "is": []})(data["criteria"])
    assert any("rule[0].when.is" in fault for fault in faults(data)), faults(data)


@pytest.mark.parametrize(
    "condition", [{"input": "date_of_screening", "is": "unknown"}, {"known": "date_of_screening"}]
)
def test_the_built_in_date_has_no_codes(small: Any, condition: dict[str, Any]) -> None:
    """`input: date_of_screening` is a slip of the pen: the author is told how to compare it."""
    data = deepcopy(small)
    _when(I1, condition)(data["criteria"])
    assert faults(data) == [
        "criteria[0].rule: 'date_of_screening' is a date: compare it with 'value'"
    ]


def test_the_built_in_date_is_compared(small: Any) -> None:
    """As a quantity it is read like any other date."""
    data = deepcopy(small)
    _when(I2, _DATED)(data["criteria"])
    assert faults(data) == []


def test_an_advisory_is_a_date_with_a_name_of_its_own(small: Any) -> None:
    """It stands beside the deadlines, so it has neither their names nor an age for a date."""
    data = deepcopy(small)
    taken = data["criteria"][I2]["deadlines"][0]["name"]
    data["advisories"][0].update(name=taken, date={"value": "age_years"})
    assert faults(data) == [
        f"deadlines: '{taken}' stands more than once",
        "advisories[0]: input 'age_years' is no date",
    ]


def test_a_limit_of_nought_is_a_limit(small: Any) -> None:
    """An upper limit below a missing or zero lower one leaves no value to be given."""
    data = deepcopy(small)
    _input(I4, minimum=0, maximum=-1, keep=[])(data["criteria"])
    assert "criteria[3].inputs[0]: 'minimum' is greater than 'maximum'" in faults(data)
