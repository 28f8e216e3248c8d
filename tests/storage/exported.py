"""What the tests of exports share: an export run over some screenings, and its bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings

from flows.people import Directory, Person, Site
from flows.protocol.load import fingerprint, load_protocol
from flows.rulebook import Rulebook
from flows.subjects import Subject
from storage.exports.form import About, Begin
from tests.flows.logs import book
from tests.flows.robot import PEOPLE
from tests.flows.subjects import SITE
from tests.flows.trial_files import LYSYME

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Records are played and folded, which takes time; there are only so many different ones."""

AT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
DIRECTORY = Directory(
    sites={SITE: Site(SITE, "Hôpital", "Europe/Paris")},
    people={one.person: Person(one.person, f"Dr {one.person}", 1) for one in PEOPLE},
)


def about(
    *books: Rulebook, dates: bool = False, language: str = "en", people: Directory = DIRECTORY
) -> About:
    """What an export is about: LYSYME, unless other books are given."""
    return About(books or (book(),), people, AT, language, dates)


def exported(begin: Begin, subjects: Iterable[Subject], it: About) -> tuple[bytes, int]:
    """The file, and how many rows it is said to have."""
    file = io.BytesIO()
    export = begin(file, it)
    count = sum(export.add(subject) for subject in subjects)
    count += export.finish()
    return file.getvalue(), count


def amended(version: str, was: str = "", becomes: str = "") -> Rulebook:
    """Another version of LYSYME's file, with some words changed."""
    raw = LYSYME.read_text().replace(was, becomes, 1) if was else LYSYME.read_text()
    raw = raw.replace("\nversion: registry-2026\n", f"\nversion: {version}\n# {becomes}\n", 1)
    return Rulebook(load_protocol(raw.encode()), fingerprint(raw.encode()))
