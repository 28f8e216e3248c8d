"""Texts that note which of them were used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, cast

from bot.texts.shape import Texts


class Watched:
    """Stands before a group of texts and notes each that is asked for."""

    def __init__(self, inner: object, path: str, seen: set[str]) -> None:
        self._inner, self._path, self._seen = inner, path, seen

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        path = f"{self._path}.{name}".removeprefix(".")
        if is_dataclass(value):
            return Watched(value, path, self._seen)
        if isinstance(value, Mapping):
            return WatchedMapping(value, path, self._seen)
        self._seen.add(path)
        return value


class WatchedMapping(Mapping[Any, Any]):
    """Notes each key that is looked up."""

    def __init__(self, inner: Mapping[Any, Any], path: str, seen: set[str]) -> None:
        self._inner, self._path, self._seen = inner, path, seen

    def __getitem__(self, key: Any) -> Any:
        value = self._inner[key]
        self._seen.add(f"{self._path}[{key_name(key)}]")
        return value

    def __iter__(self) -> Iterator[Any]:
        return iter(self._inner)

    def __len__(self) -> int:
        return len(self._inner)


def watch(texts: Texts) -> tuple[Texts, set[str]]:
    """The texts, and the set that fills with the paths of those that are used."""
    seen: set[str] = set()
    return cast(Texts, Watched(texts, "", seen)), seen


def leaves(part: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every text with its path, such as `cards.reasons[typing_error]`."""
    for one in fields(part):  # type: ignore[arg-type]
        value, name = getattr(part, one.name), f"{path}.{one.name}".removeprefix(".")
        if is_dataclass(value):
            yield from leaves(value, name)
        elif isinstance(value, Mapping):
            yield from ((f"{name}[{key_name(key)}]", text) for key, text in value.items())
        else:
            yield name, value


def key_name(key: object) -> str:
    """How a key stands in a path."""
    if isinstance(key, tuple):
        return ",".join(map(key_name, key))
    return str(key.value) if isinstance(key, Enum) else str(key)
