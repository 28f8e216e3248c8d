"""Ce qui est dit des bases de données, et du passage de l'une à l'autre."""

from __future__ import annotations

from bot.texts.beside import DatabaseTexts
from bot.texts.fr.words import counted
from storage.errors import Trouble
from storage.moving import Why

DATABASES = DatabaseTexts(
    troubles={
        Trouble.UNREACHABLE: lambda _: "le serveur est injoignable",
        Trouble.SILENT: lambda _: "le serveur ne répond pas à temps",
        Trouble.LOGIN: lambda _: "le serveur refuse l'utilisateur ou le mot de passe",
        Trouble.NO_DATABASE: lambda _: "le serveur n'a pas de base de ce nom",
        Trouble.NO_DRIVER: lambda _: (
            "PostgreSQL demande un pilote, installez trial-screening-bot[postgres]"
        ),
        Trouble.NO_RECORD: lambda _: "elle ne contient encore aucun dossier",
        Trouble.OLD_FORM: lambda _: (
            "elle vient d'une version antérieure, démarrez-y le robot une fois pour la mettre à "
            "jour"
        ),
        Trouble.FOREIGN: lambda _: "elle appartient à un autre logiciel",
        Trouble.UNSAFE: lambda setting: (
            f"le serveur tourne avec {setting}, et une coupure de courant pourrait emporter des "
            "réponses confirmées"
        ),
        Trouble.ENCODING: lambda setting: (
            f"elle a été créée avec {setting}, créez-en une avec l'encodage UTF8"
        ),
        Trouble.IN_USE: lambda _: "quelqu'un d'autre y écrit, arrêtez d'abord le robot",
        Trouble.BEING_MOVED: lambda _: "elle est en cours de déménagement, attendez la fin",
        Trouble.HALF_MOVED: lambda _: (
            "un déménagement vers elle n'est pas terminé, relancez le même screening move"
        ),
        Trouble.IN_MEMORY: lambda _: "ce qui est gardé en mémoire ne peut pas être déménagé",
        Trouble.ADDRESS: lambda _: (
            "son adresse doit être sqlite:///chemin/fichier.db ou "
            "postgresql://utilisateur:motdepasse@serveur/nom"
        ),
        Trouble.OPTIONS: lambda known: (
            f"après le point d'interrogation de son adresse viennent {known} ou rien"
        ),
    },
    parts={
        "events": "événements",
        "inbox": "mises à jour",
        "intake_marks": "repères",
        "outbox": "avis",
        "cards": "cartes",
        "pins": "codes PIN",
        "keys": "clés",
    },
    progress=lambda part, rows, of: f"{part}\u00a0: {rows} sur {of}",
    moved=lambda events, digest: (
        f"Déménagement terminé et vérifié\u00a0: {counted(events, 'événement', 'événements')}, "
        f"empreinte {digest} des deux côtés. Mettez la nouvelle adresse dans DATABASE_URL, et ne "
        "démarrez plus jamais le robot sur l'ancienne."
    ),
    not_moved={
        Why.NOT_EMPTY: "La cible contient déjà quelque chose\u00a0: indiquez une base vide.",
        Why.ANOTHER: "La cible contient le début d'un autre déménagement\u00a0: indiquez une base "
        "vide.",
        Why.BROKEN: "La chaîne de la source ne tient pas, et rien n'a été déménagé. "
        "Lancez\u00a0: screening verify",
        Why.DIFFERS: "Les deux côtés diffèrent, car la source a changé depuis le début\u00a0: "
        "videz la cible et recommencez.",
    },
)
