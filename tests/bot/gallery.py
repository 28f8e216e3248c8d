"""Every face of the card, every remark and every page, drawn once in a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache

from bot.cards.attempts import Attempts
from bot.cards.card import Card
from bot.cards.draw import draw
from bot.cards.reader import Reader
from bot.cards.views import (
    Correcting,
    Folded,
    HandingOver,
    Judging,
    Querying,
    Question,
    Reminding,
    Reviewing,
    StopSure,
    View,
)
from bot.pages.protocol import protocol_page
from bot.pages.record import list_page, record_page
from bot.texts.shape import Texts
from flows.again import Attempt
from flows.answers import Value
from flows.commands import (
    Finish,
    GiveAnswer,
    GiveJudgement,
    HandOver,
    LookAgain,
    Pause,
    Promote,
    RecordAllReasons,
    RemindMe,
    Resume,
    Sign,
    Stop,
)
from flows.events import Actor, JudgementVerdict, Mode, Reason, Role
from flows.replies import (
    AlreadySo,
    CannotSign,
    ClosedToNew,
    NeedsReason,
    NotAsked,
    NothingToJudge,
    NotNow,
    Overtaken,
    Remark,
    Warned,
)
from flows.stages import Stage, Trigger
from storage.frozen import fingerprint_of
from tests.bot.cases import AT, MAN, Case, lysyme
from tests.flows.trial_files import SECOND, rulebook

ME = Reader("p-7", colleagues=(("p-9", "Dr Two"),), taps=True, signs=True, screens=True, asks=True)
CANCER: dict[str, Value] = {**MAN, "malignancy": "malignant"}
WOMAN: dict[str, Value] = {
    "repro_status": "female_childbearing_potential",
    "pregnancy": "test_negative",
    "breastfeeding": "no",
}
JUDGED: dict[str, Value] = {**MAN, "admission_date": "2026-03-05", "I2": "pass"}


@cache
def cases() -> dict[str, Case]:
    """A screening of every sort, by what it is an example of."""
    return {
        "new": Case(),
        "date": Case().answer(MAN, until="index_date"),
        "more": Case().answer(MAN, until="consent"),
        "number": Case().answer(MAN, until="bsa_max_d0_d10_pct"),
        "partial": Case().answer(CANCER, until="malignancy_last_active"),
        "judgement": Case().answer(JUDGED, until="I2"),
        "exclusion to judge": _exclusion_to_judge(),
        "exclusion judged later": _judged_later(),
        "excluded": Case().answer({"age_years": 17}),
        "finished": _told(Case().answer({**MAN, "consent": "refused"}), Finish()),
        "all reasons": _all_reasons(),
        "eligible": Case().answer(MAN),
        "not yet": Case().answer({**MAN, "bsa_max_d0_d10_pct": 4}),
        "pending": Case().answer({**JUDGED, "I2": "deferred", "hiv_serology": "pending"}),
        "paused": _told(Case().answer(MAN, until="consent"), Pause()),
        "stopped": _told(Case().answer(MAN, until="consent"), Stop()),
        "check": Case(Mode.QUICK_CHECK).answer(MAN),
        "promoted": _told(Case(Mode.QUICK_CHECK).answer(MAN), Promote()),
        "practice": Case(Mode.PRACTICE).answer(MAN),
        "travelled": _travelled(),
        "signed": _signed(Case().answer(MAN)),
        "signed out": _signed(_told(Case().answer({"age_years": 17}), Finish())),
        "voided": _voided(),
        "reminder": _reminded(),
        "window closed": _closed(),
        "carried": _again({}),
        "again": _again({**JUDGED, **WOMAN}),
        "again, out": _told(_again({**JUDGED, "consent": "refused"}), Finish()),
        "again, stopped": _told(_again(JUDGED, until="consent"), Stop()),
    }


def cards(texts: Texts) -> Iterator[tuple[str, Card]]:
    """Every face of every case, with its name."""
    for name, case in cases().items():
        for view in (
            None,
            Reviewing(),
            Correcting(),
            Correcting(1),
            StopSure(),
            HandingOver(),
            Folded(),
            Reminding(),
        ):
            yield f"{name} {view}", draw(case.screening, texts, AT, view, reader=ME)
            if case.screening.opened.earlier:
                reader = among_attempts(case)
                yield f"{name} {view} again", draw(case.screening, texts, AT, view, reader=reader)
    for name, face in _asking():
        yield f"{name} {face}", draw(cases()[name].screening, texts, AT, face, reader=ME)
    for remark in remarks():
        screening = cases()["eligible"].screening
        yield repr(remark), draw(screening, texts, AT, None, remark, ME)


def remarks() -> Iterator[Remark]:
    """Every remark that a command can be answered with."""
    yield from (NotNow(stage, Trigger.ANSWER) for stage in Stage)
    yield from (NotAsked("consent"), NothingToJudge("I2"), AlreadySo(), CannotSign(), ClosedToNew())
    yield from (NeedsReason("age_years", 46), NeedsReason("age_years", "> 75"))
    yield from (Overtaken("p-7", AT), Overtaken("p-9", AT))
    for name, value in (
        ("age_years", "x"),
        ("bsa_max_d0_d10_pct", "x"),
        ("index_date", "x"),
        ("malignancy_last_active", "x"),
        ("consent", "x"),
    ):
        refused = lysyme().readers[name].accept(value)
        assert not isinstance(refused, int | str)
        yield refused  # type: ignore[misc]
    yield Warned("index_date", lysyme().readers["index_date"].entry.warn[0].message)


def pages(texts: Texts) -> Iterator[tuple[str, str]]:
    """Every record, the lists and the protocol."""
    found = cases()
    for name, case in found.items():
        yield f"record {name}", record_page(case.screening, case.history, texts)
        if case.screening.opened.earlier:
            attempts = among_attempts(case).attempts
            page = record_page(case.screening, case.history, texts, attempts)
            yield f"record {name} again", page
    yield "list", list_page([case.screening for case in found.values()], texts)
    yield "empty list", list_page([], texts)
    yield "protocol", protocol_page(lysyme(), texts)
    yield "second protocol", protocol_page(rulebook(SECOND), texts)


def _asking() -> Iterator[tuple[str, View]]:
    yield "new", Question("age_years", entry="45")
    yield "number", Question("bsa_max_d0_d10_pct", entry="4.5")
    yield "date", Question("index_date", entry="2026-02")
    yield "partial", Question("malignancy_last_active", entry="2016")
    yield "partial", Question("malignancy_last_active", entry="2016-03")
    yield "more", Question("consent", more=True)
    yield "more", Question("age_years")
    yield "travelled", Judging("I2")
    yield "new", Querying("I1")
    yield "pending", Querying("E3")


def _told(case: Case, *commands: Pause | Stop | Finish | Promote) -> Case:
    for command in commands:
        assert case.tell(command).events
    return case


def _signed(case: Case) -> Case:
    assert case.tell(Sign("Dr <Inès>", fingerprint_of(case.screening))).events
    return case


def _voided() -> Case:
    """Signed, corrected, and not signed again."""
    case = _signed(Case().answer(MAN))
    case.tell(GiveAnswer("age_years", 46, Reason.TYPING_ERROR))
    return case


def _exclusion_to_judge() -> Case:
    """A case in which an exclusion criterion is to be judged."""
    for entry in lysyme().entries:
        if entry.criterion.kind == "exclusion" and entry.criterion.judgement:
            for asked in entry.criterion.inputs:
                for option in asked.choices:
                    case = Case().answer({**MAN, asked.id: option.code})
                    if case.asked() == entry.criterion.id:
                        return case
    raise AssertionError("no exclusion criterion asks for a judgement")


def _judged_later() -> Case:
    case = _exclusion_to_judge()
    case.tell(GiveJudgement(case.asked() or "", JudgementVerdict.DEFERRED))
    return case.answer(MAN)


def _all_reasons() -> Case:
    case = Case().answer({"age_years": 17})
    case.tell(RecordAllReasons())
    return case.answer({**MAN, "cardiac_failure": "yes"})


def _reminded() -> Case:
    """Not yet; the owner wants to be reminded."""
    case = Case().answer({**MAN, "bsa_max_d0_d10_pct": 5})
    case.tell(RemindMe(AT.date() + timedelta(days=2)))
    return case


def _closed() -> Case:
    """Then the window closed by itself."""
    case = _reminded()
    case.tell(LookAgain(), AT + timedelta(days=20), Actor("timekeeper", Role.SYSTEM))
    return case


def first_attempt() -> Case:
    """The attempt before "again": pending, and judged otherwise."""
    return Case().answer({**JUDGED, "I2": "deferred", "age_years": 44, "hiv_serology": "pending"})


def _again(answers: Mapping[str, Value], until: str | None = None) -> Case:
    """A second attempt, with what came over from the first."""
    first = first_attempt()
    case = Case(earlier=Attempt(first.screening, tuple(first.history)), at=AT + timedelta(hours=3))
    return case.answer(answers, until)


def among_attempts(case: Case) -> Reader:
    """Whoever looks at a second attempt, after which there is a third."""
    assert case.screening.opened.earlier is not None
    return replace(ME, attempts=Attempts(2, "KN0C-K0RS", first_attempt().screening))


def _travelled() -> Case:
    """One case to which nearly everything happened, in every role."""
    case = Case().answer(JUDGED, until="consent")
    for place, role in enumerate(Role):
        case.tell(GiveAnswer("age_years", 30 + place, Reason.TYPING_ERROR), by=Actor("p-2", role))
    for reason in Reason:
        other = 50 + list(Reason).index(reason)
        case.tell(GiveAnswer("age_years", other, reason))
    case.tell(GiveJudgement("I2", JudgementVerdict.FAIL, Reason.MISUNDERSTOOD))
    case.tell(GiveJudgement("I2", JudgementVerdict.PASS, Reason.NEW_ASSESSMENT))
    case.tell(Pause())
    case.tell(Resume())
    case.answer({**MAN, **WOMAN}, until="breastfeeding")
    case.tell(GiveAnswer("repro_status", "male", Reason.SOURCE_CORRECTED))
    case.tell(HandOver("p-9"))
    return case
