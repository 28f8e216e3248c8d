"""`screening doctor`: what of the set-up is sound, and what to do about what is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import click

from bot.cli.language import language_option, texts_for
from bot.clock import SystemClock
from bot.doctor import Finding, State, examined
from bot.settings import Settings, read_settings
from bot.telegram.line import CannotStart, Line, Obstacle, probe
from bot.telegram.request import WireRequest
from bot.texts.shape import Texts

PATIENCE = timedelta(seconds=5)
"""How long Telegram may take to say who we are."""


@click.command()
@language_option
@click.pass_context
def doctor(context: click.Context, language: str | None) -> None:
    """Look at the set-up, beside the running bot too; exit code 1 when something must be mended."""
    texts, settings = texts_for(language), read_settings()
    findings = asyncio.run(examined(settings, SystemClock(), lambda: who_we_are(settings)))
    for finding in findings:
        click.echo(finding_line(finding, texts))
    context.exit(1 if any(one.state is State.FAIL for one in findings) else 0)


def finding_line(finding: Finding, texts: Texts) -> str:
    """How it is, what was looked at, what was found and what to do."""
    words = texts.doctor
    about = finding.about if finding.seconds is None else words.old(finding.seconds)
    if finding.trouble is not None:
        about = texts.databases.troubles[finding.trouble](about)
    state, check = words.states[finding.state], words.checks[finding.check]
    width = max(map(len, words.states.values()))
    return f"{state:<{width}}  {check}{texts.colon}{words.found[finding.found](about)}"


async def who_we_are(settings: Settings) -> tuple[str, str]:
    """What Telegram says of the token: the finding, and the bot's own name."""
    assert settings.telegram_bot_token is not None
    request = WireRequest()
    api = settings.telegram_api_base_url.rstrip("/")
    line = Line(request, f"{api}/bot{settings.telegram_bot_token.get_secret_value()}")
    try:
        await line.open()
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return "token_good", await probe(line, asyncio.sleep)
    except TimeoutError:
        return "token_unreachable", ""
    except CannotStart as error:
        refused = error.obstacle is Obstacle.TOKEN_REFUSED
        return ("token_refused" if refused else "token_unreachable"), ""
    finally:
        await request.shutdown()
