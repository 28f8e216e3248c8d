"""Updates whose structure was changed: what Telegram would never send, and somebody might."""

from __future__ import annotations

import copy
import json
import random
from typing import Any, Final

ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63, 10**400, "", "0", [], {}, [[]], {"id": {}}),
    *("\x00", "\ud800", "\u202e", "é" * 5000, "=1+1", "/screen", "~o:1", "<b>&", "1001", 1001),
    *([1] * 50, {"from": {"id": 1001}}, {"chat": {"id": 1001, "type": "private"}}, float("nan")),
)
KEYS: Final = (
    *("from", "chat", "id", "data", "text", "message", "callback_query", "type", "entities"),
    *(
        "edited_message",
        "my_chat_member",
        "inline_query",
        "new_chat_member",
        "reply_markup",
        "\x00",
    ),
)


class Mutator:
    """Changes one to four places of an update."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def mutated(self, update: dict[str, Any]) -> object:
        """The update as it may come; now and then as bytes that are no JSON any more."""
        found: Any = copy.deepcopy(update)
        for _ in range(self.draw.randrange(1, 5)):
            self._change(found)
        chance = self.draw.random()
        if chance < 0.02:
            return copy.deepcopy(self.draw.choice(ODD))
        if chance < 0.06:
            return self._torn(found)
        if chance < 0.07:
            return self._deep(found)
        return found

    def _change(self, update: Any) -> None:
        places = list(_places(update))
        holder, key = self.draw.choice(places)
        change = self.draw.randrange(6)
        if change == 0:
            del holder[key]
        elif change == 1:
            holder[key] = copy.deepcopy(self.draw.choice(ODD))
        elif change == 2 and isinstance(holder, dict):
            holder[self.draw.choice(KEYS)] = holder.pop(key)
        elif change == 3:
            other, name = self.draw.choice(places)
            holder[key] = copy.deepcopy(other[name]) if name in other else None
        elif change == 4 and isinstance(holder, dict):
            holder[self.draw.choice(KEYS)] = copy.deepcopy(self.draw.choice(ODD))
        else:
            holder[key] = [holder[key]]
        if isinstance(update, dict) and not update:
            update["update_id"] = 1

    def _torn(self, update: object) -> bytes:
        """The bytes of it with some missing, some changed."""
        raw = bytearray(json.dumps(update).encode(errors="surrogatepass"))
        for _ in range(self.draw.randrange(1, 4)):
            raw[self.draw.randrange(len(raw))] = self.draw.randrange(256)
        return bytes(raw[: self.draw.randrange(1, len(raw) + 1)])

    def _deep(self, update: Any) -> bytes:
        """Nested so deep that a reader may run out of stack."""
        depth = self.draw.choice((50, 900, 30_000))
        return b'{"update_id":1,"message":' + b"[" * depth + b"]" * depth + b"}"


def _places(value: Any) -> Any:
    """Every place of a value that can be changed: its holder and its key."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list) and value[key]:
            yield from _places(value[key])
