"""Who is told at a site, from the machine itself: shown, and changed when the bot is stopped."""

from __future__ import annotations

import asyncio
import re

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.cli.people import Counter, served, site
from bot.cli.trial import the_trial
from bot.compose import open_house
from bot.duty import DutyOffice
from bot.pages.duty import duty_no_line, duty_page
from bot.register import Register
from bot.settings import read_settings
from bot.shelf import Shelf
from bot.texts.shape import Texts
from flows.administration import CONSOLE
from flows.duty import Shift
from flows.events import Actor, Role
from flows.outcomes import AlreadySo, No
from flows.rostering import Change
from flows.trials import Where

_BY = Actor(CONSOLE, Role.ADMINISTRATOR)
_LINE = re.compile(r"([^=\s]{1,20})(?:=(\d{1,2})-(\d{1,2}))?", re.ASCII)


@site.command("duty")
@click.argument("code")
@click.option(
    "--rota",
    multiple=True,
    metavar="PERSON=FROM-UNTIL",
    help="One line, as P-7K3F9Q=8-20; all day without hours. Repeat it in the order of telling.",
)
@click.option("--no-rota", is_flag=True, help="Tell all coordinators at once.")
@click.option("--principal", metavar="PERSON", help="The principal investigator, told last.")
@click.option("--escalate", type=int, metavar="MINUTES", help="Until the next is told.")
@click.option("--morning", type=int, metavar="HOUR", help="When reminders go out.")
@click.option("--trial", metavar="ID", help="For this trial; for all of the site when left out.")
@language_option
def duty(  # noqa: PLR0913 - its options
    code: str,
    rota: tuple[str, ...],
    no_rota: bool,
    principal: str | None,
    escalate: int | None,
    morning: int | None,
    trial: str | None,
    language: str | None,
) -> None:
    """Show who is told at a site, or set it; what is not given stays as it is."""
    texts = texts_for(language)
    where = Where(code, trial)
    lines = tuple(_line(text, texts) for text in rota)
    wanted = Change(
        rota=lines if rota or no_rota else None,
        principal=principal.strip().upper() if principal else None,
        minutes=escalate,
        morning=morning,
    )
    if wanted == Change():
        click.echo(asyncio.run(_shown(where, texts)))
        return

    async def work(counter: Counter) -> str:
        if trial is not None:
            the_trial(trial, counter.shelf.trials, texts)
        office = DutyOffice(counter.ledger, counter.register, counter.clock)
        made = await office.change(where, wanted, by=_BY)
        if isinstance(made, No) and not isinstance(made, AlreadySo):
            raise BadInput(duty_no_line(made, counter.register.directory, texts))
        return _page(where, counter.register, counter.shelf, texts)

    click.echo(asyncio.run(served(work, texts)))


async def _shown(where: Where, texts: Texts) -> str:
    async with open_house(read_settings(), writing=False) as house:
        register = Register(house.store.ledger)
        await register.catch_up()
        return _page(where, register, house.shelf, texts)


def _page(where: Where, register: Register, shelf: Shelf, texts: Texts) -> str:
    if where.site not in register.directory.sites:
        raise BadInput(texts.people.unknown_site(where.site))
    page = duty_page(where.site, register.duty(where), register.directory, texts)
    if where.trial is None:
        return page
    return f"{shelf.acronym(the_trial(where.trial, shelf.trials, texts))} · {page}"


def _line(text: str, texts: Texts) -> Shift:
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise BadInput(texts.duty.bad_hours(text))
    person, since, until = found.groups()
    return Shift(person.upper(), int(since or 0), int(until or 24))
