"""What an open verdict offers whoever carries it: a reminder on a chosen day, or giving it up."""

from __future__ import annotations

from datetime import date, timedelta

from bot.cards.card import Button, Face, Paragraph, Row, Tone
from bot.cards.reader import Reader
from bot.cards.views import Do, Front, Reminding, Show, StopSure
from bot.texts.shape import Texts
from flows.commands import RemindMe
from flows.events import Mode
from flows.reminders import choices, last_days, next_day, waits
from flows.screening import Screening
from flows.stages import Stage


def open_verdict(screening: Screening) -> bool:
    """Whether its verdict is one that will not last, so that it can be given up."""
    made = screening.determination
    open_ = made is not None and made.verdict in ("pending", "not_yet")
    return open_ and screening.stage is Stage.CONCLUDED


def next_reminder(screening: Screening, day: date, texts: Texts) -> tuple[Paragraph, ...]:
    """When whoever carries it is reminded next."""
    coming = next_day(screening, day)
    if coming is None or screening.mode is not Mode.SCREENING:
        return ()
    return (Paragraph(texts.duty.next_reminder(coming), Tone.FAINT),)


def waiting_moves(screening: Screening, texts: Texts, reader: Reader) -> tuple[Row, ...]:
    """Remind me, for the owner; give it up, for whoever may carry on."""
    if not open_verdict(screening):
        return ()
    words = texts.duty
    row = [Button(words.give_up, Show(StopSure()), code="stop")]
    if waits(screening) and reader.person in ("", screening.owner):
        row.insert(0, Button(words.remind_me, Show(Reminding()), code="remind"))
    return (tuple(row),)


def reminding_face(screening: Screening, day: date, texts: Texts) -> Face:
    """On which day? Only days to come are offered."""
    rows = tuple(
        (Button(_label(screening, found, day, texts), Do(RemindMe(found)), code=found.isoformat()),)
        for found in choices(screening, day)
    )
    return Face(
        paragraphs=(Paragraph(texts.duty.remind_when, Tone.STRONG),),
        answers=rows,
        moves=((Button(texts.cards.cancel, Show(Front()), code="cancel"),),),
    )


def _label(screening: Screening, found: date, today: date, texts: Texts) -> str:
    words = texts.duty
    if found in last_days(screening):
        return words.last_day(found)
    if found == today + timedelta(days=1):
        return words.tomorrow(found)
    return words.in_days((found - today).days, found)
