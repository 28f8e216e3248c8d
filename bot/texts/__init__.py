"""The words that a person reads and a committee does not care about, in each language."""

from __future__ import annotations

from bot.texts import en, fr
from bot.texts.shape import Texts

ALL: dict[str, Texts] = {"en": en.TEXTS, "fr": fr.TEXTS}


def texts_in(language: str | None) -> Texts:
    """The texts in a language, given by a code such as `fr` or `fr-CA`; English for any other."""
    return ALL.get((language or "en")[:2].lower(), en.TEXTS)
