"""The lists of sites and people, and a sentence for every no."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.pages.people import no_line, people_page, sites_page
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.events import Role
from flows.outcomes import (
    AlreadySo,
    BadAccount,
    BadCode,
    BadName,
    BadPeriod,
    BadZone,
    LastAdministrator,
    No,
    NotAllowed,
    NotHeld,
    SiteExists,
    StillHeld,
    TryAgain,
    UnknownPerson,
    UnknownSite,
)
from flows.people import Delegation, Directory, Person, Site

SITE = Site("HM", "Henri Mondor", "Europe/Paris")
SUMMER = datetime(2026, 6, 30, 22, tzinfo=UTC)
"""Midnight in Paris: a role until then holds on 30 June and no longer on 1 July."""

HELD = Delegation(Role.MONITOR, "HM", datetime(2026, 2, 28, 23, tzinfo=UTC), SUMMER)
KNOWN = Directory({"HM": SITE}, {"P-1": Person("P-1", "Ann", 1001, (HELD,))})

NOES: tuple[tuple[No, str], ...] = (
    (NotAllowed(), ""),
    (BadCode("h-m"), "h-m"),
    (BadName(), "80"),
    (BadZone("Mars"), "Mars"),
    (BadAccount(), "1001"),
    (BadPeriod(), ""),
    (SiteExists(SITE), "Henri Mondor"),
    (UnknownSite("XX"), "XX"),
    (UnknownPerson("P-X"), "P-X"),
    (AlreadySo(), ""),
    (StillHeld(HELD), "30"),
    (NotHeld(), ""),
    (LastAdministrator(("HM", "SL")), "HM, SL"),
    (TryAgain(), ""),
)


@pytest.mark.parametrize(("no", "named"), NOES)
def test_every_no_is_a_sentence_of_its_own(no: No, named: str, texts: Texts) -> None:
    """It names what it is about, and none falls back to the words for all others."""
    line = no_line(no, KNOWN, texts)
    assert named in line
    assert line.endswith(".")
    assert line != texts.people.otherwise


def test_the_sentences_differ(texts: Texts) -> None:
    """No two noes are told in the same words."""
    assert len({no_line(no, KNOWN, texts) for no, _ in NOES}) == len(NOES)


def test_days_are_those_of_the_site() -> None:
    """From and until are the first and the last calendar day in the site's own time."""
    page = people_page(KNOWN, datetime(2026, 3, 1, tzinfo=UTC), ALL["en"], everybody=False)
    assert page.splitlines()[1].split() == [
        "P-1", "Ann", "1001", "monitor", "HM", "all", "trials",
        "2026-03-01", "2026-06-30", "current",
    ]  # fmt: skip


def test_a_role_that_is_over_is_shown_on_demand(texts: Texts) -> None:
    """From the very moment at which it ends."""
    assert people_page(KNOWN, SUMMER, texts, everybody=False).strip() == texts.people.no_people
    assert str(date(2026, 6, 30)) in people_page(KNOWN, SUMMER, texts, everybody=True)


def test_sites_are_listed_or_it_is_said_how_to_add_one(texts: Texts) -> None:
    """An empty list says what to do."""
    assert "Europe/Paris" in sites_page(KNOWN, texts)
    assert "screening site add" in sites_page(Directory(), texts)
