"""French, for sites, people, delegations and invitations."""

from __future__ import annotations

from datetime import date

from bot.texts.shape import PeopleTexts
from flows import outcomes as no
from flows.administration import LineState


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


PEOPLE = PeopleTexts(
    site_head=("code", "nom", "fuseau horaire", "essais"),
    no_sites='Aucun centre. Pour en ajouter un : screening site add HM --name "Henri Mondor" '
    "--timezone Europe/Paris",
    site_added=lambda code, name, zone: f"Centre {code} ajouté : {name} ({zone}).",
    people_head=("personne", "nom", "Telegram", "rôle", "centre", "essai", "du", "au", "état"),
    no_people="Personne n'a de rôle. Pour ajouter quelqu'un : screening people add --help",
    states={
        LineState.CURRENT: "en cours",
        LineState.FUTURE: "à venir",
        LineState.OVER: "terminé",
        LineState.REVOKED: "révoqué",
    },
    no_end="jusqu'à révocation",
    added=lambda person, name, role, site: f"{person} ajouté : {name}, {role}, centre {site}.",
    delegated=lambda person, name, role, site: f"{person}, {name} : {role}, centre {site}.",
    person_out=lambda person, name: f"{person}, {name}, n'a plus aucun rôle ni accès.",
    delegation_ended=lambda person, name, role, site: (
        f"{person}, {name}, n'est plus {role} au centre {site}."
    ),
    last_administrator=lambda sites: (
        f"Plus personne n'administrerait {sites} ; rien n'a été changé."
    ),
    still_held=lambda day: (
        f"Ce rôle est tenu jusqu'au {_day(day)} : révoquez-le d'abord, "
        "ou commencez la nouvelle période avant cette date."
    ),
    site_exists=lambda code, name: f"Le centre {code} existe déjà : {name}.",
    unknown_site=lambda code: f"Aucun centre n'a le code « {code} ».",
    unknown_person=lambda person: f"Personne n'a l'identifiant « {person} ».",
    bad_code=lambda code: (
        f"« {code} » n'est pas un code de centre : "
        "il faut 2 à 10 lettres majuscules et chiffres, par exemple HM."
    ),
    bad_zone=lambda zone: (
        f"« {zone} » n'est pas un fuseau horaire : "
        "il faut un nom de l'IANA, par exemple Europe/Paris."
    ),
    bad_day=lambda text: f"« {text} » n'est pas un jour : il faut AAAA-MM-JJ, de 2000 à 2199.",
    plain={
        no.NotAllowed: "Seul un administrateur du centre peut faire cela.",
        no.BadName: "Ce n'est pas un nom : il faut 1 à 80 caractères visibles.",
        no.BadAccount: "Ce n'est pas un identifiant Telegram : "
        "il faut un nombre positif, par exemple 1001.",
        no.BadPeriod: "La période finit avant de commencer, est déjà passée ou est trop longue.",
        no.AlreadySo: "C'est déjà le cas ; rien n'a été changé.",
        no.NotHeld: "Cette personne n'a pas ce rôle dans ce centre.",
        no.TryAgain: "D'autres écrivaient au même moment ; rien n'a été changé. Réessayez.",
    },
    otherwise="Rien n'a été changé.",
    both_or_neither="--role et --site vont ensemble ; sans eux, la personne perd tout accès.",
    force_it="--force le fait quand même.",
    in_use="Le robot utilise cette base de données. Arrêtez-le d'abord, "
    "ou servez-vous de /people et /invite dans la conversation.",
)
