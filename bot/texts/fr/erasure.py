"""French, for screenings that were erased."""

from __future__ import annotations

from bot.texts.beside import ErasureTexts
from flows.erasure import ErasureReason

ERASURE = ErasureTexts(
    usage="Quelle sélection ? Envoyer /erase et son numéro, par exemple /erase 7K3F-9QXV.",
    why=lambda number: (
        f"Effacer la sélection {number} ? Plus personne ne pourra lire ses réponses, et rien ne "
        "les ramènera. Pourquoi ?"
    ),
    sure=lambda number, reason: (
        f"Effacer définitivement {number} : {reason}. En êtes-vous certain ?"
    ),
    yes="Oui, effacer définitivement",
    no="Non, garder",
    kept=lambda number: f"{number} est gardée.",
    done=lambda number: f"La sélection {number} est effacée.",
    kin=lambda number, others: (
        "D'autres tentatives pour le même patient contiennent peut-être les mêmes réponses et ne "
        f"sont pas effacées : {others}. Seule {number} l'a été."
    ),
    erased=lambda number: (
        f"La sélection {number} a été effacée. Ses réponses ne peuvent plus être lues."
    ),
    not_sealed=lambda number, count: (
        f"{number} ne peut pas être effacée : {count} de ses événements ont été enregistrés avant "
        "le chiffrement des réponses."
    ),
    moving=lambda number: f"Quelqu'un répond en ce moment dans {number} : rien n'a été effacé.",
    which_reason=lambda codes: f"--reason prend l'un de ces codes : {codes}.",
    reasons={
        ErasureReason.ENTERED_IN_ERROR: "données identifiantes saisies par accident",
        ErasureReason.WITHDRAWN_REQUEST: "demande du patient",
        ErasureReason.OPENED_BY_MISTAKE: "ouverte par erreur",
        ErasureReason.RETENTION: "durée de conservation du centre écoulée",
    },
    stage="effacée",
    verdict_then="Verdict à ce moment",
    opened_by="Ouverte par",
    signed_then="Signée",
    erased_on=lambda when, why, who: f"Effacée le {when}, motif : {why}, par {who}",
    gone="Sa clé a été détruite : ses réponses ne peuvent plus être lues. La chaîne se vérifie "
    "toujours.",
    no_record_key="Les clés de cette base sont enveloppées : définir RECORD_KEY, la clé sous "
    "laquelle elles l'ont été. Sans elle, aucune réponse ne peut être lue.",
    other_record_key="RECORD_KEY n'est pas la clé sous laquelle les clés de cette base ont été "
    "enveloppées. Pour en changer, définir la précédente comme RECORD_KEY_OLD et lancer : "
    "screening rekey",
    rekeyed=lambda count: f"{count} clés sont désormais enveloppées sous RECORD_KEY.",
    laid_plain=lambda count: (
        f"{count} clés ne sont plus enveloppées : RECORD_KEY n'est pas définie. Qui possède la "
        "base peut lire les réponses."
    ),
)
