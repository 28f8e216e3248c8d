"""French."""

from __future__ import annotations

from bot.texts.fr.cards import CARDS, REMARKS
from bot.texts.fr.chat import CHAT
from bot.texts.fr.commands import COMMANDS
from bot.texts.fr.databases import DATABASES
from bot.texts.fr.erasure import ERASURE
from bot.texts.fr.pages import PROTOCOL, RECORDS
from bot.texts.fr.people import PEOPLE
from bot.texts.shape import Texts

TEXTS = Texts(
    language="fr",
    colon="\u00a0: ",
    cards=CARDS,
    remarks=REMARKS,
    records=RECORDS,
    protocol=PROTOCOL,
    commands=COMMANDS,
    chat=CHAT,
    people=PEOPLE,
    databases=DATABASES,
    erasure=ERASURE,
)
