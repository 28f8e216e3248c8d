"""The root handler writes no secret, however it comes."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.telegram.redact import STRUCK, RedactingFilter, RedactingFormatter
from tests.bot.telegram.intake.parts import SECRET, TOKEN

ROOT = Path(__file__).parents[4]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a redacting handler and, after it, a plain one write."""
    stream = io.StringIO()
    formatter = RedactingFormatter([SECRET, "4242:short", ""])
    first, second = logging.StreamHandler(stream), logging.StreamHandler(stream)
    first.setFormatter(formatter)
    first.addFilter(RedactingFilter(formatter))
    logger = logging.getLogger("redaction")
    logger.propagate = False
    logger.handlers = [first, second]
    yield stream
    logger.handlers = []
    logger.propagate = True


@pytest.mark.parametrize("secret", [TOKEN, SECRET, "4242:short", quote(TOKEN, safe="")])
def test_message_arguments_and_traceback_are_struck_out(secret: str, written: io.StringIO) -> None:
    """Any token shape, and every configured secret, in every part of a record."""
    logger = logging.getLogger("redaction")
    logger.error(f"plain {secret}")  # noqa: G004 - as careless code would
    logger.error("argument %s and %r", secret, {"url": f"https://host/bot{secret}/x"})
    logger.error("by name %(token)s", {"token": secret})
    try:
        raise RuntimeError(f"inside bot{secret}")
    except RuntimeError:
        logger.exception("failed")
    told = written.getvalue()
    assert secret not in told
    assert told.count(STRUCK) == 10
    assert "RuntimeError" in told


def test_a_faulty_log_call_does_not_show_its_arguments(written: io.StringIO) -> None:
    """Too many arguments for the words: neither raised nor shown."""
    logging.getLogger("redaction").error("none wanted", TOKEN)  # noqa: PLE1205 - the fault
    assert TOKEN not in written.getvalue()
    assert "could not be written" in written.getvalue()


def test_ordinary_words_and_times_stay() -> None:
    """Nothing that merely holds digits and a colon is struck out."""
    text = "2026-03-01T08:00:00 screening 7K3F-9QXA at 12345678:90"
    assert RedactingFormatter().redact(text) == text


def test_uncaught_exceptions_are_redacted_and_chatty_loggers_quiet() -> None:
    """A process that dies with a token in its hands does not tell it."""
    program = f"""
import logging, threading
from bot.telegram.redact import set_up_logging
set_up_logging("DEBUG", [{SECRET!r}])
logging.getLogger("httpx").info("GET https://host/bot{TOKEN}/getMe")
logging.getLogger("telegram.ext").info("update {{...}}")
logging.getLogger("bot").info("hello {SECRET}")
def die():
    raise ValueError("thread {TOKEN}")
thread = threading.Thread(target=die)
thread.start()
thread.join()
raise RuntimeError("main {TOKEN}")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert TOKEN not in ended.stderr
    assert SECRET not in ended.stderr
    assert "RuntimeError: main" in ended.stderr
    assert "ValueError: thread" in ended.stderr
    assert "hello" in ended.stderr
    assert "httpx" not in ended.stderr
    assert "update" not in ended.stderr


def test_the_formatter_alone_redacts_a_traceback() -> None:
    """A handler that has the formatter but not the filter tells nothing either."""
    try:
        raise RuntimeError(f"inside {TOKEN}")
    except RuntimeError:
        record = logging.LogRecord("x", 40, "x", 1, "failed %s", (TOKEN,), sys.exc_info())
    told = RedactingFormatter().format(record)
    assert TOKEN not in told
    assert told.count(STRUCK) >= 2
    assert record.exc_text is None
