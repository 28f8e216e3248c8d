"""What a phone shows, as JSON for the page."""

from bot.sandbox.errors import Json
from bot.sandbox.keyboards import Button
from bot.sandbox.phone import Phone
from bot.sandbox.world import Attachment, Message, World

SHOWN = 60
"""How many of the newest messages the page gets."""


def phone_json(phone: Phone, world: World) -> Json:
    """Return everything that the page draws of one phone."""
    chat = world.chats[phone.id]
    now = world.clock()
    taps = phone.taps
    return {
        "id": phone.id,
        "name": phone.user.first_name,
        "role": phone.role,
        "language": phone.user.language_code,
        "standing": chat.standing,
        "action": chat.action,
        "menu": [{"command": name, "description": words} for name, words in phone.menu],
        "messages": [message_json(one) for one in phone.messages[-SHOWN:]],
        "waiting": [[tap.message_id, tap.data] for tap in taps if tap.open_at(now)],
        "answers": [
            {"id": tap.id, "text": tap.answer.text, "alert": tap.answer.show_alert}
            for tap in taps[-5:]
            if tap.answer is not None
        ],
    }


def message_json(message: Message) -> Json:
    """Return one message as the page draws it."""
    return {
        "id": message.id,
        "mine": not message.sender.is_bot,
        "date": message.date,
        "edited": message.edited,
        "protected": message.protected,
        "reaction": message.reaction,
        "text": message.text,
        "entities": [entity.as_json() for entity in message.entities],
        "keyboard": [[_button(one) for one in row] for row in message.keyboard],
        "attachment": _attachment(message.attachment),
    }


def _button(button: Button) -> Json:
    return {
        "label": button.label,
        "action": button.action,
        "value": button.value,
        "style": button.style,
    }


def _attachment(attachment: Attachment | None) -> Json | None:
    if attachment is None:
        return None
    width, height = attachment.size
    return {
        "width": width,
        "height": height,
        "kind": attachment.kind,
        "id": attachment.file_id,
        "name": attachment.name,
        "size": len(attachment.content),
    }
