"""The short way to the Bot API: one connection for calls in a row, and none after anything odd."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.telegram import wire as module
from bot.telegram.wire import Broken, Wires, target

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers each request with the next of some bytes; None closes without a word."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.asked, self.ended = asyncio.Event(), asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
                self.heads.append(head)
                self.bodies.append(await reader.readexactly(size))
                self.asked.set()
                answer = self.answers.pop(0)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side let go, which is what some of these tests are about
        finally:
            writer.close()
            self.ended.set()


@asynccontextmanager
async def serving(*answers: bytes | None, most: int = 4) -> AsyncIterator[tuple[Server, Wires]]:
    """A server with its answers, and wires to it."""
    server = Server(*answers)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/botX/getMe?a=1"
    wires = Wires(most, keep=60, agent="test")
    try:
        yield server, wires
    finally:
        wires.close()
        listening.close()
        await asyncio.sleep(0.01)


async def test_calls_in_a_row_share_a_connection() -> None:
    """The request as it must be, and one connection for three of them."""
    async with serving(GOOD, GOOD, GOOD) as (server, wires):
        for _ in range(3):
            assert await wires.ask(server.url, b'{"a":1}', 5, 5) == (200, b"{}")
        assert server.connections == 1
        assert server.bodies == [b'{"a":1}'] * 3
        head = server.heads[0].decode()
        assert head.startswith("POST /botX/getMe?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
        assert "\r\nContent-Type: application/json\r\n" in head
        assert "\r\nUser-Agent: test\r\n" in head


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
            200,
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD, 200),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 2\r\n\r\n{}", 429),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a/\r\nContent-Length: 2\r\n\r\n{}", 302),
        (b"HTTP/1.1 502 Bad\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", 502),
    ],
)
async def test_every_form_of_an_answer_is_read(answer: bytes, expected: int) -> None:
    """In pieces of one chunk, after an interim one, refusals; a redirection is not followed."""
    async with serving(answer, GOOD) as (server, wires):
        assert await wires.ask(server.url, b"{}", 5, 5) == (expected, b"{}")
        assert await wires.ask(server.url, b"{}", 5, 5) == (200, b"{}")
        assert server.connections == (2 if b"close" in answer else 1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
    ],
)
async def test_what_is_no_whole_answer_is_an_error_and_ends_the_connection(
    answer: bytes | None,
) -> None:
    """Closed, empty, no HTTP, or cut short: an OSError or a timeout, and a new connection after."""
    async with serving(answer, GOOD) as (server, wires):
        with pytest.raises((OSError, TimeoutError)):
            await wires.ask(server.url, b"{}", 0.2, 5)
        server.answers[:] = [GOOD]
        assert await wires.ask(server.url, b"{}", 5, 5) == (200, b"{}")
        assert server.connections == 2


async def test_an_answer_that_came_too_late_is_not_taken_for_the_next() -> None:
    """Whoever gave up waiting leaves no connection behind on which the old answer may come."""
    late = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await late.wait()
        writer.write(GOOD)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/botX/a"
    wires = Wires(most=1, keep=60, agent="test")
    with pytest.raises(TimeoutError):
        await wires.ask(url, b"", 0.05, 5)
    late.set()
    assert await wires.ask(url, b"", 5, 5) == (200, b"{}")
    wires.close()
    listening.close()


async def test_an_answer_that_nobody_asked_for_ends_the_connection() -> None:
    """Two answers to one request: the second is for nobody, and cannot become the next one's."""
    async with serving(GOOD + GOOD, GOOD) as (server, wires):
        assert await wires.ask(server.url, b"{}", 5, 5) == (200, b"{}")
        await asyncio.sleep(0.02)
        assert await wires.ask(server.url, b"{}", 5, 5) == (200, b"{}")
        assert server.connections == 2


async def test_whoever_is_cancelled_lets_go_of_the_connection() -> None:
    """A long poll that is broken off ends at the server, too, and its place is free again."""
    async with serving(b"", GOOD, most=1) as (server, wires):
        poll = asyncio.create_task(wires.ask(server.url, b"{}", None, 5))
        await server.asked.wait()
        poll.cancel()
        await asyncio.wait([poll])
        assert poll.cancelled()
        async with asyncio.timeout(5):
            await server.ended.wait()
        assert await wires.ask(server.url, b"{}", 5, 5) == (200, b"{}")
        assert server.connections == 2


async def test_what_is_in_use_when_all_is_closed_ends_with_its_answer() -> None:
    """Its caller still gets the answer, and no connection is kept after it."""
    async with serving(GOOD) as (server, wires):
        call = asyncio.create_task(wires.ask(server.url, b"{}", 5, 5))
        await server.asked.wait()
        wires.close()
        assert await call == (200, b"{}")
        async with asyncio.timeout(5):
            await server.ended.wait()


async def test_an_alarm_of_an_answered_call_does_not_ring_in_the_next() -> None:
    """Each answer takes its own time limit away; a connection may be old."""
    async with serving(GOOD, GOOD) as (server, wires):
        await wires.ask(server.url, b"{}", 0.05, 5)
        await asyncio.sleep(0.1)
        assert await wires.ask(server.url, b"{}", None, 5) == (200, b"{}")
        assert server.connections == 1


async def test_too_large_an_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would fill the memory is let go of."""
    monkeypatch.setattr(module, "LARGEST_ANSWER", 10)
    body = b"x" * 11
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + body
    async with serving(answer) as (server, wires):
        with pytest.raises(Broken):
            await wires.ask(server.url, b"{}", 5, 5)


async def test_no_more_connections_than_allowed() -> None:
    """Twenty calls at once over at most four connections."""
    async with serving(*[GOOD] * 20) as (server, wires):
        found = await asyncio.gather(*(wires.ask(server.url, b"{}", 5, 5) for _ in range(20)))
        assert found == [(200, b"{}")] * 20
        assert server.connections <= 4


def test_an_address_cannot_smuggle_a_line_into_the_request() -> None:
    """Only ASCII without breaks makes a request; and there must be a host."""
    for address in ("http://a/é", "ftp://a/b", "http:///b", "nothing"):
        with pytest.raises(ValueError, match="address"):
            target(address, "test")
    assert b"\r\nx" not in target("http://a/b\r\nx: y", "test").head
    assert target("https://a/b", "test").port == 443


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's identity that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pem")
    return context


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent to such a server; to one that is trusted, the call goes through."""
    server = Server(GOOD)
    identity = self_signed(tmp_path)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=identity)
    url = f"https://localhost:{listening.sockets[0].getsockname()[1]}/botX/a"
    wires = Wires(most=1, keep=60, agent="test")
    with pytest.raises(ssl.SSLCertVerificationError):
        await wires.ask(url, b"{}", 5, 5)
    assert server.bodies == []
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pem"))
    trusting = Wires(most=1, keep=60, agent="test")
    assert await trusting.ask(url, b"{}", 5, 5) == (200, b"{}")
    trusting.close()
    wires.close()
    listening.close()
    await asyncio.sleep(0.01)
