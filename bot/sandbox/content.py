"""The visible text of a call and its entities, from HTML, from given entities, or found."""

from bot.sandbox.errors import bad_request
from bot.sandbox.markup import Entity, detect, parse_html, trim
from bot.sandbox.parameters import Parameters


def formatted(parameters: Parameters, name: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the visible text of a parameter and its entities, lengths not yet checked.

    Raises:
        ApiError: 400 for markup that cannot be read or a parse mode that is not HTML.
    """
    source = parameters.text(name)
    mode = parameters.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode not in ("", "none"):
        raise bad_request("unsupported parse_mode")
    else:
        given = parameters.items(
            "caption_entities" if name == "caption" else "entities", "entities"
        )
        text, entities = trim(source, [_entity(one) for one in given])
    if any(one.kind in ("url", "bot_command") for one in entities):
        return text, entities
    found = tuple(one for one in detect(text) if not _covered(one, entities))
    return text, tuple(sorted(entities + found, key=lambda one: (one.offset, -one.length)))


def _covered(entity: Entity, others: tuple[Entity, ...]) -> bool:
    opaque = ("text_link", "code", "pre")
    return any(
        one.kind in opaque and one.offset <= entity.offset < one.offset + one.length
        for one in others
    )


def _entity(source: object) -> Entity:
    if not isinstance(source, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    plain = {"type", "offset", "length"}
    extra = tuple((str(k), str(v)) for k, v in source.items() if k not in plain)
    try:
        return Entity(str(source["type"]), int(source["offset"]), int(source["length"]), extra)
    except (KeyError, ValueError):
        raise bad_request("can't parse MessageEntity: field is missing") from None
