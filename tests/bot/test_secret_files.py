"""Settings that come as files, as a container is handed its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings as module
from bot.settings import BadSettings, read_settings

PEPPER = "a canary among peppers, of 32 or more characters"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of secrets, and no settings from anywhere else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "SECRETS", tmp_path / "secrets")
    module.SECRETS.mkdir()
    return module.SECRETS


def test_a_file_is_the_setting_that_it_is_called_as(secrets: Path) -> None:
    """Its last newline is not part of it; a file that is no setting is passed over."""
    (secrets / "signing_pepper").write_text(f"{PEPPER}\n")
    (secrets / "pgpass").write_text("postgres:5432:screening:screening:secret\n")
    pepper = read_settings().signing_pepper
    assert pepper is not None
    assert pepper.get_secret_value() == PEPPER


def test_the_environment_comes_first(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set by hand is meant."""
    (secrets / "language").write_text("fr\n")
    assert read_settings().language == "fr"
    monkeypatch.setenv("LANGUAGE", "en")
    assert read_settings().language == "en"


def test_without_such_a_folder_nothing_is_read(secrets: Path) -> None:
    """A machine that is no container has none."""
    secrets.rmdir()
    assert read_settings().signing_pepper is None


def test_a_bad_file_is_named_as_its_setting(secrets: Path) -> None:
    """As if it had stood in the environment, and without what it holds."""
    (secrets / "signing_pepper").write_text("short")
    with pytest.raises(BadSettings, match=r"^SIGNING_PEPPER$"):
        read_settings()


def test_a_file_that_may_not_be_read_is_a_bad_setting(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear sentence, and no traceback."""
    (secrets / "signing_pepper").write_text(PEPPER)

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError  # as for an account that is not root, whatever runs this test

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(BadSettings, match=r"secrets$"):
        read_settings()
