"""What a button carries: at most 64 bytes that say which card it was on and what it does.

`7K3F9QXA.1f.A2=0` is a press on screening 7K3F-9QXA at version 51 (base 36): answer input 2 with
its option 0. Any client can send any bytes, so reading them may fail but never surprise: only
what this screening's own protocol offers can be named at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeAlias

from bot.cards.views import (
    Again,
    AskAbout,
    Correcting,
    Do,
    Elsewhere,
    Folded,
    Front,
    HandingOver,
    Judging,
    Querying,
    Question,
    Reasons,
    Reminding,
    Reviewing,
    Show,
    Signing,
    StopSure,
    TakeUp,
    View,
)
from flows.answers import Refused, Value
from flows.cases import QueryReason
from flows.commands import (
    Command,
    Finish,
    GiveAnswer,
    GiveJudgement,
    HandOver,
    Pause,
    Promote,
    RecordAllReasons,
    RemindMe,
    Resume,
    Stop,
)
from flows.events import JudgementVerdict, Reason
from flows.protocol.bands import band_text
from flows.protocol.model import Input, InputType
from flows.rulebook import Rulebook

LONGEST = 64
"""Bytes of callback data that Telegram carries."""

LONGEST_BODY = 46
"""Bytes of it that say what a button does; the rest is for the card that it is on."""

MOST_KEPT = 1024
"""Buttons whose meaning is kept: those that name an option, a view or a step."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FRAME = re.compile(rf"([0-9A-Z]{{8}})\.([0-9a-z]{{1,6}})\.([\x21-\x7e]{{1,{LONGEST_BODY}}})")
_ABOUT = re.compile(r"([AWGw])([0-9a-z]{1,2})([=#~])([^!]{1,16})(?:!([0-9]))?")
_TURN = re.compile(r"Q([0-9a-z]{1,2})(\+?)(?::([0-9.\-]{0,10}))?")
_MONTH = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])"
_DIGITS_KEYED = r"[0-9]{0,6}"
_ENTERED = {
    InputType.INTEGER: _DIGITS_KEYED,
    InputType.NUMBER: rf"{_DIGITS_KEYED}(?:\.[0-9]{{0,5}})?",
    InputType.DATE: rf"(?:{_MONTH})?",
    InputType.PARTIAL_DATE: rf"(?:(?:19|20)[0-9]{{2}}|{_MONTH})?",
    InputType.CHOICE: "",
    InputType.YES_NO: "",
}
"""What can have been keyed in or opened so far: anything else is no button of ours."""

_SIMPLE: dict[str, Command] = {
    "X": RecordAllReasons(),
    "N": Finish(),
    "P": Pause(),
    "U": Resume(),
    "T": Stop(),
    "M": Promote(),
}
_VIEWS: dict[str, View] = {
    "F": Front(),
    "V": Reviewing(),
    "S": StopSure(),
    "H": HandingOver(),
    "Z": Folded(),
    "Y": Signing(),
    "D": Reminding(),
}
_VIEW_CODES = {view: code for code, view in _VIEWS.items()}
_SIMPLE_CODES = {command: code for code, command in _SIMPLE.items()}
_REASONS = list(Reason)
_QUERY_REASONS = list(QueryReason)
_VERDICTS = list(JudgementVerdict)


Carried: TypeAlias = Show | Do | Elsewhere
"""What a button of ours may carry."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Which card a button was on: its screening and the version that was shown; and the rest."""

    number: str
    version: int
    body: str


def frame(data: str) -> Frame | None:
    """The card that a button was on; None when the bytes are none of ours."""
    found = _FRAME.fullmatch(data)
    if found is None:
        return None
    number = found[1]
    return Frame(f"{number[:4]}-{number[4:]}", int(found[2], 36), found[3])


def encode(press: Carried, number: str, version: int, book: Rulebook) -> str:
    """The bytes for a button, as text of at most 64 ASCII characters."""
    return lead(number, version) + body(press, book)


def lead(number: str, version: int) -> str:
    """What all buttons of a card begin with: its screening and the version that it shows."""
    return f"{number.replace('-', '')}.{_base36(version)}."


def body(press: Carried, book: Rulebook) -> str:
    """What follows it: what the button does, the same on every card under this rulebook.

    Raises:
        ValueError: it is too long for a button.

    """
    text = _encoded(press, book)
    if len(text.encode()) > LONGEST_BODY:
        raise ValueError("a button carries at most 64 bytes")
    return text


def _encoded(press: Carried, book: Rulebook) -> str:
    match press:
        case Show(view=view):
            return _view(view, book)
        case Do(command=command):
            return _command(command, book)
        case Again():
            return "R"
        case TakeUp(number=number):
            return f"L{number.replace('-', '')}"
        case AskAbout(criterion=name, reason=reason):
            return f"K{_QUERY_REASONS.index(reason)}{_criterion_place(book, name)}"


def decode(body: str, book: Rulebook) -> Carried | None:
    """What the button does; None when it names nothing that this protocol has."""
    # An option is soon pressed by somebody else. What was keyed in is one person's, and not kept.
    return _press(body, book) if "#" in body or ":" in body else _press_kept(body, book)


@lru_cache(maxsize=MOST_KEPT)
def _press_kept(body: str, book: Rulebook) -> Carried | None:
    return _press(body, book)


def _press(body: str, book: Rulebook) -> Carried | None:
    if body == "R":
        return Again()
    if body in _SIMPLE:
        return Do(_SIMPLE[body])
    if body in _VIEWS:
        return Show(_VIEWS[body])
    try:
        return _decoded(body, book)
    except (IndexError, KeyError, ValueError, InvalidOperation):
        return None


def _view(view: View, book: Rulebook) -> str:
    match view:
        case Question(input=name, more=more, entry=entry):
            return f"Q{_place(book, name)}{'+' if more else ''}{':' + entry if entry else ''}"
        case Judging(criterion=name):
            return f"J{_criterion_place(book, name)}"
        case Querying(criterion=name):
            return f"E{_criterion_place(book, name)}"
        case Correcting(page=page):
            return f"C{page}"
        case Reasons(about=name, value=value):
            if name in book.criteria:
                verdict = _VERDICTS.index(JudgementVerdict(str(value)))
                return f"w{_criterion_place(book, name)}~{verdict}"
            return f"W{_place(book, name)}{_value(book.readers[name].entry, value)}"
        case _:
            return _VIEW_CODES[view]


def _command(command: Command, book: Rulebook) -> str:
    match command:
        case GiveAnswer(input=name, value=value, reason=reason):
            said = _value(book.readers[name].entry, value)
            return f"A{_place(book, name)}{said}{_because(reason)}"
        case GiveJudgement(criterion=name, verdict=verdict, reason=reason):
            place = _criterion_place(book, name)
            return f"G{place}~{_VERDICTS.index(verdict)}{_because(reason)}"
        case HandOver(to=person):
            return f"O{person}"
        case RemindMe(day=day):
            return f"B{day}"
        case _:
            return _SIMPLE_CODES[command]


def _decoded(body: str, book: Rulebook) -> Carried | None:
    if turned := _TURN.fullmatch(body):
        name, entry = _named(book, turned[1]), turned[3] or ""
        if not re.fullmatch(_ENTERED[book.readers[name].entry.type], entry):
            return None
        return Show(Question(name, more=bool(turned[2]), entry=entry))
    if said := _ABOUT.fullmatch(body):
        return _said(said, book)
    letter, rest = body[0], body[1:]
    if letter == "J":
        return Show(Judging(_criterion(book, rest)))
    if letter == "C" and rest.isdecimal() and len(rest) < 3:
        return Show(Correcting(int(rest)))
    if letter == "O" and re.fullmatch(r"[A-Z0-9-]{3,20}", rest):
        return Do(HandOver(rest))
    if letter == "B" and re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", rest):
        return Do(RemindMe(date.fromisoformat(rest)))
    return _elsewhere(letter, rest, book)


def _elsewhere(letter: str, rest: str, book: Rulebook) -> Carried | None:
    """What is done beside the screening."""
    if letter == "E":
        return Show(Querying(_criterion(book, rest)))
    if letter == "K":
        return AskAbout(_criterion(book, rest[1:]), _QUERY_REASONS[int(rest[:1])])
    if letter == "L" and re.fullmatch(r"[0-9A-Z]{8}", rest):
        return TakeUp(f"{rest[:4]}-{rest[4:]}")
    return None


def _said(found: re.Match[str], book: Rulebook) -> Show | Do | None:
    letter, place, sign, text, because = found.groups()
    reason = _REASONS[int(because)] if because else None
    if letter in "Gw":
        criterion = _criterion(book, place)
        verdict = _VERDICTS[int(text)]
        if letter == "G":
            return Do(GiveJudgement(criterion, verdict, reason))
        return Show(Reasons(criterion, verdict.value))
    name = _named(book, place)
    value = _read(book.readers[name].entry, sign, text)
    refused = isinstance(book.readers[name].accept(value, banded=True), Refused)
    if letter == "A" and not (refused and isinstance(value, str)):
        return Do(GiveAnswer(name, value, reason))  # a number out of bounds gets its sentence
    return None if refused else Show(Reasons(name, value))


def _value(entry: Input, value: Value) -> str:
    """`=3` the fourth option, `~0` the first band, `#2026-03-06` the value itself."""
    codes = _codes(entry)
    if value in codes:
        return f"={_base36(codes.index(str(value)))}"
    bands = [band_text(band) for band in entry.keep]
    if value in bands:
        return f"~{bands.index(str(value))}"
    return f"#{value}"


def _read(entry: Input, sign: str, text: str) -> Value:
    if sign == "=":
        return _codes(entry)[int(text, 36)]
    if sign == "~":
        return band_text(entry.keep[int(text)])
    if text.isdecimal() and len(text) <= 6 and entry.minimum is not None:
        return int(text)
    if entry.minimum is not None:
        return Decimal(text)
    return text


def _codes(entry: Input) -> list[str]:
    return [option.code for option in (*entry.choices, *entry.non_answers)]


def _place(book: Rulebook, name: str) -> str:
    return _base36(book.place(name))


def _named(book: Rulebook, place: str) -> str:
    return list(book.readers)[int(place, 36)]


def _criterion_place(book: Rulebook, name: str) -> str:
    return _base36(list(book.criteria).index(name))


def _criterion(book: Rulebook, place: str) -> str:
    return list(book.criteria)[int(place, 36)]


def _because(reason: Reason | None) -> str:
    return "" if reason is None else f"!{_REASONS.index(reason)}"


def _base36(number: int) -> str:
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
        if number == 0:
            return text
