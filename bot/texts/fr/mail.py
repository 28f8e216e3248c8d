"""Ce qui est dit des copies par courriel, en français."""

from __future__ import annotations

from bot.texts.beside import MailTexts

MAIL = MailTexts(
    is_on=lambda address: f"Une copie de chaque avis part à {address}. /email off y met fin.",
    is_off="Pas de copie par courriel. /email nom@hopital.fr les met en route.",
    bad_address="Ce n'est pas une adresse de courriel\u00a0: l'écrire comme /email nom@hopital.fr",
    footer="Aide à la décision seulement. Le détail est dans la discussion\u00a0; là-bas, "
    "/email off met fin à ces copies.",
)
