"""French: the screening log, the steps after a verdict, recruitment, and the trail of a case.

Non-breaking spaces stand before : ; ? ! and inside « ».
"""

from __future__ import annotations

from bot.texts.beside import CaseTexts, FlowTexts, LogTexts
from bot.texts.fr.words import counted
from flows.cases import Because, DeclineReason
from flows.listing import Filter
from flows.steps import Contradiction
from flows.tallies import Waiting

LOG = LogTexts(
    filters={
        Filter.OPEN: "Ouvertes",
        Filter.PENDING: "En attente",
        Filter.UNSIGNED: "Éligibles, non signées",
        Filter.WEEK: "Cette semaine",
        Filter.ALL: "Toutes",
    },
    heading=lambda name, count: f"{name} : {counted(count, 'sélection', 'sélections')}",
    nothing="Rien dans cette liste.",
    previous="‹ Plus récentes",
    following="Plus anciennes ›",
    refresh="Actualiser",
    back="‹ Registre",
    signed="signée",
    unsigned="non signée",
    followed_by_nobody="suivie par personne",
    head=("numéro", "ouverte", "centre", "tentative", "verdict", "signée", "statut", "comptée"),
    yes="oui",
    no="non",
    carried_by="Menée par",
    followed_by="Suivie par",
    nobody="personne encore",
    attempt=lambda number, earlier: f"Tentative {number}, après {earlier}.",
    status="Statut",
    no_status="rien n'est encore enregistré",
    steps="Étapes",
    contradictions={
        Contradiction.ENROLLED_BEFORE_SIGNED: "Inclusion avant la signature du verdict.",
        Contradiction.ENROLLED_NOT_ELIGIBLE: "Inclusion sans verdict éligible en vigueur.",
        Contradiction.ENROLLED_WITHOUT_CONSENT: "Inclusion sans consentement enregistré.",
        Contradiction.CONSENT_AFTER_ENROLMENT: "Consentement enregistré après l'inclusion.",
        Contradiction.VERDICT_CHANGED_SINCE: "Le verdict a changé depuis la dernière étape.",
    },
    queries=lambda waiting, count: (
        f"{counted(count, 'question sur un critère', 'questions sur des critères')}, "
        f"{waiting} sans réponse."
    ),
    declines={
        DeclineReason.NOT_INTERESTED: "pas intéressé",
        DeclineReason.BURDEN: "contraintes de l'essai",
        DeclineReason.RISK: "crainte des risques",
        DeclineReason.DISTANCE: "éloignement",
        DeclineReason.FAMILY: "famille",
        DeclineReason.PHYSICIAN: "avis du médecin",
        DeclineReason.NOT_STATED: "non précisé",
    },
    declined_why="Quel motif de refus ?",
    correct="Corriger le statut",
    correct_to="Corriger le statut en quoi ? Ce qui était enregistré reste dans l'historique.",
    sure_error="Enregistrer que ce patient a été inclus par erreur ? Les coordinateurs le sauront.",
    sure_yes="Oui, inclus par erreur",
    recorded=lambda number, status: f"{number} : {status}.",
    not_offered="Cette étape ne suit pas d'ici. Voici le cas tel qu'il est.",
    recruitment=lambda enrolled, target: f"Recrutement : {enrolled} sur {target}.",
    trial_open="L'essai accepte de nouvelles sélections.",
    close="Clore l'essai",
    close_sure="Clore l'essai ? Aucune nouvelle sélection ni vérification rapide ne pourra être "
    "commencée ; corrections, signatures et suivi continuent.",
    close_yes="Oui, le clore",
    closed="L'essai est clos.",
    reopen="Rouvrir l'essai",
    reopened="L'essai est rouvert.",
    trial_moved="Quelqu'un a été plus rapide. Voici où en est l'essai.",
)

FLOW = FlowTexts(
    heading=lambda name: f"{name} : flux des participants",
    as_of=lambda at: f"au {at:%d/%m/%Y %H:%M}",
    assessed="Éligibilité évaluée",
    attempts=lambda attempts, repeated: (
        f"{counted(attempts, 'tentative', 'tentatives')} ; {repeated} réévalués"
    ),
    not_eligible="Non éligibles, premier critère en cause",
    first_only=lambda count: f"{count} avec le premier critère seul : les autres non évalués",
    confidential="motif confidentiel",
    no_verdict="Indécis, sans verdict durable",
    waiting={
        Waiting.IN_PROGRESS: "questions encore ouvertes",
        Waiting.PENDING: "résultat attendu",
        Waiting.NOT_YET: "pas encore",
        Waiting.GIVEN_UP: "abandonnées",
        Waiting.NOT_APPROACHED: "étude pas encore proposée",
        Waiting.APPROACHED: "étude proposée",
        Waiting.CONSENTED: "consentement donné",
    },
    eligible="Éligibles",
    still_waiting="Indécis, éligibles",
    declined="Refus",
    enrolled="Inclus",
    in_error="par erreur",
    withdrawn="sortis d'étude",
    enrolled_not_eligible="sans verdict éligible en vigueur",
    recruitment=lambda enrolled, target: f"Recrutement {enrolled} sur {target}",
    sums=lambda screened, enrolled, excluded, undecided: (
        f"Évalués {screened} = inclus {enrolled} + exclus {excluded} + indécis {undecided}"
    ),
    excluded=lambda criterion, declined: f"Exclus : {criterion} par un critère, {declined} refus",
    rate_eligible=lambda eligible, screened: f"Éligibles sur évalués : {eligible}/{screened}",
    rate_failures=lambda failures, consented: f"Échecs sur consentements : {failures}/{consented}",
    no_picture="L'image ne peut pas être dessinée maintenant ; voici les nombres.",
    bad_name=lambda name: f"{name} : un nom en .png, .svg ou .pdf est attendu.",
    no_drawing="L'image n'a pas pu être dessinée.",
)

CASE = CaseTexts(
    heading="Suivi du cas",
    events={
        "case-taken": "pris en charge",
        "notice-seen": "avis vu",
        "notice-sent": "avis envoyé à",
        "notice-failed": "avis impossible à remettre à",
        "notice-escalated": "personne suivante prévenue",
        "follow-up-recorded": "statut",
        "criterion-queried": "question sur",
        "criterion-query-answered": "réponse sur",
    },
    notices={
        "hand-over": "transmission",
        "passed-on": "transmission",
        "verdict": "verdict",
        "signature": "signature",
        "taken": "prise en charge",
        "closing": "fin de fenêtre proche",
        "still-pending": "résultat encore attendu",
        "query": "question sur un critère",
        "query-answered": "réponse à une question",
        "enrolment": "suivi",
        "target-reached": "objectif atteint",
        "reminder": "rappel",
        "window-closed": "fenêtre close",
        "unreachable": "personne injoignable",
        "unseen": "non vu",
    },
    because={
        Because.SILENT: "personne ne l'avait vu",
        Because.UNREACHABLE: "personne n'était joignable",
    },
    repeat="peut-être une répétition",
)
