"""The words of a notice, in the language of whoever reads it: numbers, verdicts and dates.

Never an answer, never a criterion that the protocol file calls confidential. The words are made
when the notice is sent, for every front alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from bot import notices as kinds
from bot.texts.shape import Texts
from flows.cases import Because, FollowUp, QueryAnswer, QueryReason
from flows.protocol.model import Protocol

MOST = 10
"""Numbers in one line of a digest; how many more there are is said."""

NameOf = Callable[[str], str]
Body = dict[str, Any]


def notice_lines(
    kind: str, body: Body, texts: Texts, name_of: NameOf, protocol: Protocol
) -> list[str]:
    """What a notice says, the most important line first. Plain text."""
    if kind == kinds.VERDICT:
        return _verdict(body, texts, protocol)
    if kind in (kinds.CLOSING, kinds.PENDING, kinds.REMINDER, kinds.CLOSED):
        return _waiting(kind, body, texts, name_of)
    if kind in (kinds.QUERY, kinds.ANSWERED):
        return _query(kind, body, texts, name_of)
    return [_one_line(kind, body, texts, name_of)]


def digest_lines(body: Body, texts: Texts, name_of: NameOf) -> list[str]:
    """The day of a coordinator: counts and numbers, the most urgent first."""
    words = texts.duty
    counts = words.digest_counts(body["open"], body["verdicts"], body["enrolled"])
    closing = [words.closes_by(number, date.fromisoformat(day)) for number, day in body["closing"]]
    taken = [words.followed_by(number, name_of(person)) for number, person in body["taken"]]
    parts = (
        (words.digest_closing, closing),
        (words.digest_unseen, body["unseen"]),
        (words.digest_unsigned, body["unsigned"]),
        (words.digest_waiting, body["waiting"]),
        (words.digest_taken, taken),
    )
    said = [
        f"{label}{texts.colon}{_some(found, words.and_more)}" for label, found in parts if found
    ]
    return [words.digest_heading, counts, *said]


def _some(found: list[str], and_more: Callable[[int], str]) -> str:
    """As many as are read on a phone, and how many more there are."""
    shown = ", ".join(found[:MOST])
    left = len(found) - MOST
    return f"{shown}, {and_more(left)}" if left > 0 else shown


def passed_over(because: Because, texts: Texts) -> str:
    """Why it comes to this person now: whoever was told before did nothing, or cannot be told."""
    return texts.duty.passed_over[because]


def _verdict(body: Body, texts: Texts, protocol: Protocol) -> list[str]:
    words = texts.chat
    lines = [words.verdict_reached(body["number"], texts.records.verdicts[body["verdict"]])]
    if body["first_failing"]:
        lines.append(words.first_reason(body["first_failing"]))
    labels = {
        deadline.name: deadline.label.of(texts.language)
        for criterion in protocol.criteria
        for deadline in criterion.deadlines
    }
    for name, day in body["deadlines"].items():
        shown = texts.cards.day(date.fromisoformat(day))
        lines.append(f"{labels[name]}{texts.colon}{shown}")
    return lines


def _waiting(kind: str, body: Body, texts: Texts, name_of: NameOf) -> list[str]:
    words, number = texts.duty, str(body["number"])
    if kind == kinds.CLOSED:
        return [words.window_closed(number)]
    if kind == kinds.REMINDER:
        closing = body["closing"]
        return [words.reminder(number), *(closing_lines(closing, texts) if closing else ())]
    verdict = texts.records.verdicts[body["verdict"]]
    if kind == kinds.CLOSING:
        return [words.closing(number, verdict), *closing_lines(body, texts)]
    owner, since = body["owner"], date.fromisoformat(body["since"])
    carried = words.carried_by(name_of(owner)) if owner else words.carried_by_nobody
    return [words.still_pending(number, verdict, since), carried]


def closing_lines(body: Body, texts: Texts) -> list[str]:
    """On which day of how many a window is, and when it closes."""
    words, day = texts.duty, date.fromisoformat(body["day"])
    left = (day - date.fromisoformat(body["told_on"])).days
    said = {0: words.closes_today, 1: words.closes_tomorrow}.get(left) or words.closes_on(day)
    length = body["length"]
    return [words.day_of(length - left, length), said] if length else [said]


def _query(kind: str, body: Body, texts: Texts, name_of: NameOf) -> list[str]:
    words, name = texts.duty, name_of(body["by"])
    criterion = body["criterion"] or words.some_criterion
    if kind == kinds.QUERY:
        asked = words.queries[QueryReason(body["reason"])]
        return [words.query(name, criterion, body["number"]), asked]
    said = words.query_answers[QueryAnswer(body["answer"])]
    return [words.answered(name, criterion, body["number"]), said]


def _one_line(kind: str, body: Body, texts: Texts, name_of: NameOf) -> str:
    words, number = texts.duty, str(body["number"])
    match kind:
        case kinds.SIGNATURE:
            if body["voided"]:
                return texts.chat.signature_voided(number)
            return texts.chat.verdict_signed(number, texts.records.verdicts[body["verdict"]])
        case kinds.ENROLMENT:
            status = words.steps[FollowUp(body["status"])]
            return words.enrolment(number, status, name_of(body["by"]))
        case kinds.TARGET:
            return words.target(body["enrolled"], body["target"])
        case kinds.UNREACHABLE:
            return words.unreachable(name_of(body["person"]), number)
        case kinds.UNSEEN:
            return words.unseen[Because(body["because"])](number)
        case _:
            return _whose(kind, number, body, texts, name_of)


def _whose(kind: str, number: str, body: Body, texts: Texts, name_of: NameOf) -> str:
    """Who follows it, or carries it, from now on."""
    name = name_of(body["by"])
    match kind:
        case kinds.HAND_OVER:
            return texts.chat.handed_over(name, number)
        case kinds.PASSED_ON:
            return texts.duty.passed_on(number, name, name_of(body["to"]))
        case kinds.TAKEN:
            before = body.get("instead")
            if before:
                return texts.duty.taken_over(name, number, name_of(before))
            return texts.chat.taken(name, number)
        case _:
            raise ValueError(f"there are no words for a notice of the kind {kind}")
