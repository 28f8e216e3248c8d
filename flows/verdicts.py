"""From a screening to the verdict that is due, and to the notice that the verdict owes."""

from __future__ import annotations

from datetime import date, datetime

from flows.determination import Verdict, determine
from flows.events import DeterminationMade
from flows.protocol.model import Outcome
from flows.questions import AllAsked, AskInput, AskJudgement
from flows.replies import VerdictNotice
from flows.screening import Screening
from flows.stages import Stage


def due(screening: Screening, now: datetime) -> DeterminationMade | None:
    """The determination that is due now; None while something is still to be asked."""
    if screening.stage is not Stage.ASKING:
        return None
    day = screening.day(now)
    walked = screening.walk(day)
    if isinstance(walked.step, AskInput | AskJudgement):
        return None
    assessed = tuple(finding.criterion for finding in walked.findings)
    return determined(screening, day, assessed, complete=isinstance(walked.step, AllAsked))


def determined(
    screening: Screening, day: date, assessed: tuple[str, ...], *, complete: bool
) -> DeterminationMade:
    """The verdict on that day over the criteria that were assessed, as it is recorded.

    One that is not `complete` was reached at the first exclusion: the rest was not assessed.
    """
    judged = {name: verdict for name, verdict in screening.outcomes().items() if verdict}
    found = determine(screening.book, screening.answers, judged, day)

    def among(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in assessed)

    return DeterminationMade(
        day=day,
        verdict=(found.verdict if complete else Verdict.INELIGIBLE).value,
        assessed=assessed,
        failing=among(found.failing),
        undetermined=among(found.undetermined),
        judgement_required=among(found.having(Outcome.JUDGEMENT)),
        deadlines=found.deadlines if complete else (),
        complete=complete,
    )


def notice_of(screening: Screening, made: DeterminationMade) -> VerdictNotice:
    """What coordinators are told of a verdict: no reason where the criterion is confidential."""
    first = made.failing[0] if made.failing else None
    hidden = first is not None and screening.book.criteria[first].criterion.confidential
    return VerdictNotice(
        number=screening.number,
        verdict=made.verdict,
        first_failing=None if hidden else first,
        deadlines=tuple((name, day.isoformat()) for name, day in made.deadlines),
    )
