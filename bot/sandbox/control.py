"""The control surface under ``/sandbox/``: for the page, and for tests of a separate process.

It is meant for the machine it runs on: a foreign ``Host`` is refused (a page elsewhere could
otherwise reach it by a name that resolves here), and changes are taken as JSON only, which no
foreign form can send.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.errors import Json, PhoneError
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.phone import Phone
from bot.sandbox.pictures import media_type
from bot.sandbox.snapshot import phone_json

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

PAGE = Path(__file__).with_name("page")
_FILES = {
    "": ("index.html", "text/html"),
    "phone.css": ("phone.css", "text/css"),
    "composer.js": ("composer.js", "text/javascript"),
    "main.js": ("main.js", "text/javascript"),
    "phone.js": ("phone.js", "text/javascript"),
    "render.js": ("render.js", "text/javascript"),
    "words.js": ("words.js", "text/javascript"),
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Lists and moves phones, arms faults, streams changes, serves the page."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._streams: set[asyncio.Queue[int | None]] = set()
        sandbox.world.listeners.append(self._on_change)

    def mount(self, application: web.Application) -> None:
        """Add the routes."""
        one = "/sandbox/phones/{id:\\d+}"
        application.add_routes(
            [
                web.get("/sandbox/state", self._guarded(self._state)),
                web.get("/sandbox/events", self._guarded(self._events)),
                web.get("/sandbox/journal", self._guarded(self._journal)),
                web.get("/sandbox/files/{id}", self._guarded(self._file)),
                web.post("/sandbox/phones", self._guarded(self._add_phone)),
                web.post(one + "/{act}", self._guarded(self._act)),
                web.post("/sandbox/faults", self._guarded(self._faults)),
                web.post("/sandbox/down", self._guarded(self._down)),
                web.get("/{name:|[a-z]+\\.(?:css|js)}", self._guarded(self._page)),
            ]
        )

    def close(self) -> None:
        """End all streams."""
        for stream in self._streams:
            stream.put_nowait(None)

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            host = request.host.rpartition(":")[0] or request.host
            if host not in _LOOPBACK and request.host not in _LOOPBACK:
                raise web.HTTPForbidden(text="loopback only")
            if request.method == "POST" and request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType(text="JSON only")
            try:
                return await handler(request)
            except (PhoneError, KeyError, ValueError) as error:
                return web.json_response({"error": str(error)}, status=400)

        return guarded

    def _on_change(self, chat_id: int) -> None:
        for stream in self._streams:
            stream.put_nowait(chat_id)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        name, kind = _FILES.get(request.match_info["name"], ("", ""))
        if not name:
            raise web.HTTPNotFound
        body = await asyncio.to_thread((PAGE / name).read_bytes)
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=_HEADERS)

    def state(self) -> Json:
        """Return what the page needs to draw itself from nothing."""
        phones = self._sandbox.phones.values()
        return {
            "bot": self._sandbox.world.bot.as_json(),
            "down": self._sandbox.faults.down,
            "phones": [phone_json(phone, self._sandbox.world) for phone in phones],
        }

    async def _state(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(self.state())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Stream each phone anew whenever something in its chat changed (server-sent events)."""
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        stream: asyncio.Queue[int | None] = asyncio.Queue()
        self._streams.add(stream)
        try:
            await response.write(_event("state", self.state()))
            async for phone in self._changed_phones(stream):
                shown = phone_json(phone, self._sandbox.world)
                await response.write(_event("phone", shown))
        except ConnectionError:
            pass  # The page was closed; nobody is left to tell.
        finally:
            self._streams.discard(stream)
        return response

    async def _changed_phones(self, stream: asyncio.Queue[int | None]) -> AsyncIterator[Phone]:
        while (first := await stream.get()) is not None:
            changed = {first}
            while not stream.empty():
                if (more := stream.get_nowait()) is None:
                    return
                changed.add(more)
            for chat_id in changed & self._sandbox.phones.keys():
                yield self._sandbox.phones[chat_id]

    async def _journal(self, _: web.Request) -> web.StreamResponse:
        return web.json_response([asdict(call) for call in self._sandbox.journal.calls])

    async def _file(self, request: web.Request) -> web.StreamResponse:
        attachment = self._sandbox.world.files.get(request.match_info["id"])
        if attachment is None:
            raise web.HTTPNotFound
        response = web.Response(body=attachment.content, headers=_HEADERS)
        photo = attachment.kind == "photo"
        kind = media_type(attachment.content) if photo else "application/octet-stream"
        response.content_type = kind
        safe = "".join(one for one in attachment.name if one.isalnum() or one in "._-")
        place = "inline" if photo else "attachment"
        response.headers["Content-Disposition"] = f'{place}; filename="{safe}"'
        return response

    async def _add_phone(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        phone = self._sandbox.phone(
            int(body["id"]), str(body["name"]), str(body.get("language", "en")), body.get("role")
        )
        return web.json_response(phone_json(phone, self._sandbox.world))

    async def _act(self, request: web.Request) -> web.StreamResponse:
        phone = self._sandbox.phones[int(request.match_info["id"])]
        outcome = await _perform(phone, request.match_info["act"], await request.json())
        return web.json_response(outcome)

    async def _faults(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if body.pop("clear", False):
            self._sandbox.faults.clear()
        if "latency" in body:
            self._sandbox.faults.latency = float(body.pop("latency"))
        if body.pop("revoke", False):
            self._sandbox.faults.revoke_token()
        if "repeat_taps" in body:
            self._sandbox.people.repeat_taps = int(body.pop("repeat_taps"))
        if body:
            self._sandbox.faults.arm(Fault(FaultKind(body.pop("kind")), **body))
        return web.json_response({"ok": True})

    async def _down(self, request: web.Request) -> web.StreamResponse:
        self._sandbox.faults.down = bool((await request.json())["down"])
        return web.json_response({"down": self._sandbox.faults.down})


async def _perform(phone: Phone, act: str, body: Json) -> Json:
    """Let a thumb do one thing; ``KeyError`` for a thing that no phone can do."""
    match act:
        case "send":
            return {"message_id": (await phone.send(str(body["text"]))).id}
        case "tap" if "label" in body:
            tap = await phone.tap(str(body["label"]))
            return {"tap": tap.id if tap else None, "opened": phone.opened}
        case "tap":
            forged = await phone.tap_data(int(str(body["message_id"])), str(body["data"]))
            return {"tap": forged.id}
        case "open":
            await phone.open_link(str(body["url"]))
        case "language":
            phone.set_language(str(body["language"]))
        case "block":
            await phone.block()
        case "unblock":
            await phone.unblock()
        case _:
            raise KeyError(act)
    return {"ok": True}


def _event(kind: str, body: Json) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(body)}\n\n".encode()
