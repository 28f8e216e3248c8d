"""Settings from the environment and `.env`: checked at start, one clear line for each fault."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.keys import KEY_BYTES

Language = Literal["en", "fr"]
_TOKEN = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{30,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")

LANGUAGES: tuple[Language, ...] = ("en", "fr")


class BadSettings(Exception):
    """The settings cannot be used; `names` holds each variable that cannot."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Settings(BaseSettings):
    """What a site sets; every name is that of the environment variable, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True
    )

    telegram_bot_token: SecretStr | None = None
    telegram_api_base_url: str = Field(default="https://api.telegram.org", pattern=r"^https?://.+")
    public_url: str | None = Field(default=None, pattern=r"^https?://.+")
    webhook_secret: SecretStr | None = None
    signing_pepper: SecretStr | None = Field(default=None, min_length=32)
    record_key: SecretStr | None = None
    record_key_old: SecretStr | None = None
    retention_days: int = Field(default=0, ge=0, le=36_500)
    listen: str = Field(default="127.0.0.1:8090", pattern=r"^[^:\s]+:\d{1,5}$")
    trial: str = "lysyme"
    database_url: str = Field(default="sqlite:///data/screening.db", min_length=1, repr=False)
    language: Language = "en"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_form(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("expected digits, a colon and 30 or more characters")
        return token

    @field_validator("webhook_secret")
    @classmethod
    def _secret_form(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("expected 16 to 256 characters of A-Z, a-z, 0-9, _ and -")
        return secret

    @field_validator("record_key", "record_key_old")
    @classmethod
    def _key_form(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            key_bytes(key)
        return key

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Settings:
        if (self.public_url is None) != (self.webhook_secret is None):
            raise ValueError("PUBLIC_URL and WEBHOOK_SECRET are set together, for a webhook")
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port on which health, metrics and the webhook are served."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)


def key_bytes(key: SecretStr | None) -> bytes | None:
    """The 32 bytes that a record key stands for; None for none. Raises ValueError."""
    if key is None:
        return None
    found = b64decode(key.get_secret_value(), validate=True)
    if len(found) != KEY_BYTES:
        raise ValueError("expected 32 bytes in base64")
    return found


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: naming each variable that cannot be used.

    """
    try:
        return Settings()
    except ValidationError as error:
        names = [_variable(fault["loc"]) for fault in error.errors()]
        raise BadSettings(list(dict.fromkeys(names))) from None


WEBHOOK_PAIR = "PUBLIC_URL, WEBHOOK_SECRET"
"""The name of the one fault that is about two variables."""


def _variable(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else WEBHOOK_PAIR
