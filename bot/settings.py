"""Settings from the environment and `.env`: checked at start, one clear line for each fault."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")


class BadSettings(Exception):
    """The settings cannot be used; `lines` holds one sentence for each fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    """What a site sets; every name is that of the environment variable, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(default="sqlite:///data/screening.db", min_length=1)
    language: Language = "en"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: with one line for each variable that cannot be used.

    """
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(
            [f"{_variable(fault['loc'])}: {fault['msg'].lower()}" for fault in error.errors()]
        ) from None


def _variable(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else "settings"
