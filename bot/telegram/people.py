"""The administrator's part of the conversation: who is in, inviting, confirming, letting out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.office import Office
from bot.register import Register
from bot.telegram.menu import Menu
from bot.telegram.painter import Drawing, Painter
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.signing import SignTalk
from bot.telegram.speaker import Speaker, Turn
from bot.telegram.talk import Talk
from bot.texts import texts_in
from bot.texts.shape import Texts
from flows.events import PEOPLES_ROLES, Actor, Role
from flows.outcomes import (
    Confirmed,
    Invited,
    LastAdministrator,
    No,
    NotAllowed,
    TryAgain,
    Used,
)
from flows.people import Person
from flows.policy import Action


class PeopleTalk:
    """Lists, invitations and revocations. `username` is the bot's, for the deep link."""

    def __init__(
        self,
        office: Office,
        register: Register,
        talk: Talk,
        painter: Painter,
        menu: Menu,
        signing: SignTalk,
    ) -> None:
        self._office, self._register, self._talk = office, register, talk
        self._signing = signing
        self._painter, self._menu = painter, menu
        self.username = ""

    async def list_people(self, speaker: Speaker) -> None:
        """Everybody with a role at the administrator's sites; a tap shows one of them."""
        words, sites = speaker.texts.chat, speaker.sites_for(Action.MANAGE_PEOPLE)
        if not sites:
            await self._talk.say(speaker, words.not_your_role)
            return
        people = self._people_at(sites, speaker)
        rows = [[(self._line(speaker, one, sites), f"{MARK}p:{one.person}")] for one in people]
        await self._talk.say(speaker, words.people_heading, rows)
        for one in self._register.directory.invitations.values():
            if one.used_by is not None and not one.closed and one.site in sites:
                await self._ask(speaker.person, one.invitation, one.used_name, one.role, one.site)

    async def show(self, speaker: Speaker, person: str) -> str:
        """One person and the button that lets them out."""
        words = speaker.texts.chat
        known = self._known(speaker, person)
        if known is None:
            return words.not_your_role
        sites = speaker.sites_for(Action.MANAGE_PEOPLE)
        rows = [[(words.revoke, f"{MARK}r:{known.person}")]]
        if await self._signing.has_pin(known.person):
            rows.append([(words.reset_pin, f"{MARK}k:{known.person}")])
        await self._talk.say(speaker, escape(self._line(speaker, known, sites)), rows)
        return ""

    async def revoke(self, speaker: Speaker, person: str) -> str:
        """Let somebody out; it holds from the next update."""
        words = speaker.texts.chat
        known = self._known(speaker, person)
        if known is None:
            return words.not_your_role
        refused = await self._office.revoke_person(
            person, by=self._actor(speaker), done=speaker.update
        )
        if isinstance(refused, No):
            return _no(refused, speaker.texts)
        await self._menu.clear(known.telegram_id)
        await self._talk.say(speaker, words.revoked(escape(known.name)))
        return ""

    async def reset_pin(self, speaker: Speaker, person: str) -> str:
        """Let somebody choose a new PIN: two people are needed to use one's signature."""
        words = speaker.texts.chat
        known = self._known(speaker, person)
        if known is None or known == speaker.person:
            return words.not_your_role
        await self._signing.reset_pin(person, self._actor(speaker))
        await self._talk.say(speaker, words.pin_reset(escape(known.name)))
        return ""

    async def ask_role(self, speaker: Speaker) -> None:
        """Invite whom, and where?"""
        words, sites = speaker.texts.chat, speaker.sites_for(Action.MANAGE_PEOPLE)
        if not sites:
            await self._talk.say(speaker, words.not_your_role)
            return
        names = speaker.texts.records.roles
        rows = [
            [(self._at(names[role], site, sites), f"{MARK}i:{role.value}:{site}")]
            for site in sites
            for role in PEOPLES_ROLES
        ]
        await self._talk.say(speaker, words.invite_whom, rows)

    async def invite(self, speaker: Speaker, role: str, site: str) -> str:
        """Make a link for one person; it is shown once and kept only as a hash."""
        words = speaker.texts.chat
        if role not in {known.value for known in PEOPLES_ROLES}:
            return words.not_a_button
        if not speaker.may(Action.MANAGE_PEOPLE, site):
            return words.not_your_role
        made = await self._office.invite(
            Role(role), site, by=self._actor(speaker), done=speaker.update
        )
        if not isinstance(made, Invited):
            return _no(made, speaker.texts)
        link = f"https://t.me/{self.username}?start={made.secret}"
        name = speaker.texts.records.roles[Role(role)]
        until = made.expires_at.astimezone(self._register.zone(site))
        text = words.invitation(escape(name), escape(site), until)
        await self._talk.say(speaker, f"{text}\n\n{escape(link)}")
        return ""

    async def use(
        self, telegram_id: int, name: str, language: str | None, secret: str, turn: Turn
    ) -> bool:
        """Somebody opened a link; False when it opens nothing. The inviter is asked to confirm."""
        used = await self._office.use(secret, telegram_id, name, done=turn.update)
        if not isinstance(used, Used):
            return False
        self._talk.tongues.hear(telegram_id, language)
        texts = texts_in(language)
        await self._painter.show(
            Drawing(telegram_id, texts.chat.wait_for_inviter, texts.chat.wait_for_inviter)
        )
        inviter = self._register.directory.people.get(used.inviter)
        if inviter is not None:
            await self._ask(inviter, used.invitation, used.name, used.role, used.site)
        return True

    async def confirm(self, speaker: Speaker, invitation: str) -> str:
        """The inviter knows this person: let them in."""
        words = speaker.texts.chat
        site = self._site_of(speaker, invitation)
        if site is None:
            return words.not_your_role
        let_in = await self._office.confirm(
            invitation, by=self._actor(speaker), done=speaker.update
        )
        if not isinstance(let_in, Confirmed):
            return _no(let_in, speaker.texts)
        await self._register.catch_up()
        known = self._register.directory.people[let_in.person]
        await self._talk.say(speaker, words.confirmed(escape(known.name)))
        texts = self._talk.tongues.of(known, speaker.texts.language)
        welcome = texts.chat.welcome
        await self._painter.show(Drawing(known.telegram_id, welcome, welcome))
        return ""

    async def withdraw(self, speaker: Speaker, invitation: str) -> str:
        """The inviter does not know this person: nobody gets in by that link."""
        words = speaker.texts.chat
        site = self._site_of(speaker, invitation)
        if site is None:
            return words.not_your_role
        refused = await self._office.withdraw(
            invitation, by=self._actor(speaker), done=speaker.update
        )
        if isinstance(refused, No):
            return _no(refused, speaker.texts)
        await self._talk.say(speaker, words.withdrawn)
        return ""

    async def _ask(
        self, inviter: Person, invitation: str, name: str, role: Role, site: str
    ) -> None:
        """Is this the right person? Asked again in /people until it is answered."""
        texts = self._talk.tongues.of(inviter, None)
        words = texts.chat
        rows = [
            [(words.confirm, f"{MARK}c:{invitation}")],
            [(words.not_known, f"{MARK}w:{invitation}")],
        ]
        role_name = texts.records.roles[role]
        text = words.confirm_whom(escape(name), escape(role_name), escape(site))
        await self._painter.show(Drawing(inviter.telegram_id, text, text, as_keyboard(rows)))

    def _site_of(self, speaker: Speaker, invitation: str) -> str | None:
        known = self._register.directory.invitations.get(invitation)
        if known is None or not speaker.may(Action.MANAGE_PEOPLE, known.site):
            return None
        return known.site

    def _known(self, speaker: Speaker, person: str) -> Person | None:
        sites = speaker.sites_for(Action.MANAGE_PEOPLE)
        return next((one for one in self._people_at(sites, speaker) if one.person == person), None)

    def _people_at(self, sites: Sequence[str], speaker: Speaker) -> list[Person]:
        return [
            one
            for one in self._register.directory.people.values()
            if any(one.roles(speaker.now, site) for site in sites)
        ]

    def _line(self, speaker: Speaker, person: Person, sites: Sequence[str]) -> str:
        names = speaker.texts.records.roles
        held = [
            self._at(names[delegation.role], delegation.site, sites)
            for delegation in person.delegations
            if delegation.site in sites and delegation.current(speaker.now)
        ]
        return f"{person.name} · {', '.join(held)}"[:60]

    def _at(self, role: str, site: str, sites: Sequence[str]) -> str:
        return role if len(sites) == 1 else f"{role} ({site})"

    def _actor(self, speaker: Speaker) -> Actor:
        return Actor(speaker.person.person, Role.ADMINISTRATOR)


def _no(refused: No, texts: Texts) -> str:
    """Why nothing was recorded."""
    match refused:
        case NotAllowed():
            return texts.chat.not_your_role
        case LastAdministrator():
            return texts.chat.last_administrator
        case TryAgain():
            return texts.chat.try_again
        case _:
            return texts.chat.no_more
