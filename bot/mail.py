"""Letters by e-mail: what is written, and the SMTP server that a site sets up for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Final

from bot.settings import Settings

PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
"""The usual port, by how the connection is secured (RFC 6409, RFC 8314)."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server and who we are there. `security` is `starttls`, `tls` or `none`.

    `tls` is for a certificate that the machine does not know; None trusts what it trusts.
    """

    host: str
    port: int
    sender: str
    security: str = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: SSLContext | None = field(default=None, repr=False)


def server_of(settings: Settings) -> Server | None:
    """The server that the settings name; None when there are no copies by e-mail."""
    if settings.smtp_host is None or settings.smtp_sender is None:
        return None
    password = settings.smtp_password
    return Server(
        settings.smtp_host,
        settings.smtp_port or PORTS[settings.smtp_security],
        settings.smtp_sender,
        settings.smtp_security,
        settings.smtp_username,
        password.get_secret_value() if password else None,
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written; `identity` is the same for every attempt at the same copy."""

    to: str
    subject: str
    body: str
    identity: str
