"""French: documents on paper."""

from __future__ import annotations

from bot.texts.documenting import DocumentTexts, DossierTexts, FormTexts
from bot.texts.fr.words import counted

DOCUMENTS = DocumentTexts(
    page_of=("page", "sur"),
    marks={
        "practice": "ENTRAÎNEMENT : patient inventé. Ce n'est le dossier de personne.",
        "quick_check": "VÉRIFICATION RAPIDE : pas une sélection, jamais signée, jamais comptée.",
        "unsigned": "NON SIGNÉ : personne n'a signé ce dossier.",
        "voided": "SIGNATURE ANNULÉE : ce qui était signé a changé depuis, sans nouvelle "
        "signature.",
        "unbound": "SIGNÉ, MAIS PAS CECI : l'empreinte signée n'est pas celle de ce qui est "
        "imprimé ici.",
        "erased": "EFFACÉ : plus personne ne peut lire les réponses.",
    },
    watermarks={
        "practice": "ENTRAÎNEMENT",
        "quick_check": "VÉRIF. RAPIDE",
        "unsigned": "NON SIGNÉ",
        "voided": "SIGNATURE ANNULÉE",
        "unbound": "SIGNÉ, MAIS PAS CECI",
        "erased": "EFFACÉ",
    },
    fingerprint="SHA-256 du fichier de protocole",
    printed_name="Nom en toutes lettres",
    signed_at="Date et heure",
    meaning="Signification",
    signed_record="SHA-256 du dossier signé",
    carried_by="Suivi par",
    code="Code de vérification",
    code_how="Le code contient le numéro de ce dossier, le nombre d'événements qu'il relate, le "
    "SHA-256 du dossier, ainsi que la place et l'empreinte de son dernier événement dans le "
    "registre. Qui dispose du registre le lit avec n'importe quel lecteur de QR et lance "
    "screening verify --code CODE. La réponse dit si le registre contient ce dossier, et s'il a "
    "continué depuis.",
    criteria_head=("Critère", "Texte du protocole ; ce qui a été répondu", "Constat"),
    trail_head=("N°", "Reçu : au centre (UTC)", "Personne (rôle)", "Ce qui s'est passé"),
    stamp_says=lambda at: (
        f"  horodatage RFC 3161 du {at:%Y-%m-%d %H:%M:%S} UTC selon lui-même ; à contrôler par "
        "screening verify --stamp"
    ),
    written=lambda name, size: f"{name} : {counted(size, 'octet', 'octets')}, PDF/A-2a.",
    bad_name=lambda name: f"{name} ne se termine pas par .pdf.",
    bad_code="Ce n'est pas le code de vérification d'un dossier : copiez-le en entier, depuis "
    "SCREENING-RECORD.",
    code_agrees=lambda number, events, stood: (
        f"Le registre contient ce dossier : {number} après "
        f"{counted(events, 'événement', 'événements')}, {stood}."
    ),
    stood={
        "unbound": "avec une signature qui porte sur un autre dossier",
        "signed": "avec une signature valable",
        "unsigned": "sans signature",
    },
    moved_on=lambda events: (
        f"Il a continué depuis : {counted(events, 'événement', 'événements')} de plus. "
        "Imprimez-le à nouveau."
    ),
    code_erased=lambda number: (
        f"Le registre contient le dernier événement de cette impression de {number}. Ses réponses "
        "ont été effacées depuis : plus personne ne peut les comparer."
    ),
    untrue={
        "UNKNOWN": lambda number: f"Le registre ne contient aucun dossier {number}.",
        "AHEAD": lambda number: (
            f"L'impression relate plus d'événements de {number} que le registre n'en contient."
        ),
        "OTHER_EVENT": lambda number: (
            f"Le dernier événement de cette impression de {number} n'est pas celui du registre."
        ),
        "OTHER_RECORD": lambda number: (
            f"Le dossier {number} du registre n'est pas celui qui a été imprimé."
        ),
    },
)

FORM = FormTexts(
    title=lambda acronym: f"{acronym} : sélection sur papier",
    subtitle=lambda version, digest: f"protocole {version} · SHA-256 {digest}",
    purpose="Pour les cas où le bot est injoignable. Les questions sont celles du bot, dans son "
    "ordre, tirées du même fichier de protocole. Saisir le formulaire dès que le bot est de "
    "retour ; le papier reste au centre.",
    rules=(
        "N'écrire nulle part le nom, les initiales, la date de naissance ou le numéro d'hôpital "
        "du patient.",
        "Répondre dans l'ordre et s'arrêter à la première exclusion. Ce qui n'a pas été demandé "
        "reste vide : une case vide n'est jamais un non.",
        "Corriger d'un seul trait sur l'ancienne réponse, qui reste lisible ; à côté la nouvelle, "
        "pourquoi, quand et qui.",
        "Aucune dérogation à un critère.",
    ),
    fields=(
        "Centre",
        "N° de ce formulaire au centre",
        "Début : date et heure",
        "Réponses de : nom en toutes lettres et rôle",
    ),
    number="Numéro de sélection, une fois saisi",
    date_boxes=("jour", "mois", "année"),
    partial="Aussi précis que connu : année, ou mois et année.",
    only_if=lambda words: f"Seulement si {words}",
    both=" et ",
    either=" ou ",
    by_rule="la règle ci-dessous l'exige",
    quoted=lambda words: f"« {words} »",
    band="Au-delà de ces limites, cocher la case et n'écrire aucun nombre :",
    finding="Critère",
    findings={
        "inclusion": ("rempli", "non rempli : exclut", "ouvert"),
        "exclusion": ("absent", "présent : exclut", "ouvert"),
    },
    at="heure",
    verdicts={
        "eligible": "Éligible : tous les critères sont satisfaits",
        "ineligible": "Non éligible",
        "not_yet": "Pas encore",
        "pending": "En attente",
    },
    blanks={
        "ineligible": "premier critère en cause",
        "not_yet": "jusqu'au",
        "pending": "critères ouverts",
    },
    signature_fields=("Nom en toutes lettres", "Signature", "Date", "Heure"),
    entered="Saisi dans le bot",
)

DOSSIER = DossierTexts(
    title=lambda acronym: f"{acronym} : dossier d'inspection",
    made="Établi",
    every_site="tous les centres",
    ledger="Registre",
    ledger_at=lambda events, digest: (
        f"{counted(events, 'événement', 'événements')} au moment de l'établir, le dernier {digest}"
    ),
    version="Logiciel",
    contents="Contenu",
    counts=lambda screenings, checks: (
        f"{counted(screenings, 'sélection', 'sélections')}, "
        f"{counted(checks, 'vérification rapide', 'vérifications rapides')}"
    ),
    inside="Ce dossier contient des dates calendaires et les noms des signataires : il reste au "
    "centre, ou va à qui peut inspecter le centre.",
    no_practice="Les entraînements n'y sont pas. D'une sélection effacée, il y a ce qui en reste.",
    not_counted="Qui est sélectionné à nouveau compte une fois dans le journal ; chaque tentative "
    "a son propre dossier.",
    verify="Comment le vérifier",
    steps={
        "sums": "Aucun fichier n'a changé depuis que ce dossier a été établi. À côté de cet "
        "index :",
        "record": "Un dossier de sélection, sur papier ou à l'écran, est celui du registre. Avec "
        "le code qui y figure :",
        "checkpoint": "Le registre est celui qui a été signé. Avec un point de contrôle gardé "
        "ailleurs et la ligne de la clé :",
        "stamp": "Un point de contrôle existait à l'heure de son horodatage. Avec le certificat "
        "racine de l'autorité :",
        "ledger": "Le registre de ce dossier se tient et s'accorde avec un point de contrôle ; "
        "Python suffit, sans ce logiciel :",
    },
    files=("Fichier", "Octets", "SHA-256"),
    folders={
        "records": "Dossiers de sélection",
        "quick-checks": "Vérifications rapides",
        "tables": "Journal de sélection, d'inclusion, de délégation, piste d'audit, questions",
        "protocols": "Versions du protocole, mot pour mot",
        "checkpoints": "Points de contrôle, avec leurs horodatages",
        "ledger": "Le registre, tel qu'il est conservé",
    },
    written=lambda name, files, records: (
        f"{name} : {counted(files, 'fichier', 'fichiers')}, "
        f"{counted(records, 'dossier', 'dossiers')} ; commencez par index.html."
    ),
    exists=lambda name: f"{name} existe déjà : rien n'est écrasé.",
)
