"""The settings about keys and retention: what they may be, and that no log can tell them."""

from __future__ import annotations

import logging
from base64 import b64encode

import pytest
from pydantic import SecretStr, ValidationError

from bot.cli.serve import _with_logs
from bot.settings import Settings, key_bytes

KEY = b64encode(b"canary-of-the-record-key-canary!").decode()


def test_a_record_key_is_32_bytes_in_base64() -> None:
    """It is read as such, and is in nobody's repr."""
    settings = Settings(_env_file=None, record_key=SecretStr(KEY))
    assert key_bytes(settings.record_key) == b"canary-of-the-record-key-canary!"
    assert KEY not in repr(settings)
    assert key_bytes(None) is None


@pytest.mark.parametrize("bad", ["", "short", b64encode(bytes(31)).decode(), KEY + "=", "é" * 44])
def test_anything_else_is_refused(bad: str) -> None:
    """And what was wrong is not repeated in the error."""
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, record_key_old=SecretStr(bad))
    assert not bad or bad not in str(caught.value)


@pytest.mark.parametrize(("days", "good"), [(0, True), (30, True), (-1, False), (36_501, False)])
def test_retention_is_a_number_of_days(days: int, good: bool) -> None:
    """Nothing is erased by itself unless a site asks for it."""
    assert Settings(_env_file=None).retention_days == 0
    if good:
        assert Settings(_env_file=None, retention_days=days).retention_days == days
    else:
        with pytest.raises(ValidationError):
            Settings(_env_file=None, retention_days=days)


def test_no_log_tells_a_record_key(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the one in use nor the one before, whatever is logged."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    old = b64encode(bytes(range(32))).decode()
    try:
        _with_logs(
            Settings(_env_file=None, record_key=SecretStr(KEY), record_key_old=SecretStr(old))
        )
        logging.getLogger("bot").warning("keys: %s and %s", KEY, old)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(False)
    said = capsys.readouterr().err
    assert "keys: [redacted] and [redacted]" in said
