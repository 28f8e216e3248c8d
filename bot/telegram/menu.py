"""Telegram's own menu of commands: each person sees what the role allows, in the right language."""

from __future__ import annotations

import logging

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.telegram.speaker import Speaker
from bot.texts.shape import Texts
from flows.events import Role
from flows.policy import Action, actions

log = logging.getLogger(__name__)

_NEEDS: dict[str, Action | None] = {
    "screen": Action.SCREEN,
    "check": Action.CHECK,
    "open": Action.CHECK,
    "practice": Action.PRACTICE,
    "people": Action.MANAGE_PEOPLE,
    "invite": Action.MANAGE_PEOPLE,
    "erase": Action.ERASE,
    "protocol": Action.PROTOCOL,
    "language": None,
    "help": None,
}


def commands_for(roles: frozenset[Role]) -> list[str]:
    """The commands that somebody with these roles sees, in the order of the menu."""
    may = actions(roles)
    return [name for name, needed in _NEEDS.items() if needed is None or needed in may]


class Menu:
    """Sets the menu of a chat when it is not yet what it should be."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._set: dict[int, tuple[list[str], str]] = {}

    async def refresh(self, speaker: Speaker) -> None:
        """Bring the chat's menu in line with the person's roles and language."""
        names = commands_for(speaker.person.roles(speaker.now))
        wanted = (names, speaker.texts.language)
        if self._set.get(speaker.chat) == wanted:
            return
        self._set[speaker.chat] = wanted
        try:
            await self._bot.set_my_commands(
                as_commands(names, speaker.texts), scope=BotCommandScopeChat(speaker.chat)
            )
        except TelegramError as error:
            self._set.pop(speaker.chat)
            log.info("the menu could not be set: %s", type(error).__name__)

    async def clear(self, chat: int) -> None:
        """Take the menu away from somebody who was let out."""
        self._set.pop(chat, None)
        try:
            await self._bot.delete_my_commands(scope=BotCommandScopeChat(chat))
        except TelegramError as error:
            log.info("the menu could not be removed: %s", type(error).__name__)


def as_commands(names: list[str], texts: Texts) -> list[BotCommand]:
    """The commands with what they do, in one language."""
    return [BotCommand(name, texts.chat.commands[name]) for name in names]
