"""The bot's own account: who it is, and its command menu per scope and language."""

import json
import re
from collections.abc import Callable

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.parameters import Method, Parameters
from bot.sandbox.world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}

Command = tuple[str, str]
"""A command without its slash, and what the menu says of it."""


class Account:
    """getMe, the command menu, and the descriptions."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._commands: dict[tuple[str, str], list[Command]] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def methods(self) -> dict[str, Method]:
        """Return the methods by their lower-case names."""
        table: dict[str, Method] = {
            "getme": self.get_me,
            "setmycommands": self.set_commands,
            "getmycommands": self.get_commands,
            "deletemycommands": self.delete_commands,
            "setchatmenubutton": lambda _: True,
            "getchatmenubutton": lambda _: {"type": "commands"},
            "setmydefaultadministratorrights": lambda _: True,
        }
        for field, method in (
            ("name", "myname"),
            ("description", "mydescription"),
            ("short_description", "myshortdescription"),
        ):
            table[f"set{method}"] = self._setter(field)
            table[f"get{method}"] = self._getter(field)
        return table

    def get_me(self, _: Parameters) -> Json:
        """Return the bot's user with what getMe alone tells."""
        abilities = (
            "can_join_groups",
            "can_read_all_group_messages",
            "supports_inline_queries",
            "can_connect_to_business",
            "has_main_web_app",
        )
        told: Json = {name: name == "can_join_groups" for name in abilities}
        return {**self._world.bot.as_json(), **told}

    def set_commands(self, parameters: Parameters) -> bool:
        """Set the menu of one scope and language."""
        given = parameters.items("commands", "BotCommand")
        if len(given) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        key = self._key(parameters)
        self._commands[key] = [_command(one) for one in given]
        self._menu_changed()
        return True

    def get_commands(self, parameters: Parameters) -> list[Json]:
        """Return the menu of exactly this scope and language."""
        found = self._commands.get(self._key(parameters), [])
        return [{"command": name, "description": words} for name, words in found]

    def delete_commands(self, parameters: Parameters) -> bool:
        """Remove the menu of one scope and language."""
        self._commands.pop(self._key(parameters), None)
        self._menu_changed()
        return True

    def menu(self, chat_id: int, language: str) -> list[Command]:
        """Return the menu that a person sees, by Telegram's order of precedence.

        The nearest scope wins, and within a scope the person's language before none
        (Bot API manual, "Determining list of commands").
        """
        wide = "all_private_chats" if chat_id > 0 else "all_group_chats"
        for scope in (f"chat:{chat_id}", wide, "default"):
            for code in (language[:2], ""):
                if found := self._commands.get((scope, code)):
                    return found
        return []

    def _menu_changed(self) -> None:
        for chat_id in tuple(self._world.chats):
            self._world.changed(chat_id)

    def _key(self, parameters: Parameters) -> tuple[str, str]:
        language = parameters.text("language_code")
        if not _LANGUAGE.fullmatch(language):
            raise bad_request("invalid language code specified")
        return self._scope(parameters), language

    def _scope(self, parameters: Parameters) -> str:
        scope = parameters.mapping("scope", "BotCommandScope")
        kind = str(scope.get("type", "default"))
        if kind in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators"):
            return kind
        if kind not in ("chat", "chat_administrators", "chat_member"):
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        chat_id = scope.get("chat_id")
        if not chat_id:
            raise bad_request("can't parse BotCommandScope: Empty chat_id specified")
        self._world.chat_for_bot(int(str(chat_id)))
        return f"{kind}:{chat_id}" if kind != "chat_member" else f"{kind}:{json.dumps(scope)}"

    def _setter(self, field: str) -> Callable[[Parameters], bool]:
        def set_text(parameters: Parameters) -> bool:
            if len(parameters.text(field)) > _TEXT_LIMITS[field]:
                raise bad_request(f"{field.upper()}_TOO_LONG")
            self._texts[field, parameters.text("language_code")] = parameters.text(field)
            return True

        return set_text

    def _getter(self, field: str) -> Callable[[Parameters], Json]:
        def get_text(parameters: Parameters) -> Json:
            default = self._world.bot.first_name if field == "name" else ""
            return {field: self._texts.get((field, parameters.text("language_code")), default)}

        return get_text


def _command(source: object) -> Command:
    if not isinstance(source, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, words = str(source.get("command", "")), str(source.get("description", ""))
    name = name.removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(words) <= MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return name, words
