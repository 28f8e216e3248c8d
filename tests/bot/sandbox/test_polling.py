"""getUpdates: offsets, long polls, conflicts, expiry."""

import pytest

from bot.sandbox import Phone, Sandbox, VirtualTime
from tests.bot.sandbox.caller import Caller


async def test_an_offset_forgets_everything_below_it(call: Caller, phone: Phone) -> None:
    """What an offset confirmed never comes again, even when a lower one is asked for."""
    for word in ("one", "two", "three"):
        await phone.send(word)
    first = (await call("getUpdates")).ids
    assert (await call("getUpdates", offset=first[1])).ids == first[1:]
    assert (await call("getUpdates", offset=first[0])).ids == first[1:]
    assert first == sorted(first)


async def test_a_negative_offset_keeps_only_the_newest(call: Caller, phone: Phone) -> None:
    """Offset -2 leaves the last two updates and drops the rest for good."""
    for number in range(5):
        await phone.send(str(number))
    kept = (await call("getUpdates", offset=-2)).ids
    assert len(kept) == 2
    assert (await call("getUpdates")).ids == kept


async def test_an_offset_far_in_the_future_forgets_nothing(call: Caller, phone: Phone) -> None:
    """The server takes an offset well beyond the tail for the head of the queue."""
    await phone.send("still here")
    assert len((await call("getUpdates", offset=2_000_000_000)).updates) == 1


@pytest.mark.parametrize(("limit", "got"), [(1, 1), (100, 100), (500, 100), (0, 1)])
async def test_the_limit_is_pulled_into_its_bounds(
    call: Caller, phone: Phone, limit: int, got: int
) -> None:
    """A limit outside 1–100 is taken for the nearest allowed one."""
    for number in range(101):
        await phone.send(str(number))
    assert len((await call("getUpdates", limit=limit)).updates) == got


async def test_a_long_poll_is_answered_by_the_next_update(call: Caller, phone: Phone) -> None:
    """A waiting poll gets the update as soon as it happens."""
    poll = call.later("getUpdates", timeout=50)
    await call.poll_starts()
    await phone.send("now")
    assert (await poll).updates[0]["update_id"]


async def test_a_long_poll_ends_after_fifty_seconds(
    call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """A timeout of 900 s is capped at 50 s."""
    poll = call.later("getUpdates", timeout=900)
    await call.poll_starts()
    await time.advance(49.9)
    assert not poll.done()
    await time.advance(0.2)
    assert (await poll).updates == []


async def test_a_second_poller_throws_the_first_out(call: Caller, phone: Phone) -> None:
    """The poll that waited gets 409; the newer one gets the update."""
    first = call.later("getUpdates", timeout=50)
    await call.poll_starts()
    second = call.later("getUpdates", timeout=50)
    reply = await first
    assert reply.status == 409
    assert reply.words == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    await call.poll_starts()
    await phone.send("for the second")
    assert len((await second).updates) == 1


async def test_polling_while_a_webhook_is_set_conflicts(call: Caller, phone: Phone) -> None:
    """A poll is refused with 409 until the webhook is deleted."""
    await call("setWebhook", url="http://127.0.0.1:9/hook")
    refused = await call("getUpdates")
    await call("deleteWebhook")
    assert (refused.status, (await call("getUpdates")).status) == (409, 200)
    assert refused.words.startswith("Conflict: can't use getUpdates method while webhook is active")


async def test_setting_a_webhook_ends_a_waiting_poll(call: Caller, phone: Phone) -> None:
    """The poll that waits while a webhook is set gets 409."""
    poll = call.later("getUpdates", timeout=50)
    await call.poll_starts()
    await call("setWebhook", url="http://127.0.0.1:9/hook")
    assert (await poll).words == "Conflict: terminated by setWebhook request"


async def test_taps_expire_after_150_seconds_and_messages_after_a_day(
    sandbox: Sandbox, call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """A deaf bot loses taps after 150 s but keeps messages for 24 h."""
    await phone.send("typed")
    await phone.tap_data(1, "tapped")
    await time.advance(149)
    assert len((await call("getUpdates")).updates) == 2
    await time.advance(1)
    assert [list(update)[1] for update in (await call("getUpdates")).updates] == ["message"]
    await time.advance(86_400)
    assert (await call("getUpdates")).updates == []
    assert sandbox.queue.expired == 2


async def test_only_the_kinds_asked_for_are_queued(call: Caller, phone: Phone) -> None:
    """allowed_updates holds from the call that named it until another names others."""
    await call("getUpdates", allowed_updates=["callback_query"])
    await phone.send("unwanted")
    await phone.tap_data(1, "wanted")
    updates = (await call("getUpdates")).updates
    assert [list(update)[1] for update in updates] == ["callback_query"]


async def test_a_tap_can_arrive_again_under_a_new_id(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """telegram-bot-api#699: the same callback id, two update ids."""
    sandbox.people.repeat_taps = 1
    tap = await phone.tap_data(1, "twice")
    sandbox.redeliver(tap)
    updates = (await call("getUpdates")).updates
    assert len({update["update_id"] for update in updates}) == 3
    assert all(update["callback_query"] == tap.body for update in updates)


async def test_ids_may_restart_lower(sandbox: Sandbox, call: Caller, phone: Phone) -> None:
    """After a quiet week Telegram may number from a lower id."""
    await phone.send("before")
    high = (await call("getUpdates")).ids[-1]
    await call("getUpdates", offset=high + 1)
    sandbox.queue.restart_ids(500)
    await phone.send("after")
    assert (await call("getUpdates")).ids == [500]
