"""aiogram with aiosqlite and uvloop, as documented; with `TUNED`, gc.freeze() as well."""

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
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from tests.benchmarks.speed.peers.questions import (
    API,
    DATABASE,
    DONE,
    INSERT,
    PRAGMAS,
    QUESTIONS,
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
async def answer(query: CallbackQuery, state: FSMContext, db: aiosqlite.Connection) -> None:
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
    await query.answer()


async def main() -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(API))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    async with aiosqlite.connect(DATABASE) as db:
        for pragma in PRAGMAS:
            await db.execute(pragma)
        await db.execute(TABLE)
        await db.commit()
        if os.environ.get("TUNED"):
            gc.collect()
            gc.freeze()
        await dispatcher.start_polling(bot, db=db)


uvloop.run(main())
