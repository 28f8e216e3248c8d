"""The sandbox as one thing: start it, hold its phones, break it, stop it."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.account import Account
from bot.sandbox.chats import Chats
from bot.sandbox.clocks import WALL_CLOCK, WALL_SLEEP, Clock, Sleep
from bot.sandbox.control import Control
from bot.sandbox.delivery import Delivery
from bot.sandbox.errors import ApiError, ConnectionLost
from bot.sandbox.faults import Faults
from bot.sandbox.intake import Intake
from bot.sandbox.journal import Journal
from bot.sandbox.messages import Messages
from bot.sandbox.people import People
from bot.sandbox.phone import Phone
from bot.sandbox.server import MAX_BODY, BotApi
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.world import Chat, Tap, User, World

TOKEN = "7000000001:sandbox_sandbox_sandbox_sandbox_san"
USERNAME = "sandbox_screening_bot"


class Sandbox:
    """A Bot API server on the loopback interface, used with ``async with``.

    ``port`` 0 takes a free one. ``clock`` and ``sleep`` may be those of ``VirtualTime``; expiry,
    long polls, retries, pauses and latency follow them. The control surface and the page are
    served at the same address.
    """

    def __init__(
        self,
        token: str = TOKEN,
        port: int = 0,
        clock: Clock = WALL_CLOCK,
        sleep: Sleep = WALL_SLEEP,
        username: str = USERNAME,
        host: str = "127.0.0.1",
    ) -> None:
        self.token = token
        self._host, self._port = host, port
        bot = User(_bot_id(token), "Screening", username=username, is_bot=True)
        self.world = World(bot, clock)
        self.queue = UpdateQueue(clock)
        self.faults = Faults()
        self.journal = Journal(clock)
        self.people = People(self.world, self.queue)
        self.account = Account(self.world)
        self.delivery = Delivery(self.queue, self.faults, clock, sleep)
        self.intake = Intake(self.queue, self.delivery, clock, sleep)
        methods = {
            **Messages(self.world).methods(),
            **Chats(self.world).methods(),
            **self.account.methods(),
            **self.intake.methods(),
        }
        self.api = BotApi(token, methods, self.faults, self.journal, sleep)
        self.delivery.execute = self.api.execute_quietly
        self.phones: dict[int, Phone] = {}
        self.control = Control(self)
        self._runner: web.AppRunner | None = None
        self.faults.on_change.append(self._on_fault)

    @property
    def url(self) -> str:
        """The address of the server, without a slash at the end."""
        return f"http://{self._host}:{self._port}"

    @property
    def base_url(self) -> str:
        """What a Bot API library wants as the address before the token."""
        return f"{self.url}/bot"

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=MAX_BODY)
        application.add_routes(self.api.routes())
        self.control.mount(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.intake.abort_poll(ConnectionLost())
        self.control.close()
        await self.delivery.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def phone(
        self,
        user_id: int,
        name: str,
        language_code: str = "en",
        role: Mapping[str, str] | None = None,
    ) -> Phone:
        """Give a simulated person a phone; the same id gets the same phone back."""
        if user_id not in self.phones:
            user = self.world.add_user(User(user_id, name, language_code))
            self.phones[user_id] = Phone(
                user, role or {}, self.world, self.people, self.queue, self.account
            )
            self.world.changed(user_id)
        return self.phones[user_id]

    def group(self, chat_id: int, title: str, added_by: Phone) -> Chat:
        """Let somebody make a group and add the bot to it; the bot is told."""
        chat = self.world.add_group(chat_id, title)
        chat.standing = "left"
        self.people.set_standing(added_by.user, chat, "member")
        return chat

    def remove_from_group(self, chat_id: int, by: Phone) -> None:
        """Remove the bot from a group; it gets 403 there from now on."""
        self.people.set_standing(by.user, self.world.chats[chat_id], "kicked")

    def redeliver(self, tap: Tap) -> None:
        """Let a tap arrive again under a new update id (telegram-bot-api#699)."""
        self.people.deliver(tap)

    def go_down(self) -> None:
        """Break every connection to the Bot API until ``come_up``; people keep tapping."""
        self.faults.down = True

    def come_up(self) -> None:
        """Answer again."""
        self.faults.down = False

    def _on_fault(self) -> None:
        if self.faults.down:
            self.intake.abort_poll(ConnectionLost())
        elif self.faults.revoked:
            self.intake.abort_poll(ApiError(401, "Unauthorized"))


def _bot_id(token: str) -> int:
    number = token.partition(":")[0]
    return int(number) if number.isdigit() else 4242
