"""A card as data: what is shown and what can be pressed. Each front draws it in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.cards.views import Press
from flows.protocol.model import Input


class Tone(Enum):
    """How a paragraph or a button is meant."""

    PLAIN = "plain"
    STRONG = "strong"
    QUOTE = "quote"
    FAINT = "faint"
    GOOD = "good"
    BAD = "bad"
    WAITING = "waiting"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of text and how it is meant."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. `code` names it for whoever types instead."""

    label: str
    press: Press
    tone: Tone = Tone.PLAIN
    code: str = ""


Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """What a card asks or says, and what can be pressed: all of it but whose card it is.

    `answers` are the buttons that say something about the patient, `keys` those that only help
    to enter it (digits, days of a calendar), `moves` those that lead elsewhere. `expects` is the
    input that is asked for, so that a typed answer is taken for it.

    `shared` says that everybody who stands at the same question sees this very face: a front may
    keep what it makes of it. It is told from others by which object it is, since buttons may be
    equal and yet carry different answers (5 and 5.0).
    """

    progress: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    help: str = ""
    answers: tuple[Row, ...] = ()
    keys: tuple[Row, ...] = ()
    moves: tuple[Row, ...] = ()
    expects: Input | None = None
    shared: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """All buttons, from the top: what is not known stands below what can be keyed in."""
        if not self.keys:
            return (*self.answers, *self.moves)
        unknown = [row for row in self.answers if all(one.tone is Tone.FAINT for one in row)]
        known = [row for row in self.answers if any(one.tone is not Tone.FAINT for one in row)]
        return (*known, *self.keys, *unknown, *self.moves)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons in one line, in the order in which they are read."""
        return tuple(button for row in self.rows for button in row)


@dataclass(frozen=True, slots=True)
class Card:
    """One message: whose card it is, its face, and what is remarked beside it."""

    heading: str
    face: Face
    remark: str = ""
