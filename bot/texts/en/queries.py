"""English: queries to the coordinators about a criterion."""

from __future__ import annotations

from bot.texts.beside import QueryTexts
from bot.texts.en.words import counted

QUERIES = QueryTexts(
    ask="Ask…",
    ask_about=lambda name: f"Ask: {name}",
    what="What do you want to ask the coordinators about this criterion?",
    asked="The coordinators are asked.",
    asked_before="You have asked this already; there is no answer yet.",
    practice="Practice: nobody was asked and nothing was recorded.",
    none_open="No query is open.",
    open_heading="Open queries. Tap one to answer it:",
    line=lambda number, criterion, reason: f"{number} · {criterion} · {reason}",
    answer="Answer…",
    answer_which=lambda number, criterion, reason: (
        f"Screening {number}, {criterion}: {reason}. What is the answer?"
    ),
    answered="Answered; whoever asked is told.",
    answered_before="That query was answered before.",
    counts_heading="Asked so far:",
    count=lambda criterion, reason, number: (
        f"{criterion} · {reason}: {counted(number, 'query', 'queries')}"
    ),
    none="No query so far.",
    head=("trial", "criterion", "reason", "queries", "answers"),
    open="open",
)
