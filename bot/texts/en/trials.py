"""English, for several trials in one installation."""

from __future__ import annotations

from bot.texts.trials import TrialTexts

TRIALS = TrialTexts(
    which="Which trial?",
    which_and_where="Which trial, at which site?",
    every="all trials",
    say_which=lambda known: f"There are several trials here: say which with --trial ({known}).",
    say_which_or_all=lambda known: (
        f"There are several trials here: say in which with --trial ({known}), or --trial all."
    ),
    several_lines=lambda held: (
        f"This role is held in several trials there: say which one ends with --trial ({held})."
    ),
    unknown=lambda trial, known: f"There is no trial {trial!r} here; there are: {known}.",
    not_taking_part=lambda site, trial: f"Site {site} does not take part in the trial {trial}.",
    site_takes_part=lambda code, trials: f"Site {code} takes part in: {trials}.",
    these_or_all="Name the trials of the site, or give --all.",
    twice="another protocol of this installation is of the same trial.",
)
