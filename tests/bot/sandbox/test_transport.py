"""How calls come in: address, encodings, tokens, unknown methods, files."""

import json

import aiohttp
import pytest

from bot.sandbox import Phone, Sandbox
from tests.bot.sandbox.caller import Caller, key, keyboard


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_four_ways(
    sandbox: Sandbox, call: Caller, phone: Phone, way: str
) -> None:
    """Nested objects travel as JSON text, except in a JSON body, where they may be objects."""
    markup = keyboard([key("Yes")])
    plain = {"chat_id": "1001", "text": "hi", "reply_markup": json.dumps(markup)}
    address = f"{sandbox.base_url}{sandbox.token}/SENDmessage"
    multipart = aiohttp.FormData(plain, default_to_multipart=True)
    bodies: dict[str, dict[str, object]] = {
        "query": {"params": plain},
        "form": {"data": plain},
        "json": {"json": {**plain, "chat_id": 1001, "reply_markup": markup}},
        "multipart": {"data": multipart},
    }
    async with call.session.post(address, **bodies[way]) as answer:  # type: ignore[arg-type]
        assert answer.status == 200
    assert phone.labels == ("Yes",)


async def test_unknown_tokens_and_methods(sandbox: Sandbox, call: Caller) -> None:
    """A wrong token gets 401, an unknown method 404."""
    async with call.session.get(f"{sandbox.base_url}1:wrong/getMe") as answer:
        assert answer.status == 401
    missing = await call("makeCoffee")
    assert (missing.status, missing.words) == (404, "Not Found: method not found")


async def test_a_broken_json_body_is_refused(sandbox: Sandbox, call: Caller) -> None:
    """What is not JSON gets 400, and the server lives on."""
    headers = {"Content-Type": "application/json"}
    address = f"{sandbox.base_url}{sandbox.token}/sendMessage"
    async with call.session.post(address, data=b"{", headers=headers) as answer:
        assert answer.status == 400
    assert (await call("getMe")).status == 200


async def test_a_document_can_be_sent_and_fetched(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """An uploaded file shows on the phone and can be sent again by its id."""
    form = aiohttp.FormData({"chat_id": "1001", "caption": "the log"})
    form.add_field("document", b"a,b\n", filename="log.csv")
    address = f"{sandbox.base_url}{sandbox.token}/sendDocument"
    async with call.session.post(address, data=form) as answer:
        assert answer.status == 200
    attachment = phone.last_message.attachment
    assert attachment is not None
    assert (attachment.name, attachment.content) == ("log.csv", b"a,b\n")
    again = await call("sendDocument", chat_id=1001, document=attachment.file_id)
    nothing = await call("sendDocument", chat_id=1001, document="unknown")
    assert (again.status, nothing.status) == (200, 400)


@pytest.mark.parametrize("chat_id", ["", "@somebody", 0])
async def test_a_chat_must_be_named_by_number(call: Caller, chat_id: object) -> None:
    """A missing or unknown chat id gets 400."""
    assert (await call("sendMessage", chat_id=chat_id, text="x")).status == 400


async def test_the_bot_describes_itself(call: Caller) -> None:
    """Descriptions are kept per language and have limits."""
    await call("setMyDescription", description="Bonjour", language_code="fr")
    assert (await call("getMyDescription", language_code="fr")).message == {
        "description": "Bonjour"
    }
    assert (await call("setMyShortDescription", short_description="x" * 121)).status == 400
