"""Sites and people as lists, and each no of the administration as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.texts.shape import Texts
from flows.administration import LineState, state_of
from flows.outcomes import (
    BadCode,
    BadZone,
    LastAdministrator,
    No,
    NotTakingPart,
    SiteExists,
    StillHeld,
    UnknownPerson,
    UnknownSite,
)
from flows.people import Delegation, Directory, Person, Site

_MOMENT = timedelta(microseconds=1)


def sites_page(directory: Directory, texts: Texts) -> str:
    """One line a site."""
    words = texts.people
    if not directory.sites:
        return f"{words.no_sites}\n"
    sites = directory.sites.values()
    rows = [(site.code, site.name, site.time_zone, part_of(site, texts)) for site in sites]
    return _table([words.site_head, *rows])


def part_of(site: Site, texts: Texts) -> str:
    """The trials in which a site takes part."""
    return ", ".join(site.trials) or texts.trials.every


def people_page(directory: Directory, now: datetime, texts: Texts, *, everybody: bool) -> str:
    """One line for each role that is held, or will be; with `everybody` the past ones as well."""
    rows = [
        row
        for person in directory.people.values()
        for state, row in _rows(directory, person, now, texts)
        if everybody or state in (LineState.CURRENT, LineState.FUTURE)
    ]
    if not rows:
        return f"{texts.people.no_people}\n"
    return _table([texts.people.people_head, *rows])


def no_line(no: No, directory: Directory, texts: Texts) -> str:
    """Why nothing was recorded, in one sentence."""
    words = texts.people
    match no:
        case BadCode(code=code):
            return words.bad_code(code)
        case BadZone(zone=zone):
            return words.bad_zone(zone)
        case SiteExists(site=site):
            return words.site_exists(site.code, site.name)
        case UnknownSite(code=code):
            return words.unknown_site(code)
        case NotTakingPart(site=site, trial=trial):
            return texts.trials.not_taking_part(site, trial)
        case UnknownPerson(person=person):
            return words.unknown_person(person)
        case LastAdministrator(sites=sites):
            return words.last_administrator(", ".join(sites))
        case StillHeld(delegation=held):
            # A line without an end is held now whatever the new beginning: it is never refused.
            return words.still_held(_last_day(directory, held) or date.max)
        case _:
            return words.plain.get(type(no), words.otherwise)


def _rows(
    directory: Directory, person: Person, now: datetime, texts: Texts
) -> Iterator[tuple[LineState, tuple[str, ...]]]:
    words = texts.people
    who = (person.person, person.name, str(person.telegram_id))
    if person.revoked:
        yield LineState.REVOKED, (*who, "", "", "", "", "", words.states[LineState.REVOKED])
    for line in person.delegations:
        first = line.since.astimezone(_zone(directory, line.site)).date()
        last = _last_day(directory, line)
        until = last.isoformat() if last else words.no_end
        role = texts.records.roles[line.role]
        state = state_of(line, now)
        trial = line.trial or texts.trials.every
        row = (*who, role, line.site, trial, first.isoformat(), until, words.states[state])
        yield state, row


def _last_day(directory: Directory, line: Delegation) -> date | None:
    """The last calendar day of the site on which the line holds."""
    if line.until is None:
        return None
    return (line.until - _MOMENT).astimezone(_zone(directory, line.site)).date()


def _zone(directory: Directory, site: str) -> ZoneInfo:
    return ZoneInfo(directory.sites[site].time_zone)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"
