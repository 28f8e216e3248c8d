"""One screening in the terminal: a card, a line, the next card, until the input ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import click

from bot.cards.card import Card
from bot.cards.draw import draw
from bot.cards.reader import Reader
from bot.cards.typing import numbered, pressed, read_value
from bot.cards.views import (
    Copy,
    Correcting,
    Do,
    Front,
    Press,
    Question,
    Reminding,
    Reviewing,
    Show,
    StopSure,
    View,
)
from bot.desk import Desk, Handled
from bot.terminal.paint import paint, paint_help
from bot.texts.shape import Texts
from flows.commands import Command, Finish, GiveAnswer, LookAgain, Pause, RecordAllReasons, Resume
from flows.events import Actor
from flows.replies import Remark
from flows.screening import Screening
from flows.stages import Stage
from storage.errors import StorageError

Say = Callable[[str], None]


@dataclass
class Chat:
    """A conversation about one screening. `say` prints; `hear` reads a line, None at the end."""

    desk: Desk
    texts: Texts
    by: Actor
    hear: Callable[[], str | None]
    say: Say
    explain: Callable[[StorageError], str]
    screening: Screening
    view: View = field(default_factory=Front)
    reader: Reader = field(default_factory=Reader)
    card: Card = field(init=False)

    async def run(self) -> None:
        """Talk until the input ends or the person leaves."""
        self._show(None)
        while (line := self.hear()) is not None:
            text = line.strip()
            if text.startswith("/"):
                if await self._command(text.split()[0].casefold()):
                    break
            elif text:
                await self._answer(text)
        self._leave()

    def _show(self, remark: Remark | None) -> None:
        now = self.desk.now()
        self.card = draw(self.screening, self.texts, now, self.view, remark, self.reader)
        self.say(paint(self.card, self.texts))

    async def _do(self, command: Command) -> None:
        try:
            handled: Handled = await self.desk.handle(
                self.screening.number, command, self.by, self.screening.version
            )
        except StorageError as error:
            self.say(click.style(f"! {self.texts.remarks.not_saved}", fg="red"))
            self.say(click.style(f"! {self.explain(error)}", fg="red"))
            return
        self.screening = handled.screening
        if handled.events:
            self.view = Front()
        self._show(handled.remark)

    async def _answer(self, text: str) -> None:
        button = pressed(self.card, text)
        if button is not None:
            await self._press(button.press)
        elif self.card.face.expects is not None:
            entry = self.card.face.expects
            value = read_value(entry, text, self.screening.day(self.desk.now()))
            await self._do(GiveAnswer(entry.id, value))
        else:
            count = len(numbered(self.card))
            stopped = self.texts.remarks.not_now[Stage.STOPPED]
            words = self.texts.commands.not_a_button(count) if count else stopped
            self.say(click.style(f"! {words}", fg="yellow"))

    async def _press(self, press: Press) -> None:
        if isinstance(press, Show):
            self.view = press.view
            await self._do(LookAgain())  # midnight may have passed since the last card
        elif isinstance(press, Do):
            await self._do(press.command)
        elif isinstance(press, Copy):
            self.say(press.text)

    async def _command(self, word: str) -> bool:
        """Follow a slash command; True when the person leaves."""
        if word in ("/quit", "/exit"):
            return True
        if word == "/help":
            if self.card.face.help:
                self.say(paint_help(self.card))
            self.say(self.texts.commands.help)
            await self._do(LookAgain())
        elif word == "/stop" and self.screening.stage is Stage.EXCLUDED:
            await self._do(Finish())  # there is a verdict: it is left at that, not given up
        elif word in _COMMANDS:
            await self._do(_COMMANDS[word])
        elif view := self._view(word):
            await self._press(Show(view))
        else:
            self.say(click.style(f"! {self.texts.commands.unknown_command(word)}", fg="yellow"))
        return word == "/pause" and self.screening.stage is Stage.PAUSED

    def _view(self, word: str) -> View | None:
        if word == "/back":
            answered = list(self.screening.answers)
            if isinstance(self.view, Question) and self.view.input in answered:
                answered = answered[: answered.index(self.view.input)] or answered[:1]
            return Question(answered[-1]) if answered else Front()
        if word == "/more":
            return next(
                (
                    button.press.view
                    for button in self.card.face.buttons
                    if button.code == "more" and isinstance(button.press, Show)
                ),
                Front(),
            )
        return _VIEWS.get(word)

    def _leave(self) -> None:
        words, number = self.texts.commands, self.screening.number
        if self.screening.stage is Stage.PAUSED:
            self.say(f"\n{words.paused(number)}")
        elif self.screening.stage in (Stage.ASKING, Stage.EXCLUDED):
            self.say(f"\n{words.left_open(number)}")
        else:
            self.say(f"\n{words.left_closed(number)}")


_COMMANDS: dict[str, Command] = {
    "/all": RecordAllReasons(),
    "/finish": Finish(),
    "/pause": Pause(),
    "/resume": Resume(),
}

_VIEWS: dict[str, View] = {
    "/review": Reviewing(),
    "/correct": Correcting(),
    "/stop": StopSure(),
    "/remind": Reminding(),
    "/card": Front(),
}


async def take_up(desk: Desk, number: str, by: Actor) -> Screening:
    """The screening to go on with: resumed when it was paused, looked at with today's date."""
    screening = await desk.look(number)
    command: Command = Resume() if screening.stage is Stage.PAUSED else LookAgain()
    return (await desk.handle(number, command, by)).screening
