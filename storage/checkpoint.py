"""A signed head of the ledger, to be kept where the administrator of the database cannot reach it.

The form is that of a C2SP checkpoint (https://c2sp.org/tlog-checkpoint) in a C2SP signed note
(https://c2sp.org/signed-note), signed with Ed25519 (RFC 8032):

    <origin>                            screening-ledger-chain/ and 16 digits that name the key
    <number of events>
    <digest of the last event, base64>
    hash chain screening-ledger/1, not a Merkle tree
    signed at <UTC>

    — <origin> <base64 of four bytes of key id and the signature>

Ours is the head of a hash chain: there are no inclusion or consistency proofs, and whoever
checks it walks the whole ledger. A verifier line names the key: origin, key id and, in base64,
the byte 01 and the public key, with a plus between them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage.ledger import Head

ORIGIN: Final = "screening-ledger-chain/"
CHAIN_LINE: Final = "hash chain screening-ledger/1, not a Merkle tree"
TIME_LINE: Final = "signed at "
ED25519: Final = b"\x01"
SEED_BYTES: Final = 32
LONGEST: Final = 64 * 1024
"""Characters of a checkpoint: far more than 16 signatures need."""

_SIGNATURE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Doubt(Enum):
    """Why a text is not a checkpoint that can be relied on."""

    MALFORMED = "it is no checkpoint"
    UNSIGNED = "it bears no signature"
    FOREIGN = "another key has signed it"
    FORGED = "its signature is wrong"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: the origin, the head and the time of signing."""

    origin: str
    head: Head
    at: datetime


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key, under the name with which it signs."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys apart; they prove nothing."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def line(self) -> str:
        """The verifier line, as `read_verifier` takes it."""
        return f"{self.name}+{self.key_id.hex()}+{_text(ED25519 + self.public)}"


class Signer:
    """Signs heads with one Ed25519 key; its repr shows nothing of it."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self.verifier = Verifier(ORIGIN + hashlib.sha256(public).hexdigest()[:16], public)

    def sign(self, head: Head, at: datetime) -> str:
        """The checkpoint of a head, signed."""
        body = unsigned(head, at, self.verifier.name)
        signature = self.verifier.key_id + self._key.sign(body.encode())
        return f"{body}\n— {self.verifier.name} {_text(signature)}\n"


def unsigned(head: Head, at: datetime, origin: str = f"{ORIGIN}unsigned") -> str:
    """The text that is signed; alone it proves nothing."""
    lines = (origin, str(head.position), _text(head.digest), CHAIN_LINE, TIME_LINE + at.isoformat())
    return "\n".join(lines) + "\n"


def read_seed(text: str) -> bytes | None:
    """The seed of a signing key from its base64; None when it is not one of 32 bytes."""
    seed = _bytes(text.strip())
    return seed if seed is not None and len(seed) == SEED_BYTES else None


def read_verifier(line: str) -> Verifier | None:
    """The key that a verifier line names; None for no such line, or one whose id is wrong."""
    name, _, rest = line.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    key = _bytes(encoded)
    if not name or key is None or len(key) != 33 or key[:1] != ED25519:
        return None
    verifier = Verifier(name, key[1:])
    return verifier if verifier.key_id.hex() == key_id else None


def read_checkpoint(text: str, verifier: Verifier) -> Checkpoint | Doubt:
    """What a checkpoint says, if this key has signed it."""
    body, found, signatures = text.rpartition("\n\n")
    if len(text) > LONGEST or any(ord(sign) < 32 and sign != "\n" for sign in text):
        return Doubt.MALFORMED
    said = _said(f"{body}\n") if found else _said(text)
    if said is None:
        return Doubt.MALFORMED
    if not found or not signatures:
        return Doubt.UNSIGNED
    doubt = _doubt(f"{body}\n", signatures, verifier)
    return said if doubt is None else doubt


def said_by(text: str) -> Checkpoint | None:
    """What a checkpoint says, whoever may have signed it: to be shown, never to be relied on."""
    body, found, _ = text.rpartition("\n\n")
    return _said(f"{body}\n" if found else text)


def _said(body: str) -> Checkpoint | None:
    lines = body.split("\n")
    if len(lines) != 6 or lines[5] or lines[3] != CHAIN_LINE or not lines[0].startswith(ORIGIN):
        return None
    digest = _bytes(lines[2])
    if not _SIZE.fullmatch(lines[1]) or digest is None or len(digest) != 32:
        return None
    try:
        at = datetime.fromisoformat(lines[4].removeprefix(TIME_LINE))
    except ValueError:
        return None
    if at.tzinfo is None or not lines[4].startswith(TIME_LINE):
        return None
    return Checkpoint(lines[0], Head(int(lines[1]), digest), at)


def _doubt(body: str, signatures: str, verifier: Verifier) -> Doubt | None:
    """What is wrong with the signatures; those of other keys are passed over, as C2SP asks."""
    if not signatures.endswith("\n"):
        return Doubt.MALFORMED
    doubt: Doubt | None = Doubt.FOREIGN
    for line in signatures[:-1].split("\n"):
        found = _SIGNATURE.fullmatch(line)
        signature = _bytes(found[2]) if found else None
        if found is None or signature is None or len(signature) < 5:
            return Doubt.MALFORMED
        if (found[1], signature[:4]) == (verifier.name, verifier.key_id):
            if not _holds(verifier, signature[4:], body):
                return Doubt.FORGED
            doubt = None
    return doubt


def _holds(verifier: Verifier, signature: bytes, body: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, body.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes | None:
    """What a base64 text stands for; None for any other than the one way to write it."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if _text(value) == text else None
