"""English: exports."""

from __future__ import annotations

from bot.texts.en.words import counted
from bot.texts.exporting import ExportTexts

EXPORTS = ExportTexts(
    writing=lambda name: f"writing {name}",
    written=lambda name, screenings, rows: (
        f"{name}: {counted(screenings, 'screening', 'screenings')}, {counted(rows, 'row', 'rows')}."
    ),
    not_sound=lambda fault: f"Nothing was written: the export's own check refused it ({fault}).",
)
