"""A small real SMTP server on the loopback, which can be told to refuse or to break off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "canary-smtp-password"


class Mailbox:
    """What has come in, and how the next letters are answered.

    `refused` are the answers of the next letters, by command (`RCPT`, `DATA`); `breaks` lets so
    many connections break after their letter was taken.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refused: dict[str, str] = {}
        self.breaks = 0
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or refuse as told."""
        if answer := self.refused.get("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter, refuse it as told, or take it and break off."""
        if answer := self.refused.get("DATA"):
            return answer
        assert isinstance(envelope.content, bytes)
        self.letters.append(
            message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        )
        if self.breaks:
            self.breaks -= 1
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 OK"

    def texts(self) -> list[str]:
        """Subject and body of each letter."""
        return [
            f"{one['Subject']}\n{one.get_content()}".replace("\r\n", "\n") for one in self.letters
        ]


@asynccontextmanager
async def mailbox(*, login: bool = False) -> AsyncIterator[Mailbox]:
    """A server that is up until the block ends; with `login` it takes nobody without one."""
    box, loop = Mailbox(), asyncio.get_running_loop()

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=good)

    def protocol() -> SMTP:
        if login:
            return SMTP(
                box,
                hostname="mail.test",
                loop=loop,
                authenticator=authenticate,
                auth_required=True,
                auth_require_tls=False,
            )
        return SMTP(box, hostname="mail.test", loop=loop)

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
