"""No framework: a socket, a table, a poll. What the task costs at the least in Python.

`GROUP` stores the answers of one poll in one commit; else each has its own. With `PORT` a webhook,
whose reply holds the answer to the tap; `GROUP` then stores what came in one turn of the loop.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvloop

from tests.benchmarks.speed.peers.door import Door, Reply
from tests.benchmarks.speed.peers.questions import (
    API,
    DONE,
    INSERT,
    PORT,
    QUESTIONS,
    TOKEN,
    opened,
    rows,
)

PLACE = urlsplit(API)
GROUP = bool(os.environ.get("GROUP"))
MARKUPS = [json.dumps({"inline_keyboard": rows(number)}) for number in range(len(QUESTIONS))]


class Line(asyncio.Protocol):
    """One connection; one call at a time."""

    def __init__(self) -> None:
        self.buffer = b""
        self.waiter: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        size = int(self.buffer[:end].lower().partition(b"content-length:")[2].split()[0])
        if len(self.buffer) >= end + 4 + size:
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            self.waiter.set_result(body)


FREE: list[Line] = []


async def call(method: str, fields: dict[str, Any]) -> bytes:
    loop = asyncio.get_running_loop()
    if FREE:
        line = FREE.pop()
    else:
        _, line = await loop.create_connection(Line, str(PLACE.hostname), PLACE.port or 80)
    body = urlencode(fields).encode()
    line.waiter = loop.create_future()
    head = f"POST /bot{TOKEN}/{method} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
    line.transport.write(head.encode() + body)
    try:
        return await line.waiter
    finally:
        FREE.append(line)


def next_card(query: dict[str, Any]) -> dict[str, Any]:
    following = int(query["data"].partition(":")[0]) + 1
    last = following == len(QUESTIONS)
    return {
        "chat_id": query["message"]["chat"]["id"],
        "message_id": query["message"]["message_id"],
        "text": DONE if last else QUESTIONS[following]["text"],
        "parse_mode": "HTML",
        "reply_markup": MARKUPS[0 if last else following],
    }


def row(query: dict[str, Any]) -> tuple[int, int, str, float]:
    question, _, place = query["data"].partition(":")
    chosen = QUESTIONS[int(question)]["labels"][int(place)]
    return query["from"]["id"], int(question), chosen, time.time()


async def show(query: dict[str, Any]) -> None:
    await asyncio.gather(
        call("editMessageText", next_card(query)),
        call("answerCallbackQuery", {"callback_query_id": query["id"]}),
    )


async def begin(message: dict[str, Any]) -> None:
    first = {"text": QUESTIONS[0]["text"], "parse_mode": "HTML", "reply_markup": MARKUPS[0]}
    await call("sendMessage", {"chat_id": message["chat"]["id"], **first})


DB = opened()
TASKS: set[asyncio.Task[Any]] = set()
WAITING: list[tuple[dict[str, Any], Reply]] = []


def store(taps: list[dict[str, Any]]) -> None:
    if GROUP:
        DB.execute("BEGIN")
        DB.executemany(INSERT, [row(tap) for tap in taps])
        DB.execute("COMMIT")
    else:
        for tap in taps:
            DB.execute(INSERT, row(tap))


def spawn(work: Coroutine[Any, Any, Any]) -> None:
    TASKS.add(task := asyncio.ensure_future(work))
    task.add_done_callback(TASKS.discard)


async def poll() -> None:
    offset = 0
    while True:
        body = await call("getUpdates", {"offset": offset, "timeout": 30})
        updates = json.loads(body)["result"]
        taps = [one["callback_query"] for one in updates if "callback_query" in one]
        if taps:
            store(taps)
        for update in updates:
            offset = update["update_id"] + 1
            tap = update.get("callback_query")
            spawn(show(tap) if tap else begin(update["message"]))


def take(update: dict[str, Any], reply: Reply) -> None:
    if tap := update.get("callback_query"):
        if not WAITING:
            asyncio.get_running_loop().call_soon(settle)
        WAITING.append((tap, reply))
    else:
        reply({})
        spawn(begin(update["message"]))


def settle() -> None:
    taken = WAITING.copy()
    WAITING.clear()
    store([tap for tap, _ in taken])
    for tap, reply in taken:
        reply({"method": "answerCallbackQuery", "callback_query_id": tap["id"]})
        spawn(call("editMessageText", next_card(tap)))


async def main() -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: os._exit(0))
    if not PORT:
        await poll()
    server = await loop.create_server(lambda: Door(take), "127.0.0.1", PORT)
    await server.serve_forever()


uvloop.run(main())
