"""Every card on one HTML page, as a phone shows it, in both languages side by side."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files

from bot.pages.preview import Face, Section
from bot.telegram.render import html, keyboard
from bot.telegram.rows import Key
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.protocol.model import Protocol, Words

_HEADING = Words(en="Every card", fr="Toutes les fiches")
_HOW = Words(
    en="As Telegram shows them on a phone 360 points wide: a button has one line.",
    fr="Telles que Telegram les montre sur un téléphone de 360 points : un bouton a une ligne.",
)
_UNFOLD = Words(en="show the help in full", fr="montrer l'aide en entier")


def preview_page(protocol: Protocol, sections: tuple[Section, ...]) -> str:
    """The page: one file that needs nothing else, the same at every run."""
    title = f"{protocol.acronym} {protocol.version} · {_both(_HEADING)}"
    rooms = "".join(_section(section) for section in sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(_both(_HOW))}</p>\n"
        f'<p><label><input type="checkbox" id="unfold"> {escape(_both(_UNFOLD))}</label></p>\n'
        f"{_contents(sections)}</header>\n<main>\n{rooms}</main>\n</body>\n</html>\n"
    )


def _style() -> str:
    return (files("bot.telegram") / "preview.css").read_text(encoding="utf-8")


def _contents(sections: tuple[Section, ...]) -> str:
    rooms = []
    for section in sections:
        places = "".join(
            f'<li><a href="#{section.anchor}-{place}">{escape(_both(face.title))}</a></li>\n'
            for place, face in enumerate(section.faces, start=1)
        )
        head = f"{escape(_both(section.heading))} ({len(section.faces)})"
        rooms.append(f"<details>\n<summary>{head}</summary>\n<ol>\n{places}</ol>\n</details>\n")
    return f'<nav aria-label="{escape(_both(_HEADING))}">\n{"".join(rooms)}</nav>\n'


def _section(section: Section) -> str:
    faces = "".join(
        f'<article id="{section.anchor}-{place}">\n<h3>{escape(_both(face.title))}</h3>\n'
        f'<div class="pair">\n{"".join(_phone(face, texts) for texts in ALL.values())}</div>\n'
        "</article>\n"
        for place, face in enumerate(section.faces, start=1)
    )
    heading = f"<h2>{escape(_both(section.heading))}</h2>\n"
    return f'<section id="{section.anchor}">\n{heading}{faces}</section>\n'


def _phone(face: Face, texts: Texts) -> str:
    card = face.card(texts)
    rows = keyboard(card, face.screening)["inline_keyboard"]
    keys = "".join(
        f'<div class="row">{"".join(_key(str(key["text"]), _kind(key)) for key in row)}</div>\n'
        for row in rows
    )
    text = re.sub(r"<blockquote expandable>", '<blockquote class="help">', html(card, texts))
    bubble = f'<div class="bubble">{text}</div>\n{keys}'
    return f'<div class="phone" lang="{texts.language}">\n{bubble}</div>\n'


def _kind(key: Key) -> str:
    return f"{key.get('style', '')}{' copy' if 'copy_text' in key else ''}".strip()


def _key(label: str, kind: str) -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<span{style} title="{escape(label)}">{escape(label)}</span>'


def _both(words: Words) -> str:
    return words.en if words.en == words.fr else f"{words.en} / {words.fr}"
