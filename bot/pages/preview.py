"""Every face of the card, as a list to be drawn: what it shows, from which screening, for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.cards.attempts import Attempts
from bot.cards.card import Card
from bot.cards.draw import draw
from bot.cards.reader import Reader
from bot.cards.review import PAGE
from bot.cards.views import (
    Correcting,
    Folded,
    HandingOver,
    Judging,
    Querying,
    Question,
    Reasons,
    Reminding,
    Reviewing,
    StopSure,
    View,
)
from bot.pages.tour import (
    LATER,
    NOW,
    Tour,
    all_reasons,
    attempted,
    begun_again,
    opened,
    otherwise,
    passing,
    said,
    told,
    tour,
)
from bot.texts.shape import Texts
from flows.answers import Expected, Refused
from flows.commands import Finish, Pause, Promote, Sign, Stop
from flows.determination import Verdict
from flows.events import JudgementVerdict, Mode
from flows.protocol.model import Input, InputType, Words
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
from flows.rulebook import Rulebook
from flows.screening import Screening
from flows.stages import Stage, Trigger

_COLLEAGUES: Final = (("P-2", "Dr Amina Benali"), ("P-3", "Dr Jean-Baptiste de La Tour"))
READER: Final = Reader(
    "P-1", colleagues=_COLLEAGUES, taps=True, signs=True, screens=True, asks=True
)
ON_CALL: Final = Reader(
    "P-2", judges=False, promotes=False, colleagues=_COLLEAGUES, taps=True, asks=True
)


@dataclass(frozen=True, slots=True)
class Face:
    """One card to look at; `title` tells what it is an example of."""

    title: Words
    screening: Screening
    view: View | None = None
    remark: Remark | None = None
    reader: Reader = READER

    def card(self, texts: Texts) -> Card:
        """The card, drawn at the hour at which every preview is drawn."""
        return draw(self.screening, texts, NOW, self.view, self.remark, self.reader)


@dataclass(frozen=True, slots=True)
class Section:
    """Faces of one kind, under a heading."""

    anchor: str
    heading: Words
    faces: tuple[Face, ...]


def sections(book: Rulebook) -> tuple[Section, ...]:
    """Every face that a card of this protocol can turn to; seconds, for the protocol is played."""
    found = tour(book)
    parts = (
        ("questions", "Questions", "Questions", _questions(book, found)),
        ("judgements", "Judgements", "Jugements", _judgements(book, found)),
        ("back", "Looking back and correcting", "Relire et corriger", _back(book, found)),
        ("excluded", "Excluded", "Exclusions", _excluded(found)),
        ("verdicts", "Verdicts", "Verdicts", _verdicts(found)),
        ("aside", "Paused, given up, handed over", "Pause, abandon, relais", _aside(book, found)),
        ("again", "Screening again", "Sélectionner de nouveau", _again(book)),
        ("queries", "Asking about a criterion", "Question sur un critère", _queries(found)),
        ("modes", "Quick check and practice", "Vérification rapide, entraînement", _modes(book)),
        ("remarks", "Remarks", "Remarques", _remarks(book, found)),
    )
    return tuple(
        Section(anchor, Words(en=en, fr=fr), tuple(faces)) for anchor, en, fr, faces in parts
    )


def _questions(book: Rulebook, found: Tour) -> Iterator[Face]:
    for criterion in book.protocol.criteria:
        for entry in criterion.inputs:
            screening = found.asked.get(entry.id, opened(book))
            about = f"{criterion.id} · {entry.id}"
            yield Face(_title(about), screening, Question(entry.id))
            for view, en, fr in _turned(entry):
                yield Face(_title(about, en, fr), screening, view)


def _turned(entry: Input) -> Iterator[tuple[Question, str, str]]:
    """The other faces of a question: rare answers, digits, a calendar, the months of a year."""
    if sum(option.rare for option in (*entry.choices, *entry.non_answers)) > 1:
        yield Question(entry.id, more=True), "more answers", "autres réponses"
    if entry.type is InputType.INTEGER:
        yield Question(entry.id, entry="45"), "digits entered", "chiffres saisis"
    if entry.type is InputType.NUMBER:
        yield Question(entry.id, entry="12.5"), "digits entered", "chiffres saisis"
    if entry.type is InputType.DATE:
        yield Question(entry.id, entry=f"{NOW:%Y-%m}"), "calendar", "calendrier"
    if entry.type is InputType.PARTIAL_DATE:
        year = str(NOW.year - 10)
        yield Question(entry.id, entry=year), "months of a year", "mois d'une année"
        yield Question(entry.id, entry=f"{year}-03"), "days of a month", "jours d'un mois"


def _judgements(book: Rulebook, found: Tour) -> Iterator[Face]:
    names = [name for name in book.criteria if name in found.asked]
    for name in names:
        yield Face(_title(name), found.asked[name])
    for name in names[:1]:
        only_later = _title(name, "for those who do not judge", "pour qui ne juge pas")
        yield Face(only_later, found.asked[name], reader=ON_CALL)
        again, judged = _title(name, "seen again", "revu"), passing(found.asked[name])
        yield Face(again, judged, Judging(name))


def _back(book: Rulebook, found: Tour) -> Iterator[Face]:
    ended = _ended(found, Verdict.ELIGIBLE)
    for page in range(-(-len(ended.answers) // PAGE)):
        yield Face(_title(f"{page + 1}", "Correcting", "Corriger"), ended, Correcting(page))
    first = book.protocol.inputs[0]
    yield Face(_title(first.id, "seen again", "revue"), ended, Question(first.id))
    for entry in book.protocol.inputs:
        if options := [*entry.choices, *entry.non_answers]:
            other = NeedsReason(entry.id, options[-1].code)
            if ended.answers.get(entry.id, other.value) != other.value:
                yield Face(_title(entry.id, "reason", "motif"), ended, None, other)
    for name in [name for name in book.criteria if name in found.asked][:1]:
        view = Reasons(name, JudgementVerdict.FAIL.value)
        yield Face(_title(name, "reason", "motif"), passing(found.asked[name]), view)
    yield Face(_title("", "Review", "Relire"), ended, Reviewing())
    yield Face(_title("", "Nothing to review", "Rien à relire"), opened(book), Reviewing())
    yield Face(_title("", "Really stop?", "Vraiment arrêter\u00a0?"), opened(book), StopSure())


def _excluded(found: Tour) -> Iterator[Face]:
    for name, screening in found.excluded.items():
        yield Face(_title(name), screening)


def _verdicts(found: Tour) -> Iterator[Face]:
    for (verdict, dates), screening in found.ended.items():
        yield Face(_title(" · ".join([verdict, *dates])), screening)
    for name, screening in found.asked.items():
        if name in screening.book.criteria:
            later = said(screening, name, JudgementVerdict.DEFERRED.value)
            assert later is not None
            yield Face(_title(name, "judged later", "jugement reporté"), passing(later))
            break
    first = next(iter(found.excluded.values()))
    stopped = told(first, Finish())
    yield Face(_title("ineligible", "stopped there", "arrêt là"), stopped)
    every = all_reasons(first)
    yield Face(_title("ineligible", "all reasons", "tous les motifs"), every)
    sign = Sign("Dr Inès Laurent", "0" * 64)
    signed = told(_ended(found, Verdict.ELIGIBLE), sign)
    yield Face(_title("eligible", "signed", "signée"), signed)
    yield Face(_title("eligible", "signed, folded", "signée, pliée"), signed, Folded())
    yield Face(_title("ineligible", "signed", "signée"), told(stopped, sign))
    folded = {verdict: screening for (verdict, _), screening in found.ended.items()}
    for verdict, screening in (folded | {"ineligible": stopped}).items():
        yield Face(_title(verdict, "folded", "pliée"), screening, Folded())


def _aside(book: Rulebook, found: Tour) -> Iterator[Face]:
    begun, ended = opened(book), _ended(found, Verdict.ELIGIBLE)
    stopped = told(begun, Stop())
    yield Face(_title("", "Paused", "En pause"), told(begun, Pause()))
    yield Face(_title("", "Given up", "Abandonnée"), stopped)
    yield Face(_title("", "Given up, folded", "Abandonnée, pliée"), stopped, Folded())
    yield Face(_title("", "Handing over", "Transmettre"), ended, HandingOver())
    waiting = _ended(found, Verdict.NOT_YET)
    yield Face(_title("not_yet", "remind me", "me le rappeler"), waiting, Reminding())


def _again(book: Rulebook) -> Iterator[Face]:
    earlier = attempted(book)
    later = replace(READER, attempts=Attempts(later=LATER))
    yield Face(
        _title("", "The earlier one, given up", "La précédente, abandonnée"), earlier.screening
    )
    yield Face(
        _title("", "There is a later attempt", "Il y a une suivante"),
        earlier.screening,
        reader=later,
    )
    begun = begun_again(earlier)
    second = replace(READER, attempts=Attempts(2, "", earlier.screening))
    yield Face(_title("", "The second begins", "La deuxième commence"), begun, reader=second)
    ended = passing(otherwise(begun))
    yield Face(_title("", "What changed", "Ce qui a changé"), ended, Reviewing(), reader=second)
    yield Face(_title("", "Its end", "Sa fin"), ended, reader=second)
    stopped = told(begun, Stop())
    yield Face(_title("", "Given up again", "Abandonnée de nouveau"), stopped, reader=second)


def _queries(found: Tour) -> Iterator[Face]:
    ended = _ended(found, Verdict.PENDING)
    yield Face(_title("", "From the review", "Depuis la relecture"), ended, Reviewing())
    for name in ended.determination.undetermined[:1] if ended.determination else ():
        yield Face(_title(name, "what to ask", "que demander"), ended, Querying(name))


def _modes(book: Rulebook) -> Iterator[Face]:
    check, practice = opened(book, Mode.QUICK_CHECK), opened(book, Mode.PRACTICE)
    quick = Words(en="Quick check", fr="Vérification rapide")
    yield Face(quick, check, reader=ON_CALL)
    end = passing(check)
    yield Face(_title("", "Quick check, its end", "Vérification rapide, fin"), end)
    yield Face(_title("", "The same, on call", "La même, de garde"), end, reader=ON_CALL)
    yield Face(_title("", "Promoted", "Devenue sélection"), told(end, Promote()))
    yield Face(_title("", "Practice", "Entraînement"), practice)
    yield Face(_title("", "Practice, its end", "Entraînement, fin"), passing(practice))


def _remarks(book: Rulebook, found: Tour) -> Iterator[Face]:
    for entry in book.protocol.inputs:
        screening = found.asked.get(entry.id, opened(book))
        for expected in _expected(book, entry):
            title = _title(f"{entry.id} · {expected.expected}", "refused", "refusée")
            yield Face(title, screening, Question(entry.id), expected)
        for rule in entry.warn:
            title = _title(entry.id, "warned", "avertissement")
            yield Face(title, screening, None, Warned(entry.id, rule.message))
    begun = opened(book)
    name = next(iter(book.criteria))
    remarks: tuple[Remark, ...] = (
        *(NotNow(stage, Trigger.ANSWER) for stage in Stage),
        NotAsked(book.protocol.inputs[0].id),
        NothingToJudge(name),
        AlreadySo(),
        CannotSign(),
        ClosedToNew(),
        Overtaken("P-2", NOW),
        Overtaken(READER.person, NOW),
        Refused(name, Expected.JUDGEMENT),
    )
    for remark in remarks:
        yield Face(_title(type(remark).__name__), begun, None, remark)


def _expected(book: Rulebook, entry: Input) -> Iterator[Refused]:
    """An ill-formed answer is refused, once for each kind; so is what the protocol refuses."""
    alike = [other.id for other in book.protocol.inputs if other.type is entry.type]
    if entry.id == alike[0]:
        yield Refused(entry.id, book.readers[entry.id].expected)
    for rule in entry.refuse:
        yield Refused(entry.id, Expected.CONSISTENT, rule.message)


def _ended(found: Tour, verdict: Verdict) -> Screening:
    return next(one for (name, _), one in found.ended.items() if name == verdict.value)


def _title(about: str, en: str = "", fr: str = "") -> Words:
    return Words(
        en=" · ".join(part for part in (about, en) if part),
        fr=" · ".join(part for part in (about, fr) if part),
    )
