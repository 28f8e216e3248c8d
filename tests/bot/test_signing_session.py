"""A session of signings ends after fifteen minutes without one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.signing_session import SigningSession
from tests.bot.cases import AT


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def test_the_first_signing_asks_who_it_is() -> None:
    """Nobody's session has begun, and one person's says nothing of another's."""
    session = SigningSession()
    assert session.needs_identity("P-1", AT)
    session.signed("P-1", AT)
    assert not session.needs_identity("P-1", AT)
    assert session.needs_identity("P-2", AT)


@pytest.mark.parametrize(("later", "asked"), [(14.99, False), (15, True), (600, True), (-1, True)])
def test_the_session_lasts_for_fifteen_idle_minutes(later: float, asked: bool) -> None:
    """At the fifteenth minute it is over, and so it is when the clock was set back."""
    session = SigningSession()
    session.signed("P-1", AT)
    assert session.needs_identity("P-1", AT + minutes(later)) is asked


def test_each_signing_makes_the_session_last() -> None:
    """Signing every ten minutes, nobody is asked again in an hour."""
    session = SigningSession()
    session.signed("P-1", AT)
    for tens in range(1, 7):
        assert not session.needs_identity("P-1", AT + minutes(10 * tens))
        session.signed("P-1", AT + minutes(10 * tens))


def test_a_session_can_be_ended() -> None:
    """After a reset of the PIN the person is asked again; ending nothing is nothing."""
    session = SigningSession()
    session.signed("P-1", AT)
    session.end("P-1")
    session.end("P-2")
    assert session.needs_identity("P-1", AT)
