"""English: what `screening doctor` finds."""

from __future__ import annotations

from bot.texts.beside import DoctorTexts
from bot.texts.en.words import ago

DOCTOR = DoctorTexts(
    states={"ok": "ok", "warn": "warn", "fail": "FAIL"},
    checks={
        "sqlite": "SQLite",
        "database": "database",
        "pragmas": "SQLite's settings",
        "server": "PostgreSQL",
        "durable": "PostgreSQL's settings",
        "modes": "file modes",
        "place": "file system",
        "disk": "disk space",
        "clock": "clock",
        "token": "token",
        "heard": "last update",
        "checkpoint": "checkpoint",
        "backup": "backup",
        "pepper": "signing pepper",
        "keys": "record key",
    },
    found={
        "sqlite_good": lambda version: f"version {version}",
        "sqlite_wal_reset": lambda version: (
            f"version {version} can damage a file that two connections write to at once; one "
            "process writes here, so nothing is lost by it. Use 3.51.3 or later, 3.50.7 or 3.44.6."
        ),
        "database_good": lambda head: f"can be read; number of events and head: {head}",
        "database_none": lambda path: f"{path} does not exist yet; the bot makes it at its start.",
        "database_memory": lambda _: (
            "in memory: nothing outlives the process. Set DATABASE_URL to a file."
        ),
        "database_empty": lambda where: (
            f"{where} holds no record yet; the bot makes its tables at its start."
        ),
        "database_fault": lambda why: (
            f"cannot be used: {why}. If it does not open for the bot either, restore a backup."
        ),
        "server_good": lambda version: f"version {version} answers",
        "server_standby": lambda where: (
            f"{where} only repeats what another server writes: the bot does not start. Name the "
            "other one in DATABASE_URL."
        ),
        "server_fault": lambda why: (
            f"{why}. Check DATABASE_URL and the server: the bot does not start."
        ),
        "durable_good": lambda settings: f"{settings}, as the bot reads them back",
        "durable_differ": lambda setting: (
            f"{setting}: confirmed answers could be lost. Set it right: the bot does not start."
        ),
        "pragmas_good": lambda mode: (
            f"journal_mode={mode}, synchronous=FULL, foreign_keys, secure_delete hold"
        ),
        "pragmas_journal": lambda mode: (
            f"journal_mode={mode}; the bot sets wal when it starts. Start it once."
        ),
        "pragmas_differ": lambda why: f"{why}. Use a SQLite that takes it: the bot does not start.",
        "modes_good": lambda _: "closed to others",
        "modes_loose": lambda names: (
            f"others may touch {names}. Run chmod 600 on them: the bot does not start."
        ),
        "modes_folder": lambda folder: (
            f"anybody may put files into {folder}. Run chmod 700 on it: the bot does not start."
        ),
        "modes_group": lambda folder: (
            f"the group may put files into {folder}. Run chmod 700 on it."
        ),
        "modes_env": lambda mode: (
            f".env has mode {mode}: others may read its secrets. Run chmod 600 .env."
        ),
        "place_good": lambda _: "no network's file system was found",
        "place_network": lambda kind: (
            f"{kind} belongs to a network, where locks do not hold: the bot does not start. "
            "Move the database to a disk of this machine."
        ),
        "disk_good": lambda free: f"{free} free",
        "disk_low": lambda free: f"only {free} free. Make room before it is needed.",
        "disk_full": lambda free: f"{free} free: answers will soon be refused. Make room now.",
        "clock_good": lambda now: now,
        "clock_behind": lambda newest: (
            f"the newest event was recorded at {newest}, which is to come. Set the clock, with NTP."
        ),
        "clock_year": lambda year: f"it says the year {year}. Set the clock, with NTP.",
        "token_good": lambda name: f"Telegram knows it as @{name}",
        "token_none": lambda _: "TELEGRAM_BOT_TOKEN is not set: only the sandbox can run.",
        "token_refused": lambda _: "Telegram refuses it. Get the right one from @BotFather.",
        "token_unreachable": lambda _: (
            "Telegram could not be asked. Check the network and TELEGRAM_API_BASE_URL."
        ),
        "heard_good": lambda age: f"heard {age} ago",
        "heard_silent": lambda age: f"heard {age} ago. If the bot should be running, look at it.",
        "heard_none": lambda _: "never heard. If the bot should be running, look at it.",
        "checkpoint_good": lambda age: f"signed {age} ago",
        "checkpoint_old": lambda age: (
            f"signed {age} ago. The bot signs once a day: see whether it runs, and its log."
        ),
        "checkpoint_none": lambda _: "none yet. Run screening checkpoint, or start the bot.",
        "checkpoint_no_key": lambda _: (
            "CHECKPOINT_KEY is not set, so a cut tail or a rewrite would not show. "
            "Run screening checkpoint key."
        ),
        "backup_good": lambda age: f"made {age} ago",
        "backup_old": lambda age: f"made {age} ago. See whether the bot runs, and its log.",
        "backup_none": lambda folder: (
            f"none in {folder} yet. Run screening backup, or start the bot."
        ),
        "backup_off": lambda _: "BACKUP_DIR is not set: no backup is made by itself. Set it.",
        "backup_server": lambda _: (
            "the bot copies no PostgreSQL database. See that pg_dump, or the server's own, does."
        ),
        "backup_fault": lambda folder: f"{folder} cannot be read. Check BACKUP_DIR.",
        "keys_good": lambda _: "is set, and every key is wrapped under it",
        "keys_plain": lambda count: (
            f"is set, and {count} keys lie plain: the bot wraps them when it starts. Start it once."
        ),
        "keys_none": lambda _: (
            "RECORD_KEY is not set: the keys lie plain beside the answers that they open. Set it."
        ),
        "keys_missing": lambda _: (
            "RECORD_KEY is not set, and the keys are wrapped: the bot does not start. Set it to "
            "the key that they were wrapped under."
        ),
        "keys_other": lambda _: (
            "RECORD_KEY is not the one that the keys were wrapped under: the bot does not start. "
            "Set the one before as RECORD_KEY_OLD and run screening rekey."
        ),
        "pepper_good": lambda _: "is set",
        "pepper_none": lambda _: "SIGNING_PEPPER is not set: nobody can sign. Set it.",
    },
    old=ago,
)
