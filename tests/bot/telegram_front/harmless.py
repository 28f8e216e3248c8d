"""A watch over every message of every test: whoever may not see answers is sent none.

And nobody is sent the number of a screening of a trial, or of a site, in which they never had a
role.

A message that names a screening is about a patient. Sent to somebody who never may carry on with
a screening, it holds no question, no answer that could be told from common words, no typed value
of the tests, and no confidential criterion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

from bot.register import Register
from bot.sandbox import Sandbox
from bot.texts import ALL
from flows.events import Mode, Role
from flows.people import Delegation, RoleDelegated
from flows.protocol.model import Criterion
from storage.ledger import Ledger
from storage.mapper import to_event
from tests.bot.cases import lysyme
from tests.bot.telegram_front.robot import NUMBER

SEES_ANSWERS = {Role.INVESTIGATOR, Role.ON_CALL}
OWN_WORDS = {"consent"}
"""The name of an input, and also of a step after the verdict, which is told."""

SHORTEST = 12
"""Characters from which the label of an answer is taken for one wherever it stands."""


async def check_harmless(sandbox: Sandbox, register: Register, ledger: Ledger) -> None:
    """Every message that was sent, against everybody who was ever let in."""
    outsiders = await _outsiders(register, ledger)
    for call in sandbox.journal.calls:
        if call.chat_id in outsiders:
            for text in call.texts.values():
                found = list(betrayed(unescape(text)))
                assert not found, (call.method, text, found)


async def check_rows(sandbox: Sandbox, register: Register, ledger: Ledger) -> None:
    """Every message that was sent, against every role that its reader was ever given."""
    await register.catch_up()
    given: dict[str, list[Delegation]] = {}
    async for entry in ledger.walk():
        if entry.kind == RoleDelegated.kind:
            one = to_event(entry).event
            assert isinstance(one, RoleDelegated)
            line = Delegation(one.role, one.site, one.since, one.until, one.trial)
            given.setdefault(one.person, []).append(line)
    people = {one.telegram_id: one.person for one in register.directory.people.values()}
    for call in sandbox.journal.calls:
        if call.chat_id is None:
            continue  # the answer to a tap says in no chat of its own
        held = given.get(people.get(call.chat_id, ""), [])
        for text in call.texts.values():
            for number in NUMBER.findall(text):
                found = register.lines.get(number)
                named = found is None or any(line.covers(found) for line in held)
                assert named, (call.method, call.chat_id, text)


def betrayed(text: str) -> Iterator[str]:
    """What a message about a screening says that it must not."""
    if not NUMBER.search(text) or _is_practice(text):
        return
    for criterion in _confidential():
        if re.search(rf"\b{criterion.id}\b", text):
            yield criterion.id
    yield from (word for word in _telling() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


async def _outsiders(register: Register, ledger: Ledger) -> set[int]:
    """The chats of people who never held a role in which answers are seen."""
    seeing: set[str] = set()
    async for entry in ledger.walk():
        if entry.kind == RoleDelegated.kind:
            given = to_event(entry).event
            assert isinstance(given, RoleDelegated)
            if given.role in SEES_ANSWERS:
                seeing.add(given.person)
    await register.catch_up()
    people = register.directory.people.values()
    insiders = {one.telegram_id for one in people if one.person in seeing}
    return {one.telegram_id for one in people} - insiders


def _is_practice(text: str) -> bool:
    """A coordinator may practise: that patient is invented."""
    return any(one.cards.watermark[Mode.PRACTICE] in text for one in ALL.values())


def _confidential() -> list[Criterion]:
    return [one for one in lysyme().protocol.criteria if one.confidential]


@cache
def _telling() -> frozenset[str]:
    """Questions, long labels and codes of answers, and the texts of confidential criteria."""
    found: set[str] = set()
    for criterion in _confidential():
        found |= {criterion.text.en, criterion.text.fr}
    for entry in lysyme().protocol.inputs:
        found |= {entry.id, entry.question.en, entry.question.fr}
        for option in (*entry.choices, *entry.non_answers):
            labels = {option.code, option.label.en, option.label.fr}
            found |= {one for one in labels if len(one) >= SHORTEST}
    return frozenset(found - OWN_WORDS)
