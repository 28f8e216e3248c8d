"""The duty office over a ledger, the command line, and that every text of duty is used."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

import bot
from bot.cli import screening
from bot.duty import DutyOffice
from bot.pages.duty import duty_no_line, duty_page
from bot.texts import ALL
from bot.texts.beside import DutyTexts
from bot.texts.shape import Texts
from flows.duty import DigestChosen, Shift, SiteDuty
from flows.events import Actor, Role
from flows.outcomes import AlreadySo, No, NotAllowed, UnknownSite
from flows.rostering import BadHour, BadHours, BadMinutes, Change, NotAt, TooManyShifts
from flows.trials import Where
from storage.errors import StorageUnavailable
from storage.ledger import Ledger
from storage.mapper import to_event
from storage.opening import Store
from tests.bot.staff import BOSS, HandClock, Rival, Staff

HOUSE = Path(bot.__file__).parent


async def staffed(ledger: Ledger) -> tuple[Staff, DutyOffice, Actor, str]:
    """A site with an administrator and a coordinator, and its office."""
    staff = Staff(ledger, HandClock())
    await staff.site()
    ada = await staff.administrator()
    cora = await staff.add(2, Role.COORDINATOR)
    return staff, DutyOffice(ledger, staff.register, staff.clock), ada, cora


async def test_a_change_is_an_event_by_whoever_made_it(ledger: Ledger) -> None:
    """It is read back from the ledger, and a second wish of the same changes nothing."""
    staff, office, ada, cora = await staffed(ledger)
    wanted = Change((Shift(cora, 8, 20),), minutes=10)
    made = await office.change(Where("HM"), wanted, by=ada)
    assert made == SiteDuty((Shift(cora, 8, 20),), None, 10, 8)
    assert await office.change(Where("HM"), wanted, by=ada) == AlreadySo()
    events = [to_event(entry) for entry in await ledger.read("duty/HM")]
    assert [one.event.kind for one in events] == ["rota-set", "site-times-set"]
    assert {one.by for one in events} == {ada}
    assert staff.register.duty(Where("HM", "lysyme")) == made


async def test_nothing_is_changed_after_a_revocation(ledger: Ledger) -> None:
    """Revoked between the wish and the commit: decided anew, and refused."""
    rival = Rival(ledger)
    staff, _, ada, cora = await staffed(ledger)
    office = DutyOffice(rival, staff.register, staff.clock)
    rival.first.append(lambda: staff.office.revoke_person(ada.person, by=BOSS, force=True))
    made = await office.change(Where("HM"), Change((Shift(cora, 8, 20),)), by=ada)
    assert made == NotAllowed()
    assert await ledger.read("duty/HM") == ()


async def test_two_administrators_at_once_lose_no_line(ledger: Ledger) -> None:
    """Whoever was slower is told to try again, on the rota as it then is."""
    rival = Rival(ledger)
    staff, fast, ada, cora = await staffed(ledger)
    slow = DutyOffice(rival, staff.register, staff.clock)
    rival.first.append(
        lambda: fast.change(Where("HM"), Change((Shift(cora, 0, 24),), seen=()), by=BOSS)
    )
    made = await slow.change(Where("HM"), Change((Shift(cora, 8, 20),), seen=()), by=ada)
    assert isinstance(made, No)
    assert staff.register.duty(Where("HM", "lysyme")).shifts == (Shift(cora, 0, 24),)


async def test_a_chosen_hour_and_its_timer_are_one_transaction(store: Store) -> None:
    """The next digest is owed at the new hour; without one, none is."""
    staff, office, _, cora = await staffed(store.ledger)
    by = Actor(cora, Role.COORDINATOR)
    assert await office.choose_digest(18, by=by) == 18
    assert await office.choose_digest(None, by=by) is None
    events = [to_event(entry).event for entry in await store.ledger.read(f"preference/{cora}")]
    assert events == [DigestChosen(cora, 18), DigestChosen(cora, None)]
    due = [one.due_at for one in await store.outbox.due("9999", 10)]
    assert due == ["2026-03-10T17:00:00.000+00:00", "2026-03-11T07:00:00.000+00:00"]
    assert staff.register.duties.of(cora).digest is None


async def test_a_ledger_that_fails_is_no_no(ledger: Ledger) -> None:
    """It is an error, and nothing was changed."""
    staff, _, ada, cora = await staffed(ledger)
    rival = Rival(ledger)
    office = DutyOffice(rival, staff.register, staff.clock)

    async def fail() -> None:
        raise StorageUnavailable("the disk is gone")

    rival.first.append(fail)
    with pytest.raises(StorageUnavailable):
        await office.change(Where("HM"), Change((Shift(cora, 8, 20),)), by=ada)
    assert await ledger.read("duty/HM") == ()


async def test_the_page_says_it_all(ledger: Ledger, texts: Texts) -> None:
    """Names and ids, hours, who is last, how long and when; and what stands before it is set."""
    staff, office, ada, cora = await staffed(ledger)
    pia = await staff.add(3, Role.INVESTIGATOR)
    await staff.register.catch_up()
    page = duty_page("HM", SiteDuty(), staff.register.directory, texts)
    assert texts.duty.no_rota in page
    assert texts.duty.no_principal in page
    rota = (Shift(cora, 20, 8), Shift(cora, 0, 24))
    made = await office.change(Where("HM"), Change(rota, principal=pia), by=ada)
    assert isinstance(made, SiteDuty)
    page = duty_page("HM", made, staff.register.directory, texts)
    assert f"1. N2 · 20\N{EN DASH}8 · {cora}" in page
    assert f"2. N2 · {texts.duty.all_day} · {cora}" in page
    assert f"N3 · {pia}" in page
    assert texts.duty.times(15, 8) in page


@pytest.mark.parametrize(
    "no",
    [
        NotAt("p", Role.COORDINATOR, "HM"),
        BadHours(8, 8),
        BadHour(24),
        BadMinutes(0),
        TooManyShifts(),
        UnknownSite("XX"),
        NotAllowed(),
    ],
)
async def test_each_no_is_one_sentence(ledger: Ledger, texts: Texts, no: No) -> None:
    """Not the one for whatever has no sentence of its own."""
    staff, *_ = await staffed(ledger)
    said = duty_no_line(no, staff.register.directory, texts)
    assert said.endswith(".")
    assert said != texts.people.otherwise


def test_the_command_line_shows_and_sets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is given is set, the rest stays; each fault is one line."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        ran = CliRunner().invoke(screening, words)
        return ran.output + (str(ran.exception) if ran.exception else "")

    run("site", "add", "HM", "--name", "Henri Mondor", "--timezone", "Europe/Paris")
    added = run(
        *("people", "add", "--telegram-id", "1", "--name", "Cora"),
        *("--role", "coordinator", "--site", "HM"),
    )
    person = re.findall(r"P-[0-9A-Z]{6}", added)[0]
    words = ALL["en"].duty
    assert words.no_rota in run("site", "duty", "HM")
    said = run("site", "duty", "HM", "--rota", f"{person.lower()}=8-20", "--rota", person)
    assert f"1. Cora · 8\N{EN DASH}20 · {person}" in said
    assert f"2. Cora · {words.all_day} · {person}" in said
    assert words.times(30, 7) in run("site", "duty", "HM", "--escalate", "30", "--morning", "7")
    said = run("site", "duty", "HM", "--no-rota")
    assert words.no_rota in said
    assert words.times(30, 7) in said
    assert words.bad_hours("x=8") in run("site", "duty", "HM", "--rota", "x=8")
    assert words.bad_minutes(0) in run("site", "duty", "HM", "--escalate", "0")
    unknown = ALL["en"].people.unknown_person("P-1")
    assert unknown in run("site", "duty", "HM", "--principal", "p-1")
    assert ALL["en"].people.unknown_site("XX") in run("site", "duty", "XX")


def test_every_text_of_duty_is_used() -> None:
    """Each has a reader somewhere in the house."""
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in HOUSE.rglob("*.py")
        if "texts" not in path.parts
    )
    assert not [one.name for one in fields(DutyTexts) if not re.search(rf"\.{one.name}\b", sources)]
