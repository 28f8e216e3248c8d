"""Photos: what Telegram takes as one, what it says of the rest, and what the page is given."""

import io
import struct
import zlib

import aiohttp
import pytest

from bot.sandbox import Phone, Sandbox
from tests.bot.sandbox.caller import Caller, Reply


def png(width: int, height: int, filler: int = 0) -> bytes:
    """A PNG of one colour, and a chunk that makes it bigger."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height)
    extra = chunk(b"teXt", bytes(filler)) if filler else b""
    parts = (chunk(b"IHDR", head), extra, chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc00011080020003003012200021101")
"""The beginning of a JPEG, 48 by 32 pixels, as far as its size."""


async def send(sandbox: Sandbox, content: bytes, **texts: str) -> Reply:
    """Upload a photo as a library does."""
    form = aiohttp.FormData({"chat_id": "1001", **texts})
    form.add_field("photo", io.BytesIO(content), filename="flow.png", content_type="image/png")
    address = f"{sandbox.base_url}{sandbox.token}/sendPhoto"
    async with aiohttp.ClientSession() as session, session.post(address, data=form) as answer:
        return Reply(answer.status, await answer.json())


@pytest.mark.parametrize(
    ("content", "size"), [(png(30, 40), (30, 40)), (JPEG, (48, 32))], ids=["png", "jpeg"]
)
async def test_a_photo_tells_its_size_and_keeps_its_caption(
    sandbox: Sandbox, phone: Phone, content: bytes, size: tuple[int, int]
) -> None:
    """PNG and JPEG; the caption is read as HTML."""
    reply = await send(sandbox, content, caption="<b>1</b> of 15", parse_mode="HTML")
    photo = reply.message["photo"]
    assert isinstance(photo, list)
    assert (photo[-1]["width"], photo[-1]["height"]) == size
    assert reply.message["caption"] == phone.last_message.text == "1 of 15"
    assert phone.last_message.attachment is not None
    assert phone.last_message.attachment.content == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg/>", "IMAGE_PROCESS_FAILED"),
        (b"\x89PNG\r\n\x1a\n", "IMAGE_PROCESS_FAILED"),
        (b"\xff\xd8\xff", "IMAGE_PROCESS_FAILED"),
        (png(0, 10), "IMAGE_PROCESS_FAILED"),
        (png(8, 168), "PHOTO_INVALID_DIMENSIONS"),
        (png(5_001, 5_000), "PHOTO_INVALID_DIMENSIONS"),
        (png(8, 8, filler=10 * 1024 * 1024), "file of size"),
    ],
    ids=["no picture", "no size", "cut", "empty", "narrow", "large", "heavy"],
)
async def test_what_is_no_photo_is_refused(
    sandbox: Sandbox, phone: Phone, content: bytes, words: str
) -> None:
    """No picture, too narrow, too large, too heavy: nothing is posted."""
    before = len(phone.messages)
    reply = await send(sandbox, content)
    assert reply.status == 400
    assert reply.words.startswith(f"Bad Request: {words}")
    assert len(phone.messages) == before


async def test_the_bounds_themselves_pass(sandbox: Sandbox, phone: Phone) -> None:
    """Twenty times as high as wide, 10,000 pixels of sides, 1,024 characters of caption."""
    for content in (png(8, 160), png(5_000, 5_000)):
        assert (await send(sandbox, content, caption="x" * 1024)).status == 200
    assert (await send(sandbox, png(8, 8), caption="x" * 1025)).status == 400


async def test_a_photo_is_known_again_by_its_id(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """As a photo, and not as a document."""
    photo = (await send(sandbox, png(8, 8))).message["photo"]
    assert isinstance(photo, list)
    again = await call("sendPhoto", chat_id=1001, photo=photo[0]["file_id"])
    assert again.status == 200
    wrong = await call("sendDocument", chat_id=1001, document=photo[0]["file_id"])
    assert wrong.words == "Bad Request: there is no document in the request"


@pytest.mark.parametrize(
    ("content", "kind"), [(png(8, 8), "image/png"), (JPEG, "image/jpeg")], ids=["png", "jpeg"]
)
async def test_the_page_is_given_a_picture(
    sandbox: Sandbox, phone: Phone, content: bytes, kind: str
) -> None:
    """With the type of what it is, so that a browser shows it, and nothing else it may guess."""
    await send(sandbox, content)
    attachment = phone.last_message.attachment
    assert attachment is not None
    address = f"{sandbox.url}/sandbox/files/{attachment.file_id}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.content_type == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == content
