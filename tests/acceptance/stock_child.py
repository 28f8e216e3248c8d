"""The control: the same bot with python-telegram-bot's own polling, in a process of its own.

Arguments: the API's address before the token, the token, and a file that gets one line per tap,
written through before the handler returns.
"""

from __future__ import annotations

import asyncio
import os
import sys

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

PAUSE = 0.01
"""As in the bot under test."""


def main(base_url: str, token: str, file: str) -> None:
    """Poll until killed."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def handle(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await asyncio.sleep(PAUSE)
        os.write(descriptor, f"tap:{update.callback_query.id}\n".encode())
        os.fsync(descriptor)

    application = Application.builder().token(token).base_url(base_url).build()
    application.add_handler(CallbackQueryHandler(handle))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
