"""The demonstration: the real bot on a loopback Bot API, with invented people who are let in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pydantic import SecretStr

from bot.compose import open_house
from bot.office import Office
from bot.sandbox import Sandbox
from bot.settings import Settings
from bot.telegram.running import running
from flows.events import Actor, Role

SITE: Final = ("HM", "Henri Mondor (invented)", "Europe/Paris")
DATABASE: Final = "sqlite:///data/sandbox.db"

CAST: Final[tuple[tuple[int, str, str, Role | None, dict[str, str]], ...]] = (
    (
        1001,
        "Inès Laurent",
        "en",
        Role.INVESTIGATOR,
        {"en": "Investigator", "fr": "Investigatrice"},
    ),
    (
        1002,
        "Olivier Petit",
        "fr",
        Role.ON_CALL,
        {"en": "On-call doctor", "fr": "Médecin de garde"},
    ),
    (1003, "Clara Moreau", "en", Role.COORDINATOR, {"en": "Coordinator", "fr": "Coordinatrice"}),
    (1005, "Karim Benali", "fr", Role.COORDINATOR, {"en": "Coordinator", "fr": "Coordinateur"}),
    (1004, "Ada Roux", "en", Role.ADMINISTRATOR, {"en": "Administrator", "fr": "Administratrice"}),
    (1999, "Sam", "en", None, {"en": "Stranger", "fr": "Inconnu"}),
)
"""Invented people: Telegram id, name, language, role, and what the page calls it."""

_CONSOLE = Actor("console", Role.ADMINISTRATOR)


@asynccontextmanager
async def demonstration(settings: Settings, port: int) -> AsyncIterator[str]:
    """Run it until the block ends; the address of the page with the phones.

    It keeps its own database, so that an invented patient never stands beside another.

    Raises:
        CannotStart: the port is taken.
        StorageError: the database cannot be used.

    """
    async with Sandbox(port=port) as sandbox:
        for telegram_id, name, language, _, caption in CAST:
            sandbox.phone(telegram_id, name, language, caption)
        inside = settings.model_copy(
            update={
                "telegram_bot_token": SecretStr(sandbox.token),
                "telegram_api_base_url": sandbox.url,
                "database_url": DATABASE,
                "listen": "127.0.0.1:0",  # several sandboxes may run side by side
                "public_url": None,
                "webhook_secret": None,
                "send_pace": "none",  # a Telegram of our own has no limits
                "smtp_host": None,  # invented people have no real mailboxes
                "signing_pepper": SecretStr("invented-pepper-of-the-sandbox-for-nobody-real"),
            }
        )
        async with open_house(inside) as house, running(house, inside) as bot:
            await _let_in(bot.office)
            yield sandbox.url


async def _let_in(office: Office) -> None:
    """Add the invented site and people; what is there already stays."""
    await office.add_site(*SITE, by=_CONSOLE)
    for telegram_id, name, _, role, _caption in CAST:
        if role is not None:
            await office.add_person(telegram_id, name, role, SITE[0], by=_CONSOLE)
