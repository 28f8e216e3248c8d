"""The control surface and the page, over HTTP."""

import json
import re
from pathlib import Path

import pytest

import bot.sandbox
from bot.sandbox import Phone, Sandbox
from tests.bot.sandbox.caller import Caller, Json, key, keyboard

HARMLESS = {"http://www.w3.org", "https://t.me"}
"""The name of a drawing language, and the links that a phone takes for its own."""


async def post(call: Caller, path: str, body: Json) -> tuple[int, Json]:
    """Post JSON to the control surface."""
    async with call.session.post(f"{call.sandbox.url}/sandbox/{path}", json=body) as answer:
        return answer.status, await answer.json()


async def test_phones_are_moved_over_http(sandbox: Sandbox, call: Caller) -> None:
    """Make a phone, start, tap, change language, block, unblock."""
    status, made = await post(call, "phones", {"id": 5, "name": "Zoé", "role": {"fr": "Garde"}})
    assert (status, made["standing"]) == (200, "new")
    await post(call, "phones/5/send", {"text": "/start"})
    await call("sendMessage", chat_id=5, text="?", reply_markup=keyboard([key("Yes", "y")]))
    _, tapped = await post(call, "phones/5/tap", {"label": "Yes"})
    await post(call, "phones/5/tap", {"message_id": 2, "data": "forged"})
    await post(call, "phones/5/language", {"language": "fr"})
    phone = sandbox.phones[5]
    assert [tap.data for tap in phone.taps] == ["y", "forged"]
    assert tapped["tap"] == phone.taps[0].id
    assert phone.user.language_code == "fr"
    await post(call, "phones/5/block", {})
    assert phone.blocked
    await post(call, "phones/5/unblock", {})
    assert not phone.blocked


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("phones/1001/tap", {"label": "Nowhere"}),
        ("phones/1001/fly", {}),
        ("phones/77/send", {"text": "x"}),
        ("faults", {"kind": "earthquake"}),
    ],
)
async def test_impossible_acts_are_refused(
    call: Caller, phone: Phone, path: str, body: Json
) -> None:
    """What no phone can do gets 400 and a reason."""
    status, answer = await post(call, path, body)
    assert status == 400
    assert answer["error"]


async def test_faults_are_armed_over_http(sandbox: Sandbox, call: Caller, phone: Phone) -> None:
    """The next call fails as armed; the journal shows it."""
    await post(call, "faults", {"kind": "server-error", "code": 503, "method": "getMe"})
    assert (await call("getMe")).status == 503
    await post(call, "down", {"down": True})
    assert sandbox.faults.down
    await post(call, "faults", {"clear": True})
    async with call.session.get(f"{sandbox.url}/sandbox/journal") as answer:
        assert [entry["code"] for entry in await answer.json()] == [503]


async def test_changes_are_streamed(sandbox: Sandbox, call: Caller, phone: Phone) -> None:
    """The stream starts with everything and then sends each phone that changed."""
    async with call.session.get(f"{sandbox.url}/sandbox/events") as stream:
        first = await stream.content.readuntil(b"\n\n")
        await call("sendMessage", chat_id=1001, text="<b>new</b>", parse_mode="HTML")
        second = await stream.content.readuntil(b"\n\n")
    assert first.startswith(b"event: state\n")
    shown = json.loads(second.removeprefix(b"event: phone\ndata: "))
    assert shown["messages"][-1]["text"] == "new"
    assert shown["messages"][-1]["entities"] == [{"type": "bold", "offset": 0, "length": 3}]


async def test_strangers_cannot_reach_the_control_surface(sandbox: Sandbox, call: Caller) -> None:
    """A foreign Host is refused, and so is a form that a foreign page could send."""
    address = f"{sandbox.url}/sandbox/state"
    async with call.session.get(address, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    async with call.session.post(f"{sandbox.url}/sandbox/down", data={"down": "1"}) as answer:
        assert answer.status == 415


async def test_the_page_comes_with_a_strict_policy(sandbox: Sandbox, call: Caller) -> None:
    """Every file of the page is served, under a policy that lets nothing foreign in."""
    page = Path(bot.sandbox.__file__).with_name("page")
    for file in sorted(page.iterdir()):
        name = "" if file.name == "index.html" else file.name
        async with call.session.get(f"{sandbox.url}/{name}") as answer:
            assert answer.status == 200, file.name
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
            foreign = set(re.findall(r"https?://[a-z0-9.]+", await answer.text()))
            assert foreign <= HARMLESS, file.name
    async with call.session.get(f"{sandbox.url}/secrets.js") as answer:
        assert answer.status == 404
