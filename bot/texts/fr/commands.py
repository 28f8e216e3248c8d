"""French: the command line."""

from __future__ import annotations

from bot.texts.fr.words import counted
from bot.texts.shape import CommandTexts
from flows.answers import Expected
from flows.exchange import Shape
from flows.protocol.model import InputType

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
    "/remind  choisir le jour du rappel   "
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
        f"La chaîne tient : {counted(count, 'événement', 'événements')}, tête {head}"
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
        "RECORD_KEY": "attendu : 32 octets en base64",
        "RECORD_KEY_OLD": "attendu : 32 octets en base64",
        "RETENTION_DAYS": "attendu : un nombre de jours, 0 pour aucune limite, au plus 36500",
        "CHECKPOINT_KEY": "le base64 de 32 octets est attendu, voir `screening checkpoint key`",
        "TIMESTAMP_URL": "une adresse qui commence par https:// ou http:// est attendue",
        "TIMESTAMP_ROOT": "le chemin d'un fichier PEM est attendu",
        "BACKUP_DIR": "un dossier est attendu",
        "BACKUP_EVERY_HOURS": "un nombre entier d'heures de 1 à 744 est attendu",
        "BACKUP_KEEP": "un nombre entier de 1 à 10000 est attendu",
        "LISTEN": "un hôte et un port sont attendus, par exemple 127.0.0.1:8090",
        "DATABASE_URL": "une adresse telle que sqlite:///data/screening.db ou "
        "postgresql://utilisateur:motdepasse@serveur/nom est attendue",
        "TRIAL": "le nom d'un protocole est attendu",
        "TRIALS": "des noms ou des fichiers de protocoles séparés par des virgules, "
        "aucun deux fois, sont attendus",
        "TRIAL, TRIALS": "n'en définir qu'un",
        "SEND_PACE": "telegram ou none est attendu",
        "SMTP_HOST": "le nom d'un serveur de courriel est attendu, par exemple smtp.hopital.fr",
        "SMTP_PORT": "un port de 1 à 65535 est attendu",
        "SMTP_SECURITY": "starttls, tls ou none est attendu",
        "SMTP_USERNAME": "un nom est attendu, ou pas de ligne du tout",
        "SMTP_PASSWORD": "un mot de passe est attendu, ou pas de ligne du tout",
        "SMTP_SENDER": "une adresse de courriel est attendue",
        "SMTP_HOST, SMTP_SENDER": "les deux pour des copies par courriel, ou aucun",
        "SMTP_USERNAME, SMTP_PASSWORD": "les deux pour se connecter au serveur, ou aucun",
        "/run/secrets": "des fichiers que le compte du bot peut lire",
        "LANGUAGE": "en ou fr est attendu",
        "LOG_LEVEL": "DEBUG, INFO, WARNING ou ERROR est attendu",
    },
    webhook_needs="PUBLIC_URL et WEBHOOK_SECRET doivent être définis d'abord.",
    webhook_is=lambda url: f"Les mises à jour vont désormais à {url}.",
    webhook_gone="Les mises à jour sont de nouveau interrogées.",
    in_case=lambda field, what: f"{field} : {what}",
)
