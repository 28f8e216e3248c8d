"""French: several attempts over one patient, and a possible duplicate."""

from __future__ import annotations

from bot.texts.beside import AgainTexts
from bot.texts.fr.words import counted


def _came_over(count: int) -> str:
    said = counted(
        count,
        "réponse qui ne change pas est reprise",
        "réponses qui ne changent pas sont reprises",
    )
    return f"{said} ; « Relire » les montre."


AGAIN = AgainTexts(
    again="Sélectionner de nouveau",
    open_later=lambda number: f"Ouvrir la tentative suivante {number}",
    attempt=lambda place, earlier: f"Tentative {place}, précédente {earlier}.",
    has_later=lambda number: f"Il y a une tentative suivante : {number}.",
    carried="reprise",
    new="non demandé avant",
    begun=lambda earlier, count: (
        f"Nouvelle tentative après {earlier}. "
        + (_came_over(count) if count else "Tout est redemandé.")
    ),
    there_is=lambda number: (
        f"Une tentative suivante existe déjà : {number}. C'est elle qu'il faut ouvrir."
    ),
    not_again="Une nouvelle tentative n'est possible que lorsque celle-ci est terminée, "
    "et pas après une vérification rapide.",
    same=lambda minutes, number, name: (
        "Une autre sélection a été ouverte dans ce centre il y a "
        f"{counted(minutes, 'minute', 'minutes')} ({number}, par {name}). "
        "Est-ce le même patient ?"
    ),
    another="Autre patient : continuer",
    open_that="Même patient : ouvrir celle-là",
    cancel="Annuler",
    cancelled="Rien n'a été ouvert.",
    whose=lambda number, name: f"{number} ne vous est pas ouverte : {name} la suit.",
)
