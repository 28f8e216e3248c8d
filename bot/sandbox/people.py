"""What people do, and the updates that Telegram makes of it.

Taps go into the queue of the person, everything else into the queue of the chat: order holds
inside one queue only.
"""

import itertools
from dataclasses import replace

from bot.sandbox.errors import Json, PhoneError
from bot.sandbox.markup import detect
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.world import TAP_LIFETIME, Chat, Message, Tap, User, World

_FIRST_TAP = 4_000_000_000_000_000_001


class People:
    """Turns the acts of simulated people into messages, taps and updates."""

    def __init__(self, world: World, queue: UpdateQueue) -> None:
        self._world = world
        self._queue = queue
        self._tap_ids = itertools.count(_FIRST_TAP)
        self.repeat_taps = 0
        """How many of the next taps arrive a second time, under a new update id."""

    def write(self, user_id: int, text: str, chat_id: int) -> Message:
        """Post a person's text; writing to a blocked bot unblocks it, as the app does.

        In a group the bot hears commands only (privacy mode, the default of a new bot).
        """
        chat, user = self._world.chats[chat_id], self._world.users[user_id]
        if not text.strip():
            raise PhoneError("the app does not send an empty message")
        if chat.kind == "private" and chat.standing != "member":
            self.set_standing(user, chat, "member")
        message = replace(self._world.post(chat, user, text), entities=detect(text))
        self._world.store(message)
        if chat.kind == "private" or (text.startswith("/") and chat.standing == "member"):
            self._queue.push("message", self._world.message_json(message), f"chat:{chat.id}")
        return message

    def rewrite(self, message: Message, text: str) -> Message:
        """Edit a person's own message."""
        changed = replace(
            message,
            text=text,
            entities=detect(text),
            edited=int(self._world.clock()),
            edits=message.edits + 1,
        )
        self._world.store(changed)
        body = self._world.message_json(changed)
        self._queue.push("edited_message", body, f"chat:{changed.chat_id}")
        return changed

    def press(self, user_id: int, chat_id: int, message_id: int, data: str) -> Tap:
        """Press a button, real or forged: any client may send any data."""
        chat = self._world.chats[chat_id]
        if chat.standing != "member":
            raise PhoneError("the bot is blocked or not here: its buttons do nothing")
        tap = Tap(str(next(self._tap_ids)), user_id, message_id, data, self._world.clock())
        tap.body = {
            "id": tap.id,
            "from": self._world.users[user_id].as_json(),
            "message": self._pressed_message(chat, message_id),
            "chat_instance": str(chat.id * 7_919),
            "data": data,
        }
        self._world.remember(tap)
        self.deliver(tap)
        if self.repeat_taps > 0:
            self.repeat_taps -= 1
            self.deliver(tap)
        self._world.changed(user_id)
        return tap

    def deliver(self, tap: Tap) -> None:
        """Queue a tap under a new update id; twice for one tap is issue telegram-bot-api#699."""
        lifetime = tap.at + TAP_LIFETIME - self._world.clock()
        self._queue.push("callback_query", tap.body, f"tap:{tap.user_id}", lifetime)

    def _pressed_message(self, chat: Chat, message_id: int) -> Json:
        message = chat.messages.get(message_id)
        if message is None:
            return {"chat": chat.as_json(), "message_id": message_id, "date": 0}
        return self._world.message_json(message)

    def set_standing(self, user: User, chat: Chat, standing: str) -> None:
        """Block or unblock the bot, remove it from a group or add it again, and say so."""
        if chat.standing == standing:
            return
        was, chat.standing = chat.standing, standing
        if was != "new":
            self._queue.push("my_chat_member", self._membership(user, chat, was), f"chat:{chat.id}")
        self._world.changed(chat.id)

    def _membership(self, user: User, chat: Chat, was: str) -> Json:
        return {
            "chat": chat.as_json(),
            "from": user.as_json(),
            "date": int(self._world.clock()),
            "old_chat_member": self._member(was),
            "new_chat_member": self._member(chat.standing),
        }

    def _member(self, standing: str) -> Json:
        until: Json = {"until_date": 0} if standing == "kicked" else {}
        return {"user": self._world.bot.as_json(), "status": standing, **until}
