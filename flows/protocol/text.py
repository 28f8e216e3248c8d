"""The first of three moves from text to protocol: YAML 1.2 into plain data.

A protocol file is read by people and approved by committees, so what it says must be what it
looks like: `no` is a word, `1:30` is a word, a key stands once, nothing is pulled in by alias.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from flows.protocol.fault import Fault, ProtocolFaults

MAX_BYTES = 256 * 1024
"""A protocol of 19 criteria in two languages takes about 80 KB; more than this is no protocol."""


_BEYOND_CORE = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge")
"""What the core schema of YAML 1.2 does not have: a day stays the text that it is."""

_DIRECTIVE = re.compile(rb"(?:\A|[\r\n]|\xef\xbb\xbf)%")
"""A `%` where YAML takes a line to begin: after either line break, and after a byte order mark."""

_LONGEST_NUMBER = 40
"""Characters: no limit of a protocol is longer, and Python cannot write out every long one."""


class _PlainComposer(Composer):
    """Refuses what makes a YAML text mean something other than it shows."""

    def compose_node(self, parent: Node | None, index: int) -> Any:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent):
            raise _refused("aliases (*name) are not allowed: write the value out", event)
        if getattr(event, "anchor", None) is not None:
            raise _refused("anchors (&name) are not allowed: write the value out", event)
        if getattr(event, "ctag", None) is not None:
            raise _refused("tags (!name) are not allowed", event)
        return super().compose_node(parent, index)

    def compose_scalar_node(self, anchor: Any) -> Any:
        node = super().compose_scalar_node(anchor)
        if node.tag in _BEYOND_CORE:
            node.tag = "tag:yaml.org,2002:str"
        if node.tag == "tag:yaml.org,2002:int" and len(node.value) > _LONGEST_NUMBER:
            raise MarkedYAMLError(problem="a number is too long", problem_mark=node.start_mark)
        return node


def _refused(what: str, event: Any) -> MarkedYAMLError:
    return MarkedYAMLError(problem=what, problem_mark=event.start_mark)


def read_text(raw: bytes) -> Any:
    """The plain data (dicts, lists, strings, numbers) that a YAML 1.2 text holds.

    Raises:
        ProtocolFaults: the text is too long, not UTF-8, not YAML 1.2, holds two documents,
            repeats a key, or uses an alias, an anchor or a tag.

    """
    if len(raw) > MAX_BYTES:
        raise ProtocolFaults([Fault("file", f"longer than 256 KB ({len(raw)} bytes)")])
    if _DIRECTIVE.search(raw):
        raise ProtocolFaults([Fault("file", "directives (%NAME) are not allowed")])
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _PlainComposer
    try:
        return yaml.load(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ProtocolFaults([Fault(f"byte {error.start}", "expected UTF-8 text")]) from None
    except (YAMLError, RecursionError, ValueError) as error:
        raise ProtocolFaults([_fault(error)]) from None


def _fault(error: Exception) -> Fault:
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark is not None else "file"
        problem = (error.problem or error.context or "not YAML 1.2").strip()
        return Fault(place, problem.splitlines()[0])
    if isinstance(error, ReaderError):
        return Fault(f"character {error.position}", "this character is not allowed in YAML")
    if isinstance(error, ValueError):
        return Fault("file", "a number that cannot be read")
    if isinstance(error, RecursionError):
        return Fault("file", "nested too deeply")
    return Fault("file", str(error).splitlines()[0])
