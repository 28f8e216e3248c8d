"""The `--trial` option: which trial of the installation a command is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from bot.cli.faults import BadInput
from bot.shelf import Shelf, shipped_names
from bot.texts.shape import Texts

ALL: Final = "all"
"""Typed for all trials of a site; no trial has this id."""


def trial_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--trial ID`; it may be left out where there is one trial only."""
    return click.option("--trial", metavar="ID", help="Which trial, where there are several.")(
        command
    )


def the_trial(wanted: str | None, trials: tuple[str, ...], texts: Texts) -> str:
    """The trial that was asked for, or the only one of the installation.

    Raises:
        BadInput: there are several and none was named, or there is none of that id.

    """
    if wanted is None:
        if len(trials) > 1:
            raise BadInput(texts.trials.say_which(", ".join(trials)))
        return trials[0]
    # The record of a trial that is over can still be read, where its protocol is shipped.
    if wanted not in (*trials, *shipped_names()):
        raise BadInput(texts.trials.unknown(wanted, ", ".join(trials)))
    return wanted


def one_or_all(wanted: str | None, shelf: Shelf, texts: Texts) -> str | None:
    """The trial that a role is for; None for all trials of the site, as where there is only one.

    Raises:
        BadInput: there are several, and it was not said for which.

    """
    if wanted is None and len(shelf.trials) > 1:
        raise BadInput(texts.trials.say_which_or_all(", ".join(shelf.trials)))
    return None if wanted in (None, ALL) else wanted


def placed(site: str, trial: str | None, shelf: Shelf, texts: Texts) -> str:
    """A site as it is said, with the trial where there is more than one."""
    if len(shelf.trials) == 1 and trial is None:
        return site
    return f"{site}, {shelf.acronym(trial) if trial else texts.trials.every}"
