"""French: checkpoints, time stamps and backups."""

from __future__ import annotations

from bot.texts.beside import EvidenceTexts
from bot.texts.fr.words import ago, counted

EVIDENCE = EvidenceTexts(
    signed=lambda events, people: (
        f"Signé sur {counted(events, 'événement', 'événements')} et enregistré ; "
        f"{counted(people, 'moniteur est prévenu', 'moniteurs sont prévenus')}."
    ),
    not_recorded="Signé, mais pas enregistré : le bot utilise la base et enregistre le sien une "
    "fois par jour.",
    unsigned="CHECKPOINT_KEY n'est pas défini : cette tête n'est pas signée et ne prouve rien.",
    not_signed=lambda position, why: (
        f"Rien n'a été signé : le registre se rompt à l'événement {position}, {why}. "
        "Lancer : screening verify --checkpoint avec le dernier point de contrôle conservé."
    ),
    key_keep="La ligne ci-dessus est la clé : la mettre dans l'environnement du bot et en garder "
    "une copie sous clé. Quiconque l'a peut signer à votre place.",
    key_give="La ligne ci-dessous vérifie ce qu'elle signe : la donner à qui garde les points de "
    "contrôle.",
    no_key="CHECKPOINT_KEY n'est pas défini : en faire une avec screening checkpoint key.",
    none_yet="Aucun point de contrôle n'a encore été signé.",
    no_stamp="Le dernier point de contrôle n'a pas d'horodatage.",
    stamp_kept=lambda name: f"Son horodatage est dans {name}.",
    cannot_write=lambda name, why: f"{name} ne peut pas être écrit : {why}.",
    needs_checkpoint="--key, --stamp et --tsa-root vont avec --checkpoint.",
    needs_key="Dire avec --key quelle clé a signé : une ligne de vérification ou un fichier qui en "
    "contient une.",
    bad_key=lambda name: (
        f"{name} n'est ni une ligne de vérification ni un fichier qui en contient."
    ),
    needs_roots="Dire avec --tsa-root à quel certificat racine mène l'horodatage : un fichier PEM.",
    bad_roots=lambda name: f"{name} ne contient aucun certificat lisible.",
    doubts={
        "MALFORMED": lambda name: (
            f"{name} n'est pas un point de contrôle de ce logiciel, ou a été modifié."
        ),
        "UNSIGNED": lambda name: f"{name} est une tête sans signature et ne prouve rien.",
        "FOREIGN": lambda name: f"{name} a été signé avec une autre clé que celle donnée.",
        "FORGED": lambda name: f"{name} est un faux : sa signature ne porte pas sur ces mots.",
    },
    agrees=lambda events, at: (
        "Le registre s'accorde avec le point de contrôle : "
        f"{counted(events, 'événement', 'événements')} tels que signés le "
        f"{at:%Y-%m-%d %H:%M:%S} UTC."
    ),
    flaws={
        "UNREADABLE": lambda name: f"{name} n'est pas un horodatage.",
        "REFUSED": lambda name: f"{name} dit que l'autorité a refusé d'horodater.",
        "OTHER_TEXT": lambda name: f"{name} horodate un autre texte que ce point de contrôle.",
        "OTHER_NONCE": lambda name: f"{name} répond à une autre demande.",
        "UNTRUSTED": lambda name: f"La signature de {name} ne mène pas au certificat racine.",
    },
    stamped=lambda at: f"L'autorité a vu le point de contrôle le {at:%Y-%m-%d %H:%M:%S} UTC.",
    notice=lambda events: f"Tête signée du registre : {counted(events, 'événement', 'événements')}",
    notice_keep="Prière de garder ce message : il permettra de montrer plus tard si l'un de ces "
    "événements a été modifié.",
    heading="Point de contrôle",
    covers=lambda events, position: (
        f"signé sur {events} événements ; la signature ci-dessus est l'événement {position}"
    ),
    not_covered="aucun n'a été signé depuis la signature ci-dessus",
    backed_up=lambda name, events, digest: (
        f"{name} : sauvegardé et vérifié, "
        f"{counted(events, 'événement', 'événements')}, tête {digest}"
    ),
    restored=lambda name, events, digest: (
        f"{name} : restauré et vérifié, {counted(events, 'événement', 'événements')}, tête {digest}"
    ),
    newest=lambda seconds, at: f"Dernier événement enregistré il y a {ago(seconds)} ({at}).",
    no_events="Il ne contient encore aucun événement.",
    refusals={
        "EXISTS": lambda name: f"{name} existe déjà : rien n'est écrasé.",
        "NO_FILE": lambda _: "DATABASE_URL ne nomme aucun fichier : il n'y a rien à copier.",
        "SERVER": lambda _: (
            "DATABASE_URL nomme un serveur PostgreSQL : copier sa base par pg_dump, et la remettre "
            "par pg_restore."
        ),
        "NOTHING_THERE": lambda name: f"{name} n'existe pas.",
        "DAMAGED": lambda name: f"{name} est endommagé : SQLite ne peut pas tout lire.",
        "DIFFERS": lambda name: f"La copie de {name} n'est pas ce qui était à copier : réessayer.",
    },
    broken=lambda name, position, why: (
        f"{name} : la chaîne se rompt à l'événement {position}, {why}."
    ),
)
