"""Webhook delivery: secret, order, retries, replies."""

from collections import deque
from typing import cast

import pytest

from bot.sandbox import Phone, Sandbox, VirtualTime
from tests.bot.sandbox.caller import Caller, Endpoint, Json


async def test_any_2xx_means_delivered(call: Caller, phone: Phone, time: VirtualTime) -> None:
    """A 204 forgets the update, and the secret travels in its header."""
    endpoint = Endpoint(time.now, deque([204]))
    async with endpoint.server() as server:
        url = str(server.make_url("/hook"))
        await call("setWebhook", url=url, secret_token="s3cret_-")
        await phone.send("hello")
        await endpoint.gets(1)
        await phone.wait_for(lambda _: True)
        info = (await call("getWebhookInfo")).message
    assert endpoint.secrets == ["s3cret_-"]
    assert info["url"] == url
    assert info["pending_update_count"] == 0


async def test_failures_are_retried_on_telegrams_schedule(
    call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """Attempts come at 0, 0, 2, 6, 14, 30 and 62 s."""
    endpoint = Endpoint(time.now, deque([500, 404, 302, 500, 500, 503]))
    start = time.now()
    async with endpoint.server() as server:
        await call("setWebhook", url=str(server.make_url("/hook")))
        await phone.send("stubborn")
        await endpoint.gets(2)
        for wait, count in ((2, 3), (4, 4), (8, 5), (16, 6), (32, 7)):
            await _asleep(time)
            await time.advance(wait)
            await endpoint.gets(count)
    assert [round(at - start) for at in endpoint.at] == [0, 0, 2, 6, 14, 30, 62]
    assert len({str(update["update_id"]) for update in endpoint.seen}) == 1


async def test_retry_after_sets_the_next_attempt(
    call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """The endpoint's Retry-After replaces the schedule."""
    endpoint = Endpoint(time.now, deque([503]), {"Retry-After": "5"})
    async with endpoint.server() as server:
        await call("setWebhook", url=str(server.make_url("/hook")))
        await phone.send("later")
        await endpoint.gets(1)
        await _asleep(time)
        await time.advance(5)
        await endpoint.gets(2)
    assert endpoint.at[1] - endpoint.at[0] == pytest.approx(5)


async def test_a_failing_update_blocks_only_its_own_queue(
    sandbox: Sandbox, call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """Two failing messages of one chat keep their order; another chat is served meanwhile."""
    other = sandbox.phone(1002, "Olivier", "fr")
    endpoint = Endpoint(time.now, deque([500, 500, 500]))
    async with endpoint.server() as server:
        await call("setWebhook", url=str(server.make_url("/hook")))
        await phone.send("first")
        await endpoint.gets(2)
        await phone.send("second")
        await _asleep(time)
        await time.advance(2)
        await endpoint.gets(3)
        await other.send("/start")
        await endpoint.gets(4)
        await _asleep(time)
        await time.advance(4)
        await endpoint.gets(6)
    assert [_text(one) for one in endpoint.seen] == [
        "first", "first", "first", "/start", "first", "second",
    ]  # fmt: skip


async def test_a_failing_message_does_not_hold_up_a_tap(
    call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """Messages queue per chat and taps per user, so one person's tap can overtake their text."""
    endpoint = Endpoint(time.now, deque([500, 500]))
    async with endpoint.server() as server:
        await call("setWebhook", url=str(server.make_url("/hook")))
        await phone.send("stuck")
        await endpoint.gets(2)
        await phone.tap_data(1, "through")
        await endpoint.gets(3)
    assert list(endpoint.seen[-1])[1] == "callback_query"


async def test_a_method_in_the_reply_is_executed(
    call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """The endpoint answers the tap inside its own answer."""
    tap = await phone.tap_data(1, "x")
    reply: Json = {"method": "answerCallbackQuery", "callback_query_id": tap.id, "text": "kept"}
    endpoint = Endpoint(time.now, reply=reply)
    async with endpoint.server() as server:
        await call("setWebhook", url=str(server.make_url("/hook")))
        await phone.wait_for(lambda seen: seen.last_answer is not None)
    assert phone.last_answer is not None
    assert phone.last_answer.text == "kept"


async def test_a_tap_that_cannot_be_delivered_in_time_is_dropped(
    call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """An attempt that would come after 150 s is not made; the tap is gone."""
    endpoint = Endpoint(time.now, deque([503] * 9), {"Retry-After": "200"})
    async with endpoint.server() as server:
        await call("setWebhook", url=str(server.make_url("/hook")))
        await phone.tap_data(1, "late")
        await endpoint.gets(1)
        await call("getMe")
        assert (await call("getWebhookInfo")).message["pending_update_count"] == 0


async def test_setting_a_webhook_twice_a_second_is_refused(call: Caller, time: VirtualTime) -> None:
    """The second setWebhook within a second gets 429; a second later it is accepted."""
    statuses = [(await call("setWebhook", url="https://example.org/a")).status for _ in "12"]
    await time.advance(1)
    statuses.append((await call("setWebhook", url="https://example.org/b")).status)
    assert statuses == [200, 429, 200]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"url": "http://example.org"}, "An HTTPS URL must be provided"),
        ({"url": "https://x.org", "secret_token": "a b"}, "unallowed characters"),
        ({"url": "https://x.org", "secret_token": "a" * 257}, "too long"),
    ],
)
async def test_a_bad_webhook_is_refused(
    call: Caller, parameters: dict[str, str], words: str
) -> None:
    """Plain HTTP elsewhere and bad secrets get 400."""
    reply = await call("setWebhook", **parameters)
    assert reply.status == 400
    assert words in reply.words


async def test_pending_updates_can_be_dropped(call: Caller, phone: Phone) -> None:
    """Deleting with drop_pending_updates leaves nothing to poll."""
    await phone.send("old news")
    await call("deleteWebhook", drop_pending_updates=True)
    assert (await call("getUpdates")).updates == []


async def _asleep(time: VirtualTime) -> None:
    """Wait until the failed delivery waits for its next attempt."""
    await time.until_someone_sleeps()


def _text(update: Json) -> str:
    return str(cast("Json", update["message"])["text"])
