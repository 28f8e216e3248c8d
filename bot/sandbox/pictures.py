"""Pictures as Telegram's server looks at them: what they are, and how large."""

import struct

from bot.sandbox.errors import bad_request

MAX_PHOTO = 10 * 1024 * 1024
MAX_SIDES = 10_000
"""Pixels of width and height together (Bot API manual, sendPhoto)."""
MAX_RATIO = 20

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers of a frame header, which holds the size."""


def photo_size(content: bytes) -> tuple[int, int]:
    """Return width and height in pixels of a picture that may be sent as a photo.

    Raises:
        ApiError: 400 for a file that is too big, no picture, too large or too narrow.
    """
    if len(content) > MAX_PHOTO:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; "
            f"the maximum size is {MAX_PHOTO} bytes"
        )
    width, height = size_of(content) or (0, 0)
    if not width or not height:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def media_type(content: bytes) -> str:
    """Return what a browser is told about a file: a picture only where it is one."""
    if content.startswith(_PNG):
        return "image/png"
    return "image/jpeg" if content.startswith(_JPEG) else "application/octet-stream"


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG or JPEG, None for anything else."""
    try:
        if content.startswith(_PNG) and content[12:16] == b"IHDR":
            width, height = struct.unpack(">II", content[16:24])
            return width, height
        return _jpeg_size(content) if content.startswith(_JPEG) else None
    except (struct.error, IndexError):
        return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while content[at] == 0xFF:
        length, height, width = struct.unpack(">H1x2H", content[at + 2 : at + 9])
        if content[at + 1] in _FRAMES:
            return width, height
        at += 2 + length
    return None
