"""Turn Telegram's HTML into text and entities, refusing what Telegram refuses.

Wording and order of the checks follow ``parse_html`` of tdlib; offsets in refusals are bytes,
offsets in entities are UTF-16 units (Bot API, "Formatting options").
"""

import html
import re
from dataclasses import dataclass, replace

from bot.sandbox.errors import ApiError, Json, bad_request

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "code": "code", "pre": "pre", "a": "text_link", "tg-spoiler": "spoiler", "span": "spoiler",
    "tg-emoji": "custom_emoji", "blockquote": "blockquote",
}  # fmt: skip
_REFERENCE = re.compile(r"&(lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});?")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>"'/]+)(\s*=\s*("(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w.-]+)))?"""
)
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(@[A-Za-z0-9_]{3,32})?")
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@dataclass(frozen=True, slots=True)
class Entity:
    """One formatted stretch: kind, offset and length in UTF-16 units, and what the kind needs."""

    kind: str
    offset: int
    length: int
    extra: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> Json:
        """Return the MessageEntity object of the Bot API."""
        body: Json = {"type": self.kind, "offset": self.offset, "length": self.length}
        body.update(self.extra)
        return body


def utf16_length(text: str) -> int:
    """Return the length that Telegram counts for entity offsets."""
    return len(text.encode("utf-16-le")) // 2


def refuse_entities(reason: str) -> ApiError:
    """Return Telegram's refusal of a text whose markup cannot be read."""
    return bad_request(f"can't parse entities: {reason}")


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


class _HtmlReader:
    """One pass over the source; it keeps the open tags on a stack."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text = ""
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self.position < len(self.source):
            if self.source.startswith("</", self.position):
                self._close_tag()
            elif self.source[self.position] == "<":
                self._open_tag()
            else:
                self._characters()
        if self.open:
            raise refuse_entities(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"'
            )
        return self.text, self.entities

    def _characters(self) -> None:
        end = self.source.find("<", self.position)
        end = len(self.source) if end < 0 else end
        self.text += decode_references(self.source[self.position : end])
        self.position = end

    def _bytes_before(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _open_tag(self) -> None:
        begin = self._bytes_before(self.position)
        end = self._end_of_tag()
        if end < 0:
            raise refuse_entities(f"Unclosed start tag at byte offset {begin}")
        inner = self.source[self.position + 1 : end]
        name, _, rest = inner.replace("\n", " ").partition(" ")
        tag = name.lower()
        if tag not in _KINDS:
            raise refuse_entities(f'Unsupported start tag "{tag}" at byte offset {begin}')
        attributes = _attributes(tag, rest, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise refuse_entities(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        if tag == "tg-emoji" and not attributes.get("emoji-id", "").isdigit():
            raise refuse_entities("Invalid custom emoji identifier specified")
        self.open.append(_Open(tag, utf16_length(self.text), attributes))
        self.position = end + 1

    def _end_of_tag(self) -> int:
        quote = ""
        for position in range(self.position + 1, len(self.source)):
            character = self.source[position]
            if quote:
                quote = "" if character == quote else quote
            elif character in "\"'" and "=" in self.source[self.position : position]:
                quote = character
            elif character == ">":
                return position
        return -1

    def _close_tag(self) -> None:
        begin = self._bytes_before(self.position)
        if not self.open:
            raise refuse_entities(f"Unexpected end tag at byte offset {begin}")
        end = self.source.find(">", self.position)
        found = self.source[self.position + 2 : end].strip().lower()
        if end < 0 or " " in found:
            raise refuse_entities(f"Unclosed end tag at byte offset {begin}")
        expected = self.open[-1].tag
        if found and found != expected:
            raise refuse_entities(
                f"Unmatched end tag at byte offset {begin}, "
                f'expected "</{expected}>", found "</{found}>"'
            )
        self._finish(self.open.pop())
        self.position = end + 1

    def _finish(self, tag: _Open) -> None:
        length = utf16_length(self.text) - tag.start
        entity = _entity(tag, length, self.text)
        if length and entity is not None:
            self.entities.append(entity)


def _attributes(tag: str, source: str, begin: int) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    while source[position:].strip():
        match = _ATTRIBUTE.match(source, position)
        if match is None:
            raise refuse_entities(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        value = match["double"] or match["single"] or match["bare"] or ""
        found[match["name"].lower()] = decode_references(value)
        position = match.end()
    return found


def _entity(tag: _Open, length: int, text: str) -> Entity | None:
    kind = _KINDS[tag.tag]
    if kind == "text_link":
        url = tag.attributes.get("href") or _units(text, tag.start, length)
        return (
            Entity(kind, tag.start, length, (("url", url),)) if "." in url or ":" in url else None
        )
    if kind == "custom_emoji":
        extra = (("custom_emoji_id", tag.attributes["emoji-id"]),)
        return Entity(kind, tag.start, length, extra)
    if kind == "blockquote" and "expandable" in tag.attributes:
        return Entity("expandable_blockquote", tag.start, length)
    language = tag.attributes.get("class", "").removeprefix("language-")
    if kind == "code" and language:
        return Entity("pre", tag.start, length, (("language", language),))
    return Entity(kind, tag.start, length)


def _units(text: str, offset: int, length: int) -> str:
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le")


def decode_references(text: str) -> str:
    """Replace the character references that Telegram knows; others stay as typed."""
    return _REFERENCE.sub(lambda match: html.unescape(f"&{match[1]};"), text)


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the visible text and its entities.

    Raises:
        ApiError: 400 "can't parse entities: …" when the markup is malformed or unsupported.
    """
    text, entities = _HtmlReader(source).read()
    kept = [one for one in entities if not _doubled(one, entities)]
    return trim(text, sorted(kept, key=lambda one: (one.offset, -one.length)))


def _doubled(entity: Entity, among: list[Entity]) -> bool:
    """Tell whether ``pre`` wraps a ``code`` with a language, which Telegram makes one entity."""
    same = [one for one in among if (one.offset, one.length) == (entity.offset, entity.length)]
    return entity.kind == "pre" and not entity.extra and any(one.extra for one in same)


def trim(text: str, entities: list[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Cut white space at both ends (never into an entity at the front), clip the entities."""
    first = min((one.offset for one in entities), default=len(text))
    leading = min(len(text) - len(text.lstrip()), first)
    visible = text[leading:].rstrip()
    size = utf16_length(visible)
    moved = [replace(one, offset=one.offset - leading) for one in entities]
    clipped = [replace(one, length=min(one.length, size - one.offset)) for one in moved]
    return visible, tuple(one for one in clipped if one.length > 0)


def detect(text: str) -> tuple[Entity, ...]:
    """Return the entities Telegram finds by itself in plain text: commands and addresses."""
    found = [("bot_command", match) for match in _COMMAND.finditer(text)]
    urls = [("url", match) for match in _URL.finditer(text)]
    outside = [
        hit for hit in found if not any(u.start() <= hit[1].start() < u.end() for _, u in urls)
    ]
    entities = [
        Entity(kind, utf16_length(text[: match.start()]), utf16_length(match[0]))
        for kind, match in outside + urls
    ]
    return tuple(sorted(entities, key=lambda one: one.offset))
