"""Run the sandbox alone for play by hand: ``python -m bot.sandbox [--port 8081]``."""

import argparse
import asyncio
import contextlib
import logging

from bot.sandbox.sandbox import TOKEN, Sandbox

_LOG = logging.getLogger("bot.sandbox")

CAST: tuple[tuple[int, str, str, dict[str, str]], ...] = (
    (1001, "Ines", "en", {"en": "Investigator", "fr": "Investigatrice"}),
    (1002, "Olivier", "fr", {"en": "On-call doctor", "fr": "Médecin de garde"}),
    (1003, "Clara", "en", {"en": "Coordinator", "fr": "Coordinatrice"}),
    (1999, "Sam", "en", {"en": "Stranger", "fr": "Inconnu"}),
)
"""Invented people: id, name, language and what to call their role in both languages."""


async def serve(port: int, token: str) -> None:
    """Serve until the process is stopped."""
    async with Sandbox(token=token, port=port) as sandbox:
        for user_id, name, language, role in CAST:
            sandbox.phone(user_id, name, language, role)
        _LOG.info("phones at %s, Bot API at %s<token>/<method>", sandbox.url, sandbox.base_url)
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN, help="the token that the bot will use")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.token))


if __name__ == "__main__":
    main()
