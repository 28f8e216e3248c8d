"""A checkpoint is a C2SP signed note: what it says is relied on only under the key that signed."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.checkpoint import (
    Checkpoint,
    Doubt,
    Signer,
    Verifier,
    _doubt,
    read_checkpoint,
    read_seed,
    read_verifier,
    said_by,
    unsigned,
)
from storage.ledger import Head

AT = datetime(2026, 3, 10, 9, 0, 0, 123000, tzinfo=UTC)
HEAD = Head(57, bytes(range(32)))
SIGNER = Signer(bytes(range(32)))
OTHER = Signer(bytes(32))
TEXT = SIGNER.sign(HEAD, AT)
SAID = Checkpoint(SIGNER.verifier.name, HEAD, AT)

NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNED_BY_GO = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotp"
    "RZb6KE6RyyBwJnAM=\n"
)
"""The example of golang.org/x/mod/sumdb/note, from which the C2SP form comes."""


def test_a_note_signed_by_other_software_verifies() -> None:
    """The key id, the verifier line and the signature are those of the published example."""
    neumann = read_verifier(NEUMANN)
    assert neumann is not None
    assert neumann.line == NEUMANN
    assert _doubt(NOTE, SIGNED_BY_GO, neumann) is None
    assert _doubt(NOTE.replace("answer", "source"), SIGNED_BY_GO, neumann) is Doubt.FORGED


def test_the_text_never_changes() -> None:
    """Checkpoints are kept for years: every byte of the form is for good."""
    assert TEXT == (
        "screening-ledger-chain/56475aa75463474c\n"
        "57\n"
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        "hash chain screening-ledger/1, not a Merkle tree\n"
        "signed at 2026-03-10T09:00:00.123000+00:00\n"
        "\n"
        "— screening-ledger-chain/56475aa75463474c "
        "t1fNFjsxGovc8TP1lhGKehHGAk4cWJRxRJnVBh+9TvhSBwwjr7aayPtxAPnsbTFGyeepSvvoYX82CwwklqVmeXIS8AA="
        "\n"
    )
    assert read_checkpoint(TEXT, SIGNER.verifier) == SAID
    assert said_by(TEXT) == SAID


def test_the_key_id_is_made_as_the_form_says() -> None:
    """SHA-256 over the name, a newline, the byte 01 and the public key; its first four bytes."""
    name, public = SIGNER.verifier.name, SIGNER.verifier.public
    by_hand = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    last = TEXT.rstrip("\n").rpartition(" ")[2]
    assert base64.b64decode(last)[:4] == by_hand
    assert read_verifier(SIGNER.verifier.line) == SIGNER.verifier


def test_an_empty_ledger_can_be_signed() -> None:
    """Size 0 has no leading digit of its own."""
    text = SIGNER.sign(Head(0, HEAD.digest), AT)
    assert text.split("\n")[1] == "0"
    assert isinstance(read_checkpoint(text, SIGNER.verifier), Checkpoint)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (unsigned(HEAD, AT, SIGNER.verifier.name), Doubt.UNSIGNED),
        (unsigned(HEAD, AT, SIGNER.verifier.name) + "\n", Doubt.UNSIGNED),
        (OTHER.sign(HEAD, AT), Doubt.FOREIGN),
        (TEXT.replace("\n57\n", "\n58\n"), Doubt.FORGED),
        (TEXT.replace("09:00", "08:00"), Doubt.FORGED),
        (TEXT.replace("\n57\n", "\n057\n"), Doubt.MALFORMED),
        (TEXT.replace("\n57\n", "\n-57\n"), Doubt.MALFORMED),
        (TEXT.replace("AAEC", "AAE"), Doubt.MALFORMED),
        (TEXT.replace("not a Merkle", "a Merkle"), Doubt.MALFORMED),
        (TEXT.replace("+00:00", ""), Doubt.MALFORMED),
        (TEXT.replace("signed at ", ""), Doubt.MALFORMED),
        (TEXT.replace("\n— ", "\n- "), Doubt.MALFORMED),
        (TEXT.rstrip("\n"), Doubt.MALFORMED),
        (TEXT.replace("\n", "\r\n"), Doubt.MALFORMED),
        (TEXT + "\x00", Doubt.MALFORMED),
        ("", Doubt.MALFORMED),
        ("\n\n", Doubt.MALFORMED),
        ("a letter\n", Doubt.MALFORMED),
        ("x" * 70_000, Doubt.MALFORMED),
    ],
)
def test_what_cannot_be_relied_on_is_named(text: str, doubt: Doubt) -> None:
    """No checkpoint, no signature, another key's, or words that were not signed."""
    assert read_checkpoint(text, SIGNER.verifier) is doubt


def test_a_witness_may_sign_beside_us() -> None:
    """Signatures of unknown keys are passed over; ours must hold all the same."""
    extra = OTHER.sign(HEAD, AT).rstrip("\n").rpartition("\n")[2]
    assert read_checkpoint(f"{TEXT}{extra}\n", SIGNER.verifier) == SAID
    assert read_checkpoint(f"{TEXT}{extra}\n", Verifier("other", bytes(32))) is Doubt.FOREIGN


def test_a_copied_signature_under_another_name_is_no_signature() -> None:
    """A name or an id alone does not make a key known."""
    renamed = TEXT.replace(f"— {SIGNER.verifier.name}", "— somebody-else")
    assert read_checkpoint(renamed, SIGNER.verifier) is Doubt.FOREIGN


@given(st.integers(0, len(TEXT) - 1), st.characters(exclude_categories=["Cs"]))
def test_any_changed_sign_shows(place: int, sign: str) -> None:
    """Whatever stands in place of one character, the checkpoint is not taken for sound."""
    changed = TEXT[:place] + sign + TEXT[place + 1 :]
    assert isinstance(read_checkpoint(changed, SIGNER.verifier), Doubt) == (changed != TEXT)


@given(st.text(max_size=200))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    """Anything that is handed in is answered with a doubt, never with an exception."""
    assert isinstance(read_checkpoint(text, SIGNER.verifier), Doubt)
    assert read_verifier(text) is None
    assert said_by(text) is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        "name+00000000",
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("PeterNeumann", "Peter"),
        NEUMANN.replace("ARpc", "Arpc"),
        NEUMANN[:-1],
    ],
)
def test_a_wrong_verifier_line_names_no_key(line: str) -> None:
    """An id that is not that of name and key is a slip of the pen, and is not passed over."""
    assert read_verifier(line) is None


def test_a_seed_is_32_bytes_in_base64() -> None:
    """Nothing else makes a key; the key shows nothing of itself."""
    seed = base64.b64encode(bytes(range(32))).decode()
    assert read_seed(f" {seed}\n") == bytes(range(32))
    for wrong in ("", "AA==", "x" * 44, seed[:-1], "é" * 44):
        assert read_seed(wrong) is None
    assert seed not in repr(SIGNER)
