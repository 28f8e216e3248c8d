"""The front in one of several processes that share a PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from bot.clock import RandomNumbers
from bot.desk import Desk, Handled, stream_of
from bot.shelf import Shelf
from bot.telegram.speaker import Tongues
from flows.commands import GiveAnswer
from flows.events import Actor, Role
from flows.people import Person
from storage.ledger import Append, Entry
from storage.replicas import Topic
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic, opened
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.test_together import both_open
from tests.storage.neighbours import heard, neighbours, until


def asked(robot: Robot) -> str:
    """The input that the card asks for."""
    found = robot.asked()
    return found.id if found else ""


def actor(clinic: Clinic, robot: Robot) -> Actor:
    """Who acts when somebody acts in another process."""
    person = clinic.bot.register.directory.by_telegram(robot.phone.id)
    assert person is not None
    return Actor(person.person, Role.INVESTIGATOR)


async def test_whoever_draws_a_shared_card_last_draws_what_holds(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a commit and its drawing another process goes on: both cards show the newest."""
    async with neighbours(postgres_url) as (here, there), opened(here) as clinic:
        ines = await clinic.person(1001, "Ines", INVESTIGATOR)
        marc = await clinic.person(1002, "Marc", INVESTIGATOR, "fr")
        await both_open(ines, marc)
        number, by = ines.number, actor(clinic, marc)
        desk = Desk(there.ledger, Shelf(there.ledger), clinic.clock, RandomNumbers())
        append, faster = clinic.flaky.append, list[Handled]()

        async def then_another(*batches: Append, **along: Any) -> tuple[Entry, ...]:
            stored = await append(*batches, **along)
            written = [one.stream for one in batches if one.entries]
            if not faster and stream_of(number) in written:
                faster.append(await desk.handle(number, GiveAnswer("unit", MAN["unit"]), by))
            return stored

        monkeypatch.setattr(clinic.flaky, "append", then_another)
        assert asked(ines) == asked(marc) == "diagnosis"
        await ines.press("Confirmed")
        before = {"diagnosis", "unit"}
        await ines.phone.wait_for(lambda _: asked(ines) not in before)
        await marc.phone.wait_for(lambda _: asked(marc) not in before)
        assert len(faster) == 1
        assert asked(ines) == asked(marc)


async def test_the_language_of_an_app_is_known_to_all(postgres_url: str) -> None:
    """What one process hears with an update, the others use for what they send."""
    person = Person("P-000001", "Ines", 1001)
    async with neighbours(postgres_url) as (here, there):
        one, other = Tongues(), Tongues()
        here.replicas.hear(Topic.TONGUE, one.learn)
        there.replicas.hear(Topic.TONGUE, other.learn)
        one.on_new = lambda about: here.replicas.tell(Topic.TONGUE, about)
        told = heard(there, Topic.TONGUE)
        assert other.of(person, "en").language == "en"
        one.hear(1001, "fr")
        one.hear(1001, "fr")
        one.hear(1002, "not a language\x00")
        await until(lambda: other.of(person, "en").language == "fr")
        assert told == ["1001 fr"]
