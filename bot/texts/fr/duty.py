"""French: who is told, when, and what is still owed."""

from __future__ import annotations

from bot.texts.fr.words import written
from bot.texts.shape import DutyTexts
from flows.cases import Because, FollowUp, QueryAnswer, QueryReason

DUTY = DutyTexts(
    seen="Vu",
    passed_on=lambda number, by, to: f"Sélection {number} : {by} la confie à {to}.",
    closing=lambda number, verdict: f"Sélection {number} : {verdict}, et son délai se termine.",
    closes_today="Il se termine aujourd'hui à 23:59.",
    closes_tomorrow="Il se termine demain à 23:59.",
    closes_on=lambda day: f"Il se termine le {written(day)} à 23:59.",
    day_of=lambda day, length: f"Jour {day} sur {length}.",
    still_pending=lambda number, verdict, since: (
        f"La sélection {number} est toujours ouverte : {verdict}, depuis le {written(since)}."
    ),
    carried_by=lambda name: f"{name} s'en occupe.",
    carried_by_nobody="La personne qui s'en occupait a quitté le site : il faut quelqu'un d'autre.",
    reminder=lambda number: f"Rappel : la sélection {number} est toujours ouverte.",
    window_closed=lambda number: (
        f"Le délai de la sélection {number} est écoulé. Le verdict a été établi de nouveau :"
    ),
    query=lambda name, criterion, number: (
        f"{name} pose une question sur {criterion} (sélection {number})."
    ),
    answered=lambda name, criterion, number: (
        f"{name} répond au sujet de {criterion} (sélection {number})."
    ),
    some_criterion="un critère",
    queries={
        QueryReason.UNCLEAR: "La formulation n'est pas claire.",
        QueryReason.DEFINITION: "Quelle définition s'applique ?",
        QueryReason.SOURCE: "Quelle source fait foi ?",
        QueryReason.NOT_APPLICABLE: "Il ne semble pas s'appliquer.",
    },
    query_answers={
        QueryAnswer.AS_WORDED: "Il s'applique tel qu'il est rédigé.",
        QueryAnswer.SEE_HELP: "L'aide de la fiche le précise.",
        QueryAnswer.WITH_SPONSOR: "La question est posée au promoteur.",
        QueryAnswer.WILL_CALL: "Je vous appelle.",
    },
    enrolment=lambda number, status, name: (
        f"Sélection {number} : {status} (enregistré par {name})."
    ),
    steps={
        FollowUp.APPROACHED: "étude proposée",
        FollowUp.CONSENTED: "consentement donné",
        FollowUp.DECLINED: "refus",
        FollowUp.ENROLLED: "inclusion",
        FollowUp.WITHDRAWN: "sortie d'étude",
        FollowUp.ENROLLED_IN_ERROR: "inclusion par erreur",
    },
    target=lambda enrolled, target: (
        f"L'objectif est atteint : {enrolled} inclusions sur {target}. "
        "Un administrateur décide si l'essai est clos."
    ),
    unreachable=lambda name, number: (
        f"{name} est injoignable au sujet de la sélection {number} ; vous avez aussi été prévenu."
    ),
    unseen={
        Because.SILENT: lambda number: (
            f"Personne n'a vu ce qui a été signalé sur la sélection {number}. "
            "Merci de vous en occuper."
        ),
        Because.UNREACHABLE: lambda number: (
            f"Aucun coordinateur n'est joignable au sujet de la sélection {number}. "
            "Merci de vous en occuper."
        ),
    },
    passed_over={
        Because.SILENT: "(Personne ne l'a encore vu : vous êtes le suivant.)",
        Because.UNREACHABLE: (
            "(La personne prévenue avant vous est injoignable : vous êtes le suivant.)"
        ),
    },
    taken_over=lambda name, number, before: f"{name} suit la sélection {number}, après {before}.",
)
