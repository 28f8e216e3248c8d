"""Row 23: a hundred thousand forged buttons write nothing, show nothing, and are all kept."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.clock import RandomNumbers
from bot.telegram.codec import frame
from flows.commands import Sign
from flows.events import Actor, Role
from storage.frozen import fingerprint_of
from tests.bot.cases import MAN
from tests.promises.report import Promise, times
from tests.promises.wire import Ward, a_ward

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, BATCH = 23, 200
INES = 1001
OUTSIDE = {
    2001: ("Lea", Role.INVESTIGATOR, "LY"),
    2002: ("Ada", Role.ADMINISTRATOR, "HM"),
    2003: ("Cora", Role.COORDINATOR, "HM"),
    2004: ("Mona", Role.MONITOR, "HM"),
    2005: ("Olive", Role.ON_CALL, "HM"),
}
"""Known people who may not see a screening of HM."""

STRANGER = 3001
REAL = string.ascii_letters + string.digits + "~.:=!#+-"


@dataclass
class Ground:
    """What an attacker may have got hold of: every button of an investigator, and numbers."""

    ward: Ward
    draw: random.Random
    buttons: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    async def lay(self) -> None:
        """One screening in the middle, one with a verdict, one signed."""
        person = await self.ward.person(INES, "Ines", Role.INVESTIGATOR)
        for telegram_id, (name, role, site) in OUTSIDE.items():
            await self.ward.person(telegram_id, name, role, site)
        for answers in (8, 40, 40):
            await self._screening(answers)
        self.buttons = [data for data in self.ward.wire.buttons(INES) if frame(data)]
        self.numbers = sorted({found.number for data in self.buttons if (found := frame(data))})
        screening = await self.ward.house.desk.look(self.numbers[-1])
        sign = Sign("Ines", fingerprint_of(screening))
        await self.ward.house.desk.handle(screening.number, sign, Actor(person, Role.INVESTIGATOR))

    async def _screening(self, answers: int) -> None:
        await self.ward.hear(self.ward.text(INES, "/screen"))
        for value in list(MAN.values())[:answers]:
            await self.ward.hear(self.ward.text(INES, str(value)))

    def forged(self) -> tuple[int, str]:
        """Somebody, and the bytes that they send."""
        person = self.draw.choice([*OUTSIDE, STRANGER])
        real = self.draw.choice(self.buttons)
        number = self.draw.choice(self.numbers)
        invented = RandomNumbers().new_number().replace("-", "")
        return (
            person,
            self.draw.choice(
                (
                    real,  # another's, replayed
                    number.replace("-", "") + real[8:],  # that of another screening
                    f"{invented}{real[8:]}",
                    f"~o:{number}",
                    self._mutated(real),
                    "".join(self.draw.choices(REAL, k=self.draw.randrange(1, 64))),
                )
            ),
        )

    def _mutated(self, data: str) -> str:
        place = self.draw.randrange(len(data))
        return data[:place] + self.draw.choice(REAL) + data[place + 1 :]


async def test_a_hundred_thousand_forged_buttons(
    fast: Path, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replayed, of others, of other screenings, invented: no event, no card, each refusal kept."""
    number, draw = times(100_000), random.Random(SEED)
    async with a_ward(fast, monkeypatch) as ward:
        ground = Ground(ward, draw)
        await ground.lay()
        before, kept = await ward.screenings(), await ward.refusals()
        ward.wire.said.clear()
        named = 0
        for _ in range(0, number, BATCH):
            forged = [ground.forged() for _ in range(BATCH)]
            named += sum(person != STRANGER and about(data) for person, data in forged)
            await ward.hear(*(ward.tap(person, data) for person, data in forged))
        assert (await ward.house.store.inbox.counts()).dead == 0
        assert await ward.screenings() == before
        shown = [call for call in ward.wire.said if any(one in call.text for one in ground.numbers)]
        assert shown == []
        assert [call for call in ward.wire.said if call.buttons] == []
        refusals = await ward.refusals() - kept
        assert refusals == named
        replays = await replayed(ground)
    promise(
        23,
        f"{number:,} forged buttons: 0 events, 0 cards, {refusals:,} refusals of known people "
        f"kept, all {named:,}; {replays:,} stale ones of the owner: 0 events",
        control=await without_policy(fast, monkeypatch),
        seed=SEED,
    )


def about(data: str) -> bool:
    """Whether the bytes name a screening, so that there is something to refuse."""
    return frame(data) is not None or (data.startswith("~o:") and len(data) == 12)


async def replayed(ground: Ground) -> int:
    """Each stale button of the owner's, over again: nothing is recorded, the card is shown."""
    before = await ground.ward.screenings()
    current = {number: before[f"screening/{number}"] for number in ground.numbers}
    stale = [
        data
        for data in ground.buttons
        if (found := frame(data)) and found.version != current[found.number]
    ]
    for data in stale:
        await ground.ward.hear(ground.ward.tap(INES, data))
    assert await ground.ward.screenings() == before
    return len(stale)


async def without_policy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same buttons when everything is allowed: the measure must see what gets through."""
    async with a_ward(folder / "open", monkeypatch) as ward:
        ground = Ground(ward, random.Random(SEED))
        await ground.lay()
        monkeypatch.setattr("bot.telegram.speaker.allowed", lambda *_: True)
        ward.wire.said.clear()
        for _ in range(3):
            forged = [ground.forged() for _ in range(BATCH)]
            await ward.hear(*(ward.tap(person, data) for person, data in forged))
        shown = [call for call in ward.wire.said if any(one in call.text for one in ground.numbers)]
    assert shown
    return f"with a policy that allows everything: {len(shown)} cards shown for {3 * BATCH} buttons"
