"""What is left of an erased screening: what came of it, who erased it, when and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.texts.shape import Texts
from flows.cases import FollowUpRecorded
from flows.erasure import ScreeningErased
from flows.events import Actor, Event, Happened


def erased_row(event: ScreeningErased, texts: Texts) -> tuple[str, ...]:
    """Its row in the list of screenings."""
    words = texts.records
    return (
        event.number,
        words.moment(event.opened_at.astimezone(ZoneInfo(event.time_zone))),
        words.modes[event.mode],
        texts.erasure.stage,
        words.verdicts[event.verdict] if event.verdict else words.no_verdict,
    )


def erased_page(history: Sequence[Happened], texts: Texts) -> str:
    """The page that stands in the place of the record.

    `history` holds the erasure, and what was done beside the screening: none of it an answer.
    """
    found = [(one, one.event) for one in history if isinstance(one.event, ScreeningErased)]
    return "\n".join(_lines(*found[0], history, texts)) + "\n"


def _lines(
    erasure: Happened, event: ScreeningErased, history: Sequence[Happened], texts: Texts
) -> Iterator[str]:
    words, own, colon = texts.records, texts.erasure, texts.colon

    def both(at: datetime) -> str:
        return _both_times(at, event, texts)

    yield words.heading(event.number)
    yield ""
    yield own.erased_on(both(erasure.at), own.reasons[event.reason], _who(erasure.by, texts))
    yield own.gone
    yield ""
    yield f"{words.trial}{colon}{event.trial.upper()}"
    yield f"{words.protocol}{colon}{event.protocol_version}"
    yield f"{words.site}{colon}{event.site} ({event.time_zone})"
    yield f"{words.mode}{colon}{words.modes[event.mode]}"
    yield f"{words.opened}{colon}{both(event.opened_at)}"
    yield f"{own.opened_by}{colon}{event.owner}"
    verdict = words.verdicts[event.verdict] if event.verdict else words.no_verdict
    when = f" ({both(event.determined_at)})" if event.determined_at else ""
    yield f"{own.verdict_then}{colon}{verdict}{when}"
    if event.signed_at:
        yield f"{own.signed_then}{colon}{both(event.signed_at)}"
    yield ""
    yield f"{words.trail}{colon}({words.received})"
    for number, happened in enumerate(sorted(history, key=lambda one: one.at), start=1):
        what = own.beside[happened.event.kind] + _step(happened.event, texts)
        yield f"  {number:>3}  {both(happened.at)}  {_who(happened.by, texts)}  {what}"


def _step(event: Event, texts: Texts) -> str:
    if isinstance(event, FollowUpRecorded):
        return f"{texts.colon}{texts.erasure.steps[event.status]}"
    return ""


def _who(by: Actor, texts: Texts) -> str:
    return f"{by.person} ({texts.records.roles[by.role]})"


def _both_times(at: datetime, event: ScreeningErased, texts: Texts) -> str:
    local = texts.records.moment(at.astimezone(ZoneInfo(event.time_zone)))
    return f"{local} ({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z)"
