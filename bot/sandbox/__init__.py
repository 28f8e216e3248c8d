"""A loopback Bot API server of our own, with the phones of simulated people.

It is as strict as Telegram's server where strictness decides the design (expiry, offsets, retries,
limits, wording of refusals), so that a test that passes here says something about the real one.
It serves the tests, and a page on which a newcomer plays with phones side by side.

The rules were read in the sources of ``tdlib/telegram-bot-api`` (version 10.0) and in the public
Bot API manual; each module names what it takes from where.
"""

from bot.sandbox.clocks import VirtualTime
from bot.sandbox.errors import ApiError, ConnectionLost, PhoneError
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.journal import Call, Journal, Limits
from bot.sandbox.phone import Phone
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Answer, Message, Tap, User

__all__ = [
    "Answer",
    "ApiError",
    "Call",
    "ConnectionLost",
    "Fault",
    "FaultKind",
    "Faults",
    "Journal",
    "Limits",
    "Message",
    "Phone",
    "PhoneError",
    "Sandbox",
    "Tap",
    "User",
    "VirtualTime",
]
