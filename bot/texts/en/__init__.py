"""English."""

from __future__ import annotations

from bot.texts.en.again import AGAIN
from bot.texts.en.cards import CARDS, REMARKS
from bot.texts.en.chat import CHAT
from bot.texts.en.commands import COMMANDS
from bot.texts.en.databases import DATABASES
from bot.texts.en.doctor import DOCTOR
from bot.texts.en.documents import DOCUMENTS, DOSSIER, FORM
from bot.texts.en.duty import DUTY
from bot.texts.en.erasure import ERASURE
from bot.texts.en.evidence import EVIDENCE
from bot.texts.en.exporting import EXPORTS
from bot.texts.en.log import CASE, FLOW, LOG
from bot.texts.en.mail import MAIL
from bot.texts.en.pages import PROTOCOL, RECORDS
from bot.texts.en.people import PEOPLE
from bot.texts.en.pictures import PICTURES
from bot.texts.en.queries import QUERIES
from bot.texts.en.tables import TABLES
from bot.texts.en.trials import TRIALS
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
    again=AGAIN,
    queries=QUERIES,
    duty=DUTY,
    log=LOG,
    flow=FLOW,
    case=CASE,
    mail=MAIL,
    evidence=EVIDENCE,
    databases=DATABASES,
    erasure=ERASURE,
    doctor=DOCTOR,
    exports=EXPORTS,
    documents=DOCUMENTS,
    form=FORM,
    dossier=DOSSIER,
    tables=TABLES,
    pictures=PICTURES,
    trials=TRIALS,
)
