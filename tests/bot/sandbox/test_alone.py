"""The sandbox stands alone: a front imports no other front, no storage and no flows."""

import ast
from pathlib import Path

import bot.sandbox


def _imports(source: str) -> set[str]:
    tree = ast.walk(ast.parse(source))
    named = [node.module for node in tree if isinstance(node, ast.ImportFrom) and node.module]
    tree = ast.walk(ast.parse(source))
    plain = [alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names]
    return {*named, *plain}


def test_the_sandbox_imports_nothing_of_the_house() -> None:
    """Every import of ours begins with bot.sandbox, and python-telegram-bot is not among them."""
    folder = Path(bot.sandbox.__file__).parent
    found = {name for file in folder.glob("*.py") for name in _imports(file.read_text("utf-8"))}
    ours = {name for name in found if name.partition(".")[0] in ("bot", "flows", "storage")}
    assert len(ours) > 10
    assert all(name.startswith("bot.sandbox") for name in ours)
    assert not any(name.partition(".")[0] == "telegram" for name in found)
