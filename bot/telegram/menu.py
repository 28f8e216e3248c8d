"""Telegram's own menu of commands: each person sees what the role allows, in the right language."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache

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
    "log": Action.LOG,
    "funnel": Action.LOG,
    "chart": Action.LOG,
    "practice": Action.PRACTICE,
    "queries": Action.ANSWER_QUERY,
    "people": Action.MANAGE_PEOPLE,
    "invite": Action.MANAGE_PEOPLE,
    "trial": Action.CLOSE_TRIAL,
    "duty": Action.MANAGE_DUTY,
    "erase": Action.ERASE,
    "digest": Action.FOLLOW,
    "protocol": Action.PROTOCOL,
    "language": None,
    "email": None,
    "help": None,
}
MAILED = frozenset({Role.COORDINATOR, Role.INVESTIGATOR})
"""Who may have copies of their notices by e-mail, where the site has set that up."""


@cache
def commands_for(roles: frozenset[Role], *, mailing: bool = False) -> tuple[str, ...]:
    """The commands that somebody with these roles sees, in the order of the menu."""
    may = actions(roles)
    names = [name for name, needed in _NEEDS.items() if needed is None or needed in may]
    return tuple(name for name in names if name != "email" or (mailing and roles & MAILED))


class Menu:
    """Sets the menu of a chat when it is not yet what it should be."""

    def __init__(self, bot: Bot, *, mailing: bool = False) -> None:
        self._bot, self._mailing = bot, mailing
        self._set: dict[int, tuple[tuple[str, ...], str]] = {}

    async def refresh(self, speaker: Speaker) -> None:
        """Bring the chat's menu in line with the person's roles and language."""
        names = commands_for(speaker.person.roles(speaker.now), mailing=self._mailing)
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


def as_commands(names: Sequence[str], texts: Texts) -> list[BotCommand]:
    """The commands with what they do, in one language."""
    return [BotCommand(name, texts.chat.commands[name]) for name in names]
