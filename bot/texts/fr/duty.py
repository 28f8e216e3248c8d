"""French: who is told, when, and what is still owed."""

from __future__ import annotations

from bot.texts.beside import DutyTexts
from bot.texts.fr.words import counted, written
from flows.cases import Because, FollowUp, QueryAnswer, QueryReason

DUTY = DutyTexts(
    seen="Vu",
    seen_at=lambda at: f"✓ Vu, {at:%H:%M}",
    take_over=lambda name: f"Prendre la suite de {name}",
    leave_it=lambda name: f"Laisser à {name}",
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
    next_reminder=lambda day: f"Prochain rappel : {written(day)}.",
    remind_me="Me le rappeler…",
    remind_when="Quel jour voulez-vous un rappel ?",
    tomorrow=lambda day: f"Demain, {day.day:02d}/{day.month:02d}",
    in_days=lambda days, day: f"Dans {days} jours, {day.day:02d}/{day.month:02d}",
    last_day=lambda day: f"Dernier jour du délai, {day.day:02d}/{day.month:02d}",
    give_up="Abandonner…",
    duty_heading=lambda name, site: f"Qui est prévenu à {name} ({site}), dans cet ordre :",
    no_rota="Pas de tour de garde : tous les coordinateurs sont prévenus à la fois.",
    principal="Investigateur principal",
    no_principal="non désigné ; tous les investigateurs sont prévenus",
    times=lambda minutes, morning: (
        f"La personne suivante est prévenue après {counted(minutes, 'minute', 'minutes')} ; "
        f"les rappels partent à {morning}h."
    ),
    all_day="toute la journée",
    not_at=lambda name, role, site: f"{name} n'a pas le rôle {role} à {site}.",
    bad_hours=lambda text: (
        f"{text!r} ne sont pas des heures : il en faut deux différentes, comme 8-20 ou 20-8."
    ),
    bad_hour=lambda hour: f"{hour} n'est pas une heure : de 0 à 23.",
    bad_minutes=lambda minutes: (
        f"{counted(minutes, 'minute', 'minutes')} d'attente, ce n'est pas possible : de 1 à 1440."
    ),
    too_many=lambda most: f"Un tour de garde a {most} lignes au plus.",
    add_shift="Ajouter quelqu'un…",
    who_shift="Qui faut-il prévenir ?",
    no_coordinator="Personne n'est coordinateur sur ce site : /invite d'abord.",
    which_hours=lambda name: f"À quelles heures {name} est-il de garde ?",
    name_principal="Investigateur principal…",
    who_principal="Qui est l'investigateur principal ?",
    no_investigator="Personne n'est investigateur sur ce site : /invite d'abord.",
    choose_minutes="Minutes…",
    which_minutes="Après combien de minutes prévenir la personne suivante ?",
    minutes=lambda minutes: f"{minutes} min",
    choose_morning="Heure du matin…",
    which_morning="À quelle heure partent les rappels ?",
    o_clock=lambda hour: f"{hour}h",
    take_out="✕",
    back="‹ Retour",
    moved_on="Cela avait déjà changé. Voici l'état actuel.",
    digest_now=lambda hour: f"Votre résumé quotidien arrive à {hour}h. Choisir une autre heure :",
    digest_off_now="Vous n'avez pas de résumé quotidien. Choisir une heure :",
    digest_off="Pas de résumé",
    digest_heading="Aujourd'hui",
    digest_counts=lambda now, verdicts, enrolled: (
        f"{counted(now, 'sélection ouverte', 'sélections ouvertes')} ; depuis hier "
        f"{counted(verdicts, 'verdict', 'verdicts')}, "
        f"{counted(enrolled, 'inclusion', 'inclusions')}."
    ),
    digest_closing="Délai proche",
    digest_unseen="Vu par personne",
    digest_unsigned="Éligible, sans signature",
    digest_waiting="Toujours en attente",
    digest_taken="Suivi",
    closes_by=lambda number, day: f"{number} ({day.day:02d}/{day.month:02d})",
    followed_by=lambda number, name: f"{number} ({name})",
    and_more=lambda count: f"et {count} de plus",
)
