"""A time stamp over a checkpoint (RFC 3161): somebody else says that it existed at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

LARGEST: Final = 64 * 1024
"""Bytes of an answer: certificates and all, far above any real one."""


class Flaw(Enum):
    """Why a stamp proves nothing about a checkpoint."""

    UNREADABLE = "it is no time stamp"
    REFUSED = "the authority refused"
    OTHER_TEXT = "it is over another text"
    OTHER_NONCE = "it answers another request"
    UNTRUSTED = "its signature does not lead to the root certificate"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is sent, and the number that only its answer repeats."""

    body: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamped:
    """The time at which the authority says that it saw the text."""

    at: datetime


def ask_for(text: str) -> Request:
    """A request for a stamp over a text, with the authority's certificate in the answer."""
    builder = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.cert_request(cert_request=True).build()
    assert request.nonce is not None
    return Request(request.as_bytes(), request.nonce)


def read_roots(pem: bytes) -> tuple[Certificate, ...]:
    """The certificates of a PEM file; none when it holds none."""
    try:
        return tuple(load_pem_x509_certificates(pem))
    except ValueError:
        return ()


def check_stamp(
    answer: bytes, text: str, roots: tuple[Certificate, ...], nonce: int | None = None
) -> Stamped | Flaw:
    """Whether an answer stamps this text, by an authority that leads to one of the roots.

    `nonce` is known only to whoever sent the request. Without roots the signature is not checked:
    enough to keep an answer, and never enough to rely on it.
    """
    if len(answer) > LARGEST:
        return Flaw.UNREADABLE
    try:
        return _checked(decode_timestamp_response(answer), text, roots, nonce)
    except ValueError:
        # Each part is decoded when it is looked at.
        return Flaw.UNREADABLE


def _checked(
    response: TimeStampResponse, text: str, roots: tuple[Certificate, ...], nonce: int | None
) -> Stamped | Flaw:
    if response.status != PKIStatus.GRANTED:
        return Flaw.REFUSED
    imprint = response.tst_info.message_imprint.message
    if imprint != hashlib.sha256(text.encode()).digest():
        return Flaw.OTHER_TEXT
    if nonce is not None and response.tst_info.nonce != nonce:
        return Flaw.OTHER_NONCE
    if roots and not _trusted(response, text, roots):
        return Flaw.UNTRUSTED
    return Stamped(response.tst_info.gen_time)


def _trusted(response: TimeStampResponse, text: str, roots: tuple[Certificate, ...]) -> bool:
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        return builder.build().verify_message(response, text.encode())
    except VerificationError:
        return False
