"""What monitors are sent: the signed heads of the ledger, to be kept out of our reach."""

from __future__ import annotations

from html import escape

from bot.telegram.painter import Drawing, Painter
from bot.telegram.speaker import Speaker
from flows.events import Role
from storage.checkpoint import said_by


async def send_checkpoint(painter: Painter, speaker: Speaker, text: str, label: str) -> int | None:
    """A checkpoint, word for word; None for somebody who monitors no site any more."""
    said = said_by(text)
    if Role.MONITOR not in speaker.person.roles(speaker.now) or said is None:
        return None
    words = speaker.texts.evidence
    html = (
        f"{escape(label)}<b>{escape(words.notice(said.head.position))}</b>\n"
        f"<pre>{escape(text)}</pre>{escape(words.notice_keep)}"
    )
    plain = f"{label}{words.notice(said.head.position)}\n{text}\n{words.notice_keep}"
    return await painter.once(Drawing(speaker.chat, html, plain))
