"""The code on a printed record: one line, read back as it was made, and nothing else is one."""

from __future__ import annotations

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from storage.record_code import FORM, RecordCode, read_code

CODE = RecordCode("7K3F-9QXV", 25, "ab" * 32, 1234, "0f" * 32)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(st.integers(1, 10**9 - 1), HEX, st.integers(1, 10**18 - 1), HEX)
def test_a_code_is_read_as_it_was_made(
    events: int, record: str, position: int, digest: str
) -> None:
    """Broken into lines and in small letters, too."""
    code = RecordCode("7K3F-9QXV", events, record, position, digest)
    assert read_code(code.text) == code
    assert read_code(f" {code.text[:40]}\n{code.text[40:].lower()} ") == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        FORM,
        CODE.text[:-1],
        CODE.text + "0",
        CODE.text.replace("/25/", "/0/"),
        CODE.text.replace("/1/", "/2/", 1),
        CODE.text.replace("AB", "GH"),
        CODE.text.replace("/1234/", "/-1/"),
        CODE.text.replace("/25/", "/٢٥/"),
    ],
)
def test_nothing_else_is_a_code(text: str) -> None:
    """Not one that is short or long, of another form, or with digits of another script."""
    assert read_code(text) is None


def test_the_code_makes_a_small_picture() -> None:
    """Capitals, digits and strokes only: QR codes have a shorter form for them."""
    made = segno.make(CODE.text, error="m", micro=False, boost_error=False)
    assert made.mode == "alphanumeric"
    assert made.symbol_size(border=0)[0] <= 57
