"""People who are not in the directory: one neutral sentence, seldom, and nothing to learn."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

QUIET: Final = timedelta(minutes=10)
"""Between two answers to the same stranger."""

MOST: Final = 10_000
"""Strangers remembered at a time; a flood forgets the oldest, it does not fill the memory."""


class Strangers:
    """Decides whether a stranger is answered."""

    def __init__(self) -> None:
        self._answered: OrderedDict[int, datetime] = OrderedDict()

    def may_be_answered(self, telegram_id: int, now: datetime) -> bool:
        """True at most once in ten minutes for each account; asking counts as answering."""
        last = self._answered.get(telegram_id)
        if last is not None and now - last < QUIET:
            return False
        self._answered[telegram_id] = now
        self._answered.move_to_end(telegram_id)
        if len(self._answered) > MOST:
            self._answered.popitem(last=False)
        return True
