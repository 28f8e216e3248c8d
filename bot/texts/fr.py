"""French. Non-breaking spaces stand before : ; ? ! and inside « », as the language asks."""

from __future__ import annotations

from datetime import date

from bot.texts.fr_people import PEOPLE
from bot.texts.shape import (
    CardTexts,
    ChatTexts,
    CommandTexts,
    ProtocolTexts,
    RecordTexts,
    RemarkTexts,
    Texts,
)
from flows.answers import Expected
from flows.events import JudgementVerdict, Mode, Reason, Role
from flows.exchange import Shape
from flows.protocol.model import InputType, Outcome
from flows.stages import Stage

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WEEKDAYS = ("lu", "ma", "me", "je", "ve", "sa", "di")


def _day(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def _within(low: int | None, high: int | None) -> str:
    return f"de {low} à {high}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number < 2 else many}"


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
    not_yet=lambda day: f"⏳ Pas encore : possible jusqu'au {_day(day)} inclus",
    pending=lambda count: (
        f"⏸ En attente : {_count(count, 'critère encore ouvert', 'critères encore ouverts')}"
    ),
    missing="Encore ouvert :",
    fill_in=lambda name: f"{name} …",
    judgement_missing="votre jugement",
    unassessed=lambda count: f"{_count(count, 'critère non évalué', 'critères non évalués')}.",
    deadlines="Dates :",
    passed="dépassé",
    verdict_on=lambda day, version: f"Au {_day(day)}, version {version} du protocole.",
    paused="En pause. Toutes les réponses sont conservées.",
    stopped="Abandonnée : pas de verdict. Les réponses restent dans le dossier.",
    day=_day,
    short_day=lambda day: f"{day.day:02d}/{day.month:02d}",
    near_day=lambda day: f"{WEEKDAYS[day.weekday()]} {day.day:02d}/{day.month:02d}",
)

REMARKS = RemarkTexts(
    expected={
        Expected.WHOLE_NUMBER: lambda low, high: (
            f"Veuillez donner un nombre entier {_within(low, high)}."
        ),
        Expected.NUMBER: lambda low, high: (
            f"Veuillez donner un nombre {_within(low, high)}, par exemple 12,5."
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
    overtaken=lambda name, at: (
        f"{name} a été plus rapide, à {at:%H:%M}. Voici la fiche telle qu'elle est."
    ),
    overtaken_self="La fiche avait déjà avancé. La voici telle qu'elle est.",
    warned=lambda words: f"⚠ {words}",
    not_saved="Non enregistré : le dossier n'a pas pu être écrit. Veuillez réessayer.",
    not_saved_yet="Pas encore enregistré : le dossier ne peut pas être écrit. "
    "Je continue d'essayer ; la fiche avance dès que c'est fait.",
)

RECORDS = RecordTexts(
    heading=lambda number: f"Dossier de sélection {number}",
    signature="Signature",
    trial="Essai",
    protocol="Protocole",
    opened="Ouverte",
    site="Centre",
    mode="Nature",
    modes={
        Mode.SCREENING: "sélection",
        Mode.QUICK_CHECK: "vérification rapide (sans signature)",
        Mode.PRACTICE: "entraînement (patient inventé, jamais compté)",
    },
    stage="Étape",
    stages={
        Stage.ASKING: "ouverte",
        Stage.EXCLUDED: "exclusion, ouverte",
        Stage.CONCLUDED: "conclue",
        Stage.PAUSED: "en pause",
        Stage.STOPPED: "abandonnée",
        Stage.SIGNED: "signée",
    },
    verdict="Verdict",
    no_verdict="pas encore",
    verdicts={
        "eligible": "éligible",
        "ineligible": "non éligible",
        "not_yet": "pas encore",
        "pending": "en attente",
        "invalid": "incohérent",
    },
    criteria="Critères",
    findings={
        ("inclusion", Outcome.PASS): "rempli",
        ("inclusion", Outcome.FAIL): "NON REMPLI",
        ("inclusion", Outcome.UNDETERMINED): "indéterminé",
        ("inclusion", Outcome.JUDGEMENT): "jugement attendu",
        ("exclusion", Outcome.PASS): "non rempli",
        ("exclusion", Outcome.FAIL): "REMPLI",
        ("exclusion", Outcome.UNDETERMINED): "indéterminé",
        ("exclusion", Outcome.JUDGEMENT): "jugement attendu",
    },
    not_assessed="non évalué",
    no_answer="pas encore de réponse",
    trail="Piste d'audit",
    events={
        "screening-opened": "ouverte",
        "answer-given": "réponse",
        "answer-corrected": "correction",
        "answer-set-aside": "réponse écartée, contredite par",
        "judgement-given": "jugement",
        "determination-made": "verdict",
        "all-reasons-requested": "tous les motifs demandés",
        "screening-finished": "arrêt à la première exclusion",
        "screening-paused": "mise en pause",
        "screening-resumed": "reprise",
        "screening-stopped": "abandonnée",
        "quick-check-promoted": "vérification rapide devenue sélection",
        "screening-signed": "signée",
        "signature-voided": "signature annulée par",
        "screening-handed-over": "transmise à",
    },
    roles={
        Role.INVESTIGATOR: "investigateur",
        Role.ON_CALL: "personnel de garde",
        Role.COORDINATOR: "coordinateur",
        Role.ADMINISTRATOR: "administrateur",
        Role.MONITOR: "moniteur",
    },
    day_offset=lambda days: f"date index {days:+d} j" if days else "date index",
    received="Les heures sont celles de réception, au centre et en UTC.",
    list_empty="Aucune sélection pour l'instant.",
    list_head=("numéro", "ouverte", "nature", "étape", "verdict"),
    moment=lambda at: f"{at:%d/%m/%Y %H:%M:%S}",
)

PROTOCOL = ProtocolTexts(
    version="Version",
    fingerprint="SHA-256 du fichier",
    registry="Registre",
    dates="Dates",
    target=lambda count: f"Participants à inclure : {count}",
    inclusion="Critères d'inclusion",
    exclusion="Critères d'exclusion",
    choices="Réponses",
    non_answers="Quand on ne sait pas",
    kept="Conservé dans le dossier seulement comme",
    kept_precision="Une date n'est conservée qu'avec la précision dont la règle a besoin.",
    refused="Refusé",
    warned="Une seconde lecture est demandée",
    rule="Règle",
    judgement="Quand le texte ne tranche pas",
    deadlines="Dates",
    help="Aide",
    meanings="Ce que signifie une réponse manquante",
    may_change="Peut changer",
    open_points="Laissé ouvert par le texte public",
    note="Note",
    confidential="Confidentiel : jamais nommé hors du dossier.",
    record_only="Pour le dossier seulement ; la règle ne l'utilise pas.",
    sources="Sources",
    advisories="Dates indicatives (jamais utilisées pour décider)",
    within=_within,
)

COMMANDS = CommandTexts(
    notice="Aide à la décision seulement : le protocole autorisé prévaut. Patients inventés "
    "uniquement, tant que le délégué à la protection des données du promoteur n'a pas accepté.",
    how_to="Répondre par numéro, libellé, code ou valeur. /help explique, /quit quitte.",
    typed={
        InputType.INTEGER: "un nombre entier",
        InputType.NUMBER: "un nombre, par exemple 12,5",
        InputType.DATE: "un jour : 2026-03-06, 6/3, aujourd'hui, hier ou J-2",
        InputType.PARTIAL_DATE: "une année, un mois ou un jour : 2016, 2016-03 ou 2016-03-10",
    },
    help="/back  revoir la dernière réponse\n"
    "/review  relire les réponses         /correct  changer une réponse\n"
    "/all  relever tous les motifs        /finish  s'arrêter à la première exclusion\n"
    "/pause  mettre de côté               /resume  reprendre\n"
    "/stop  abandonner sans verdict       /more  montrer les réponses rares\n"
    "/quit  quitter ; une sélection ouverte reste ouverte",
    not_a_button=lambda count: (
        f"Veuillez répondre par un numéro de 1 à {count}, un libellé ou un code de la fiche."
    ),
    left_open=lambda number: (
        f"La sélection {number} reste ouverte ; toutes les réponses sont "
        f"conservées. Pour reprendre : screening chat --resume {number}"
    ),
    left_closed=lambda number: f"Le dossier est conservé. Pour le lire : screening show {number}",
    paused=lambda number: f"Pour la reprendre : screening chat --resume {number}",
    unknown_command=lambda word: f"{word} n'est pas une commande. /help en donne la liste.",
    unknown_number=lambda number: f"Aucune sélection ne porte le numéro {number}.",
    bad_number=lambda text: (
        f"{text!r} n'est pas un numéro de sélection : "
        "huit caractères sont attendus, par exemple 7K3F-9QXV."
    ),
    unknown_protocol=lambda name, known: f"Protocole inconnu : {name!r} ; connus : {known}.",
    no_such_file=lambda name: f"{name} : illisible.",
    protocol_good=lambda name, version, count: f"{name} : bon, version {version}, {count} critères",
    chain_good=lambda count, head: (
        f"La chaîne tient : {_count(count, 'événement', 'événements')}, tête {head}"
    ),
    chain_broken=lambda position, stream, version, why: (
        f"La chaîne se rompt à l'événement {position}"
        + (f" ({stream}, numéro {version})" if stream else "")
        + f" : {why}."
    ),
    chain_reasons={
        "POSITION_GAP": "une position manque ou se répète",
        "WRONG_PREVIOUS": "il ne suit pas l'événement précédent",
        "VERSION_GAP": "un événement de son fil manque ou se répète",
        "BAD_DIGEST": "son contenu n'est pas celui qui fut enregistré",
        "UNREADABLE": "il est illisible",
        "OFF_CHECKPOINT": "son empreinte n'est pas celle du point de contrôle",
        "CUT_TAIL": "le registre finit avant le point de contrôle",
    },
    read_only="La base ou son dossier ne peut pas être écrit : vérifier les droits.",
    full="Le disque est plein ; rien n'a été écrit à moitié.",
    newer=lambda found, known: (
        f"La base a la forme {found}, faite par une version ultérieure ; "
        f"celle-ci connaît jusqu'à la forme {known}. Utiliser la version ultérieure."
    ),
    unavailable=lambda why: f"La base ne peut pas être utilisée : {why}.",
    broken=lambda why: f"Le dossier est illisible : {why}. Lancer : screening verify",
    no_database=lambda name: f"{name} n'existe pas encore : rien n'a été saisi ici.",
    setting=lambda name, why: f"{name} : {why}",
    line=lambda number, what: f"ligne {number} : {what}",
    exact={
        Expected.DATE: "un jour AAAA-MM-JJ est attendu",
        Expected.PARTIAL_DATE: "AAAA, AAAA-MM ou AAAA-MM-JJ est attendu",
        Expected.CHOICE: "un code est attendu",
    },
    answer_set={
        Shape.OBJECT: lambda _: 'un objet {"case", "date_of_screening", "answers"} est attendu',
        Shape.KEY: lambda name: f"clé inconnue {name!r}",
        Shape.ANSWERS: lambda _: "« answers » doit être un objet",
        Shape.DATE: lambda _: "« date_of_screening » doit être un jour, AAAA-MM-JJ",
        Shape.INPUT: lambda name: f"donnée inconnue {name!r}",
    },
    or_codes=lambda sentence, codes: f"{sentence.rstrip('.')} ; ou l'un de : {codes}",
    not_json="un objet JSON est attendu",
    nul="les caractères NUL ne sont pas admis",
    sandbox_ready=lambda url: (
        f"Le bac à sable est prêt : ouvrir {url} dans un navigateur, arrêter avec Ctrl-C."
    ),
    obstacles={
        "not_telegram": lambda _: (
            "L'API Bot a répondu, mais pas comme Telegram : vérifier TELEGRAM_API_BASE_URL."
        ),
        "unreachable": lambda _: (
            "L'API Bot est injoignable : vérifier TELEGRAM_API_BASE_URL et le réseau."
        ),
        "token_refused": lambda _: "L'API Bot refuse le jeton : vérifier TELEGRAM_BOT_TOKEN.",
        "no_token": lambda _: "TELEGRAM_BOT_TOKEN n'est pas défini.",
        "bad_answer": lambda about: f"L'API Bot n'a pas fait ce qui était demandé ({about}).",
        "no_port": lambda _: "Un webhook demande un hôte et un port dans LISTEN.",
        "port_taken": lambda about: (
            f"Impossible d'écouter à cette adresse : {about}. Changer LISTEN."
        ),
    },
    settings={
        "TELEGRAM_BOT_TOKEN": "des chiffres, un deux-points et 30 caractères ou plus sont attendus",
        "TELEGRAM_API_BASE_URL": "une adresse qui commence par https:// ou http:// est attendue",
        "PUBLIC_URL": "une adresse qui commence par https:// ou http:// est attendue",
        "WEBHOOK_SECRET": "16 à 256 caractères parmi A-Z, a-z, 0-9, _ et - sont attendus",
        "PUBLIC_URL, WEBHOOK_SECRET": "définir les deux pour un webhook, ou aucun",
        "SIGNING_PEPPER": "32 caractères ou plus sont attendus",
        "LISTEN": "un hôte et un port sont attendus, par exemple 127.0.0.1:8090",
        "DATABASE_URL": "une adresse telle que sqlite:///data/screening.db est attendue",
        "TRIAL": "le nom d'un protocole est attendu",
        "LANGUAGE": "en ou fr est attendu",
        "LOG_LEVEL": "DEBUG, INFO, WARNING ou ERROR est attendu",
    },
    webhook_needs="PUBLIC_URL et WEBHOOK_SECRET doivent être définis d'abord.",
    webhook_is=lambda url: f"Les mises à jour vont désormais à {url}.",
    webhook_gone="Les mises à jour sont de nouveau interrogées.",
    in_case=lambda field, what: f"{field} : {what}",
)

CHAT = ChatTexts(
    own_name="Français",
    greeting=lambda name: (
        f"Bonjour, {name}. Ce bot pose un à un les critères d'éligibilité d'un "
        "essai et garde trace de chaque réponse."
    ),
    help="Toucher les réponses sur la fiche ; nombres et dates peuvent aussi être tapés. La fiche "
    "s'arrête à la première exclusion. Une réponse changée est une correction : l'ancienne reste "
    "dans le dossier.",
    caution="<i>Aide à la décision seulement : le protocole autorisé prévaut. Les échanges avec un "
    "bot ne sont pas chiffrés de bout en bout. Patients inventés uniquement, tant que le délégué à "
    "la protection des données du promoteur n'a pas accepté.</i>",
    commands={
        "screen": "Sélectionner un patient",
        "check": "Vérification rapide : patient possible ?",
        "open": "Ce qui est ouvert",
        "practice": "S'entraîner sur un patient inventé",
        "protocol": "Version, critères, sources",
        "people": "Qui est admis, et retirer un accès",
        "invite": "Inviter quelqu'un",
        "language": "Français ou anglais",
        "help": "Comment cela marche",
    },
    stranger="Ce bot est réservé au personnel hospitalier invité. "
    "Veuillez vous adresser à votre administrateur.",
    welcome="Vous êtes admis. /help montre ce que vous pouvez faire.",
    unknown_command="Ce n'est pas une commande. /help en donne la liste.",
    not_your_role="Votre rôle ne le permet pas.",
    not_yours="Cette sélection ne vous est pas ouverte.",
    not_a_button="Ce bouton ne fait rien ici. /open montre ce qui est ouvert.",
    no_typing="Il n'y a rien à taper ici : utiliser les boutons.",
    type_again="J'ai été redémarré : veuillez répondre de nouveau à cette question.",
    nothing_open="Rien n'est ouvert. /screen commence une sélection.",
    open_which="Sélections ouvertes. En toucher une pour la reprendre :",
    which_site="Dans quel centre ?",
    which_language="Quelle langue ?",
    language_set="Ce sera le français.",
    deaf=lambda since, until: (
        f"Je n'ai rien pu entendre du {since:%d/%m %H:%M} au {until:%d/%m %H:%M}. "
        "Ce qui a été touché entre-temps est peut-être perdu. Cette question est ouverte :"
    ),
    verdict_reached=lambda number, verdict: f"Sélection {number} : {verdict}.",
    first_reason=lambda name: f"Premier motif : {name}.",
    verdict_signed=lambda number, verdict: f"La sélection {number} est signée : {verdict}.",
    signature_voided=lambda number: (
        f"Sélection {number} : une correction a annulé la signature. Il faut signer de nouveau."
    ),
    taken=lambda name, number: f"{name} suit la sélection {number}.",
    take="Je m'en charge",
    you_follow=lambda number: f"Vous suivez {number}.",
    sign_heading=lambda number: f"À signer : sélection {number}",
    sign_hash=lambda value: f"SHA-256 de ce dossier : {value}",
    sign_as=lambda name: f"Vous signez en tant que {name}. Est-ce bien vous ?",
    sign_it_is_me="Oui, c'est moi",
    sign_pin="Votre code :",
    sign_choose="Vous n'avez pas encore de code. Choisir six chiffres :",
    sign_again="Les six mêmes chiffres encore une fois :",
    sign_differs="Les deux codes différaient. Choisir six chiffres :",
    sign_trivial="Ce code est trop facile à deviner. Choisir six autres chiffres :",
    sign_wrong=lambda left: (
        f"Code faux ; {_count(left, 'essai restant', 'essais restants')}. Votre code :"
    ),
    sign_locked=lambda until: (
        f"Trop de codes faux : la signature est bloquée jusqu'à {until:%H:%M}."
    ),
    sign_moved="Le dossier a changé depuis qu'il a été montré : rien n'a été signé.",
    sign_done="Signé.",
    sign_cancelled="Pas signé.",
    sign_expired="Ce clavier ne sert plus. Toucher de nouveau « Signer » sur la fiche.",
    sign_off="La signature n'est pas configurée ici : "
    "l'administrateur doit définir SIGNING_PEPPER.",
    repeat="(Peut-être une répétition.)",
    handed_over=lambda name, number: f"{name} vous transmet la sélection {number}.",
    people_heading="Toucher une personne pour voir ou changer :",
    revoke="Retirer l'accès maintenant",
    revoked=lambda name: f"{name} n'a plus accès, dès maintenant.",
    reset_pin="Réinitialiser le code",
    pin_reset=lambda name: f"{name} choisira un nouveau code à la prochaine signature.",
    invite_whom="Inviter qui ?",
    invitation=lambda role, site, until: (
        f"Envoyer ce lien à une seule personne ({role}, {site}). Il sert une fois, "
        f"jusqu'au {until:%d/%m/%Y %H:%M}. Il vous sera demandé de confirmer qui l'a utilisé."
    ),
    wait_for_inviter="Merci. La personne qui vous a invité confirme maintenant que c'est vous.",
    confirm_whom=lambda name, role, site: (
        f"{name} a ouvert votre invitation ({role}, {site}). Est-ce la bonne personne ?"
    ),
    confirm="Oui, l'admettre",
    not_known="Non, je ne connais pas",
    confirmed=lambda name: f"{name} est admis.",
    last_administrator="Plus personne n'administrerait ce centre : admettre d'abord "
    "quelqu'un d'autre.",
    try_again="Quelqu'un d'autre écrivait : veuillez réessayer.",
    no_more="C'était déjà réglé ; rien n'a été changé.",
    withdrawn="L'invitation est retirée ; personne n'est entré par elle.",
)

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
)
