"""The LYSYME file against a table of facts that was copied by hand from the trial's texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.protocol.text import read_text
from flows.rulebook import Rulebook
from tests.flows.reference_codes import CODES, CRITERIA, INPUTS, NON_ANSWERS
from tests.flows.trial_files import LYSYME


def _words(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        if {"en", "fr"} & set(data):
            yield path, data
        for key, value in data.items():
            yield from _words(value, f"{path}.{key}")
    if isinstance(data, list):
        for number, value in enumerate(data):
            yield from _words(value, f"{path}[{number}]")


def test_every_text_stands_in_both_languages() -> None:
    """Each text is there in English and in French, and neither is a copy."""
    texts = list(_words(read_text(LYSYME.read_bytes())))
    assert len(texts) > 300
    for path, words in texts:
        assert set(words) == {"en", "fr"}, path
        assert all(text.strip() == text and text for text in words.values()), path
    copied = [path for path, words in texts if words["en"] == words["fr"] and " " in words["en"]]
    # "Sauvegarde de justice" is a French measure that has no English name.
    assert copied == [".criteria[15].inputs[0].choices[2].label"]


def test_the_file_is_the_trial_that_the_reference_knows(book: Rulebook) -> None:
    """Nineteen criteria in order, the confidential ones, and each input with its codes."""
    criteria = book.protocol.criteria
    assert tuple(criterion.id for criterion in criteria) == CRITERIA
    hidden = [criterion.id for criterion in criteria if criterion.confidential]
    assert hidden == ["E3", "E4", "E10", "E13"]
    for_record = [entry.id for entry in book.protocol.inputs if entry.record_only]
    assert for_record == ["bsa_after_window_pct", "compliance_barrier_category"]
    known = [entry for entry in book.protocol.inputs if entry.id in INPUTS]
    assert [entry.id for entry in known] == list(INPUTS)
    assert len(book.protocol.inputs) == len(INPUTS) + 1 == 29
    for entry in known:
        codes = CODES.get(entry.id, NON_ANSWERS.get(entry.id))
        assert codes is not None
        assert book.readers[entry.id].codes == frozenset(codes), entry.id
    assert (book.protocol.target, book.protocol.time_zone) == (15, "Europe/Paris")
    assert book.protocol.registry_ids["nct"] == "NCT04711200"


def test_the_thresholds_are_the_trials(book: Rulebook) -> None:
    """Every number in a rule or a band: ages, areas, days and years, and no other."""
    found = {
        (name, key, value)
        for criterion in read_text(LYSYME.read_bytes())["criteria"]
        for name, key, value in _numbers(criterion["id"], criterion)
        if key not in ("minimum", "maximum")
    }
    assert found == {
        ("I1", "at_least", 18),
        ("I1", "at_most", 75),
        ("I1", "below", 18),
        ("I1", "above", 75),
        ("I2", "at_least", 0),
        ("I2", "at_most", 10),
        ("I2", "below", 0),
        ("I2", "plus_days", 10),
        ("I2", "plus_days", -30),
        ("I2", "plus_days", -60),
        ("I4", "plus_days", 10),
        ("I4", "at_least", 10),
        ("I4", "below", 10),
        ("E2", "plus_years", -10),
    }
    limits = {entry.id: (entry.minimum, entry.maximum) for entry in book.protocol.inputs}
    assert {name: bounds for name, bounds in limits.items() if bounds != (None, None)} == {
        "age_years": (0, 120),
        "bsa_max_d0_d10_pct": (0, 100),
        "bsa_after_window_pct": (0, 100),
    }


def _numbers(name: str, data: Any) -> Iterator[tuple[str, str, float]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield name, key, value
            yield from _numbers(name, value)
    if isinstance(data, list):
        for value in data:
            yield from _numbers(name, value)
