"""The webhook, health and metrics over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import aiohttp
import pytest

from bot.backups import MARK as BACKUP
from bot.telegram.endpoint import LARGEST_BODY, LIMITS, SECRET_HEADER, WEBHOOK, Endpoint
from bot.telegram.health import Ear, Health
from bot.telegram.intake import Intake
from bot.telegram.lanes import Pace
from bot.telegram.meters import Meters
from bot.telegram.server import Server
from storage.inbox import Inbox, NewUpdate
from storage.opening import Store
from tests.bot.telegram.intake.parts import (
    AT,
    SECRET,
    FlakyInbox,
    HandClock,
    Recorder,
    payloads,
    raw,
    settled,
    tap,
)
from tests.promises.report import Promise


@dataclass
class Door:
    """A running endpoint and the ways to knock at it."""

    port: int
    inbox: FlakyInbox
    session: aiohttp.ClientSession
    last_poll: list[datetime | None]
    trouble: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def post(self, body: bytes, secret: str = SECRET, **headers: str) -> int:
        async with self.session.post(
            self.url + WEBHOOK, data=body, headers={SECRET_HEADER: secret, **headers}
        ) as answer:
            assert "Retry-After" not in answer.headers
            return answer.status

    async def health(self) -> tuple[int, dict[str, object]]:
        async with self.session.get(self.url + "/healthz") as answer:
            return answer.status, await answer.json()

    async def exchange(self, *parts: bytes, close: bool = False) -> bytes:
        """Send parts over a bare connection; everything that comes until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            if close:
                writer.write_eof()
            async with asyncio.timeout(3):
                return await reader.read()
        finally:
            writer.close()


@pytest.fixture
async def door(
    store: Store, recorder: Recorder, clock: HandClock, meters: Meters
) -> AsyncIterator[Door]:
    """An endpoint whose inbox can be made to fail, on each store."""
    inbox = FlakyInbox(store)
    flaky = replace(store, inbox=cast("Inbox", inbox))
    intake = Intake(flaky, recorder, clock, meters, Pace(first_pause=0.01))
    last: list[datetime | None] = [None]
    trouble = [""]
    ear = Ear(lambda: last[0], lambda: trouble[0], silence_is_deafness=True)
    health = Health(flaky.inbox, clock, ear, meters, "9.9.9")
    endpoint = Endpoint(intake, health, meters, SECRET)
    server = Server(endpoint, replace(LIMITS, slowest_body=0.2), "127.0.0.1", 0)
    port = await server.start()
    async with aiohttp.ClientSession() as session:
        yield Door(port, inbox, session, last, trouble)
    await server.stop()
    await intake.drain(1)


def head(*lines: str) -> bytes:
    """The head of a request to the webhook."""
    first = (f"POST {WEBHOOK} HTTP/1.1", "Host: x", *lines, "", "")
    return "\r\n".join(first).encode()


RIGHT = f"{SECRET_HEADER}: {SECRET}"


async def test_an_update_is_on_disk_before_200(door: Door, store: Store) -> None:
    """The answer follows the commit; the handler follows the answer."""
    assert await door.post(raw(tap(1))) == 200
    counts = await store.inbox.counts()
    assert counts.undone + counts.done == 1
    assert await door.post(raw(tap(2, identity="q1"))) == 200
    await settled(store)
    assert await payloads(store, "1001") == ["tap:q1"]


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], SECRET + "x", "é" * 10])
async def test_a_wrong_secret_is_refused(
    door: Door, store: Store, secret: str, promise: Promise
) -> None:
    """Anything but the secret is 403 and nothing is kept."""
    assert await door.post(raw(tap(1)), secret) == 403
    assert (await store.inbox.counts()).undone == 0
    promise(25, "a wrong or missing secret: 403, nothing kept")


@pytest.mark.parametrize("line", ["X-Nothing: 1", f"{SECRET_HEADER}: \xff\xfe"])
async def test_without_the_secret_the_body_is_not_read(
    door: Door, line: str, promise: Promise
) -> None:
    """The refusal comes although the announced megabytes never do, and the connection closes."""
    answer = await door.exchange(head(line, "Content-Length: 90000000"), b"{")
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"Connection: close" in answer
    promise(25, "without the secret: refused before the announced megabytes are read")


async def test_an_invitation_to_send_needs_the_secret(door: Door) -> None:
    """`Expect: 100-continue` is answered by 403, not by 100, without the secret."""
    lines = ("Content-Length: 40", "Expect: 100-continue")
    refused = await door.exchange(head("X-Nothing: 1", *lines))
    assert refused.startswith(b"HTTP/1.1 403")
    body = raw(tap(1))
    announced = (f"Content-Length: {len(body)}", "Expect: 100-continue", "Connection: close")
    invited = await door.exchange(head(RIGHT, *announced), body)
    assert invited.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


async def test_a_body_over_a_megabyte_is_refused(
    door: Door, store: Store, promise: Promise
) -> None:
    """By its announced length unread, and in chunks once it has grown too large."""
    announced = await door.exchange(head(RIGHT, f"Content-Length: {LARGEST_BODY + 1}"))
    assert announced.startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    chunked = await door.exchange(head(RIGHT, "Transfer-Encoding: chunked"), *[chunk] * 17)
    assert chunked.startswith(b"HTTP/1.1 413")
    assert (await store.inbox.counts()).undone == 0
    promise(25, "over 1 MB, announced or chunked: 413, nothing kept")


async def test_a_chunked_update_within_the_cap_is_taken(door: Door, store: Store) -> None:
    """How the body is framed makes no difference."""
    body = raw(tap(1))
    framed = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    answer = await door.exchange(
        head(RIGHT, "Transfer-Encoding: chunked", "Connection: close"), framed
    )
    assert answer.startswith(b"HTTP/1.1 200")
    await settled(store)
    assert await payloads(store, "1001") == ["tap:q1"]


async def test_a_body_that_does_not_come_is_given_up(door: Door) -> None:
    """A slow sender is told 408 and loses the connection; others are served meanwhile."""
    slow = asyncio.create_task(door.exchange(head(RIGHT, "Content-Length: 100"), b"{"))
    assert await door.post(raw(tap(1))) == 200
    assert (await slow).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"update_id":"x"}'])
async def test_nonsense_with_the_secret_is_kept_aside(
    door: Door, store: Store, body: bytes
) -> None:
    """Telegram is told 200, for it would only send the same again."""
    assert await door.post(body) == 200
    assert (await settled(store)).dead == 1


async def test_a_compressed_body_is_not_unpacked(door: Door, store: Store) -> None:
    """Telegram never sends one; kept as it came, it cannot swell in memory."""
    assert await door.post(b"\x1f\x8b" + b"x" * 50, **{"Content-Encoding": "gzip"}) == 200
    assert (await settled(store)).dead == 1


async def test_what_comes_at_once_is_kept_together(door: Door, store: Store) -> None:
    """Updates of one turn of the loop share a transaction, and each is answered."""
    taps = b"".join(
        head(RIGHT, f"Content-Length: {len(body)}") + body
        for body in (raw(tap(number, person=number)) for number in range(1, 4))
    )
    lines = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(3)]
    for number, (_, writer) in enumerate(lines, 4):
        body = raw(tap(number, person=number))
        writer.write(head(RIGHT, "Connection: close", f"Content-Length: {len(body)}") + body)
    answers = [await reader.read() for reader, _ in lines]
    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 200"] * 3
    assert door.inbox.accepted == [3]
    ahead = await door.exchange(taps + b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert ahead.count(b"HTTP/1.1 200") == 4
    assert door.inbox.accepted == [3, 1, 1, 1]  # one caller's are kept one after the other
    await settled(store)
    for number in range(1, 7):
        assert await payloads(store, str(number)) == [f"tap:q{number}"]
    for _, writer in lines:
        writer.close()


async def test_what_nobody_thought_of_is_503(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """No 200 without a commit, whatever the reason; the log has its name."""
    door.inbox.fault = RuntimeError("a patient called Canary")
    assert await door.post(raw(tap(1))) == 503
    assert "RuntimeError" in caplog.text
    assert "Canary" not in caplog.text
    door.inbox.fault = None
    assert await door.post(raw(tap(1))) == 200


@pytest.mark.parametrize(
    "first", ["GET /telegram/webhook", "POST /healthz", "PUT /metrics", "GET /", "GET //healthz"]
)
async def test_there_is_nothing_else(door: Door, first: str) -> None:
    """Any other address or method is 404, with the secret or without, and hung up on."""
    answer = await door.exchange(f"{first} HTTP/1.1\r\n{RIGHT}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"Server:" not in answer


async def test_a_second_secret_does_not_help(door: Door) -> None:
    """Of two headers with a secret the first is compared."""
    lines = (f"{SECRET_HEADER}: guess", RIGHT, "Content-Length: 2")
    assert (await door.exchange(head(*lines), b"{}")).startswith(b"HTTP/1.1 403")


async def test_an_inbox_that_fails_is_503(door: Door, store: Store) -> None:
    """No 200 without a commit; Telegram's own retry then brings the update."""
    door.inbox.broken = True
    assert await door.post(raw(tap(1))) == 503
    status, report = await door.health()
    assert (status, report["trouble"]) == (503, "store: StorageUnavailable")
    door.inbox.broken = False
    door.inbox.fails_after_commit = 1
    assert await door.post(raw(tap(1))) == 503
    assert await door.post(raw(tap(1))) == 200
    await settled(store)
    assert await payloads(store, "1001") == ["tap:q1"]


async def test_health_tells_the_age_of_the_last_good_backup(
    door: Door, store: Store, clock: HandClock
) -> None:
    """As the mark says that the scheduled backup leaves; the metrics say the same."""
    door.last_poll[0] = clock.now()
    await store.inbox.put_mark(BACKUP, clock.now().isoformat())
    clock.advance(90)
    assert (await door.health())[1]["backup_age"] == 90.0


async def test_health_tells_ages_counts_and_version(
    door: Door, store: Store, clock: HandClock
) -> None:
    """Well, then deaf for over 120 s, then an update that waits for over 60 s."""
    door.last_poll[0] = clock.now()
    clock.advance(120)
    assert await door.health() == (
        200,
        {
            "status": "ok",
            "heard_age": 120.0,
            "oldest_undone_age": None,
            "undone": 0,
            "dead": 0,
            "version": "9.9.9",
            "trouble": "",
            "backup_age": None,
        },
    )
    clock.advance(1)
    status, report = await door.health()
    assert (status, report["status"], report["trouble"]) == (503, "degraded", "deaf")
    door.last_poll[0] = clock.now()
    await store.inbox.accept([NewUpdate("k", "1", b"{}", clock.now().isoformat())])
    clock.advance(60)
    assert (await door.health())[0] == 200
    clock.advance(1)
    status, report = await door.health()
    assert (status, report["trouble"], report["oldest_undone_age"]) == (503, "updates wait", 61.0)
    door.trouble[0] = "token refused"
    assert (await door.health())[1]["trouble"] == "token refused"


async def test_before_the_first_poll_the_age_counts_from_the_start(
    door: Door, clock: HandClock
) -> None:
    """A bot that never heard anything does not look well for ever."""
    assert (await door.health())[0] == 200
    clock.advance(121)
    assert (await door.health())[0] == 503


async def test_metrics_count_and_name_nobody(door: Door, store: Store) -> None:
    """What Prometheus reads holds no id of a person, chat or tap."""
    await door.post(raw(tap(1, person=77001)))
    await door.post(raw(tap(1, person=77001)))
    await settled(store)
    async with door.session.get(door.url + "/metrics") as answer:
        text = await answer.text()
        assert answer.content_type == "text/plain"
    for sample in (
        'screening_updates_total{outcome="accepted"} 1.0',
        'screening_updates_total{outcome="duplicate"} 1.0',
        'screening_updates_handled_total{kind="tap"} 1.0',
        "screening_handle_seconds_count 1.0",
        "screening_lanes_active 0.0",
        "screening_last_heard_timestamp_seconds",
        "screening_oldest_undone_seconds 0.0",
    ):
        assert sample in text
    assert "77001" not in text


async def test_a_polling_process_has_no_webhook(
    store: Store, recorder: Recorder, clock: HandClock, meters: Meters
) -> None:
    """Without a secret the address does not exist; an empty secret is refused outright."""
    intake = Intake(store, recorder, clock, meters)
    ear = Ear(lambda: None, lambda: "", silence_is_deafness=False)
    health = Health(store.inbox, clock, ear, meters, "1")
    with pytest.raises(ValueError, match="empty secret"):
        Endpoint(intake, health, meters, "")
    server = Server(Endpoint(intake, health, meters, None), LIMITS, "127.0.0.1", 0)
    port = await server.start()
    async with aiohttp.ClientSession() as session:
        async with session.post(f"http://127.0.0.1:{port}{WEBHOOK}", data=b"{}") as answer:
            assert answer.status == 404
        async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
            assert json.loads(await answer.text())["heard_age"] is None
    await server.stop()
    assert AT.startswith("2026")
