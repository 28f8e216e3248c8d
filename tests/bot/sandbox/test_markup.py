"""HTML as Telegram reads it."""

import pytest

from bot.sandbox import Phone
from bot.sandbox.errors import ApiError
from bot.sandbox.markup import detect, parse_html
from tests.bot.sandbox.caller import Caller


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("1 < 2 > 0", 'Unsupported start tag "" at byte offset 2'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ],
)
async def test_malformed_html_is_refused(
    call: Caller, phone: Phone, source: str, reason: str
) -> None:
    """Each mistake gets 400 with Telegram's wording."""
    reply = await call("sendMessage", chat_id=1001, text=source, parse_mode="HTML")
    assert reply.status == 400
    assert reply.words == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("😀<u>a</u>", "😀a", [("underline", 2, 1)]),
        ("&lt;b&gt; &amp; &quot; &nbsp; &#233;", '<b> & " &nbsp; é', []),
        ('<a href="https://e.org/?a=1&amp;b">x</a>', "x", [("text_link", 0, 1)]),
        ("<tg-spoiler>s</tg-spoiler>", "s", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2)]),
        ('<pre><code class="language-sql">q</code></pre>', "q", [("pre", 0, 1)]),
        ("<s>x </s>  ", "x", [("strikethrough", 0, 1)]),
        ("<B>x</>", "x", [("bold", 0, 1)]),
        ("<i></i>x", "x", []),
    ],
)
def test_html_becomes_text_and_entities(
    source: str, text: str, kinds: list[tuple[str, int, int]]
) -> None:
    """Offsets are UTF-16 units; references become characters; ends are trimmed."""
    visible, entities = parse_html(source)
    assert visible == text
    assert [(one.kind, one.offset, one.length) for one in entities] == kinds


@pytest.mark.parametrize(
    "source", ['<span class="x">s</span>', '<tg-emoji emoji-id="x">s</tg-emoji>']
)
def test_span_and_emoji_need_their_attributes(source: str) -> None:
    """Only spoilers may be spans, and a custom emoji needs its number."""
    with pytest.raises(ApiError, match="can't parse entities"):
        parse_html(source)


async def test_markdown_is_not_read(call: Caller, phone: Phone) -> None:
    """The sandbox knows HTML only and says so rather than guess."""
    reply = await call("sendMessage", chat_id=1001, text="*x*", parse_mode="MarkdownV2")
    assert reply.words == "Bad Request: unsupported parse_mode"


def test_commands_and_addresses_are_found() -> None:
    """Plain text gets the entities that Telegram finds by itself."""
    found = detect("😀 /help or https://e.org/help.")
    assert [(one.kind, one.offset, one.length) for one in found] == [
        ("bot_command", 3, 5),
        ("url", 12, 18),
    ]
