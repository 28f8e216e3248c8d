"""French: what `screening doctor` finds."""

from __future__ import annotations

from bot.texts.beside import DoctorTexts
from bot.texts.fr.words import ago

DOCTOR = DoctorTexts(
    states={"ok": "bon", "warn": "attention", "fail": "ÉCHEC"},
    checks={
        "sqlite": "version de SQLite",
        "database": "base",
        "pragmas": "réglages de SQLite",
        "server": "serveur PostgreSQL",
        "durable": "réglages de PostgreSQL",
        "modes": "droits des fichiers",
        "place": "système de fichiers",
        "disk": "espace disque",
        "clock": "horloge",
        "token": "jeton",
        "heard": "dernière mise à jour",
        "checkpoint": "point de contrôle",
        "backup": "sauvegarde",
        "keys": "clé d'archives",
        "pepper": "poivre de signature",
    },
    found={
        "sqlite_good": lambda version: f"la {version}",
        "sqlite_wal_reset": lambda version: (
            f"la {version} peut abîmer un fichier où deux connexions écrivent à la fois ; un seul "
            "processus écrit ici, rien n'est donc perdu. "
            "Utiliser la 3.51.3 ou plus, la 3.50.7 ou la 3.44.6."
        ),
        "database_good": lambda head: f"lisible ; nombre d'événements et tête : {head}",
        "database_none": lambda path: f"{path} n'existe pas encore ; le bot la crée au démarrage.",
        "database_memory": lambda _: (
            "en mémoire : rien ne survit au processus. Donner un fichier à DATABASE_URL."
        ),
        "database_empty": lambda where: (
            f"{where} ne contient encore aucun dossier ; le bot y fait ses tables au démarrage."
        ),
        "database_fault": lambda why: (
            f"inutilisable : {why}. Si le bot ne l'ouvre pas non plus, restaurer une sauvegarde."
        ),
        "server_good": lambda version: f"la version {version} répond",
        "server_standby": lambda where: (
            f"{where} ne fait que répéter ce qu'un autre serveur écrit : le bot ne démarre pas. "
            "Nommer l'autre dans DATABASE_URL."
        ),
        "server_fault": lambda why: (
            f"{why}. Vérifier DATABASE_URL et le serveur : le bot ne démarre pas."
        ),
        "durable_good": lambda settings: f"{settings}, tels que le bot les relit",
        "durable_differ": lambda setting: (
            f"{setting} : des réponses confirmées pourraient se perdre. Le corriger : le bot ne "
            "démarre pas."
        ),
        "pragmas_good": lambda mode: (
            f"journal_mode={mode}, synchronous=FULL, foreign_keys, secure_delete tiennent"
        ),
        "pragmas_journal": lambda mode: (
            f"journal_mode={mode} ; le bot met wal au démarrage. Le démarrer une fois."
        ),
        "pragmas_differ": lambda why: (
            f"{why}. Utiliser un SQLite qui l'accepte : le bot ne démarre pas."
        ),
        "modes_good": lambda _: "fermés aux autres",
        "modes_loose": lambda names: (
            f"d'autres peuvent toucher {names}. Lancer chmod 600 : le bot ne démarre pas."
        ),
        "modes_folder": lambda folder: (
            f"n'importe qui peut écrire dans {folder}. Lancer chmod 700 : le bot ne démarre pas."
        ),
        "modes_group": lambda folder: f"le groupe peut écrire dans {folder}. Lancer chmod 700.",
        "modes_env": lambda mode: (
            f".env a les droits {mode} : d'autres peuvent lire ses secrets. Lancer chmod 600 .env."
        ),
        "place_good": lambda _: "aucun système de fichiers en réseau trouvé",
        "place_network": lambda kind: (
            f"{kind} est en réseau, où les verrous ne tiennent pas : le bot ne démarre pas. "
            "Déplacer la base sur un disque de cette machine."
        ),
        "disk_good": lambda free: f"{free} libres",
        "disk_low": lambda free: f"seulement {free} libres. Faire de la place à temps.",
        "disk_full": lambda free: (
            f"{free} libres : des réponses seront bientôt refusées. Faire de la place maintenant."
        ),
        "clock_good": lambda now: now,
        "clock_behind": lambda newest: (
            f"le dernier événement fut enregistré à {newest}, qui est à venir. "
            "Régler l'horloge, par NTP."
        ),
        "clock_year": lambda year: f"elle dit l'année {year}. Régler l'horloge, par NTP.",
        "token_good": lambda name: f"Telegram le connaît comme @{name}",
        "token_none": lambda _: (
            "TELEGRAM_BOT_TOKEN n'est pas défini : seul le bac à sable peut tourner."
        ),
        "token_refused": lambda _: "Telegram le refuse. Demander le bon à @BotFather.",
        "token_unreachable": lambda _: (
            "Telegram n'a pas pu être interrogé. Vérifier le réseau et TELEGRAM_API_BASE_URL."
        ),
        "heard_good": lambda age: f"entendue il y a {age}",
        "heard_silent": lambda age: (
            f"entendue il y a {age}. Si le bot devrait tourner, aller le voir."
        ),
        "heard_none": lambda _: "jamais entendue. Si le bot devrait tourner, aller le voir.",
        "checkpoint_good": lambda age: f"signé il y a {age}",
        "checkpoint_old": lambda age: (
            f"signé il y a {age}. Le bot signe chaque jour : voir s'il tourne, et son journal."
        ),
        "checkpoint_none": lambda _: (
            "aucun encore. Lancer screening checkpoint, ou démarrer le bot."
        ),
        "checkpoint_no_key": lambda _: (
            "CHECKPOINT_KEY n'est pas défini : une fin coupée ou une réécriture ne se verrait pas. "
            "Lancer screening checkpoint key."
        ),
        "backup_good": lambda age: f"faite il y a {age}",
        "backup_old": lambda age: f"faite il y a {age}. Voir si le bot tourne, et son journal.",
        "backup_none": lambda folder: (
            f"aucune encore dans {folder}. Lancer screening backup, ou démarrer le bot."
        ),
        "backup_off": lambda _: (
            "BACKUP_DIR n'est pas défini : aucune ne se fait d'elle-même. Le définir."
        ),
        "backup_server": lambda _: (
            "le bot ne copie aucune base PostgreSQL. S'assurer que pg_dump, ou le serveur, le fait."
        ),
        "backup_fault": lambda folder: f"{folder} est illisible. Vérifier BACKUP_DIR.",
        "keys_good": lambda _: "définie ; toutes les clés sont enveloppées sous elle",
        "keys_plain": lambda count: (
            f"définie, et {count} clés sont en clair : le bot les enveloppe quand il démarre. "
            "Le démarrer une fois."
        ),
        "keys_none": lambda _: (
            "RECORD_KEY n'est pas défini : les clés sont en clair à côté des réponses qu'elles "
            "ouvrent. Le définir."
        ),
        "keys_missing": lambda _: (
            "RECORD_KEY n'est pas défini, et les clés sont enveloppées : le bot ne démarre pas. "
            "Le définir par la clé qui les a enveloppées."
        ),
        "keys_other": lambda _: (
            "RECORD_KEY n'est pas la clé qui a enveloppé les clés : le bot ne démarre pas. "
            "Définir celle d'avant comme RECORD_KEY_OLD et lancer screening rekey."
        ),
        "pepper_good": lambda _: "défini",
        "pepper_none": lambda _: "SIGNING_PEPPER n'est pas défini : personne ne peut signer.",
    },
    old=ago,
)
