"""The post: one e-mail through the site's SMTP server, and what its refusal means.

A permanent refusal of the sender, the recipient or the message (5xx, RFC 5321 4.2.1) gives the
copy up. One of the log-in or of encryption is about our set-up and not about the person: it is
tried again, as is everything temporary.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime
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
from bot.mail import Letter, Server

TIMEOUT: Final = 15.0
"""Seconds for each step of a conversation with the server."""


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
