"""What is left of an erased screening: what came of it, who erased it, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.texts.shape import Texts
from flows.erasure import ScreeningErased
from flows.events import Happened


def erased_row(event: ScreeningErased, texts: Texts) -> tuple[str, ...]:
    """Its row in the list of screenings."""
    words = texts.records
    return (
        event.number,
        event.trial.upper(),
        event.site,
        words.moment(event.opened_at.astimezone(ZoneInfo(event.time_zone))),
        words.modes[event.mode],
        texts.erasure.stage,
        words.verdicts[event.verdict] if event.verdict else words.no_verdict,
    )


def erased_page(erasure: Happened, texts: Texts) -> tuple[str, str]:
    """The page that stands in the place of the record, and the time zone of its site.

    Raises ValueError for another event than an erasure.
    """
    event = erasure.event
    if not isinstance(event, ScreeningErased):
        raise ValueError(f"{event.kind} is no erasure")
    return "\n".join(_lines(erasure, event, texts)) + "\n", event.time_zone


def _lines(erasure: Happened, event: ScreeningErased, texts: Texts) -> Iterator[str]:
    words, own, colon = texts.records, texts.erasure, texts.colon

    def both(at: datetime) -> str:
        return _both_times(at, event, texts)

    by = f"{erasure.by.person} ({words.roles[erasure.by.role]})"
    yield words.heading(event.number)
    yield ""
    yield own.erased_on(both(erasure.at), own.reasons[event.reason], by)
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
        yield f"{own.signed_then}{colon}{both(event.signed_at)}, {event.signed_by}"


def _both_times(at: datetime, event: ScreeningErased, texts: Texts) -> str:
    local = texts.records.moment(at.astimezone(ZoneInfo(event.time_zone)))
    return f"{local} ({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z)"
