"""Bands: what is stored of a number that could identify someone, or that nobody needs exactly.

"> 75" says all that an age limit needs; the age itself never reaches the ledger
(data minimisation, GDPR art. 5(1)(c)).
"""

from __future__ import annotations

from decimal import Decimal

from flows.logic import Span
from flows.protocol.model import Band, Input


def band_span(band: Band, entry: Input) -> Span:
    """All values that a band stands for, within the input's own limits."""
    low, high = (entry.minimum or 0, 0), (entry.maximum or 0, 0)
    if band.below is not None:
        return Span(low, (_exact(band.below), -1))
    if band.above is not None:
        return Span((_exact(band.above), 1), high)
    return Span((_exact(band.at_least or 0), 0), high)


def band_text(band: Band) -> str:
    """How a band stands in the record: `< 18`, `> 75`, `>= 10`."""
    if band.below is not None:
        return f"< {_exact(band.below)}"
    if band.above is not None:
        return f"> {_exact(band.above)}"
    return f">= {_exact(band.at_least or 0)}"


def band_of(entry: Input, value: Decimal | int) -> Band | None:
    """The first band of the input that holds the value; None when it is kept as it is."""
    point = Span.point(value)
    for band in entry.keep:
        span = band_span(band, entry)
        if span.low <= point.low and point.high <= span.high:
            return band
    return None


def _exact(value: float) -> Decimal:
    return Decimal(str(value))
