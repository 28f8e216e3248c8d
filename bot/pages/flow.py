"""The participant flow in the reader's language: the labels of the picture, and its caption."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from bot.texts.shape import Texts
from flows.protocol.model import Protocol
from flows.tallies import (
    CONFIDENTIAL,
    ELIGIBLE,
    ERASED,
    WITHOUT_VERDICT,
    Criteria,
    Flow,
    Row,
    Waiting,
    flow,
)
from storage.exports.chart import Box, Chart, Item, Level


@dataclass(frozen=True, slots=True)
class Counts:
    """A participant flow with what it is measured against, at a moment (in the site's time)."""

    flow: Flow
    protocol: Protocol
    recruited: int
    at: datetime


def counts_of(rows: Sequence[Row], reached: int, protocol: Protocol, at: datetime) -> Counts:
    """The flow of these rows; recruitment is that of the whole trial, as its target is."""
    return Counts(flow(rows, Criteria.of(protocol)), protocol, reached, at)


def flow_chart(counts: Counts, texts: Texts) -> Chart:
    """The picture as data, in the manner of CONSORT."""
    words, found = texts.flow, counts.flow
    assessed = Box(
        words.assessed,
        found.screened,
        notes=(words.attempts(found.attempts, found.repeated),),
    )
    return Chart(
        heading=words.heading(counts.protocol.acronym),
        subheading=words.as_of(counts.at),
        levels=(
            Level(assessed, (_not_eligible(found, texts), _waiting(found, WITHOUT_VERDICT, texts))),
            Level(
                Box(words.eligible, found.eligible),
                (_declined(found, texts), _waiting(found, ELIGIBLE, texts)),
            ),
            Level(_enrolled(found, texts)),
        ),
        bar=words.recruitment(counts.recruited, counts.protocol.target),
        reached=counts.recruited,
        target=counts.protocol.target,
        sums=tuple(_sums(found, texts)),
    )


def flow_caption(counts: Counts, texts: Texts) -> str:
    """The counts in words, as HTML, for whoever cannot see the picture."""
    words = texts.flow
    recruitment = words.recruitment(counts.recruited, counts.protocol.target)
    heading = words.heading(counts.protocol.acronym)
    lines = [*_sums(counts.flow, texts), recruitment]
    return "\n".join([f"<b>{escape(heading)}</b>", *map(escape, lines)])


def _sums(found: Flow, texts: Texts) -> list[str]:
    words = texts.flow
    return [
        words.sums(found.screened, found.enrolled, found.excluded, found.undecided),
        words.excluded(found.ineligible, found.declining),
        words.rate_eligible(found.eligible, found.screened),
        words.rate_failures(found.failures, found.consented),
    ]


def unnamed(reasons: Iterable[Item], texts: Texts) -> tuple[Item, ...]:
    """The reasons by the ids of criteria, those that have none in words."""
    words = {CONFIDENTIAL: texts.flow.confidential, ERASED: texts.erasure.stage}
    return tuple((words.get(name, name), count) for name, count in reasons)


def _not_eligible(found: Flow, texts: Texts) -> Box:
    """Each criterion that may be named, with nobody too; the others as one."""
    words, parts = texts.flow, unnamed(found.reasons, texts)
    return Box(words.not_eligible, found.ineligible, parts, (words.first_only(found.first_only),))


def _waiting(found: Flow, what: tuple[Waiting, ...], texts: Texts) -> Box:
    words = texts.flow
    title = words.still_waiting if what == ELIGIBLE else words.no_verdict
    parts: tuple[Item, ...] = tuple((words.waiting[one], found.waiting_for(one)) for one in what)
    return Box(title, found.waiting_for(*what), parts)


def _declined(found: Flow, texts: Texts) -> Box:
    parts = tuple((texts.log.declines[reason], count) for reason, count in found.declined)
    return Box(texts.flow.declined, found.declining, parts)


def _enrolled(found: Flow, texts: Texts) -> Box:
    words = texts.flow
    return Box(
        words.enrolled,
        found.enrolled,
        (
            (words.withdrawn, found.withdrawn),
            (words.in_error, found.in_error),
            (words.enrolled_not_eligible, found.not_eligible),
        ),
    )
