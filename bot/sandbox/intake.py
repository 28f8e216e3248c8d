"""How the bot hears: long polling or a webhook, never both (``Client.cpp``)."""

import asyncio
import re

from bot.sandbox.clocks import Clock, Sleep
from bot.sandbox.delivery import Delivery
from bot.sandbox.errors import Json, bad_request, conflict, too_many_requests
from bot.sandbox.parameters import Method, Parameters
from bot.sandbox.updates import Pending, UpdateQueue

LONGEST_POLL = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Intake:
    """getUpdates, setWebhook, deleteWebhook, getWebhookInfo.

    Telegram's server also stretches a repeated poll with the same offset to 3 s and one update;
    the sandbox does not, since a test on virtual time would only wait.
    """

    def __init__(self, queue: UpdateQueue, delivery: Delivery, clock: Clock, sleep: Sleep) -> None:
        self._queue = queue
        self._delivery = delivery
        self._clock = clock
        self._sleep = sleep
        self._poll: asyncio.Future[None] | None = None
        self._next_set_webhook = 0.0
        queue.wake.append(self._wake)

    def methods(self) -> dict[str, Method]:
        """Return the methods by their lower-case names."""
        return {
            "getupdates": self.get_updates,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.webhook_info,
        }

    @property
    def is_polling(self) -> bool:
        """Whether a long poll waits now."""
        return self._poll is not None and not self._poll.done()

    def _wake(self, _: Pending) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def abort_poll(self, error: Exception) -> None:
        """Let the waiting long poll fail."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(error)

    async def get_updates(self, parameters: Parameters) -> list[Json]:
        """Return updates from ``offset`` on, waiting up to ``timeout`` (50 s at most) for one."""
        if self._delivery.url:
            raise conflict(_WEBHOOK_ACTIVE)
        self._read_allowed(parameters)
        offset = parameters.integer("offset")
        limit = parameters.between("limit", 100, 1, 100)
        timeout = parameters.between("timeout", 0, 0, LONGEST_POLL)
        updates = self._queue.take(offset, limit)
        if not updates and timeout:
            self.abort_poll(conflict(_OTHER_POLLER))
            await self._wait(timeout)
            updates = self._queue.take(max(offset, 0), limit)
        return [update.as_json() for update in updates]

    async def _wait(self, seconds: int) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = waiter
        alarm = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait({waiter, alarm}, return_when=asyncio.FIRST_COMPLETED)
            if waiter.done():
                waiter.result()
        finally:
            alarm.cancel()
            waiter.cancel()

    def _read_allowed(self, parameters: Parameters) -> None:
        if parameters.text("allowed_updates"):
            given = parameters.items("allowed_updates", "allowed_updates")
            self._queue.allow([str(one) for one in given])

    def set_webhook(self, parameters: Parameters) -> bool:
        """Deliver to an address from now on; an empty address deletes the webhook."""
        url = parameters.text("url")
        if not url:
            return self.delete_webhook(parameters)
        if self._clock() < self._next_set_webhook:
            raise too_many_requests(1)
        self._next_set_webhook = self._clock() + 1
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        secret = parameters.text("secret_token")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._read_allowed(parameters)
        self._drop_if_asked(parameters)
        self.abort_poll(conflict("terminated by setWebhook request"))
        connections = parameters.between("max_connections", 40, 1, 100)
        self._delivery.start(url, secret, connections)
        return True

    def delete_webhook(self, parameters: Parameters) -> bool:
        """Stop delivering; polling is possible again."""
        self._drop_if_asked(parameters)
        self._delivery.stop()
        return True

    def _drop_if_asked(self, parameters: Parameters) -> None:
        if parameters.flag("drop_pending_updates"):
            self._queue.clear()

    def webhook_info(self, _: Parameters) -> Json:
        """Return the WebhookInfo object of the Bot API."""
        info: Json = {
            "url": self._delivery.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue.waiting()),
        }
        if self._delivery.url:
            info["max_connections"] = self._delivery.connections
        if self._delivery.last_error:
            info["last_error_date"] = int(self._delivery.last_error_at)
            info["last_error_message"] = self._delivery.last_error
        if self._queue.allowed:
            info["allowed_updates"] = sorted(self._queue.allowed)
        return info
