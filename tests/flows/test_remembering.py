"""What is remembered of the rules: under the facts that it came from, and not without end."""

from __future__ import annotations

from datetime import date, timedelta

from flows.answers import screening_day
from flows.protocol.conditions import DATE_OF_SCREENING
from flows.rulebook import Rulebook
from flows.rules import MOST_SEEN, Facts, remembering

DAY = date(2026, 3, 10)


def test_what_is_kept_came_from_the_facts_it_is_kept_under() -> None:
    """The function is given what it reads and the day, so another fact cannot have decided."""
    given: list[Facts] = []

    def count(facts: Facts) -> int:
        given.append(facts)
        return len(given)

    find = remembering({"left", "right"}, count)
    facts = {**screening_day(DAY), "left": "a", "other": "b"}
    assert [find(facts), find({**facts, "other": "c"})] == [1, 1]
    assert given == [{**screening_day(DAY), "left": "a"}]
    tomorrow = screening_day(DAY + timedelta(days=1))
    for changed in ({"left": "b"}, {"right": "a"}, tomorrow):
        assert find({**facts, **changed}) == len(given)
        assert {**given[-1], **changed} == given[-1]
    assert len(given) == 4


def test_no_more_is_kept_than_was_set() -> None:
    """What was looked for longest ago is found anew."""
    found: list[Facts] = []
    find = remembering({"left"}, found.append)
    for number in range(MOST_SEEN + 1):
        find({"left": str(number)})
    find({"left": str(MOST_SEEN)})
    assert len(found) == MOST_SEEN + 1
    find({"left": "0"})
    assert len(found) == MOST_SEEN + 2


def test_a_criterion_reads_what_it_is_remembered_by(book: Rulebook) -> None:
    """Given its scope alone, each criterion of LYSYME says what it says of all facts."""
    values = {name: reader.options[-1] for name, reader in book.readers.items() if reader.options}
    facts = book.given(values, DAY)
    for entry in book.entries:
        scope = {name: facts[name] for name in facts if name in {DATE_OF_SCREENING, *entry.scope}}
        assert entry.rows(facts) == entry.table.possible(facts) == entry.table.possible(scope)
