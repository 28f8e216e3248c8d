"""`python -m bot` is the same as `screening`."""

from bot.cli import main

main()
