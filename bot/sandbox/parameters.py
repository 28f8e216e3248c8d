"""The parameters of one call, whichever way they came: address, form, JSON or multipart."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.errors import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Texts by name (nested objects as JSON text, as Telegram's server sees them), and files."""

    texts: dict[str, str]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a text, empty when absent."""
        return self.texts.get(name, "")

    def flag(self, name: str) -> bool:
        """Return a truth value as ``to_bool`` of tdlib reads it."""
        return self.text(name).lower() in ("true", "yes", "1")

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number; like Telegram's server, fall back on what cannot be read."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def between(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number pulled into its bounds."""
        return max(low, min(high, self.integer(name, default)))

    def chat_id(self) -> int:
        """Return the chat that the call names.

        Raises:
            ApiError: 400 when it is missing or not a number.
        """
        if not self.text("chat_id"):
            raise bad_request("chat_id is empty")
        if not self.integer("chat_id"):
            raise bad_request("chat not found")
        return self.integer("chat_id")

    def items(self, name: str, what: str) -> list[object]:
        """Return a list given as JSON, empty when absent.

        Raises:
            ApiError: 400 when it is not a JSON list; ``what`` names it in the words.
        """
        if not self.text(name):
            return []
        try:
            value: object = json.loads(self.text(name))
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None
        if not isinstance(value, list):
            raise bad_request(f"expected an Array of {what}")
        return value

    def mapping(self, name: str, what: str) -> dict[str, object]:
        """Return an object given as JSON, empty when absent.

        Raises:
            ApiError: 400 when it is not a JSON object.
        """
        if not self.text(name):
            return {}
        try:
            value: object = json.loads(self.text(name))
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {what}: {what} must be an Object")
        return value


Method = Callable[[Parameters], object]
"""A Bot API method: takes the parameters, returns what goes under ``result``."""


def from_json(value: object) -> Parameters:
    """Return the parameters of a JSON body; anything but an object carries none."""
    if not isinstance(value, dict):
        return Parameters({})
    return Parameters({str(name): _as_text(one) for name, one in value.items() if one is not None})


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def read_parameters(request: web.Request) -> Parameters:
    """Read the parameters of one request.

    Raises:
        ApiError: 400 when a JSON body cannot be read.
    """
    texts = dict(request.query)
    if request.content_type == "application/json":
        try:
            texts.update(from_json(await request.json()).texts)
        except ValueError:
            raise bad_request("can't parse request body as JSON") from None
        return Parameters(texts)
    files: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = Upload(value.filename, value.file.read())
        else:
            texts[name] = value if isinstance(value, str) else bytes(value).decode()
    return Parameters(texts, files)
