"""Invitations: 128 bits, kept as a hash, opened once, for 72 hours, confirmed by the inviter."""

from __future__ import annotations

import asyncio
import re
from hashlib import sha256
from pathlib import Path

import pytest

from bot.clock import RandomNumbers
from flows.administration import Asked
from flows.events import Actor, Role
from flows.inviting import pending
from flows.outcomes import (
    BadPeriod,
    Confirmed,
    InvitationClosed,
    Invited,
    NotAllowed,
    NotUsedYet,
    PersonOut,
    Refusal,
    Refused,
    UnknownInvitation,
    UnknownSite,
    Used,
    Withdrawn,
)
from flows.people import Delegation, InvitationConfirmed, PersonAdded, RoleDelegated
from flows.trials import Where
from storage.ledger import Ledger
from storage.mapper import to_event
from storage.opening import open_store
from tests.bot.cases import AT
from tests.bot.staff import BOSS, HOUR, SECOND, Rival, Staff
from tests.promises.report import Promise


class Room:
    """A site whose administrator has made a link."""

    def __init__(self, staff: Staff, ann: Actor, link: Invited) -> None:
        self.staff, self.office = staff, staff.office
        self.ann, self.link = ann, link

    async def use(self, telegram_id: int = 2001, secret: str | None = None) -> Used | object:
        """Somebody opens the link."""
        return await self.office.use(secret or self.link.secret, telegram_id, "Cleo")


@pytest.fixture
async def room(ledger: Ledger) -> Room:
    """A site, its administrator, and a link for an investigator."""
    return await made_room(Staff(ledger))


async def made_room(staff: Staff) -> Room:
    """The same over any ledger."""
    await staff.site()
    ann = await staff.administrator()
    link = await staff.office.invite(Role.INVESTIGATOR, Where("HM"), by=ann)
    assert isinstance(link, Invited)
    return Room(staff, ann, link)


def test_a_secret_is_128_bits_that_a_deep_link_may_carry() -> None:
    """Twenty-two characters of base64url, no two alike."""
    secrets = {RandomNumbers().new_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", secret) for secret in secrets)


def test_the_id_of_a_person_means_nothing() -> None:
    """A letter, and six characters that cannot be mistaken for one another."""
    ids = {RandomNumbers().new_person() for _ in range(1000)}
    assert len(ids) >= 999
    assert all(re.fullmatch(r"P-[0-9A-HJKMNP-TV-Y]{6}", one) for one in ids)


async def test_the_invitation_is_found_by_the_hash_of_its_secret(room: Room) -> None:
    """The stream is the first 16 hexadecimal digits; the whole hash is in the event."""
    digest = sha256(room.link.secret.encode()).hexdigest()
    assert room.link.invitation == digest[:16]
    assert len(await room.staff.ledger.read(f"invitation/{digest[:16]}")) == 1
    await room.staff.register.catch_up()
    made = room.staff.register.directory.invitations
    assert made[digest[:16]].secret_sha256 == digest
    assert made[digest[:16]].by == room.ann.person


async def test_from_the_link_to_the_role(room: Room) -> None:
    """Made, opened, confirmed: the role is held from the confirmation and not before."""
    used = await room.use()
    link = room.link
    assert used == Used(link.invitation, room.ann.person, 2001, "Cleo", Role.INVESTIGATOR, "HM")
    await room.staff.register.catch_up()
    assert room.staff.register.directory.by_telegram(2001) is None
    room.staff.clock.at += HOUR
    before = await room.staff.count()
    let_in = await room.office.confirm(link.invitation, by=room.ann)
    assert isinstance(let_in, Confirmed)
    line = Delegation(Role.INVESTIGATOR, "HM", AT + HOUR, None)
    assert (let_in.name, let_in.telegram_id, let_in.delegation) == ("Cleo", 2001, line)
    happened = [to_event(entry).event async for entry in room.staff.ledger.walk(before)]
    assert happened == [
        InvitationConfirmed(link.invitation, let_in.person),
        PersonAdded(let_in.person, "Cleo", 2001),
        RoleDelegated(let_in.person, Role.INVESTIGATOR, "HM", AT + HOUR, None),
    ]
    person = await room.staff.person(let_in.person)
    assert person.roles_at(Where("HM", "lysyme"), AT + HOUR) == {Role.INVESTIGATOR}


async def test_a_thousand_at_once_and_one_gets_in(ledger: Ledger, promise: Promise) -> None:
    """A link that leaked opens for one account; all the others are told that it was used."""
    crowd = Rival(ledger)
    room = await made_room(Staff(crowd))
    crowd.tries, crowd.together = 0, asyncio.Barrier(1000)
    found = await asyncio.gather(*(room.use(3000 + number) for number in range(1000)))
    opened = [one for one in found if isinstance(one, Used)]
    assert len(opened) == 1
    assert found.count(Refused(Refusal.USED)) == 999
    assert crowd.tries == 1000, "they did not meet at the ledger"
    entries = await room.staff.ledger.read(f"invitation/{room.link.invitation}")
    assert [entry.kind for entry in entries] == ["invitation-made", "invitation-used"]
    assert str(opened[0].telegram_id).encode() in entries[1].payload
    promise(26, f"1,000 uses of one invitation at once: {len(opened)} success")


async def test_two_processes_and_one_gets_in(ledger: Ledger) -> None:
    """The ledger decides, not the memory of one process."""
    rival = Rival(ledger)
    room = await made_room(Staff(ledger))
    other = Staff(rival)
    rival.first.append(lambda: room.use(3001))
    second = await other.office.use(room.link.secret, 3002, "Dan")
    assert second == Refused(Refusal.USED)


async def test_nobody_gets_in_after_72_hours(room: Room, promise: Promise) -> None:
    """The last second is inside, the 72nd hour is outside."""
    assert room.link.expires_at == AT + 72 * HOUR
    room.staff.clock.at = AT + 72 * HOUR
    assert await room.use() == Refused(Refusal.EXPIRED)
    room.staff.clock.at -= SECOND
    assert isinstance(await room.use(), Used)
    promise(26, "at 72 hours it opens nothing, a second before it does")


@pytest.mark.parametrize(
    "secret",
    ["", "x", "A" * 22, "A" * 10_000, "\x00" * 22, "\ud800" * 22, "' OR 1=1 --", "\u00e9" * 22],
)
async def test_a_made_up_secret_opens_nothing(room: Room, secret: str) -> None:
    """Whatever is typed behind /start, it is unknown and nothing is recorded."""
    before = await room.staff.count()
    assert await room.office.use(secret, 2001, "Cleo") == Refused(Refusal.UNKNOWN)
    assert await room.staff.count() == before


async def test_the_id_of_an_invitation_is_not_its_secret(room: Room) -> None:
    """Whoever reads the ledger cannot open a link."""
    digest = sha256(room.link.secret.encode()).hexdigest()
    for known in (room.link.invitation, digest):
        assert await room.use(secret=known) == Refused(Refusal.UNKNOWN)


async def test_whoever_is_known_needs_no_link(room: Room) -> None:
    """A known account does not use up a link; one that was let out may."""
    bob = await room.staff.add(2001, Role.MONITOR)
    assert await room.use() == Refused(Refusal.KNOWN_ALREADY)
    assert isinstance(await room.office.revoke_person(bob, by=BOSS), PersonOut)
    assert isinstance(await room.use(), Used)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  C\u202ele\x00o\n", "Cleo"),
        ("\u200b", "Telegram 2001"),
        ("", "Telegram 2001"),
        ("x" * 200, "x" * 80),
        ("\ud800<b>", "<b>"),
    ],
)
async def test_a_name_from_telegram_is_cleaned(room: Room, name: str, kept: str) -> None:
    """What somebody calls themselves is shown to the inviter without tricks."""
    used = await room.office.use(room.link.secret, 2001, name)
    assert isinstance(used, Used)
    assert used.name == kept


async def test_nobody_is_let_in_who_did_not_come(room: Room) -> None:
    """A link that was not opened cannot be confirmed, nor one that never was."""
    assert await room.office.confirm(room.link.invitation, by=room.ann) == NotUsedYet()
    for act in (room.office.confirm, room.office.withdraw):
        assert await act("0" * 16, by=room.ann) == UnknownInvitation()


async def test_a_second_tap_on_confirm_changes_nothing(room: Room) -> None:
    """Confirmed once, it is closed, also for whoever taps at the same moment."""
    await room.use()
    taps = [room.office.confirm(room.link.invitation, by=room.ann) for _ in range(20)]
    found = await asyncio.gather(*taps)
    assert sum(isinstance(one, Confirmed) for one in found) == 1
    assert found.count(InvitationClosed()) == 19
    await room.staff.register.catch_up()
    assert len(room.staff.register.directory.people) == 2
    assert await room.office.withdraw(room.link.invitation, by=room.ann) == InvitationClosed()
    assert await room.use(2002) == Refused(Refusal.USED)


async def test_a_withdrawn_link_leads_nowhere(room: Room) -> None:
    """Before it was opened, and after."""
    link = room.link.invitation
    assert await room.office.withdraw(link, by=room.ann) == Withdrawn(link, None)
    assert await room.use() == Refused(Refusal.EXPIRED)
    other = await room.office.invite(Role.MONITOR, Where("HM"), by=room.ann)
    assert isinstance(other, Invited)
    await room.use(secret=other.secret)
    found = await room.office.withdraw(other.invitation, by=room.ann)
    assert found == Withdrawn(other.invitation, 2001)
    assert await room.office.confirm(other.invitation, by=room.ann) == InvitationClosed()
    assert await room.use(2002, other.secret) == Refused(Refusal.USED)


async def test_another_administrator_of_the_site_may_confirm(room: Room) -> None:
    """The inviter may be asleep; an administrator elsewhere, and others, may not."""
    await room.staff.site("SL")
    there = await room.staff.administrator(1002, "SL")
    doctor = Actor(await room.staff.add(1003, Role.INVESTIGATOR), Role.ADMINISTRATOR)
    bob = await room.staff.administrator(1004)
    await room.use()
    for by in (there, doctor, Actor("P-NOBODY", Role.ADMINISTRATOR)):
        assert await room.office.confirm(room.link.invitation, by=by) == NotAllowed()
        assert await room.office.withdraw(room.link.invitation, by=by) == NotAllowed()
    assert isinstance(await room.office.confirm(room.link.invitation, by=bob), Confirmed)


async def test_an_inviter_who_was_let_out_confirms_nobody(room: Room) -> None:
    """Revocation holds for what was begun before."""
    await room.use()
    await room.office.revoke_person(room.ann.person, by=BOSS, force=True)
    assert await room.office.confirm(room.link.invitation, by=room.ann) == NotAllowed()


async def test_an_account_that_was_added_meanwhile_keeps_its_person(room: Room) -> None:
    """Somebody added at the console after opening the link gets the role, not a second id."""
    await room.use()
    cleo = await room.staff.add(2001, Role.MONITOR)
    let_in = await room.office.confirm(room.link.invitation, by=room.ann)
    assert isinstance(let_in, Confirmed)
    assert (let_in.person, let_in.new) == (cleo, False)
    assert (await room.staff.person(cleo)).roles(AT) == {Role.MONITOR, Role.INVESTIGATOR}


async def test_a_role_that_was_given_meanwhile_closes_the_link(room: Room) -> None:
    """Nothing is left to give, and the invitation is closed all the same."""
    await room.use()
    cleo = await room.staff.add(2001, Role.INVESTIGATOR)
    let_in = await room.office.confirm(room.link.invitation, by=room.ann)
    assert isinstance(let_in, Confirmed)
    assert let_in.person == cleo
    assert await room.office.confirm(room.link.invitation, by=room.ann) == InvitationClosed()


@pytest.mark.parametrize(
    ("site", "hours", "no"),
    [("XX", 72, UnknownSite("XX")), ("HM", 0, BadPeriod()), ("HM", 73, BadPeriod())],
)
async def test_a_link_that_is_not_made(room: Room, site: str, hours: int, no: object) -> None:
    """An unknown site, or a time that no link may have."""
    assert await room.office.invite(Role.MONITOR, Where(site), hours, by=BOSS) == no


async def test_what_still_waits_is_listed(room: Room) -> None:
    """Links that may still be opened, and people who wait to be confirmed."""
    staff = room.staff

    async def waiting() -> list[str]:
        await staff.register.catch_up()
        asked = Asked(staff.register.directory, BOSS, staff.clock.at)
        return [one.invitation for one in pending(asked, "HM")]

    other = await room.office.invite(Role.MONITOR, Where("HM"), by=room.ann)
    assert isinstance(other, Invited)
    assert await waiting() == [room.link.invitation, other.invitation]
    await room.use()
    staff.clock.at = AT + 72 * HOUR
    assert await waiting() == [room.link.invitation]
    await room.office.confirm(room.link.invitation, by=room.ann)
    assert await waiting() == []


def content_of(folder: Path, when: str) -> dict[str, bytes]:
    """Every byte of every file of the database."""
    return {f"{file.name}, {when}": file.read_bytes() for file in folder.iterdir()}


async def test_no_plain_secret_in_any_byte_of_the_database(
    tmp_path: Path, promise: Promise
) -> None:
    """Neither the file nor its journal holds the secret, before and after it was used."""
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    try:
        room = await made_room(Staff(store.ledger))
        secret, digest = room.link.secret, sha256(room.link.secret.encode()).hexdigest()
        assert secret not in repr([entry async for entry in store.ledger.walk()])
        await room.use()
        await room.office.confirm(room.link.invitation, by=room.ann)
        kept = content_of(tmp_path, "open")
    finally:
        await store.close()
    kept |= content_of(tmp_path, "closed")
    assert any(digest.encode() in content for content in kept.values())
    assert [name for name, content in kept.items() if secret.encode() in content] == []
    promise(26, "no plain text of the secret in any byte of the database and its log")
