"""The codes that an element must have, by HL7's own value sets: the library takes any text.

`codes.json` holds the value sets that FHIR binds as required to elements which are written here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from storage.exports.fhir.elements import Json


@dataclass(frozen=True, slots=True)
class Codes:
    """The required codes of one release: by the path of an element, and by the url of an extension.

    In a path the items of a questionnaire are all on one level.
    """

    elements: Mapping[str, frozenset[str]]
    extensions: Mapping[str, frozenset[str]]

    def wrong(self, resource: Json) -> Iterator[tuple[str, str]]:
        """Each code that its element may not have, with the path of the element."""
        yield from self._below(resource["resourceType"], resource)

    def _below(self, path: str, value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            allowed = self.extensions.get(value.get("url", ""))
            if allowed is not None and value.get("valueCode") not in allowed:
                yield f"{path}({value['url']})", str(value.get("valueCode"))
            for name, one in value.items():
                yield from self._below(path if name == "item" else f"{path}.{name}", one)
        elif isinstance(value, list):
            for one in value:
                yield from self._below(path, one)
        elif (allowed := self.elements.get(path)) is not None and value not in allowed:
            yield path, str(value)


@cache
def codes_of(release: str) -> Codes:
    """The required codes of a release, "R4" or "R5"."""
    found = json.loads(files(__package__).joinpath("codes.json").read_text())[release]
    return Codes(
        *(
            {path: frozenset(codes) for path, codes in found[part].items()}
            for part in ("elements", "extensions")
        )
    )
