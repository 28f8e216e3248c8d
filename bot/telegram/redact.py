"""Logging that cannot tell a secret: whatever looks like a bot token is struck out."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Final
from urllib.parse import quote

STRUCK: Final = "[redacted]"
_LIKE_A_TOKEN: Final = r"\d{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"
_SHORTEST_SECRET: Final = 6
"""Characters; striking out anything shorter would strike out ordinary words."""

_QUIET: Final = ("httpx", "httpcore", "telegram", "aiohttp.access")
"""Loggers that tell addresses or whole updates below WARNING."""


class RedactingFormatter(logging.Formatter):
    """Writes a record as usual, then strikes out secrets: message, arguments and traceback."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._pattern = _pattern(secrets)

    def __repr__(self) -> str:
        return "RedactingFormatter()"

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, with its traceback, redacted."""
        # Python keeps the formatted traceback on the record, for other handlers: not unredacted.
        kept, record.exc_text = record.exc_text, None
        try:
            return self.redact(super().format(record))
        finally:
            record.exc_text = kept

    def redact(self, text: str) -> str:
        """The text with every secret struck out."""
        return self._pattern.sub(STRUCK, text)


class RedactingFilter(logging.Filter):
    """Redacts the record itself, so that handlers added later get no secret either."""

    def __init__(self, formatter: RedactingFormatter) -> None:
        super().__init__()
        self._formatter = formatter

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the finished, redacted words in the place of message, arguments and exception."""
        try:
            record.msg = self._formatter.redact(record.getMessage())
        except Exception:
            # A faulty call of the logger must neither end the caller nor show its arguments.
            record.msg = "a log record could not be written"
        record.args = None
        if record.exc_info and record.exc_info[0] is not None:
            text = self._formatter.redact(self._formatter.formatException(record.exc_info))
            record.msg, record.exc_info, record.exc_text = f"{record.msg}\n{text}", None, None
        return True


def set_up_logging(level: str | int, secrets: Iterable[str] = ()) -> None:
    """Log to standard error from `level` up, with the secrets struck out; ends other set-ups.

    Uncaught exceptions take the same road, so their tracebacks are redacted, too.
    """
    formatter = RedactingFormatter(secrets)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(RedactingFilter(formatter))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_in_thread


def _pattern(secrets: Iterable[str]) -> re.Pattern[str]:
    words: set[str] = set()
    for secret in secrets:
        # The part after the colon is what gives access; the number before it is public.
        for part in (secret, secret.partition(":")[2]):
            if len(part) >= _SHORTEST_SECRET:
                words |= {part, quote(part, safe="")}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, longest_first), _LIKE_A_TOKEN]))


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("bot").critical("uncaught exception", exc_info=(kind, error, trace))


def _log_unraisable(report: sys.UnraisableHookArgs) -> None:
    if report.exc_value is not None:
        logging.getLogger("bot").error("error in a finaliser", exc_info=report.exc_value)


def _log_in_thread(report: threading.ExceptHookArgs) -> None:
    if report.exc_value is not None:
        logging.getLogger("bot").critical("uncaught in a thread", exc_info=report.exc_value)
