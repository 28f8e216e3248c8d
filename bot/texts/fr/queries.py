"""French: queries to the coordinators about a criterion."""

from __future__ import annotations

from bot.texts.beside import QueryTexts
from bot.texts.fr.words import counted

QUERIES = QueryTexts(
    ask="Doute…",
    ask_about=lambda name: f"Demander : {name}",
    what="Que demander aux coordinateurs au sujet de ce critère ?",
    asked="La question est posée aux coordinateurs.",
    asked_before="Vous l'avez déjà demandé ; il n'y a pas encore de réponse.",
    practice="Entraînement : rien n'a été demandé ni enregistré.",
    none_open="Aucune question n'est ouverte.",
    open_heading="Questions ouvertes. En toucher une pour y répondre :",
    line=lambda number, criterion, reason: f"{number} · {criterion} · {reason}",
    answer="Répondre…",
    answer_which=lambda number, criterion, reason: (
        f"Sélection {number}, {criterion} : {reason}. Quelle est la réponse ?"
    ),
    answered="Répondu ; la personne qui a demandé en est avertie.",
    answered_before="Cette question a déjà reçu une réponse.",
    counts_heading="Demandé jusqu'ici :",
    count=lambda criterion, reason, number: (
        f"{criterion} · {reason} : {counted(number, 'question', 'questions')}"
    ),
    none="Aucune question jusqu'ici.",
    head=("essai", "critère", "motif", "questions", "réponses"),
    open="ouverte",
)
