"""What the server refuses, in Telegram's own words and codes."""

Json = dict[str, object]


class ApiError(Exception):
    """A refused call: HTTP status, description, and for 429 the seconds to wait."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> Json:
        """Return the error body as Telegram's server writes it."""
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


class ConnectionLost(Exception):
    """The caller is to see a broken connection instead of an answer."""


class PhoneError(Exception):
    """A simulated person tried something that the app on a real phone would not offer."""


def bad_request(reason: str) -> ApiError:
    """Return a 400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """Return a 403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """Return a 409 with Telegram's prefix."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """Return a 429 asking the caller to wait ``retry_after`` seconds (at least one)."""
    wait = max(1, retry_after)
    return ApiError(429, f"Too Many Requests: retry after {wait}", wait)


def server_error(code: int) -> ApiError:
    """Return a 5xx as the server or the gateway before it words it."""
    words = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    return ApiError(code, words.get(code, "Internal Server Error"))
