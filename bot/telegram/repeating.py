"""The same patient again, in a chat: a new attempt, or the later one that there is already."""

from __future__ import annotations

from bot.attempts import Attempts, Later
from bot.cards.views import Front
from bot.desk import Along, ClosedTrial, Handled
from bot.gate import Gate
from bot.register import Register
from bot.telegram.board import Beside, Board
from bot.telegram.refusing import refuse
from bot.telegram.speaker import Speaker
from flows.events import AnswerCarried, Happened
from flows.policy import Action
from flows.screening import Screening


class Repeating:
    """Screens again. The earlier card folds, and the new one stands at the end of the chat."""

    def __init__(self, attempts: Attempts, gate: Gate, board: Board, register: Register) -> None:
        self._attempts, self._gate, self._board = attempts, gate, board
        self._register = register

    async def again(self, speaker: Speaker, screening: Screening, message: int | None) -> str:
        """Begin the attempt after this one; what is answered to the tap."""
        number, where = screening.number, screening.opened
        part = self._register.directory.takes_part(where)
        if not part or not speaker.may(Action.SCREEN, where):
            await refuse(self._gate, speaker, Action.SCREEN, number)
            return speaker.texts.chat.not_your_role
        along = Along(speaker.update, (self._gate.guard(speaker.person.person),))
        by = speaker.actor(where)
        try:
            found = await self._attempts.again(number, speaker.texts.language, by, along)
        except ClosedTrial:
            said = speaker.texts.remarks.trial_closed
            return await self._board.paint(speaker, screening, Front(), message, Beside(said=said))
        if not isinstance(found, Handled):
            words = speaker.texts.again
            said = words.there_is(found.number) if isinstance(found, Later) else words.not_again
            return await self._board.paint(speaker, screening, Front(), message, Beside(said=said))
        speaker.turn.done = True
        await self._board.fold(speaker, screening)
        said = _begun(speaker, number, found.events)
        await self._board.paint(speaker, found.screening, Front(), beside=Beside(said=said))
        return ""


def _begun(speaker: Speaker, earlier: str, events: tuple[Happened, ...]) -> str:
    """How many answers came over from which attempt."""
    carried = [one for one in events if isinstance(one.event, AnswerCarried)]
    return speaker.texts.again.begun(earlier, len(carried))
