"""The `--lang` option that every command takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from bot.settings import LANGUAGES, read_settings
from bot.texts import texts_in
from bot.texts.shape import Texts


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--lang en|fr`; without it the setting LANGUAGE holds."""
    return click.option(
        "--lang", "language", type=click.Choice(LANGUAGES), help="English or French."
    )(command)


def texts_for(language: str | None) -> Texts:
    """The texts in the language asked for, or in that of the settings."""
    return texts_in(language or read_settings().language)
