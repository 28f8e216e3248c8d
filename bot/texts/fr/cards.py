"""French: the cards and what is remarked on them.

Non-breaking spaces stand before : ; ? ! and inside « ».
"""

from __future__ import annotations

from bot.texts.fr.words import MONTHS, WEEKDAYS, between, counted, written
from bot.texts.shape import CardTexts, RemarkTexts
from flows.answers import Expected
from flows.events import JudgementVerdict, Mode, Reason
from flows.stages import Stage

CARDS = CardTexts(
    watermark={
        Mode.SCREENING: "",
        Mode.QUICK_CHECK: "vérification rapide",
        Mode.PRACTICE: "ENTRAÎNEMENT, patient inventé",
    },
    inclusion="critère d'inclusion",
    exclusion="critère d'exclusion",
    more="Autres réponses…",
    back="‹ Retour",
    help="Aide",
    pause="Pause",
    stop="Arrêter",
    stop_sure="Abandonner cette sélection ? Les réponses restent dans le dossier ; "
    "il n'y a pas de verdict.",
    stop_yes="Oui, abandonner",
    stop_no="Non, continuer",
    review="Relire",
    review_heading="Réponses données",
    correct="Corriger",
    correct_which="Quelle réponse modifier ?",
    record_all="Relever tous les motifs",
    finish="S'arrêter là",
    resume="Reprendre",
    promote="En faire une sélection",
    sign="Signer…",
    meanings={
        "eligible": "Je confirme que ce patient est éligible.",
        "ineligible": "Je confirme que ce patient n'est pas éligible.",
    },
    signed=lambda name, at, meaning: f"✍ Signé par {name}, le {at:%d/%m/%Y à %H:%M} : {meaning}",
    cancel="‹ Retour à la fiche",
    hand_over="Transmettre…",
    hand_over_whom="Qui prend la suite ?",
    share="Copier le numéro",
    fold="Fermer la fiche",
    unfold="Rouvrir",
    today="Aujourd'hui",
    yesterday="Hier",
    calendar="Calendrier…",
    months=MONTHS,
    weekdays=WEEKDAYS,
    month_unknown="Mois inconnu",
    day_unknown="Jour inconnu",
    more_precisely=lambda period: f"{period.capitalize()} seul ne suffit pas. En sait-on plus ?",
    ok="OK :",
    judgement_heading="Tous les faits sont connus, mais le texte ne tranche pas. "
    "Votre jugement est enregistré sous votre nom.",
    judgement={
        ("inclusion", JudgementVerdict.PASS): "Critère rempli",
        ("inclusion", JudgementVerdict.FAIL): "Critère non rempli",
        ("inclusion", JudgementVerdict.DEFERRED): "Décider plus tard",
        ("exclusion", JudgementVerdict.PASS): "L'exclusion ne s'applique pas",
        ("exclusion", JudgementVerdict.FAIL): "L'exclusion s'applique",
        ("exclusion", JudgementVerdict.DEFERRED): "Décider plus tard",
    },
    reason_which="Pourquoi ce changement ? L'ancienne réponse reste dans le dossier.",
    reasons={
        Reason.RESULT_ARRIVED: "Le résultat est arrivé",
        Reason.NEW_ASSESSMENT: "Nouvelle évaluation",
        Reason.TYPING_ERROR: "Erreur de saisie",
        Reason.SOURCE_CORRECTED: "Dossier patient corrigé",
        Reason.MISUNDERSTOOD: "Question mal comprise",
    },
    failing={
        "inclusion": lambda name: f"{name} non rempli",
        "exclusion": lambda name: f"{name} s'applique",
    },
    excluded_hint="Les critères suivants n'ont pas été évalués. "
    "S'arrêter là, ou continuer pour relever tous les motifs.",
    eligible="✅ Éligible : tous les critères sont satisfaits",
    ineligible=lambda reasons: f"⛔ Non éligible : {reasons}",
    not_yet=lambda day: f"⏳ Pas encore : possible jusqu'au {written(day)} inclus",
    pending=lambda count: (
        f"⏸ En attente : {counted(count, 'critère encore ouvert', 'critères encore ouverts')}"
    ),
    missing="Encore ouvert :",
    fill_in=lambda name: f"{name} …",
    judgement_missing="votre jugement",
    unassessed=lambda count: f"{counted(count, 'critère non évalué', 'critères non évalués')}.",
    deadlines="Dates :",
    passed="dépassé",
    verdict_on=lambda day, version: f"Au {written(day)}, version {version} du protocole.",
    paused="En pause. Toutes les réponses sont conservées.",
    stopped="Abandonnée : pas de verdict. Les réponses restent dans le dossier.",
    day=written,
    short_day=lambda day: f"{day.day:02d}/{day.month:02d}",
    near_day=lambda day: f"{WEEKDAYS[day.weekday()]} {day.day:02d}/{day.month:02d}",
)

REMARKS = RemarkTexts(
    expected={
        Expected.WHOLE_NUMBER: lambda low, high: (
            f"Veuillez donner un nombre entier {between(low, high)}."
        ),
        Expected.NUMBER: lambda low, high: (
            f"Veuillez donner un nombre {between(low, high)}, par exemple 12,5."
        ),
        Expected.DATE: lambda _low, _high: (
            "Veuillez donner un jour passé ou ce jour : 2026-03-06, 6/3, aujourd'hui, hier ou J-2."
        ),
        Expected.PARTIAL_DATE: lambda _low, _high: (
            "Veuillez donner une année, un mois ou un jour : 2016, 2016-03 ou 2016-03-10."
        ),
        Expected.CHOICE: lambda _low, _high: "Veuillez choisir une des réponses affichées.",
        Expected.CONSISTENT: lambda _low, _high: "Cela contredit une autre réponse.",
        Expected.JUDGEMENT: lambda _low, _high: (
            "Veuillez répondre « pass » ou « fail » pour un critère."
        ),
    },
    not_now={
        Stage.ASKING: "Impossible tant que des questions restent ouvertes.",
        Stage.EXCLUDED: "Impossible après une exclusion : s'arrêter là ou relever tous les motifs.",
        Stage.CONCLUDED: "Le verdict est enregistré : « Corriger » pour changer une réponse.",
        Stage.PAUSED: "Cette sélection est en pause : la reprendre d'abord.",
        Stage.SIGNED: "Le verdict est signé : une correction annule la signature.",
        Stage.STOPPED: "Cette sélection a été abandonnée ; rien ne peut y être ajouté.",
    },
    cannot_sign="Seule une sélection complète, avec un verdict, peut être signée.",
    not_asked="Cette question n'est pas posée maintenant. Voici la fiche telle qu'elle est.",
    nothing_to_judge="Il n'y a rien à juger pour ce critère maintenant.",
    already_so="Déjà enregistré ; rien n'a été changé.",
    needs_reason="Un changement demande un motif.",
    trial_closed="L'essai est clos aux nouvelles sélections ; "
    "ce qui est commencé peut être terminé.",
    overtaken=lambda name, at: (
        f"{name} a été plus rapide, à {at:%H:%M}. Voici la fiche telle qu'elle est."
    ),
    overtaken_self="La fiche avait déjà avancé. La voici telle qu'elle est.",
    warned=lambda words: f"⚠ {words}",
    not_saved="Non enregistré : le dossier n'a pas pu être écrit. Veuillez réessayer.",
    not_saved_yet="Pas encore enregistré : le dossier ne peut pas être écrit. "
    "Je continue d'essayer ; la fiche avance dès que c'est fait.",
)
