"""What is said about copies by e-mail, in English."""

from __future__ import annotations

from bot.texts.beside import MailTexts

MAIL = MailTexts(
    is_on=lambda address: f"A copy of each notice goes to {address}. /email off ends that.",
    is_off="No copies by e-mail. /email name@hospital.org begins them.",
    bad_address="That is not an e-mail address: type it as in /email name@hospital.org",
    footer="Decision support only. Details are in the chat; /email off there ends these copies.",
)
