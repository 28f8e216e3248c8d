"""`screening bot` and `screening sandbox`: the bot on Telegram, or on a Telegram of our own."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.util import find_spec

import click

from bot.cli.faults import BadInput
from bot.cli.language import language_option, texts_for
from bot.compose import open_house
from bot.settings import Settings, read_settings
from bot.telegram.line import CannotStart
from bot.telegram.redact import set_up_logging
from bot.telegram.running import running
from bot.texts.shape import Texts
from storage.address import secrets_of

log = logging.getLogger("bot")


@click.command("bot")
def serve() -> None:
    """Run the bot on Telegram until it is told to stop."""
    settings = read_settings()
    _with_logs(settings)
    _run(_serve(settings), texts_for(None))


@click.command()
@click.option("--port", default=8080, show_default=True, help="The page with the phones.")
@language_option
def sandbox(port: int = 8080, language: str | None = None) -> None:
    """Run the bot on a Telegram of our own, with phones on a page: no account is needed."""
    settings = read_settings()
    _with_logs(settings)
    _run(_sandbox(settings, port, texts_for(language)), texts_for(language))


async def _serve(settings: Settings) -> None:
    async with open_house(settings) as house, running(house, settings):
        await _told_to_stop()
        log.info("stopping")


async def _sandbox(settings: Settings, port: int, texts: Texts) -> None:
    from bot.demo import demonstration  # noqa: PLC0415  the bot itself starts without the sandbox

    async with demonstration(settings, port) as url:
        click.echo(texts.commands.sandbox_ready(url))
        await _told_to_stop()


async def _told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await told.wait()


# PTB then tells pauses as time spans, without a warning at each (python-telegram-bot 22).
os.environ.setdefault("PTB_TIMEDELTA", "true")


def _run(work: Coroutine[object, object, None], texts: Texts) -> None:
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(work)
    except CannotStart as error:
        raise BadInput(texts.commands.obstacles[error.obstacle](error.about)) from None


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop of uvloop where it is installed (not on Windows), else Python's own."""
    if find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory


def _with_logs(settings: Settings) -> None:
    hidden = (
        settings.telegram_bot_token,
        settings.webhook_secret,
        settings.signing_pepper,
        settings.record_key,
        settings.record_key_old,
        settings.smtp_password,
        settings.checkpoint_key,
    )
    words = [secret.get_secret_value() for secret in hidden if secret]
    set_up_logging(settings.log_level, [*words, *secrets_of(settings.database_url)])
