"""Reads documents as others do: PDFium for text and pictures, pikepdf for what a PDF is made of."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdfium2 as pdfium
import zxingcpp
from PIL.Image import Image

from bot.cards.attempts import ALONE
from bot.pages.record_document import record_document
from bot.texts.shape import Texts
from storage.exports.record_document import RecordDocument
from storage.frozen import fingerprint_of
from storage.record_code import RecordCode
from tests.bot.cases import Case
from tests.bot.gallery import among_attempts

A4 = (595.28, 841.89)
PROOF = (
    "Checkpoint: signed over 1234 events; the signature above is event 1200",
    "  screening-ledger-chain/0123456789abcdef",
    "  q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=",
    "  — screening-ledger-chain/0123456789abcdef " + "Aa0" * 30,
)


def document_of(case: Case, texts: Texts) -> RecordDocument:
    """The document of a case of the gallery; only signatures are proved by a checkpoint."""
    screening = case.screening
    code = RecordCode(
        screening.number, len(case.history), fingerprint_of(screening), 1234, "ab" * 32
    )
    attempts = among_attempts(case).attempts if screening.opened.earlier else ALONE
    proof = PROOF if screening.signature else ()
    return record_document(screening, case.history, texts, attempts, proof, code)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page, and the box of each of its characters in points."""

    text: str
    boxes: tuple[tuple[float, float, float, float], ...]
    size: tuple[float, float]


def pages_of(made: bytes) -> Iterator[Page]:
    """Each page as PDFium reads it."""
    pdf = pdfium.PdfDocument(made)
    try:
        for page in pdf:
            text = page.get_textpage()
            count = text.count_chars()
            boxes = tuple(text.get_charbox(at) for at in range(count))
            yield Page(text.get_text_range(), boxes, page.get_size())
    finally:
        pdf.close()


def picture_of(made: bytes, page: int = 0, scale: float = 3.0) -> Image:
    """One page as it looks; at a scale of 1 there are 72 pixels an inch."""
    pdf = pdfium.PdfDocument(made)
    try:
        picture: Image = pdf[page].render(scale=scale).to_pil()
        return picture
    finally:
        pdf.close()


def qr_of(made: bytes, scale: float = 3.0) -> list[str]:
    """What a reader of QR codes finds on the first page."""
    return [found.text for found in zxingcpp.read_barcodes(picture_of(made, scale=scale))]


def squeezed(text: str) -> str:
    """Without spaces, line breaks and hyphens: where a line breaks is not what it says.

    PDFium gives a hyphen at the end of a line as one that the text would not have elsewhere.
    """
    return re.sub(r"[-\s\u200b\u00ad\ufffe\x02]+", "", text)


def faults_in(made: bytes) -> Iterator[str]:
    """What PDF/A-2a and PDF/UA-1 forbid or ask for, as far as pikepdf and qpdf can tell."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        yield from pdf.check_pdf_syntax()
        yield from _claims(pdf)
        root = pdf.Root
        for name in ("/OpenAction", "/AA", "/AcroForm", "/Names", "/XFA"):
            if name in root and (name != "/Names" or "/JavaScript" in root.Names):
                yield f"{name} in the catalogue"
        if pdf.is_encrypted:
            yield "encrypted"
        if "/ID" not in pdf.trailer:
            yield "no ID"
        if not ("/MarkInfo" in root and root.MarkInfo.Marked and "/StructTreeRoot" in root):
            yield "no tags"
        if "/Lang" not in root:
            yield "no language"
        yield from _objects(pdf)


def _claims(pdf: pikepdf.Pdf) -> Iterator[str]:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
        said = (meta.get("pdfaid:part"), meta.get("pdfaid:conformance"), meta.get("pdfuaid:part"))
    if said != ("2", "A", "1"):
        yield f"claims {said}"
    intents = list(pdf.Root.OutputIntents) if "/OutputIntents" in pdf.Root else []
    if not any(
        one.S == "/GTS_PDFA1" and len(one.DestOutputProfile.read_bytes()) > 100 for one in intents
    ):
        yield "no output intent with a profile"


def _objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            if found.get("/S") in ("/JavaScript", "/Launch", "/URI") and "/Type" not in found:
                yield f"an action {found.S}"
            if found.get("/Type") == "/EmbeddedFile":
                yield "an embedded file"
            if found.get("/Type") == "/Font" and found.get("/Subtype") == "/Type0":
                yield from _font(found)


def _font(font: pikepdf.Object) -> Iterator[str]:
    (kin,) = font.DescendantFonts
    described = kin.FontDescriptor
    if not any(name in described for name in ("/FontFile2", "/FontFile3")):
        yield f"{font.BaseFont} is not embedded"
    if "/ToUnicode" not in font:
        yield f"{font.BaseFont} says nothing to whoever reads by program"
