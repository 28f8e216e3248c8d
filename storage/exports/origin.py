"""Which program wrote a file, for formats that want to know."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

SOFTWARE: Final = "trial-screening-bot"


def release() -> str:
    """The version of this software."""
    return version(SOFTWARE)
