"""What every peer in Python shares: the questions, the table, the keyboard as plain data.

A peer stores each answer as one row, committed with `synchronous=FULL` before the card moves on,
and nothing more: no durable inbox, no chain, no encryption, no roles, no notices.
"""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

API = os.environ["API"]
TOKEN = os.environ["TOKEN"]
DATABASE = os.environ["DATABASE"]
PORT = int(os.environ.get("PORT", "0"))
"""Where its webhook listens; 0 for a bot that polls."""

PATH = os.environ.get("HOOK_PATH", "")
SECRET = os.environ.get("SECRET", "")
QUESTIONS: list[dict[str, Any]] = json.loads(Path(os.environ["QUESTIONS"]).read_text())
DONE = "That was the last question."
PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
TABLE = "CREATE TABLE IF NOT EXISTS answers (chat INTEGER, question INTEGER, answer TEXT, at REAL)"
INSERT = "INSERT INTO answers VALUES (?, ?, ?, ?)"


def opened() -> sqlite3.Connection:
    """The database, each statement a transaction of its own."""
    db = sqlite3.connect(DATABASE, isolation_level=None)
    for pragma in PRAGMAS:
        db.execute(pragma)
    db.execute(TABLE)
    return db


def rows(question: int) -> list[list[dict[str, str]]]:
    """The buttons of a question; each carries its question and its place."""
    labels = QUESTIONS[question]["labels"]
    return [
        [{"text": label, "callback_data": f"{question}:{place}"}]
        for place, label in enumerate(labels)
    ]
