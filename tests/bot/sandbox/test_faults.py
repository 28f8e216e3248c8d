"""Faults on demand, pauses, rate limits, and the journal that judges the bot."""

import aiohttp
import pytest

from bot.sandbox import Fault, FaultKind, Limits, Phone, Sandbox, VirtualTime
from tests.bot.sandbox.caller import Caller


async def test_a_flood_pause_is_kept_and_judged(
    sandbox: Sandbox, call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """429 opens a pause: calls inside it are refused and counted, answering taps is free."""
    tap = await phone.tap_data(1, "x")
    sandbox.faults.arm(Fault(FaultKind.FLOOD, retry_after=7))
    flood = await call("sendMessage", chat_id=1001, text="a")
    assert flood.body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    await time.advance(3)
    inside = await call("sendMessage", chat_id=1001, text="a")
    assert inside.body["parameters"] == {"retry_after": 4}
    assert (await call("answerCallbackQuery", callback_query_id=tap.id)).status == 200
    await time.advance(4)
    assert (await call("sendMessage", chat_id=1001, text="a")).status == 200
    assert [one.at for one in sandbox.journal.violations] == [time.now() - 4]


async def test_a_pause_of_one_chat_spares_the_others(
    sandbox: Sandbox, call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """Only a fault for the whole bot stops other chats."""
    other = sandbox.phone(1002, "Olivier")
    await other.start()
    sandbox.faults.arm(Fault(FaultKind.FLOOD, chat_id=1001))
    await call("sendMessage", chat_id=1001, text="a")
    assert (await call("sendMessage", chat_id=1002, text="a")).status == 200
    await time.advance(1)
    sandbox.faults.arm(Fault(FaultKind.FLOOD, chat_id=1001, whole_bot=True, retry_after=9))
    tap = await phone.tap_data(1, "x")
    assert (await call("sendMessage", chat_id=1001, text="a")).status == 429
    await time.advance(2)
    assert (await call("editMessageText", chat_id=1002, message_id=1, text="a")).status == 429
    assert (await call("answerCallbackQuery", callback_query_id=tap.id)).status == 200
    assert [one.chat_id for one in sandbox.journal.violations] == [1002]


async def test_a_fault_strikes_as_often_and_as_seldom_as_told(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """Every second sendMessage fails, twice, and no other method."""
    sandbox.faults.arm(
        Fault(FaultKind.SERVER_ERROR, times=2, method="sendMessage", every=2, code=502)
    )
    statuses = [(await call("sendMessage", chat_id=1001, text="a")).status for _ in range(5)]
    assert statuses == [502, 200, 502, 200, 200]
    sandbox.faults.arm(Fault(FaultKind.FORBIDDEN, method="sendMessage"))
    assert (await call("getMe")).status == 200
    assert (await call("sendMessage", chat_id=1001, text="a")).status == 403


async def test_a_dropped_answer_leaves_the_deed_done(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """Drop-after posts the message, drop-before does not; the caller cannot tell them apart."""
    for kind, posted in ((FaultKind.DROP_AFTER, 1), (FaultKind.DROP_BEFORE, 0)):
        before = len(phone.messages)
        sandbox.faults.arm(Fault(kind))
        with pytest.raises(aiohttp.ClientError):
            await call("sendMessage", chat_id=1001, text="a")
        assert len(phone.messages) - before == posted
    assert [(one.ok, one.dropped) for one in sandbox.journal.of("sendMessage")] == [
        (True, True),
        (False, True),
    ]


async def test_down_breaks_everything_and_people_keep_tapping(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """A waiting poll breaks, calls break, and after coming up what was typed is there."""
    poll = call.later("getUpdates", timeout=50)
    await call.poll_starts()
    sandbox.go_down()
    with pytest.raises(aiohttp.ClientError):
        await poll
    with pytest.raises(aiohttp.ClientError):
        await call("getMe")
    await phone.send("are you there?")
    sandbox.come_up()
    assert len((await call("getUpdates")).updates) == 1


async def test_a_revoked_token_gets_401(sandbox: Sandbox, call: Caller) -> None:
    """The waiting poll and every later call are refused as unauthorised."""
    poll = call.later("getUpdates", timeout=50)
    await call.poll_starts()
    sandbox.faults.revoke_token()
    assert (await poll).status == 401
    assert (await call("getMe")).body == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    sandbox.faults.clear()
    assert (await call("getMe")).status == 200


async def test_latency_follows_the_clock(sandbox: Sandbox, call: Caller, time: VirtualTime) -> None:
    """A round trip of 0.3 s passes on virtual time."""
    sandbox.faults.latency = 0.3
    slow = call.later("getMe")
    await time.until_someone_sleeps()
    assert not slow.done()
    await time.advance(0.3)
    assert (await slow).status == 200


async def test_a_caller_that_gives_up_does_not_undo_the_call(
    sandbox: Sandbox, call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """A client timeout during the latency still posts the message: sending has no undo."""
    sandbox.faults.latency = 1
    impatient = call.later("sendMessage", chat_id=1001, text="posted all the same")
    await time.until_someone_sleeps()
    impatient.cancel()
    await time.advance(1)
    await phone.wait_for(lambda seen: seen.messages[-1].text == "posted all the same")


async def test_rates_are_enforced_only_when_asked(
    sandbox: Sandbox, call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """Off: any number passes. On: the burst, then 429 until the rate allows more."""
    free = [(await call("sendMessage", chat_id=1001, text="a")).status for _ in range(40)]
    sandbox.journal.limits = Limits(per_chat=1, burst=3)
    limited = [(await call("sendMessage", chat_id=1001, text="a")) for _ in range(4)]
    assert set(free) == {200}
    assert [one.status for one in limited] == [200, 200, 200, 429]
    await time.advance(3)
    assert (await call("sendMessage", chat_id=1001, text="a")).status == 200
    assert sandbox.journal.violations == []


async def test_the_overall_rate_counts_all_chats(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """The 31st message within a second is refused, whichever chat it is for."""
    sandbox.journal.limits = Limits()
    for number in range(2000, 2031):
        await sandbox.phone(number, "P").start()
    statuses = [(await call("sendMessage", chat_id=n, text="a")).status for n in range(2000, 2031)]
    assert statuses.count(429) == 1
    assert statuses[-1] == 429
