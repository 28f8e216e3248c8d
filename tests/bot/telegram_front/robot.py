"""A person who plays screenings on a phone of the sandbox, reading the card and pressing labels.

The robot knows the protocol's words, as the person on the ward does, and nothing of what a button
carries. It works the same whether the bot runs in this process or in one of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bot.sandbox import Message, Phone, Tap
from bot.texts import ALL
from flows.answers import Value
from flows.events import JudgementVerdict, Reason
from flows.protocol.bands import band_of, band_text
from flows.protocol.model import Criterion, Input, InputType
from flows.rulebook import Rulebook
from tests.bot.cases import AT, lysyme

NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
DAY = AT.date()
_NEAR = 10
"""Days back that have a button of their own."""


class Robot:
    """One person with a phone, on the day `today` at the site.

    `taps` counts the buttons pressed since the last command, without those that say that a patient
    is not that of the screening before: only who screens twice within an hour is asked.
    """

    def __init__(
        self,
        phone: Phone,
        language: str = "en",
        today: date = DAY,
        book: Rulebook | None = None,
    ) -> None:
        self.phone, self.today = phone, today
        self.book = book or lysyme()
        self.taps = 0
        self.speak(language)

    def speak(self, language: str) -> None:
        """Read and press in this language from now on."""
        self.language, self.texts = language, ALL[language]
        inputs = (asked for one in self.book.protocol.criteria for asked in one.inputs)
        self._inputs = {asked.question.of(language): asked for asked in inputs}
        self._judged = {
            one.judgement.question.of(language): one
            for one in self.book.protocol.criteria
            if one.judgement
        }

    # --- what is on the screen ----------------------------------------------------------------

    @property
    def card(self) -> Message:
        """The newest card of a screening."""
        for message in reversed(self.phone.messages):
            if message.sender.is_bot and self._is_card(message.text):
                return message
        raise AssertionError(f"no card: {self.phone.describe()}")

    def _is_card(self, text: str) -> bool:
        first = text.partition("\n")[0]
        return first.startswith(self.book.protocol.acronym) and bool(NUMBER.search(first))

    @property
    def number(self) -> str:
        """The number of the newest card's screening."""
        found = NUMBER.search(self.card.text)
        assert found
        return found[0]

    @property
    def said(self) -> str:
        """What the newest message of the bot says."""
        return self.phone.last_message.text

    @property
    def toast(self) -> str:
        """What the last answered tap was answered with."""
        return self.phone.last_answer.text if self.phone.last_answer else ""

    def asked(self) -> Input | Criterion | None:
        """The input that the card asks for, or the criterion to be judged."""
        for line in reversed(self.card.text.split("\n")):
            found = self._inputs.get(line) or self._judged.get(line)
            if found is not None:
                return found
        return None

    # --- what a thumb does --------------------------------------------------------------------

    async def command(self, text: str) -> Message:
        """Send a command and wait for what the bot writes."""
        self.taps = 0
        sent = await self.phone.send(text)
        await self.phone.wait_for(lambda phone: phone.messages[-1].id > sent.id, 10)
        if text == "/screen":
            await self.another_patient()
        return self.phone.last_message

    async def another_patient(self) -> None:
        """Say, if it is asked, that the patient is not that of the screening before."""
        while self.texts.again.another in self.phone.last_message.labels:
            await self.press(self.texts.again.another)
        self.taps = 0

    async def type(self, text: str) -> None:
        """Type something; it was dealt with when it is gone from the chat."""
        sent = await self.phone.send(text)
        await self.phone.wait_for(
            lambda phone: all(message.id != sent.id for message in phone.messages), 10
        )

    async def press(self, *labels: str) -> None:
        """Press buttons one after the other, each when the one before has been answered."""
        for label in labels:
            self.taps += 1
            tap = await self.phone.tap(label)
            if tap is not None:
                await self.answered(tap)

    async def answered(self, tap: Tap) -> str:
        """Wait until a tap is answered; the words."""
        await self.phone.wait_for(lambda _: tap.answer is not None, 10)
        assert tap.answer is not None
        return tap.answer.text

    async def turned(self, edits: int, within: float = 8.0) -> None:
        """Wait until the card has been drawn anew since it had so many edits."""
        await self.phone.wait_for(lambda _: self.card.edits > edits, within)

    async def moved(self, card: int) -> None:
        """Wait until a newer message than `card` is the card, and that one is gone."""
        await self.phone.wait_for(
            lambda phone: self.card.id > card and all(one.id != card for one in phone.messages), 8
        )

    def data(self, label: str) -> tuple[int, str]:
        """The message and the bytes of a button, for whoever presses it later or elsewhere."""
        for message in reversed(self.phone.messages):
            for button in (one for row in message.keyboard for one in row):
                if button.label == label:
                    return message.id, button.value
        raise AssertionError(f"no button {label!r}: {self.phone.describe()}")

    async def forge(self, data: str, message: int | None = None) -> str:
        """Send any bytes as if a button carried them; what is answered."""
        place = self.card.id if message is None else message
        return await self.answered(await self.phone.tap_data(place, data))

    # --- screenings ---------------------------------------------------------------------------

    async def play(self, answers: Mapping[str, Value], until: str | None = None) -> None:
        """Answer whatever is asked, until `until` is asked or the answers come to an end."""
        for _ in range(60):
            asked = self.asked()
            if asked is None or asked.id == until or asked.id not in answers:
                return
            await self.answer(asked, answers[asked.id])
        raise AssertionError("a screening does not ask sixty questions")

    async def answer(self, asked: Input | Criterion | str, value: Value) -> None:
        """Give one answer on the card that asks for it."""
        asked = self._named(asked) if isinstance(asked, str) else asked
        if isinstance(asked, Criterion):
            await self.press(self.judgement(asked, JudgementVerdict(str(value))))
            return
        for option in (*asked.choices, *asked.non_answers):
            if option.code == value:
                await self._option(option.label.of(self.language))
                return
        if isinstance(value, int | Decimal):
            await self._number(asked, value)
        elif asked.type is InputType.DATE:
            await self._day(date.fromisoformat(value))
        else:
            await self._period(value)

    def judgement(self, criterion: Criterion, verdict: JudgementVerdict) -> str:
        """The label of a judgement."""
        return self.texts.cards.judgement[criterion.kind, verdict]

    async def correct(self, name: str, value: Value, reason: Reason | None) -> None:
        """Change an answer by way of the list of answers."""
        words, asked = self.texts.cards, self._named(name)
        await self.press(words.correct)
        criterion = self.book.home(name).id if isinstance(asked, Input) else name
        question = asked.question.of(self.language)[:10] if isinstance(asked, Input) else ""
        while not (rows := [one for one in self.card.labels if _is_row(one, criterion, question)]):
            await self.press("›")
        await self.press(rows[0])
        await self.answer(asked, value)
        if reason is not None:
            await self.press(words.reasons[reason])

    def _named(self, name: str) -> Input | Criterion:
        if name in self.book.readers:
            return self.book.readers[name].entry
        return self.book.criteria[name].criterion

    async def _option(self, label: str) -> None:
        if label not in self.card.labels:
            await self.press(self.texts.cards.more)
        await self.press(label)

    async def _number(self, asked: Input, value: int | Decimal) -> None:
        band = band_of(asked, value)
        if band is not None:
            await self.press(band_text(band).replace(">=", "≥"))
            return
        point = "," if self.language == "fr" else "."
        written = str(value).replace(".", point)
        await self.press(*written, f"{self.texts.cards.ok} {written}")

    async def _day(self, day: date) -> None:
        words, back = self.texts.cards, (self.today - day).days
        if 0 <= back <= _NEAR:
            named = {0: words.today, 1: words.yesterday}
            label = (
                f"{named[back]} {words.short_day(day)}" if back in named else words.near_day(day)
            )
            await self.press(label)
            return
        await self.press(words.calendar)
        while f"{words.months[day.month - 1]} {day.year}" not in self.card.labels:
            await self.press("‹")
        await self.press(str(day.day))

    async def _period(self, value: str) -> None:
        """A year, then a month or a day if the card asks for it and the value knows it."""
        words, parts = self.texts.cards, value.split("-")
        await self.press(parts[0])
        if words.month_unknown not in self.card.labels:
            return
        month = words.months[int(parts[1]) - 1][:9] if len(parts) > 1 else words.month_unknown
        await self.press(month)
        if words.day_unknown in self.card.labels:
            await self.press(str(int(parts[2])) if len(parts) > 2 else words.day_unknown)


def _is_row(label: str, criterion: str, question: str) -> bool:
    return label.startswith(f"{criterion} · ") and question in label
