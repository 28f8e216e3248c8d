"""The one place where real time and chance come in; everything else is handed them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Protocol

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""31 characters, a prime: no I, L, O, U or Z, which look or sound like others."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


class Numbers(Protocol):
    """Makes screening numbers, the ids of people and the secrets of invitations."""

    def new_number(self) -> str:
        """A number that was not used before and means nothing."""
        ...

    def new_person(self) -> str:
        """A pseudonymous id for a person."""
        ...

    def new_secret(self) -> str:
        """A secret that nobody can guess, made of `A-Za-z0-9_-`."""
        ...

    def fraction(self) -> float:
        """A number from 0 to 1, drawn anew each time."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC, to the millisecond: finer would only seem exact."""
        moment = datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class RandomNumbers:
    """Screening numbers from the operating system's random source.

    Seven random characters (34 bits) and one to check them by, as `7K3F-9QXV`. Should two ever
    meet, the ledger refuses the second and another is drawn.
    """

    def new_number(self) -> str:
        """A number such as `7K3F-9QXV`."""
        body = "".join(secrets.choice(_ALPHABET) for _ in range(7))
        return f"{body[:4]}-{body[4:]}{check_character(body)}"

    def new_person(self) -> str:
        """An id such as `P-7K3F9Q`, about 30 bits: it only has to be free, not secret."""
        return "P-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))

    def fraction(self) -> float:
        """A number from 0 up to 1, of which 53 bits are random."""
        return secrets.randbits(53) / 2**53

    def new_secret(self) -> str:
        """128 bits in 22 characters of base64url, as a deep link may carry them."""
        return secrets.token_urlsafe(16)


def random_bytes(count: int) -> bytes:
    """So many bytes from the operating system's random source, for keys and nonces."""
    return secrets.token_bytes(count)


def check_character(body: str) -> str:
    """The character that finds any one mistyped character and any two exchanged neighbours.

    The scheme of ISO 7064 (pure, radix 2), with the alphabet's 31 as the modulus.
    """
    total = 0
    for character in body:
        total = (total + _ALPHABET.index(character)) * 2 % 31
    return _ALPHABET[(31 - total) % 31]


def read_number(text: str) -> str | None:
    """A screening number as a person typed it, in its one form; None when it cannot be one."""
    plain = text.strip().upper().replace("-", "").replace(" ", "")
    plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(plain) != 8 or any(character not in _ALPHABET for character in plain):
        return None
    if check_character(plain[:7]) != plain[7]:
        return None
    return f"{plain[:4]}-{plain[4:]}"
