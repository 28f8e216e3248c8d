"""English: tables."""

from __future__ import annotations

from bot.texts.en.words import counted
from bot.texts.tables import TableTexts

TABLES = TableTexts(
    written=lambda name, rows: f"{name}: {counted(rows, 'row', 'rows')}.",
    bad_name=lambda name: f"{name}: expected a name that ends in .csv or .xlsx.",
)
