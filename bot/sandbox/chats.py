"""The methods about chats and gestures: answers to taps, reactions, "typing…", leaving."""

from dataclasses import replace

from bot.sandbox.errors import Json, bad_request, forbidden
from bot.sandbox.parameters import Method, Parameters
from bot.sandbox.world import Answer, World

MAX_ANSWER = 200
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
    }
)
_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


class Chats:
    """Answer taps, react, show what the bot is doing, look at and leave chats."""

    def __init__(self, world: World) -> None:
        self._world = world

    def methods(self) -> dict[str, Method]:
        """Return the methods by their lower-case names."""
        return {
            "answercallbackquery": self.answer_tap,
            "setmessagereaction": self.react,
            "sendchataction": self.show_action,
            "getchat": self.get_chat,
            "leavechat": self.leave_chat,
        }

    def answer_tap(self, parameters: Parameters) -> bool:
        """Answer a tap: once, within its lifetime, in at most 200 characters."""
        text = parameters.text("text")
        if len(text) > MAX_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        tap = self._world.taps.get(parameters.text("callback_query_id"))
        if tap is None or not tap.open_at(self._world.clock()):
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        tap.answer = Answer(text, parameters.flag("show_alert"), parameters.text("url"))
        self._world.changed(tap.user_id)
        return True

    def react(self, parameters: Parameters) -> bool:
        """Set the bot's one reaction to a message, or take it back."""
        chat = self._world.chat_for_bot(parameters.chat_id())
        message = chat.messages.get(parameters.integer("message_id"))
        if message is None:
            raise bad_request("message to react not found")
        given = parameters.items("reaction", "ReactionType")
        if len(given) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        emoji = [str(one.get("emoji", "")) for one in given if isinstance(one, dict)]
        self._world.store(replace(message, reaction="".join(emoji)))
        return True

    def show_action(self, parameters: Parameters) -> bool:
        """Show "typing…" until the next message."""
        action = parameters.text("action")
        if action not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        chat = self._world.chat_for_bot(parameters.chat_id())
        chat.action = action
        self._world.changed(chat.id)
        return True

    def get_chat(self, parameters: Parameters) -> Json:
        """Return what the manual calls ChatFullInfo, with the fields it always has."""
        chat = self._world.chats.get(parameters.chat_id())
        if chat is None:
            raise bad_request("chat not found")
        always: Json = {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(_GIFTS, False),
        }
        return {**chat.as_json(), **always}

    def leave_chat(self, parameters: Parameters) -> bool:
        """Leave a group; a private chat cannot be left."""
        chat = self._world.chat_for_bot(parameters.chat_id())
        if chat.kind == "private":
            raise forbidden("bot can't leave private chats")
        chat.standing = "left"
        self._world.changed(chat.id)
        return True
