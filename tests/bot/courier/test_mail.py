"""The post against a real SMTP server: what goes out, and what each refusal means."""

from __future__ import annotations

import logging

import pytest

from bot.copies import CopyingLedger
from bot.courier import Courier, Delivered, NotNow, Road, Undeliverable
from bot.mail import Letter, Server, server_of
from bot.notice_trail import EMAIL, NoticeTrail, person_of, time_text
from bot.notices import TIMEKEEPER
from bot.post import Post
from bot.settings import BadSettings, Settings, read_settings
from flows.names import clean_address
from storage.opening import memory_store
from storage.outbox import NewNotice, Notice
from tests.bot.courier.mailbox import PASSWORD, Mailbox, mailbox
from tests.bot.staff import HandClock

LETTER = Letter("cora@hospital.org", "7K3F-9QXV: eligible — éligible", "Two\nlines\n", "notice-7")


def post(box: Mailbox, security: str = "none", password: str | None = None) -> Post:
    """The post through that server."""
    name = "bot" if password else None
    server = Server("127.0.0.1", box.port, "bot@hospital.org", security, name, password)
    return Post(server, HandClock())


async def test_a_letter_arrives_as_it_was_written() -> None:
    """Words of both languages, one recipient, the same identity at every attempt."""
    async with mailbox() as box:
        await post(box).send(LETTER)
        await post(box).send(LETTER)
    first, again = box.letters
    assert (first["Subject"], first["To"]) == (LETTER.subject, LETTER.to)
    assert (first["From"], box.texts()[0]) == (
        "bot@hospital.org",
        f"{LETTER.subject}\n{LETTER.body}",
    )
    assert first["Message-ID"] == again["Message-ID"] == "<notice-7@hospital.org>"
    assert first["Date"].startswith("Tue, 10 Mar 2026")
    assert box.recipients == [LETTER.to] * 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_nothing_goes_in_the_clear_where_encryption_was_asked_for(security: str) -> None:
    """A server without it gets no letter, and it is tried again: the set-up is at fault."""
    async with mailbox() as box:
        with pytest.raises(NotNow) as caught:
            await post(box, security).send(LETTER)
    assert not caught.value.heard
    assert (box.letters, box.recipients) == ([], [])


async def test_a_server_that_is_down_is_tried_again() -> None:
    """Nothing was heard, so the next attempt is no repeat."""
    async with mailbox() as box:
        pass
    with pytest.raises(NotNow) as caught:
        await post(box).send(LETTER)
    assert not caught.value.heard


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("RCPT", "550 No such mailbox", Undeliverable),
        ("RCPT", "450 Try later", NotNow),
        ("DATA", "554 Not wanted", Undeliverable),
        ("DATA", "451 Try later", NotNow),
    ],
)
async def test_a_permanent_refusal_gives_up_and_a_temporary_one_does_not(
    command: str, answer: str, expected: type[Exception]
) -> None:
    """5xx about the person or the letter ends it, 4xx is tried again as no repeat."""
    async with mailbox() as box:
        box.refused[command] = answer
        with pytest.raises(expected) as caught:
            await post(box).send(LETTER)
    assert not getattr(caught.value, "heard", False)
    assert box.letters == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_wrong_password_is_our_fault_and_not_the_persons(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log-in is refused for good, the copy waits; the right one goes through, unlogged."""
    caplog.set_level(logging.DEBUG)
    async with mailbox(login=True) as box:
        with pytest.raises(NotNow):
            await post(box, password="wrong-password").send(LETTER)
        await post(box, password=PASSWORD).send(LETTER)
    assert len(box.letters) == 1
    assert PASSWORD not in repr(Server("h", 25, "a@b.org", "none", "bot", PASSWORD))
    assert "wrong-password" not in caplog.text


async def test_a_connection_that_breaks_after_the_letter_makes_the_next_a_repeat() -> None:
    """Taken, but no answer came: it comes again, labelled, with one event for each channel."""
    store, clock, words = memory_store(), HandClock(), list[bool]()
    ledger = CopyingLedger(store.ledger, lambda person: person == "P-1")
    due = time_text(clock.now())
    await ledger.append(notices=[NewNotice("k", "P-1", "verdict", b'{"number": "N"}', due)])
    async with mailbox() as box:
        box.breaks = 1

        async def copy(notice: Notice) -> Delivered:
            words.append(notice.perhaps_sent)
            await post(box).send(LETTER)
            return Delivered()

        async def chat(_: Notice) -> Delivered:
            return Delivered(7)

        def road_of(notice: Notice) -> Road:
            return Road(copy if notice.kind.startswith(EMAIL) else chat)

        courier = Courier(store.outbox, NoticeTrail(ledger), road_of, clock)
        assert await courier.round() == 1
        clock.at += clock.at - clock.at.replace(hour=0)
        assert await courier.round() == 1
    assert words == [False, True]
    assert len(box.letters) == 2
    kinds = [entry.kind async for entry in store.ledger.walk()]
    assert kinds == ["notice-sent", "notice-sent"]


async def test_a_copy_is_owed_with_its_notice_to_whoever_wants_one() -> None:
    """One row for each channel, on a lane of its own; no timer and nobody else is copied."""
    store = memory_store()
    ledger = CopyingLedger(store.ledger, lambda person: person == "P-1")
    due = "2026-03-10T09:00:00.000+00:00"
    await ledger.append(
        notices=[
            NewNotice(f"k{place}", person, "verdict", b"{}", due)
            for place, person in enumerate(("P-1", "P-2", TIMEKEEPER))
        ]
    )
    rows = {one.key: one for one in await store.outbox.due(due, 9)}
    assert sorted(rows) == ["email/k0", "k0", "k1", "k2"]
    copy = rows["email/k0"]
    assert (copy.kind, copy.body, person_of(copy)) == ("email/verdict", b"{}", "P-1")
    assert copy.recipient != "P-1"


@pytest.mark.parametrize(
    ("set_to", "faulty"),
    [
        ({"SMTP_HOST": "mail"}, ["SMTP_HOST, SMTP_SENDER"]),
        (
            {"SMTP_HOST": "mail", "SMTP_SENDER": "a@b.org", "SMTP_USERNAME": "bot"},
            ["SMTP_USERNAME, SMTP_PASSWORD"],
        ),
        ({"SMTP_PORT": "0", "SMTP_SENDER": "a"}, ["SMTP_PORT", "SMTP_SENDER"]),
    ],
)
def test_a_half_set_server_is_named_at_the_start(
    set_to: dict[str, str], faulty: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fault has a line of its own."""
    for name, value in set_to.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        read_settings()
    assert caught.value.names == faulty


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_usual_port_goes_with_the_encryption(security: str, port: int) -> None:
    """Unless another is set; without a host there is no server."""
    settings = Settings.model_validate(
        {"smtp_host": "mail", "smtp_sender": "a@b.org", "smtp_security": security}
    )
    server = server_of(settings)
    assert server is not None
    assert server.port == port
    assert server_of(Settings(_env_file=None)) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Cora.Brun+ward@Hospital.ORG ", "Cora.Brun+ward@hospital.org"),
        ("cora@ward.aphp.fr", "cora@ward.aphp.fr"),
        ("cora", None),
        ("cora@localhost", None),
        ("cora brun@hospital.org", None),
        ("cora@hospital.org, eve@example.org", None),
        ("cora@hospital.org\r\nBcc: eve@example.org", None),
        ("<cora@hospital.org>", None),
        ("cörà@hospital.org", None),
        (".cora@hospital.org", None),
        ("c" * 65 + "@hospital.org", None),
        ("cora@" + "a." * 125 + "org", None),
    ],
)
def test_an_address_is_one_or_it_is_not(typed: str, kept: str | None) -> None:
    """Nothing that could be two recipients, a header or a mistake is kept."""
    assert clean_address(typed) == kept
