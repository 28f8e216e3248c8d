"""French, for several trials in one installation."""

from __future__ import annotations

from bot.texts.trials import TrialTexts

TRIALS = TrialTexts(
    which="Quel essai\u00a0?",
    which_and_where="Quel essai, et dans quel centre\u00a0?",
    every="tous les essais",
    say_which=lambda known: (
        f"Il y a plusieurs essais ici\u00a0: précisez lequel avec --trial ({known})."
    ),
    say_which_or_all=lambda known: (
        f"Il y a plusieurs essais ici\u00a0: précisez dans lequel avec --trial ({known}), "
        "ou --trial all pour tous."
    ),
    several_lines=lambda held: (
        "Ce rôle y est tenu dans plusieurs essais\u00a0: "
        f"précisez lequel prend fin avec --trial ({held})."
    ),
    unknown=lambda trial, known: (
        f"Il n'y a pas d'essai «\u00a0{trial}\u00a0» ici\u00a0; il y a\u00a0: {known}."
    ),
    not_taking_part=lambda site, trial: f"Le centre {site} ne participe pas à l'essai {trial}.",
    site_takes_part=lambda code, trials: f"Le centre {code} participe à\u00a0: {trials}.",
    these_or_all="Nommez les essais du centre, ou donnez --all.",
    twice="un autre protocole de cette installation est du même essai.",
)
