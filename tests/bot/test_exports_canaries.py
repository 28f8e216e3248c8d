"""Nothing that a record must not hold is in any of the formats of CDISC (`record_rules`)."""

from __future__ import annotations

from importlib import import_module

import pytest

from bot.cli.export import FORMATS
from flows.people import Directory, Person, Site
from storage.exports.form import Begin
from tests.flows.grids import MAN
from tests.flows.robot import PEOPLE
from tests.flows.subjects import SITE, subject_of
from tests.storage.excluded import played
from tests.storage.exported import about, exported

NAME, ACCOUNT, HOSPITAL = "Zqcanary Wxname", 987654321098, "Zqcanary Hospital"
PEOPLE_KNOWN = Directory(
    sites={SITE: Site(SITE, HOSPITAL, "Europe/Paris")},
    people={one.person: Person(one.person, NAME, ACCOUNT) for one in PEOPLE},
)
EXACT = {"age_years": 83, "bsa_max_d0_d10_pct": 47}
"""Given exactly, kept as bands: "> 75" and ">= 10"."""

TOLD = [name for name in FORMATS if name.startswith(("sdtm-", "odm", "usdm"))]


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("dates", [False, True])
def test_no_canary_is_told(name: str, dates: bool) -> None:
    """No exact age or area, no account, and no name but, inside the site, on a signature's user."""
    module, _, attribute = FORMATS[name].partition(":")
    begin: Begin = getattr(import_module(module), attribute)
    subject = subject_of(played(MAN | EXACT, every=True))
    assert subject.screening is not None
    assert subject.screening.answers["age_years"] == "> 75"
    raw, count = exported(begin, (subject,), about(dates=dates, people=PEOPLE_KNOWN))
    assert count > 0
    assert str(ACCOUNT).encode() not in raw
    for value in EXACT.values():
        assert f">{value}<".encode() not in raw
        assert f'"{value}"'.encode() not in raw
    named = {canary for canary in (NAME, HOSPITAL) if canary.encode() in raw}
    assert named == ({NAME, HOSPITAL} if name == "odm" and dates else set())


@pytest.mark.parametrize("name", TOLD)
def test_nobody_at_all(name: str) -> None:
    """A trial in which nobody was screened yet has its criteria, and no rows of anybody."""
    module, _, attribute = FORMATS[name].partition(":")
    begin: Begin = getattr(import_module(module), attribute)
    raw, count = exported(begin, (), about())
    assert raw
    assert count == {"sdtm-ti-json": 20, "sdtm-ti-xpt": 20, "usdm": 19}.get(name, 0)
