"""French: tables. Non-breaking spaces stand before : ; ? ! and inside « »."""

from __future__ import annotations

from bot.texts.fr.words import counted
from bot.texts.tables import TableTexts

TABLES = TableTexts(
    written=lambda name, rows: f"{name} : {counted(rows, 'ligne', 'lignes')}.",
    bad_name=lambda name: f"{name} : un nom en .csv ou .xlsx est attendu.",
)
