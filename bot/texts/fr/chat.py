"""French: what the bot says beside the cards."""

from __future__ import annotations

from bot.texts.fr.words import counted
from bot.texts.shape import ChatTexts

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
        "log": "Le registre des sélections",
        "funnel": "Le flux des participants en image",
        "chart": "Motifs, recrutement et délais en images",
        "trial": "Où en est l'essai, le clore",
        "practice": "S'entraîner sur un patient inventé",
        "queries": "Questions sur les critères",
        "protocol": "Version, critères, sources",
        "people": "Qui est admis, et retirer un accès",
        "invite": "Inviter quelqu'un",
        "erase": "Effacer définitivement une sélection",
        "duty": "Qui est prévenu, dans quel ordre et quand",
        "digest": "Votre résumé quotidien : à quelle heure",
        "language": "Français ou anglais",
        "email": "Copies des avis par courriel",
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
        f"Code faux ; {counted(left, 'essai restant', 'essais restants')}. Votre code :"
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
