"""A time stamp is kept only when it is over our text, answers our request and leads to the root."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography.x509 import Certificate

from bot.stamps import fetch, roots_at
from storage.checkpoint import Signer
from storage.ledger import Head
from storage.stamp import LARGEST, Flaw, Stamped, ask_for, check_stamp, read_roots
from tests.bot.tsa import AT, Authority, authority, served

SIGNER = Signer(bytes(range(32)))
TEXT = SIGNER.sign(Head(57, bytes(32)), datetime(2026, 3, 10, 9, tzinfo=UTC))
OTHER_CHAIN = Signer(bytes(32)).sign(Head(57, bytes(range(32))), AT)


@cache
def stranger() -> Authority:
    """Another authority, which calls itself the same."""
    return Authority()


def roots() -> tuple[Certificate, ...]:
    """The root that is trusted."""
    return read_roots(authority().pem)


def test_a_good_answer_says_when_the_text_was_seen() -> None:
    """Signature, certificate, imprint and nonce are all those that were asked for."""
    request = ask_for(TEXT)
    answer = authority().answer(request.body)
    assert check_stamp(answer, TEXT, roots(), request.nonce) == Stamped(AT)
    assert check_stamp(answer, TEXT, roots()) == Stamped(AT)


def test_a_valid_stamp_of_another_chain_fails() -> None:
    """It is sound in itself, and over another checkpoint."""
    answer = authority().answer(ask_for(OTHER_CHAIN).body)
    assert check_stamp(answer, OTHER_CHAIN, roots()) == Stamped(AT)
    assert check_stamp(answer, TEXT, roots()) is Flaw.OTHER_TEXT


def test_an_answer_to_another_request_fails() -> None:
    """A stamp that was caught earlier cannot be played back."""
    earlier = authority().answer(ask_for(TEXT).body)
    assert check_stamp(earlier, TEXT, roots(), ask_for(TEXT).nonce) is Flaw.OTHER_NONCE


def test_an_authority_that_is_not_trusted_fails() -> None:
    """The name on its certificate does not help it; without a root nothing is claimed."""
    request = ask_for(TEXT)
    answer = stranger().answer(request.body)
    assert check_stamp(answer, TEXT, roots(), request.nonce) is Flaw.UNTRUSTED
    assert check_stamp(answer, TEXT, read_roots(stranger().pem), request.nonce) == Stamped(AT)


def test_every_changed_byte_shows() -> None:
    """No bit of an answer can be changed: not the time, not the imprint, not the signature."""
    request = ask_for(TEXT)
    answer = authority().answer(request.body)
    accepted = 0
    for place in range(len(answer)):
        changed = bytearray(answer)
        changed[place] ^= 0x01
        found = check_stamp(bytes(changed), TEXT, roots(), request.nonce)
        # A few bytes belong to no value that is signed; the time must stay what it was.
        assert isinstance(found, Flaw) or found == Stamped(AT), place
        accepted += not isinstance(found, Flaw)
    assert accepted < len(answer) // 20


@pytest.mark.parametrize("answer", [b"", b"\x30\x00", b"<html>", b"\x00" * (LARGEST + 1)])
def test_what_is_no_answer_is_named(answer: bytes) -> None:
    """An error page is not a stamp, and nothing is read without end."""
    assert check_stamp(answer, TEXT, roots()) is Flaw.UNREADABLE


def test_a_refusal_is_named() -> None:
    """An authority may say no."""
    assert check_stamp(authority().refusal(), TEXT, roots()) is Flaw.REFUSED


def test_a_file_without_certificates_holds_no_roots() -> None:
    """Neither text nor a key is a root."""
    assert read_roots(b"") == read_roots(b"-----BEGIN CERTIFICATE-----\nAA==\n") == ()


async def test_a_stamp_is_fetched_over_the_network() -> None:
    """A real request, a real answer, checked before it is kept."""
    async with served(authority().answer) as url:
        answer = await fetch(url, TEXT, roots())
    assert answer is not None
    assert check_stamp(answer, TEXT, roots()) == Stamped(AT)


def _other_text(info: tsp.TSTInfo) -> None:
    info["message_imprint"]["hashed_message"] = bytes(32)


def _other_nonce(info: tsp.TSTInfo) -> None:
    info["nonce"] = 12345


@pytest.mark.parametrize(
    ("spoil", "why"), [(_other_text, Flaw.OTHER_TEXT), (_other_nonce, Flaw.OTHER_NONCE)]
)
async def test_an_answer_that_was_not_asked_for_is_not_kept(
    spoil: Callable[[tsp.TSTInfo], None], why: Flaw, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the authority has signed it."""
    false = Authority()
    false.spoil = spoil
    async with served(false.answer) as url:
        assert await fetch(url, TEXT, read_roots(false.pem)) is None
    assert why.value in caplog.text


@pytest.mark.parametrize("status", [400, 500])
async def test_an_error_is_no_stamp(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and asked for again later."""
    caplog.set_level(logging.WARNING)
    async with served(authority().answer, status) as url:
        assert await fetch(url, TEXT, roots()) is None
    assert await fetch(url, TEXT, roots()) is None, "nobody listens there any more"
    assert caplog.text.count("did not answer") == 2


async def test_an_endless_answer_is_cut_off() -> None:
    """Not more than a stamp can need is ever read."""
    async with served(lambda _: bytes(50 * LARGEST)) as url:
        assert await fetch(url, TEXT, roots()) is None


async def test_roots_are_read_from_the_file_in_the_settings(tmp_path: Path) -> None:
    """A file that is not there holds none."""
    pem = tmp_path / "root.pem"
    pem.write_bytes(authority().pem)
    assert await roots_at(str(pem)) == roots()
    assert await roots_at(None) == await roots_at(str(tmp_path / "none")) == ()
