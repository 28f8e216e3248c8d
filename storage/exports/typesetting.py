"""Sets facts on paper: a layout in `typeset/` and facts as JSON in, PDF/A bytes out.

Typst sets the page and refuses to write what PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) do
not allow; what it only warns of is refused here. Facts are data to a layout, never its code. The
fonts are those that come with matplotlib: DejaVu Sans, and Last Resort for what it does not have.

Only who asks for paper imports this: the library is a compiler of 80 MB.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import segno
from typst import Compiler, TypstError

from storage.exports.form import NotSound
from storage.exports.form_document import FormDocument, form_faults
from storage.exports.record_document import RecordDocument, faults_of

LAYOUTS: Final = Path(__file__).parent / "typeset"
STANDARDS: Final = ["a-2a", "ua-1"]
"""Archiving with tags and Unicode text, and readable to those who listen."""

_CLAIM: Final = b"<pdfaid:part>2</pdfaid:part>"


def record_pdf(document: RecordDocument) -> bytes:
    """A record as PDF/A-2a; the same record gives the same bytes. Raises NotSound."""
    for fault in faults_of(document):
        raise NotSound(f"{document.number}: {fault}")
    code = qr_svg(document.code.text) if document.code else ""
    return typeset("record", {**asdict(document), "at": None, "qr": code}, document.at)


def form_pdf(document: FormDocument) -> bytes:
    """A blank form as PDF/A-2a. Raises NotSound."""
    for fault in form_faults(document):
        raise NotSound(f"{document.title}: {fault}")
    return typeset("form", {**asdict(document), "at": None}, document.at)


def typeset(layout: str, facts: Mapping[str, Any], at: datetime) -> bytes:
    """The document; `at` becomes its date, so that the same facts give the same bytes.

    Raises:
        NotSound: it cannot be set as PDF/A, or something in it has no place or no glyph.

    """
    moment = at.astimezone(UTC)
    day = {name: getattr(moment, name) for name in ("year", "month", "day", "hour", "minute")}
    said = json.dumps({**facts, "at": day}, ensure_ascii=False)
    try:
        made, warnings = _compiler().compile_with_warnings(
            LAYOUTS / f"{layout}.typ",
            format="pdf",
            pdf_standards=STANDARDS,  # type: ignore[arg-type]  # a list of literals to it
            sys_inputs={"facts": said},
            timestamp=moment.replace(microsecond=0),
        )
    except TypstError as error:
        raise NotSound(f"{layout}: {error.message}") from None
    if warnings:
        raise NotSound(f"{layout}: {warnings[0].message}")
    if not isinstance(made, bytes) or _CLAIM not in made:
        raise NotSound(f"{layout}: not PDF/A")
    return made


def qr_svg(text: str) -> str:
    """A QR code as SVG, with correction of 15 % (level M, ISO/IEC 18004)."""
    svg: str = segno.make(text, error="m", micro=False, boost_error=False).svg_inline(
        border=4, omitsize=True, light="#fff"
    )
    return svg


@lru_cache(maxsize=1)
def _compiler() -> Compiler:
    """Made once: it reads the fonts, and keeps what does not change from page to page."""
    return Compiler(root=LAYOUTS, font_paths=[_fonts()], ignore_system_fonts=True)


def _fonts() -> Path:
    """Where matplotlib keeps its fonts; found without importing it, which takes a second."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise NotSound("matplotlib and its fonts are not installed")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
