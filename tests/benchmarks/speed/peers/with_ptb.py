"""python-telegram-bot with aiosqlite: a `ConversationHandler` as its examples write one.

`TUNED` adds what its wiki advises for speed: updates at once, and a larger pool of connections; and
uvloop, so that it has what the others have.
With `PORT` its own webhook, which tornado serves.
"""

from __future__ import annotations

import asyncio
import os
import time

import aiosqlite
import uvloop
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
)

from tests.benchmarks.speed.peers.questions import (
    API,
    DATABASE,
    DONE,
    INSERT,
    PATH,
    PORT,
    PRAGMAS,
    QUESTIONS,
    SECRET,
    TABLE,
    TOKEN,
    rows,
)

ASKING = 0
TUNED = bool(os.environ.get("TUNED"))
Context = ContextTypes.DEFAULT_TYPE


def keyboard(question: int) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(**one) for one in row] for row in rows(question)]
    )


async def begin(update: Update, _: Context) -> int:
    await update.message.reply_html(QUESTIONS[0]["text"], reply_markup=keyboard(0))
    return ASKING


async def answer(update: Update, context: Context) -> int:
    query = update.callback_query
    question, _, place = query.data.partition(":")
    number = int(question)
    chosen = QUESTIONS[number]["labels"][int(place)]
    db = context.bot_data["db"]
    await db.execute(INSERT, (query.from_user.id, number, chosen, time.time()))
    await db.commit()
    following = number + 1
    last = following == len(QUESTIONS)
    text = DONE if last else QUESTIONS[following]["text"]
    await query.answer()
    markup = keyboard(0 if last else following)
    await query.edit_message_text(text, parse_mode="HTML", reply_markup=markup)
    return ConversationHandler.END if last else ASKING


async def opened(application: Application) -> None:
    db = application.bot_data["db"] = await aiosqlite.connect(DATABASE)
    for pragma in PRAGMAS:
        await db.execute(pragma)
    await db.execute(TABLE)
    await db.commit()


async def closed(application: Application) -> None:
    await application.bot_data["db"].close()


builder = Application.builder().token(TOKEN).base_url(f"{API}/bot")
builder = builder.post_init(opened).post_shutdown(closed)
if TUNED:
    asyncio.set_event_loop(uvloop.new_event_loop())
    builder = builder.concurrent_updates(256).connection_pool_size(256)
application = builder.build()
if TUNED:  # a conversation and updates at once exclude each other
    application.add_handler(CommandHandler("screen", begin))
    application.add_handler(CallbackQueryHandler(answer))
else:
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("screen", begin)],
            states={ASKING: [CallbackQueryHandler(answer)]},
            fallbacks=[],
        )
    )
if PORT:
    application.run_webhook(
        listen="127.0.0.1",
        port=PORT,
        url_path=PATH,
        secret_token=SECRET,
        webhook_url=f"https://127.0.0.1:{PORT}{PATH}",
    )
else:
    application.run_polling()
