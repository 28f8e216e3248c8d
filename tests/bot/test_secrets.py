"""Every secret of the settings is struck out of the log, whichever is added next."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from pydantic import SecretStr

from bot.cli import serve
from bot.settings import Settings

VALUES = {
    "telegram_bot_token": "7000000001:canary_canary_canary_canary_canary",
    "webhook_secret": "canary-webhook-secret",
    "signing_pepper": "a canary among peppers, of 32 or more characters",
    "record_key": "HwEeAh0DHAQbBRoGGQcYCBcJFgoVCxQMEw0SDhEPEAA=",
    "record_key_old": "IAEfAh4DHQQcBRsGGgcZCBgJFwoWCxUMFA0TDhIPEQA=",
    "smtp_password": "a canary that opens no mailbox",
    "checkpoint_key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}


def test_every_secret_is_struck_out_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the settings call a secret is handed to the formatter, and is shown by no repr."""
    secrets = {
        name for name, one in Settings.model_fields.items() if "SecretStr" in str(one.annotation)
    }
    assert secrets == set(VALUES), "a new secret needs a value here"
    handed: list[str] = []

    def catch(_: str, secrets: Iterable[str]) -> None:
        handed.extend(secrets)

    monkeypatch.setattr(serve, "set_up_logging", catch)
    settings = Settings(
        _env_file=None,
        public_url="https://bot.example.org",
        smtp_host="smtp.example.org",
        smtp_sender="bot@example.org",
        smtp_username="bot",
        **{name: SecretStr(value) for name, value in VALUES.items()},  # type: ignore[arg-type]
    )
    serve._with_logs(settings)
    assert set(handed) == set(VALUES.values())
    assert not [value for value in VALUES.values() if value in repr(settings)]
