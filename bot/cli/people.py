"""`screening site` and `screening people`: who takes part, in which role, from when until when."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.cli.trial import ALL, one_or_all, placed
from bot.clock import Clock, RandomNumbers
from bot.compose import open_house
from bot.office import Office
from bot.pages.people import no_line, part_of, people_page, sites_page
from bot.register import Register
from bot.settings import read_settings
from bot.shelf import Shelf
from bot.texts.shape import Texts
from flows.administration import CONSOLE
from flows.events import PEOPLES_ROLES, Actor, Role
from flows.outcomes import Delegated, LastAdministrator, No, UnknownTrial
from flows.people import Directory
from storage.errors import StorageUnavailable
from storage.ledger import Ledger

T = TypeVar("T")

_BY = Actor(CONSOLE, Role.ADMINISTRATOR)
_ROLES = {role.value.replace("_", "-"): role for role in PEOPLES_ROLES}
_DAY = re.compile(r"2[01]\d\d-\d\d-\d\d", re.ASCII)

role_option = click.option("--role", type=click.Choice(tuple(_ROLES)), help="What they do there.")
site_option = click.option("--site", metavar="CODE", help="The code of the site.")


@dataclass(frozen=True, slots=True)
class Counter:
    """Where the console speaks to the office."""

    office: Office
    register: Register
    clock: Clock
    ledger: Ledger
    shelf: Shelf


@click.group()
def site() -> None:
    """Add and list the sites that take part."""


@site.command("add")
@click.argument("code")
@click.option("--name", required=True, help="As it is printed.")
@click.option("--timezone", "zone", required=True, help="Such as Europe/Paris.")
@language_option
def add_site(code: str, name: str, zone: str, language: str | None) -> None:
    """Let a site take part."""
    texts = texts_for(language)

    async def work(counter: Counter) -> str:
        made = await counter.office.add_site(code, name, zone, by=_BY)
        place = _granted(made, counter, texts).site
        return texts.people.site_added(place.code, place.name, place.time_zone)

    click.echo(asyncio.run(served(work, texts)))


@site.command("trials")
@click.argument("code")
@click.argument("trials", metavar="TRIAL…", nargs=-1)
@click.option("--all", "every", is_flag=True, help="In all trials, those of later years too.")
@language_option
def site_trials(code: str, trials: tuple[str, ...], every: bool, language: str | None) -> None:
    """Let a site take part in these trials of the installation, or in --all."""
    texts = texts_for(language)
    if bool(trials) == every:
        raise BadInput(texts.trials.these_or_all)

    async def work(counter: Counter) -> str:
        made = await counter.office.set_trials(code, trials, by=_BY)
        place = _granted(made, counter, texts).site
        return texts.trials.site_takes_part(place.code, part_of(place, texts))

    click.echo(asyncio.run(served(work, texts)))


@site.command("list")
@language_option
def list_sites(language: str | None) -> None:
    """List the sites."""
    texts = texts_for(language)
    click.echo(asyncio.run(_read(lambda known, _: sites_page(known, texts))), nl=False)


@click.group()
def people() -> None:
    """Add, list and revoke people and their roles."""


@people.command("add")
@click.option("--telegram-id", type=int, required=True, help="The number of the account.")
@click.option("--name", required=True, help="As it is printed on signatures.")
@click.option("--role", type=click.Choice(tuple(_ROLES)), required=True)
@click.option("--site", "code", metavar="CODE", required=True)
@click.option("--from", "first", metavar="YYYY-MM-DD", help="First day; now when left out.")
@click.option("--until", "last", metavar="YYYY-MM-DD", help="Last day; none when left out.")
@click.option("--trial", metavar="ID", help="In which trial, or `all`; needed with several.")
@language_option
def add_person(  # noqa: PLR0913 - its options
    telegram_id: int,
    name: str,
    role: str,
    code: str,
    first: str | None,
    last: str | None,
    trial: str | None,
    language: str | None,
) -> None:
    """Give an account a role at a site; one that is known keeps its id and its name."""
    texts = texts_for(language)
    since, until = _day(first, texts), _day(last, texts)
    until = until + timedelta(days=1) if until else None

    async def work(counter: Counter) -> str:
        await counter.register.catch_up()
        zone = counter.register.zone(code)
        begin, end = _midnight(since, zone), _midnight(until, zone)
        of = one_or_all(trial, counter.shelf, texts)
        made = await counter.office.add_person(
            telegram_id, name, _ROLES[role], code, begin, end, by=_BY, trial=of
        )
        return _delegated(_granted(made, counter, texts), counter.shelf, texts)

    click.echo(asyncio.run(served(work, texts)))


@people.command("list")
@click.option("--all", "everybody", is_flag=True, help="Past roles and people who are out, too.")
@language_option
def list_people(everybody: bool, language: str | None) -> None:
    """List who holds which role, where, from when until when."""
    texts = texts_for(language)

    def page(known: Directory, now: datetime) -> str:
        return people_page(known, now, texts, everybody=everybody)

    click.echo(asyncio.run(_read(page)), nl=False)


@people.command()
@click.argument("person")
@role_option
@site_option
@click.option("--trial", metavar="ID", help="In which trial, or `all`; needed with several.")
@click.option("--force", is_flag=True, help="Even if nobody else administers a site.")
@language_option
def revoke(
    person: str,
    role: str | None,
    site: str | None,
    trial: str | None,
    force: bool,
    language: str | None,
) -> None:
    """End one role of a PERSON, or with neither --role nor --site let them out altogether."""
    texts = texts_for(language)
    if (role is None) != (site is None) or (trial is not None and role is None):
        raise BadInput(texts.people.both_or_neither)
    wanted = person.strip().upper()

    async def work(counter: Counter) -> str:
        if role is None or site is None:
            out = await counter.office.revoke_person(wanted, by=_BY, force=force)
            return texts.people.person_out(wanted, _granted(out, counter, texts).name)
        of = await _line_of(counter, wanted, _ROLES[role], site, trial, texts)
        ended = await counter.office.revoke_delegation(
            wanted, _ROLES[role], site, by=_BY, trial=of, force=force
        )
        name, place = _granted(ended, counter, texts).name, placed(site, of, counter.shelf, texts)
        return texts.people.delegation_ended(wanted, name, texts.records.roles[_ROLES[role]], place)

    click.echo(asyncio.run(served(work, texts)))


async def _line_of(
    counter: Counter, person: str, role: Role, site: str, trial: str | None, texts: Texts
) -> str | None:
    """The trial of the line that ends: as it was said, or that of the only line there is."""
    if trial is not None:
        return None if trial == ALL else trial
    await counter.register.catch_up()
    known = counter.register.directory.people.get(person)
    lines = (
        [one for one in known.delegations if (one.role, one.site) == (role, site)] if known else []
    )
    if len(lines) > 1:
        raise BadInput(texts.trials.several_lines(", ".join(one.trial or ALL for one in lines)))
    return lines[0].trial if lines else None


@asynccontextmanager
async def _counter() -> AsyncIterator[Counter]:
    async with open_house(read_settings()) as house:
        ledger = house.store.ledger
        register = Register(ledger)
        office = Office(ledger, register, house.clock, RandomNumbers(), house.shelf.trials)
        yield Counter(office, register, house.clock, ledger, house.shelf)


async def served(work: Callable[[Counter], Awaitable[str]], texts: Texts) -> str:
    """What the work says; a database that the bot has in use is a sentence of its own."""
    try:
        async with _counter() as counter:
            return await work(counter)
    except StorageUnavailable as error:
        if "is in use" in error.reason:
            raise BadInput(texts.people.in_use) from None
        raise


async def _read(page: Callable[[Directory, datetime], str]) -> str:
    """Reads beside the running bot, too."""
    async with open_house(read_settings(), writing=False) as house:
        register = Register(house.store.ledger)
        await register.catch_up()
        return page(register.directory, house.clock.now())


def _granted(outcome: T | No, counter: Counter, texts: Texts) -> T:
    if not isinstance(outcome, No):
        return outcome
    line = no_line(outcome, counter.register.directory, texts)
    if isinstance(outcome, UnknownTrial):
        line = texts.trials.unknown(outcome.trial, ", ".join(counter.shelf.trials))
    if isinstance(outcome, LastAdministrator):
        line = f"{line} {texts.people.force_it}"
    raise BadInput(line)


def _delegated(made: Delegated, shelf: Shelf, texts: Texts) -> str:
    held = made.delegation
    said = texts.people.added if made.new else texts.people.delegated
    place = placed(held.site, held.trial, shelf, texts)
    return said(made.person, made.name, texts.records.roles[held.role], place)


def _day(text: str | None, texts: Texts) -> date | None:
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise BadInput(texts.people.bad_day(text))


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The moment at which a day begins at the site, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
