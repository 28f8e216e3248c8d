"""compose.yaml and what it mounts: hardened, without a secret, and its scripts do what they say."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot import settings as module
from bot.settings import Settings, read_settings
from bot.telegram.hearing import DRAIN
from storage.ledger import Append, NewEntry
from storage.opening import open_store
from tests.acceptance.process import Ran, run
from tests.postgres_server import PASSWORD, Server, in_database, on, programs
from tests.promises.report import ROOT
from tests.storage.samples import AT, now

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120)]

DEPLOY = ROOT / "deploy"
TOKEN = "7000000001:canary_canary_canary_canary_canary"
LONG_RUNNING = {"postgres", "replica-1", "replica-2", "proxy", "backup"}


def compose() -> dict[str, Any]:
    """The file, with its anchors resolved."""
    found: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    return found


SERVICES: dict[str, Any] = compose()["services"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_can_change_nothing_but_its_data(name: str) -> None:
    """Not root, a read-only root, no capability, no new privilege, a known version."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", service["user"])
    assert service["pids_limit"] > 0
    assert not {"cap_add", "privileged", "network_mode", "pid"} & set(service)
    assert re.search(r":(\d|\$)", service["image"])


def test_only_the_proxy_can_be_reached_and_the_database_reaches_nobody() -> None:
    """No port but those of TLS and of its certificates; the database's network is closed."""
    assert {name for name, one in SERVICES.items() if "ports" in one} == {"proxy"}
    assert SERVICES["proxy"]["networks"] == ["front"]
    assert SERVICES["postgres"]["networks"] == SERVICES["backup"]["networks"] == ["database"]
    assert compose()["networks"]["database"] == {"internal": True}


def test_the_proxy_knows_where_the_replicas_are() -> None:
    """The addresses in its file are those that the replicas are given, and no other."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    named = re.findall(r"server ([0-9.]+):8090", text)
    given = [SERVICES[f"replica-{number}"]["networks"]["front"] for number in (1, 2)]
    assert named == [one["ipv4_address"] for one in given]
    assert SERVICES["replica-1"]["environment"]["LISTEN"] == "0.0.0.0:8090"


def test_whatever_runs_on_is_watched_and_has_time_to_stop() -> None:
    """A health check each, the replicas' from their image; a stop is never cut off."""
    assert set(SERVICES) == LONG_RUNNING | {"tools"}
    for name in LONG_RUNNING - {"replica-1", "replica-2"}:
        assert "healthcheck" in SERVICES[name], name
    assert "HEALTHCHECK" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for name in LONG_RUNNING:
        assert seconds(SERVICES[name]["stop_grace_period"]) > DRAIN + 5, name


def seconds(written: str) -> int:
    """A length of time as compose writes it."""
    return int(written[:-1]) * {"s": 1, "m": 60}[written[-1]]


def test_it_holds_no_secret_and_its_settings_are_those_of_the_software() -> None:
    """Secrets are files, named as the settings are; every other variable is one that is known."""
    known = {name.upper() for name in Settings.model_fields} | {"PGPASSFILE"}
    for name in ("replica-1", "replica-2", "tools"):
        assert set(SERVICES[name]["environment"]) <= known
        assert set(SERVICES[name]["secrets"]) - {"pgpass"} <= set(Settings.model_fields)
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            secret = re.search(r"TOKEN|SECRET|PEPPER|PASS|_KEY$", name)
            assert not secret or value.startswith("/run/secrets/"), name
    for secret in compose()["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/deploy/secrets/", "/deploy/state/", "/deploy/.env"} <= set(ignored)


def test_every_file_that_is_mounted_is_there() -> None:
    """A path that is misspelt would become an empty folder."""
    mounted = [
        one.partition(":")[0] for service in SERVICES.values() for one in service.get("volumes", [])
    ]
    files = [one for one in mounted if one.startswith("./") and not one.startswith("./state/")]
    assert len(files) == 3
    assert [one for one in files if not (DEPLOY / one).is_file()] == []


def test_preparing_makes_every_secret_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each secret of compose.yaml, closed to others; the bot takes them as its settings."""
    if os.geteuid() != 0:
        pytest.skip("only root can hand files to the accounts of the containers")
    env = {"PATH": os.defpath, "HERE": str(tmp_path), "DOMAIN": "bot.example.org"}
    env["TELEGRAM_BOT_TOKEN"] = TOKEN
    assert shell("prepare.sh", env).code == 0
    made = tmp_path / "secrets"
    assert {one.name for one in made.iterdir()} == set(compose()["secrets"])
    assert {one.stat().st_mode & 0o777 for one in made.iterdir()} == {0o400}
    assert {one.stat().st_uid for one in made.iterdir()} == {10001, 999}
    assert (tmp_path / ".env").read_text() == "DOMAIN=bot.example.org\n"
    monkeypatch.chdir(tmp_path / "state")
    monkeypatch.setattr(module, "SECRETS", made)
    monkeypatch.setenv("PUBLIC_URL", "https://bot.example.org")
    found = read_settings()
    assert found.signer is not None
    assert None not in (found.telegram_bot_token, found.signing_pepper, found.record_key)
    again = shell("prepare.sh", env)
    assert (again.code, "nothing is overwritten" in again.err) == (1, True)


# --- backup and restore ---------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL of the test's own, with the database that compose.yaml makes in it."""
    made = Server.made()
    try:
        made.start()
        secrets = made.folder / "secrets"
        secrets.mkdir()
        (secrets / "screening_password").write_text(f"{PASSWORD}\n")
        ran = shell("database.sh", {**asking(made, "postgres"), "SECRETS": str(secrets)})
        assert ran.code == 0, ran.err
        yield made
    finally:
        made.stop()


def asking(server: Server, user: str) -> dict[str, str]:
    """The variables by which PostgreSQL's programs find the server, as compose.yaml sets them."""
    return {
        "PATH": f"{programs(server.folder)}:{os.defpath}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": user,
        "PGPASSWORD": PASSWORD,
        "PGDATABASE": "screening" if user == "screening" else "postgres",
    }


def shell(script: str, env: Mapping[str, str], *words: str) -> Ran:
    """Run one of the scripts."""
    command = ["sh", str(DEPLOY / script), *words]
    done = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


async def test_a_backup_is_restored_and_verified(server: Server, tmp_path: Path) -> None:
    """By the commands of docs/replicas.md: every event is there, and the chain holds."""
    url = in_database(server.url(), "screening").replace("//postgres:", "//screening:")
    await record(url, 40)
    backups = tmp_path / "backups"
    backups.mkdir()
    env = {**asking(server, "screening"), "BACKUPS": str(backups), "BACKUP_KEEP": "2"}
    assert (await asyncio.to_thread(shell, "backup.sh", env, "once")).code == 0
    assert (await asyncio.to_thread(shell, "backup.sh", env, "fresh", "24")).code == 0
    (dump,) = backups.iterdir()
    assert dump.stat().st_mode & 0o777 == 0o600
    await on(server.url(), "CREATE DATABASE restored OWNER screening TEMPLATE template0")
    words = ("--dbname=restored", "--exit-on-error", "--single-transaction", str(dump))
    restore = [str(programs(server.folder) / "pg_restore"), *words]
    done = await asyncio.to_thread(subprocess.run, restore, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr
    heads = [await head(url), await head(in_database(url, "restored"))]
    assert heads[0] == heads[1]
    settings = {"DATABASE_URL": in_database(url, "restored")}
    verified = await asyncio.to_thread(run, tmp_path, "verify", settings=settings)
    assert (verified.code, "40 events" in verified.out) == (0, True), verified
    await record(in_database(url, "restored"), 1, after=40)  # and it is written on


def test_only_whole_backups_are_kept_and_only_the_newest(server: Server, tmp_path: Path) -> None:
    """A server that is away leaves none; an old one goes; what is called otherwise stays."""
    env = {**asking(server, "screening"), "BACKUPS": str(tmp_path), "BACKUP_KEEP": "2"}
    old = [tmp_path / f"screening-2026010{day}T000000Z.dump" for day in (1, 2, 3)]
    for file in (*old, tmp_path / "notes.txt"):
        file.write_text("of another day")
        os.utime(file, (0, 0))
    assert shell("backup.sh", env, "fresh", "24").code == 1
    assert shell("backup.sh", {**env, "PGPORT": "1"}, "once").code != 0
    assert {*old, tmp_path / "notes.txt"} == {
        one for one in tmp_path.iterdir() if one.suffix != ".part"
    }
    assert shell("backup.sh", env, "once").code == 0
    names = sorted(one.name for one in tmp_path.iterdir())
    assert (len(names), names[0], names[1]) == (3, "notes.txt", old[2].name)
    assert shell("backup.sh", env).code == 2


async def record(url: str, events: int, after: int = 0) -> None:
    """Append so many events."""
    store = await open_store(url, now)
    entries = tuple(NewEntry("answer-given", 1, b"{}") for _ in range(events))
    await store.ledger.append(Append("screening/1", after, entries, AT))
    await store.close()


async def head(url: str) -> object:
    """The end of a ledger."""
    store = await open_store(url, now, writing=False)
    try:
        return await store.ledger.head()
    finally:
        await store.close()
