"""`screening webhook`: the deploy step. Only it tells Telegram where updates are to go."""

from __future__ import annotations

import asyncio
import json

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.settings import Settings, read_settings
from bot.telegram.endpoint import WEBHOOK
from bot.telegram.line import CannotStart, Line, Obstacle, probe
from bot.telegram.poller import ALLOWED
from bot.telegram.request import WireRequest
from bot.texts.shape import Texts


@click.group()
def webhook() -> None:
    """Tell Telegram where updates go: to PUBLIC_URL, or back to polling."""


@webhook.command("set")
@language_option
def set_(language: str | None) -> None:
    """Send updates to PUBLIC_URL, guarded by WEBHOOK_SECRET."""
    settings, texts = read_settings(), texts_for(language)
    if settings.public_url is None or settings.webhook_secret is None:
        raise BadInput(texts.commands.webhook_needs)
    url = settings.public_url.rstrip("/") + WEBHOOK
    fields = {
        "url": url,
        "secret_token": settings.webhook_secret.get_secret_value(),
        "allowed_updates": json.dumps(list(ALLOWED)),
    }
    _call(settings, "setWebhook", fields, texts)
    click.echo(texts.commands.webhook_is(url))


@webhook.command()
@language_option
def delete(language: str | None) -> None:
    """Go back to polling."""
    settings, texts = read_settings(), texts_for(language)
    _call(settings, "deleteWebhook", {}, texts)
    click.echo(texts.commands.webhook_gone)


def _call(settings: Settings, method: str, fields: dict[str, str], texts: Texts) -> None:
    try:
        asyncio.run(_called(settings, method, fields))
    except CannotStart as error:
        raise BadInput(texts.commands.obstacles[error.obstacle](error.about)) from None


async def _called(settings: Settings, method: str, fields: dict[str, str]) -> None:
    if settings.telegram_bot_token is None:
        raise CannotStart(Obstacle.NO_TOKEN)
    request = WireRequest()
    api = settings.telegram_api_base_url.rstrip("/")
    line = Line(request, f"{api}/bot{settings.telegram_bot_token.get_secret_value()}")
    await line.open()
    try:
        await probe(line, asyncio.sleep)
        answer = await line.call(method, fields)
        if not answer.good:
            raise CannotStart(Obstacle.BAD_ANSWER, f"{method}, {answer.status}")
    finally:
        await request.shutdown()
