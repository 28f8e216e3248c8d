"""The index of the inspection bundle: what it holds, every hash, and how to verify it. HTML.

One file without scripts and without anything from elsewhere: it opens in any browser, on a phone
and on paper alike. It is written a row at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from storage.exports.bundle import Item

_STYLE: Final = """
body{font:16px/1.45 'DejaVu Sans',sans-serif;color:#1b2733;
max-width:62em;margin:1.5em auto;padding:0 1em}
h1{font-size:1.5em}h2{font-size:1.15em;color:#33627f;margin-top:1.8em}
dl{display:grid;grid-template-columns:minmax(8em,auto) 1fr;gap:.3em 1em;margin:0}
dt{color:#4f5d6b}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #b9c7d1;padding:.35em .5em;text-align:left;vertical-align:top}
td{overflow-wrap:anywhere}th{font-weight:normal;color:#4f5d6b;font-size:.85em}
td:nth-child(2),th:nth-child(2){text-align:right;white-space:nowrap}
code{font:.82em/1.4 'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}
li{margin:.5em 0}a{color:#1f5f87}
@media(max-width:36em){thead{display:none}tr{display:grid;grid-template-columns:1fr auto;
border-bottom:1px solid #b9c7d1}td{border:0}td:nth-child(3){grid-column:1/3;padding-top:0}}
@media print{body{font-size:9.5pt;max-width:none}tr{break-inside:avoid}}
"""


@dataclass(frozen=True, slots=True)
class Index:
    """What the index says. `steps` are how to verify: each a sentence and a command, or "".

    `folders` are the headings of the folders, by name, in the order in which they come.
    """

    language: str
    title: str
    head: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    verify: str
    steps: tuple[tuple[str, str], ...]
    files: tuple[str, str, str]
    folders: tuple[tuple[str, str], ...]


def index_html(index: Index, items: Sequence[Item]) -> Iterator[bytes]:
    """The page, in parts; every item stands on it once."""
    for part in _parts(index, items):
        yield f"{part}\n".encode()


def _parts(index: Index, items: Sequence[Item]) -> Iterator[str]:
    yield "<!doctype html>"
    yield f'<html lang="{escape(index.language)}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{escape(index.title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(index.title)}</h1><dl>"
    yield from (f"<dt>{escape(one)}</dt><dd>{escape(said)}</dd>" for one, said in index.head)
    yield "</dl>"
    yield from (f"<p>{escape(note)}</p>" for note in index.notes)
    yield f"<h2>{escape(index.verify)}</h2><ol>"
    yield from map(_step, index.steps)
    yield "</ol>"
    yield from _folders(index, items)
    yield "</body></html>"


def _step(step: tuple[str, str]) -> str:
    words, command = step
    shown = f"<br><code>{escape(command)}</code>" if command else ""
    return f"<li>{escape(words)}{shown}</li>"


def _folders(index: Index, items: Iterable[Item]) -> Iterator[str]:
    headings = dict(index.folders)
    for folder, found in groupby(items, key=lambda item: item.name.partition("/")[0]):
        yield f"<h2>{escape(headings[folder])}</h2><table><thead><tr>"
        yield "".join(f"<th>{escape(head)}</th>" for head in index.files) + "</tr></thead><tbody>"
        yield from map(_row, found)
        yield "</tbody></table>"


def _row(item: Item) -> str:
    name = escape(item.name)
    return (
        f'<tr><td><a href="{name}">{name}</a></td><td>{item.size}</td>'
        f"<td><code>{item.sha256}</code></td></tr>"
    )
