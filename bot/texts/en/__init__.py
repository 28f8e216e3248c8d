"""English."""

from __future__ import annotations

from bot.texts.en.cards import CARDS, REMARKS
from bot.texts.en.chat import CHAT
from bot.texts.en.commands import COMMANDS
from bot.texts.en.databases import DATABASES
from bot.texts.en.erasure import ERASURE
from bot.texts.en.pages import PROTOCOL, RECORDS
from bot.texts.en.people import PEOPLE
from bot.texts.shape import Texts

TEXTS = Texts(
    language="en",
    colon=": ",
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
