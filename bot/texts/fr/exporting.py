"""French: exports."""

from __future__ import annotations

from bot.texts.exporting import ExportTexts
from bot.texts.fr.words import counted

EXPORTS = ExportTexts(
    writing=lambda name: f"écriture de {name}",
    written=lambda name, screenings, rows: (
        f"{name} : {counted(screenings, 'sélection', 'sélections')},"
        f" {counted(rows, 'ligne', 'lignes')}."
    ),
    not_sound=lambda fault: f"Rien n’a été écrit : le contrôle de l’export l’a refusé ({fault}).",
)
