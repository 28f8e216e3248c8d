"""Settings from the environment and `.env`: checked at start, one clear line for each fault."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from flows.names import clean_address
from storage.checkpoint import Signer, read_seed
from storage.keys import KEY_BYTES

Language = Literal["en", "fr"]
_TOKEN = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{30,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")

SECRETS = Path("/run/secrets")
"""Where a container finds its secrets: a file that is called as a setting is that setting."""

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
    checkpoint_key: SecretStr | None = None
    timestamp_url: str | None = Field(default=None, pattern=r"^https?://.+")
    timestamp_root: str | None = Field(default=None, min_length=1)
    backup_dir: str | None = Field(default=None, min_length=1)
    backup_every_hours: int = Field(default=24, ge=1, le=24 * 31)
    backup_keep: int = Field(default=14, ge=1, le=10_000)
    listen: str = Field(default="127.0.0.1:8090", pattern=r"^[^:\s]+:\d{1,5}$")
    trial: str | None = None
    trials: str | None = None
    database_url: str = Field(default="sqlite:///data/screening.db", min_length=1, repr=False)
    send_pace: Literal["telegram", "none"] = "telegram"
    smtp_host: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.:_-]+$")
    smtp_port: int | None = Field(default=None, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str | None = Field(default=None, min_length=1)
    smtp_password: SecretStr | None = Field(default=None, min_length=1)
    smtp_sender: str | None = None
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

    @field_validator("checkpoint_key")
    @classmethod
    def _seed_form(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and read_seed(key.get_secret_value()) is None:
            raise ValueError("expected the base64 of 32 bytes")
        return key

    @field_validator("trials")
    @classmethod
    def _trials_form(cls, trials: str | None) -> str | None:
        names = _names(trials or "")
        if trials is not None and (not names or len(set(names)) < len(names)):
            raise ValueError("expected names of protocols, none of them twice")
        return trials

    @model_validator(mode="after")
    def _trials_are_said_once(self) -> Settings:
        if self.trial and self.trials:
            raise ValueError(TRIALS_TWICE)
        return self

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Settings:
        if (self.public_url is None) != (self.webhook_secret is None):
            raise ValueError(WEBHOOK_PAIR)
        return self

    @field_validator("smtp_sender")
    @classmethod
    def _sender_form(cls, sender: str | None) -> str | None:
        if sender is not None and clean_address(sender) is None:
            raise ValueError("expected an e-mail address")
        return sender

    @model_validator(mode="after")
    def _smtp_is_whole(self) -> Settings:
        if (self.smtp_host is None) != (self.smtp_sender is None):
            raise ValueError(SMTP_PAIR)
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError(SMTP_LOGIN)
        return self

    @property
    def trial_names(self) -> tuple[str, ...]:
        """The trials of this installation, in order: shipped protocols by name, files by path."""
        return _names(self.trials or self.trial or "lysyme")

    @property
    def signer(self) -> Signer | None:
        """Who signs checkpoints; None without a key."""
        seed = read_seed(self.checkpoint_key.get_secret_value()) if self.checkpoint_key else None
        return None if seed is None else Signer(seed)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port on which health, metrics and the webhook are served."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def key_bytes(key: SecretStr | None) -> bytes | None:
    """The 32 bytes that a record key stands for; None for none. Raises ValueError."""
    if key is None:
        return None
    found = b64decode(key.get_secret_value(), validate=True)
    if len(found) != KEY_BYTES:
        raise ValueError("expected 32 bytes in base64")
    return found


def read_settings() -> Settings:
    """The settings of this process: the environment, then `.env`, then the files in `SECRETS`.

    Raises:
        BadSettings: naming each variable that cannot be used.

    """
    try:
        return Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None)
    except SettingsError:  # a file that this account may not read
        raise BadSettings([str(SECRETS)]) from None
    except ValidationError as error:
        names = [_variable(fault["loc"], fault["msg"]) for fault in error.errors()]
        raise BadSettings(list(dict.fromkeys(names))) from None


WEBHOOK_PAIR = "PUBLIC_URL, WEBHOOK_SECRET"
"""The name of the one fault that is about two variables."""


TRIALS_TWICE = "TRIAL, TRIALS"
SMTP_PAIR = "SMTP_HOST, SMTP_SENDER"
SMTP_LOGIN = "SMTP_USERNAME, SMTP_PASSWORD"


def _variable(location: tuple[int | str, ...], said: str) -> str:
    return str(location[0]).upper() if location else said.removeprefix("Value error, ")
