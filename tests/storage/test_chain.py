"""Tampering shows: any change but a cut tail breaks the chain, and a checkpoint shows that too."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.chain import GENESIS, START, Fault, Verdict, Why, follow, link, verify
from storage.errors import LedgerBroken
from storage.ledger import Entry, Head, NewEntry
from tests.storage.samples import AT, batch


async def given_one_by_one(entries: Sequence[Entry]) -> AsyncIterator[Entry]:
    """The entries as a ledger would walk them."""
    for entry in entries:
        yield entry


def chained(*steps: tuple[str, bytes]) -> list[Entry]:
    """A sound chain of one entry for each stream and payload."""
    entries: list[Entry] = []
    head, versions = START, dict.fromkeys((stream for stream, _ in steps), 0)
    for stream, payload in steps:
        versions[stream] += 1
        new = NewEntry("answer-given", 1, payload)
        entries.append(follow(head, batch(stream, 0), versions[stream], new))
        head = Head(entries[-1].position, entries[-1].digest)
    return entries


SOUND = chained(("a", b"1"), ("b", b"2"), ("a", b"3"), ("a", b"4"))
LAST = Head(4, SOUND[-1].digest)


async def judged(entries: Sequence[Entry], checkpoint: Head | None = None) -> Verdict:
    """What `verify` finds."""
    return await verify(given_one_by_one(entries), checkpoint)


def test_the_layout_is_the_documented_one() -> None:
    """A digest written by hand from the module's text is the same."""

    def field(value: bytes) -> bytes:
        return len(value).to_bytes(8, "big") + value

    layout = (
        field(b"screening-ledger/1")
        + field(GENESIS)
        + field((1).to_bytes(8, "big"))
        + field("é".encode())
        + field((2).to_bytes(8, "big"))
        + field(b"answer-given")
        + field((3).to_bytes(8, "big"))
        + field(AT.encode())
        + field(b"\x00payload")
    )
    by_hand = hashlib.sha256(layout).digest()
    assert link(GENESIS, 1, "é", 2, "answer-given", 3, AT, b"\x00payload") == by_hand


def test_the_digests_never_change() -> None:
    """A stored ledger of any release verifies with every later one: these bytes are for good."""
    assert GENESIS.hex() == "c9ffc8940dfac11595d3dcc1755e95f1dc141bcd3a1c9067c94a845bbc72ad47"
    assert (
        SOUND[-1].digest.hex() == "46a81a36c46c01cff9d9d85e2b84ea4df9fca4f0f1d43f3f5e142f7fcbc7acd0"
    )


async def test_a_sound_chain_is_sound() -> None:
    """The verdict names the head, with and without a checkpoint on the way."""
    assert await judged(SOUND) == Verdict(LAST, None)
    assert await judged([]) == Verdict(START, None)
    for entry in SOUND:
        assert (await judged(SOUND, Head(entry.position, entry.digest))).sound
    assert (await judged(SOUND, START)).sound
    assert (await judged([], START)).sound


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"payload": b"x"}, Why.BAD_DIGEST),
        ({"kind": "answer-set-aside"}, Why.BAD_DIGEST),
        ({"schema": 2}, Why.BAD_DIGEST),
        ({"schema": -1}, Why.BAD_DIGEST),
        ({"recorded_at": "2026"}, Why.BAD_DIGEST),
        ({"digest": bytes(32)}, Why.BAD_DIGEST),
        ({"digest": b""}, Why.BAD_DIGEST),
        ({"previous": bytes(32)}, Why.WRONG_PREVIOUS),
        ({"position": 7}, Why.POSITION_GAP),
        ({"position": 2**70}, Why.POSITION_GAP),
        ({"version": 3}, Why.VERSION_GAP),
        ({"version": 1}, Why.VERSION_GAP),
        ({"stream": "b"}, Why.BAD_DIGEST),
        ({"stream": "c"}, Why.VERSION_GAP),
    ],
)
async def test_each_change_is_named(changed: dict[str, object], why: Why) -> None:
    """The first broken event is the changed one, with the reason; the head is the one before."""
    entry = replace(SOUND[2], **changed)  # type: ignore[arg-type]
    verdict = await judged([*SOUND[:2], entry, SOUND[3]])
    assert verdict.fault == Fault(entry.position, entry.stream, entry.version, why)
    assert verdict.head == Head(2, SOUND[1].digest)
    assert not verdict.sound


async def test_leaving_out_and_reordering_show() -> None:
    """An entry that is missing, doubled or moved is a gap."""
    for entries in (SOUND[1:], [*SOUND[:1], *SOUND[2:]], [SOUND[0], *SOUND]):
        fault = (await judged(entries)).fault
        assert fault is not None
        assert fault.why is Why.POSITION_GAP
    fault = (await judged([SOUND[1], SOUND[0], *SOUND[2:]])).fault
    assert fault == Fault(2, "b", 1, Why.POSITION_GAP)


async def test_control_a_cut_tail_shows_only_against_a_checkpoint() -> None:
    """The chain alone is sound up to the cut; the head kept elsewhere is not reached."""
    assert (await judged(SOUND[:-1])).sound
    verdict = await judged(SOUND[:-1], LAST)
    assert verdict.fault == Fault(4, "", 0, Why.CUT_TAIL)


async def test_control_a_rewrite_shows_only_against_a_checkpoint() -> None:
    """All digests made anew: sound alone, and off the checkpoint."""
    rewritten = chained(("a", b"other"), ("b", b"2"), ("a", b"3"), ("a", b"4"))
    assert (await judged(rewritten)).sound
    for at in (0, 3):
        verdict = await judged(rewritten, Head(at + 1, SOUND[at].digest))
        assert verdict.fault is not None
        assert verdict.fault.why is Why.OFF_CHECKPOINT
    assert not (await judged(rewritten, Head(0, bytes(32)))).sound


async def test_an_unreadable_ledger_is_a_verdict() -> None:
    """What cannot be read is a fault after the last entry that can."""

    async def torn() -> AsyncIterator[Entry]:
        yield SOUND[0]
        raise LedgerBroken("malformed")

    verdict = await verify(torn())
    assert verdict == Verdict(Head(1, SOUND[0].digest), Fault(2, "", 0, Why.UNREADABLE))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
numbers = st.integers(0, 2**63 - 1)
fields = st.tuples(
    st.binary(max_size=4), numbers, texts, numbers, texts, numbers, texts, st.binary(max_size=6)
)


@given(fields, fields)
def test_no_two_contents_share_a_layout(one: tuple, other: tuple) -> None:  # type: ignore[type-arg]
    """Different fields give different digests, wherever their borders lie."""
    assert (link(*one) == link(*other)) == (one == other)


@given(st.binary(max_size=8), st.integers(0, 8))
def test_moving_a_border_shows(text: bytes, cut: int) -> None:
    """The same letters split otherwise between two fields give another digest."""
    letters = text.hex()
    whole = link(GENESIS, 1, letters, 1, "", 1, AT, b"")
    split = link(GENESIS, 1, letters[:cut], 1, letters[cut:], 1, AT, b"")
    assert (whole == split) == (letters[cut:] == "")


steps = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.binary(max_size=8)), min_size=1, max_size=12
)


@given(steps, st.data())
@settings(deadline=None)
async def test_any_rearrangement_but_a_cut_tail_shows(
    made: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    """Any selection of entries in any order is sound only when it is the beginning."""
    entries = chained(*made)
    chosen = data.draw(st.lists(st.sampled_from(entries), max_size=len(entries) + 1))
    verdict = await judged(chosen)
    assert verdict.sound == (chosen == entries[: len(chosen)])


@given(steps, st.data())
@settings(deadline=None)
async def test_any_changed_payload_is_found_where_it_is(
    made: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    """The fault is at the changed entry and nowhere else."""
    entries = chained(*made)
    at = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(st.binary(max_size=9).filter(lambda body: body != entries[at].payload))
    entries[at] = replace(entries[at], payload=other)
    fault = (await judged(entries)).fault
    assert fault == Fault(at + 1, entries[at].stream, entries[at].version, Why.BAD_DIGEST)
