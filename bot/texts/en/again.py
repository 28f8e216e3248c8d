"""English: several attempts over one patient, and a possible duplicate."""

from __future__ import annotations

from bot.texts.beside import AgainTexts
from bot.texts.en.words import counted

AGAIN = AgainTexts(
    again="Screen again",
    open_later=lambda number: f"Open the later attempt {number}",
    attempt=lambda place, earlier: f"Attempt {place}, earlier {earlier}.",
    has_later=lambda number: f"There is a later attempt: {number}.",
    carried="carried over",
    new="not asked before",
    begun=lambda earlier, count: (
        f"A new attempt after {earlier}. "
        + (
            f"{counted(count, 'answer that does', 'answers that do')} not change came over; "
            "Review shows what."
            if count
            else "Everything is asked again."
        )
    ),
    there_is=lambda number: f"A later attempt was begun before: {number}. Open that one.",
    not_again="Screening again is possible once this one has ended, and not after a quick check.",
    same=lambda minutes, number, name: (
        f"Another screening was opened at this site {counted(minutes, 'minute', 'minutes')} ago "
        f"({number}, by {name}). Is it the same patient?"
    ),
    another="Another patient: go on",
    open_that="Same patient: open that one",
    cancel="Cancel",
    cancelled="Nothing was opened.",
    whose=lambda number, name: f"{number} is not open to you: {name} carries it.",
)
