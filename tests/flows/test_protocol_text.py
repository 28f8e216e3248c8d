"""The first two moves: bytes to plain data, plain data to models. What it says is what it is."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from flows.protocol.fault import ProtocolFaults
from flows.protocol.load import fingerprint, load_protocol
from flows.protocol.text import MAX_BYTES, read_text
from tests.flows.trial_files import LYSYME

RAW = LYSYME.read_bytes()


def faults(raw: bytes) -> list[str]:
    """All faults of a file, as its author reads them."""
    with pytest.raises(ProtocolFaults) as caught:
        load_protocol(raw)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3", "duplicate key"),
        ("a:\n  b: 1\n  'b': 2\n", "line 3", "duplicate key"),
        ("a: &x 1\nb: *x\n", "line 1", "anchors (&name) are not allowed"),
        ("a: 1\nb: *x\n", "line 2", "aliases (*name) are not allowed"),
        ("a: &x 1\n", "line 1", "anchors (&name) are not allowed"),
        ("a: &x\n  <<: *x\n", "line 1", "anchors"),
        ("a: !!str 1\n", "line 1", "tags (!name) are not allowed"),
        ("a: 1\nb: !!python/object:os.system {}\n", "line 2", "tags"),
        ("!x\na: 1\n", "line 1", "tags"),
        ("a: ! 012\n", "line 1", "tags"),
        ("a: !<tag:yaml.org,2002:str> 1\n", "line 1", "tags"),
        ("a: 1\n---\nb: 2\n", "line 2", "another document"),
        ("a: 1\n...\n---\nb: 2\n", "line 3", "another document"),
        ("a: [1, 2\n", "line 2", ""),
        ("a: 1\n b: 2\n", "line 2", ""),
        ("a: \x07\n", "character 3", "not allowed in YAML"),
        ("[" * 500, "file", "nested too deeply"),
    ],
    ids=lambda part: repr(part)[:30],
)
def test_what_hides_something_is_refused_with_its_line(text: str, place: str, problem: str) -> None:
    """Nothing that makes a text mean something other than it shows is read."""
    (fault,) = faults(text.encode())
    assert fault.startswith(f"{place}: ")
    assert problem in fault


def test_a_file_is_at_most_256_kb() -> None:
    """One byte over the limit is refused before anything is read; at the limit it is read."""
    filled = b"a: 1\n#" + b"x" * (MAX_BYTES - 6)
    assert (MAX_BYTES, len(filled)) == (262_144, 262_144)
    assert read_text(filled) == {"a": 1}
    assert faults(filled + b"x") == ["file: longer than 256 KB (262145 bytes)"]


@pytest.mark.parametrize(
    ("raw", "place"),
    [(b"a: \xe9t\xe9\n", 3), ("a: é".encode("utf-16"), 0), (b"a: \xed\xa0\x80", 3)],
)
def test_only_utf_8_is_read(raw: bytes, place: int) -> None:
    """Latin-1, UTF-16 and surrogates are refused, with the byte at fault."""
    assert faults(raw) == [f"byte {place}: expected UTF-8 text"]


def test_words_stay_words_and_numbers_are_decimal() -> None:
    """YAML 1.2: `no` is a word, `1:30` is a word, `012` is twelve."""
    text = b"[yes, no, on, off, y, N, Yes, NO, 1:30, 012, 0.1, true, null, 'true']"
    assert read_text(text) == [
        *("yes", "no", "on", "off", "y", "N", "Yes", "NO", "1:30"),
        *(12, 0.1, True, None, "true"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "%YAML 1.1\n---\n[yes, 012, 1:30]",
        "\ufeff%YAML 1.1\n---\n[yes, 012, 1:30]",
        "# no\r%YAML 1.1\r---\r[yes, 012, 1:30]",
        "# no\r\n%YAML 1.1\r\n---\r\n[yes, 012, 1:30]",
        "%TAG ! tag:example.org,2026:\n---\na: 1",
        "%ODD\n---\na: 1",
    ],
)
def test_the_file_cannot_ask_for_an_older_yaml(text: str) -> None:
    """Under `%YAML 1.1` yes is a truth, 012 octal and 1:30 ninety: no directive is followed."""
    assert faults(text.encode()) == ["file: directives (%NAME) are not allowed"]


def test_a_percent_sign_elsewhere_is_a_character() -> None:
    """Only at the beginning of a line does it say anything to a reader of YAML."""
    text = "\ufeffa: 50 %\nb: '%'\nc: |\n  ten\n  %YAML 1.1\n"
    assert read_text(text.encode()) == {"a": "50 %", "b": "%", "c": "ten\n%YAML 1.1\n"}


def test_a_merge_key_is_a_key_like_any_other() -> None:
    """`<<` pulls nothing in that does not stand where it is read."""
    assert read_text(b"a: {<<: {x: 1}, y: 2}") == {"a": {"<<": {"x": 1}, "y": 2}}
    assert "<<: unknown key" in faults(b"<<: {format: 1}\ncriteria: []")


@pytest.mark.parametrize(
    "word", ["2026-03-10", "2026-13-45", "2026-03-10T25:00:00", "2026-03-10 11:00:00Z"]
)
def test_a_date_stays_the_word_that_it_is(word: str) -> None:
    """`version: 2026-03-10` is text, as is what only looks like a day: YAML 1.2 knows no dates."""
    assert read_text(f"a: {word}".encode()) == {"a": word}


@pytest.mark.parametrize("word", ["9" * 5000, "-" + "9" * 41, "0x" + "f" * 5000, "0o" + "7" * 41])
def test_a_number_that_is_too_long_is_a_fault_with_its_line(word: str) -> None:
    """Python refuses to read or to write such numbers: the author is told before it does."""
    assert faults(f"a: 1\nversion: {word}".encode()) == ["line 2: a number is too long"]
    assert read_text(b"a: " + b"9" * 40) == {"a": int("9" * 40)}


@pytest.mark.parametrize("word", ["0x_", "-_", "._"])
def test_a_number_that_cannot_be_read_is_a_fault(word: str) -> None:
    """Whatever stands in a file, the answer is a list of faults and no other exception."""
    assert faults(f"version: {word}".encode()) == ["file: a number that cannot be read"]


@pytest.mark.parametrize("raw", [b"", b"- 1", b"word", b"~", b"# nothing\n"])
def test_what_is_no_mapping_is_no_protocol(raw: bytes) -> None:
    """An empty file, a list and a word are told what a protocol begins with."""
    assert faults(raw) == ["file: expected a mapping with the key 'criteria'"]


def test_the_fingerprint_is_that_of_the_bytes() -> None:
    """SHA-256 of the file as it stands: a change in a comment is a change."""
    assert fingerprint(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert fingerprint(RAW) != fingerprint(RAW + b"\n")


# --- models -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> Any:
    """The plain data of the LYSYME file."""
    return read_text(RAW)


def written(data: Any) -> bytes:
    """Plain data as a file: JSON is YAML."""
    return json.dumps(data).encode()


def test_json_says_the_same(whole: Any) -> None:
    """The way in which the tests below write a file loses nothing."""
    assert load_protocol(written(whole)) == load_protocol(RAW)


def test_all_faults_are_told_at_once_with_their_places(whole: Any) -> None:
    """Unknown and missing keys, wrong words and wrong shapes: one list, in order, by path."""
    data = deepcopy(whole)
    criteria = data["criteria"]
    del data["title"]["fr"]
    data["colour"] = "blue"
    data["target"] = 0
    criteria[0]["rule"][0]["when"]["at_lest"] = 3
    criteria[1]["rule"][0]["then"] = "maybe"
    del criteria[2]["help"]
    criteria[2]["inputs"][1]["type"] = "colour"
    criteria[3]["id"] = "X4"
    criteria[4]["rule"][0]["when"] = {"inputs": "consent"}
    criteria[5]["rule"] = []
    criteria[6]["inputs"][0]["id"] = "Repro Status"
    found = faults(written(data))
    places = [fault.partition(": ")[0] for fault in found]
    assert places == [
        "title.fr",
        "target",
        "criteria[0].rule[0].when.at_lest",
        "criteria[1].rule[0].then",
        "criteria[2].inputs[1].type",
        "criteria[2].help",
        "criteria[3].id",
        "criteria[4].rule[0].when",
        "criteria[5].rule",
        "criteria[6].inputs[0].id",
        "colour",
    ]
    assert found[0] == "title.fr: this key is missing"
    assert found[2] == "criteria[0].rule[0].when.at_lest: unknown key"
    assert "expected a condition: input/is, value," in found[7]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("target",), "15"),
        (("target",), 15.0),
        (("target",), True),
        (("format",), 2),
        (("version",), ""),
        (("criteria", 0, "confidential"), "no"),
        (("criteria", 0, "text", "en"), ""),
        (("criteria", 0, "text", "en"), "x" * 2001),
        (("criteria", 0, "inputs", 0, "keep", 0), {"below": 1, "above": 2}),
        (("criteria", 0, "inputs", 0, "keep", 0), {}),
        (("criteria", 0, "rule", 0, "when"), {"value": "age_years"}),
        (("criteria", 0, "rule", 0, "when"), {"all": []}),
        (("criteria", 0, "rule", 0, "when"), "age_years"),
        (("criteria", 0, "sources"), []),
        (("criteria",), []),
    ],
    ids=str,
)
def test_nothing_is_turned_into_what_it_is_not(
    whole: Any, path: tuple[str | int, ...], value: object
) -> None:
    """A word is no number, a number no truth; empty and overlong texts are none."""
    data = deepcopy({**whole, "criteria": whole["criteria"][:1]})  # short, and quick to read
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    assert all(fault.startswith(place[1:]) for fault in faults(written(data)))
