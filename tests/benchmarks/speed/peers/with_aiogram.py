"""aiogram with aiosqlite and uvloop, as documented; with `TUNED`, gc.freeze() as well.

With `PORT` its own aiohttp webhook, whose reply holds the answer to the tap.
"""

from __future__ import annotations

import gc
import os
import time

import aiosqlite
import uvloop
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

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

router = Router()


class Asking(StatesGroup):
    question = State()


def keyboard(question: int) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(**one) for one in row] for row in rows(question)]
    )


@router.message(Command("screen"))
async def begin(message: Message, state: FSMContext) -> None:
    await state.set_state(Asking.question)
    await message.answer(QUESTIONS[0]["text"], reply_markup=keyboard(0))


@router.callback_query(Asking.question, F.data)
async def answer(
    query: CallbackQuery, state: FSMContext, db: aiosqlite.Connection
) -> AnswerCallbackQuery:
    question, _, place = (query.data or "").partition(":")
    number = int(question)
    chosen = QUESTIONS[number]["labels"][int(place)]
    await db.execute(INSERT, (query.from_user.id, number, chosen, time.time()))
    await db.commit()
    following = number + 1
    assert isinstance(query.message, Message)
    if following < len(QUESTIONS):
        text, markup = QUESTIONS[following]["text"], keyboard(following)
    else:
        text, markup = DONE, keyboard(0)
    await query.message.edit_text(text, reply_markup=markup)
    # What a handler returns is called: by polling at once, by webhook within the reply.
    return query.answer()


async def opened() -> aiosqlite.Connection:
    db = await aiosqlite.connect(DATABASE)
    for pragma in PRAGMAS:
        await db.execute(pragma)
    await db.execute(TABLE)
    await db.commit()
    return db


def made() -> tuple[Bot, Dispatcher]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(API))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    if os.environ.get("TUNED"):
        gc.collect()
        gc.freeze()
    return bot, dispatcher


async def poll() -> None:
    db = await opened()
    bot, dispatcher = made()
    try:
        await dispatcher.start_polling(bot, db=db)
    finally:
        await db.close()


async def served() -> web.Application:
    db = await opened()
    bot, dispatcher = made()
    application = web.Application()
    # In the background it would say 200 before the answer is stored, and answer by a call.
    handler = SimpleRequestHandler(
        dispatcher, bot, handle_in_background=False, secret_token=SECRET, db=db
    )
    handler.register(application, path=PATH)
    setup_application(application, dispatcher, bot=bot)

    async def closed(_: web.Application) -> None:
        await db.close()

    application.on_cleanup.append(closed)
    return application


if PORT:
    loop = uvloop.new_event_loop()
    web.run_app(served(), host="127.0.0.1", port=PORT, loop=loop, print=None, access_log=None)
else:
    uvloop.run(poll())
