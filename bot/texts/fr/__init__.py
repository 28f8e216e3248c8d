"""French."""

from __future__ import annotations

from bot.texts.fr.again import AGAIN
from bot.texts.fr.cards import CARDS, REMARKS
from bot.texts.fr.chat import CHAT
from bot.texts.fr.commands import COMMANDS
from bot.texts.fr.databases import DATABASES
from bot.texts.fr.doctor import DOCTOR
from bot.texts.fr.documents import DOCUMENTS, DOSSIER, FORM
from bot.texts.fr.duty import DUTY
from bot.texts.fr.erasure import ERASURE
from bot.texts.fr.evidence import EVIDENCE
from bot.texts.fr.exporting import EXPORTS
from bot.texts.fr.log import CASE, FLOW, LOG
from bot.texts.fr.mail import MAIL
from bot.texts.fr.pages import PROTOCOL, RECORDS
from bot.texts.fr.people import PEOPLE
from bot.texts.fr.pictures import PICTURES
from bot.texts.fr.queries import QUERIES
from bot.texts.fr.tables import TABLES
from bot.texts.fr.trials import TRIALS
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
