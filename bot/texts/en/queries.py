"""English: queries to the coordinators about a criterion."""

from __future__ import annotations

from bot.texts.en.words import counted
from bot.texts.shape import QueryTexts
from flows.cases import QueryAnswer, QueryReason

QUERIES = QueryTexts(
    ask="Ask…",
    ask_about=lambda name: f"Ask: {name}",
    what="What do you want to ask the coordinators about this criterion?",
    reasons={
        QueryReason.UNCLEAR: "The wording is unclear",
        QueryReason.DEFINITION: "How is it defined?",
        QueryReason.SOURCE: "Where do I find it?",
        QueryReason.NOT_APPLICABLE: "It does not fit this patient",
    },
    answers={
        QueryAnswer.AS_WORDED: "As it is worded",
        QueryAnswer.SEE_HELP: "See the help on the card",
        QueryAnswer.WITH_SPONSOR: "Passed on to the sponsor",
        QueryAnswer.WILL_CALL: "I will call you",
    },
    asked="The coordinators are asked.",
    asked_before="You have asked this already; there is no answer yet.",
    practice="Practice: nobody was asked and nothing was recorded.",
    a_criterion="a criterion",
    none_open="No query is open.",
    open_heading="Open queries. Tap one to answer it:",
    line=lambda number, criterion, reason: f"{number} · {criterion} · {reason}",
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
    head=("criterion", "reason", "queries", "answers"),
    open="open",
)
