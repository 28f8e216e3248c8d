"""The post: one e-mail through the site's SMTP server, and what its refusal means.

A permanent refusal of the sender, the recipient or the message (5xx, RFC 5321 4.2.1) gives the
copy up. One of the log-in or of encryption is about our set-up and not about the person: it is
tried again, as is everything temporary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from ssl import SSLContext
from typing import Final

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from bot.clock import Clock
from bot.courier import NotNow, Undeliverable
from bot.settings import Settings

TIMEOUT: Final = 15.0
"""Seconds for each step of a conversation with the server."""

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


class Post:
    """Sends letters through one server, a connection for each."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server, self._clock = server, clock

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the server.

        Raises:
            Undeliverable: the server will never take it.
            NotNow: it did not take it, or may have: `heard` says so.

        """
        client = self._client()
        try:
            await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            raise NotNow(f"e-mail: {type(error).__name__}") from None
        try:
            await client.send_message(self._message(letter))
        except SMTPRecipientsRefused as error:
            raise _refused(min(one.code for one in error.recipients)) from None
        except SMTPResponseException as error:
            raise _refused(error.code) from None
        except (SMTPException, OSError) as error:
            # The connection broke in between: nobody knows whether the message was taken.
            raise NotNow(f"e-mail: {type(error).__name__}", heard=True) from None
        finally:
            client.close()

    def _client(self) -> SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.security == "tls",
            # Without STARTTLS at the server nothing is said at all: never in the clear by chance.
            start_tls=server.security == "starttls",
            tls_context=server.tls,
            timeout=TIMEOUT,
        )

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._server.sender, letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{letter.identity}@{self._server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        return message


def _refused(code: int) -> Exception:
    if code >= 500:
        return Undeliverable(f"e-mail refused: {code}")
    return NotNow(f"e-mail: {code}", alone=True)
