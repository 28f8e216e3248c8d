"""The administrator's part of the conversation: who is in, inviting, confirming, letting out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.office import Office
from bot.register import Register
from bot.telegram.choice import ALL, Choice, where_of
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
from flows.people import Delegation, Person
from flows.policy import Action
from flows.trials import Placed


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
        choice: Choice,
    ) -> None:
        self._choice = choice
        self._office, self._register, self._talk = office, register, talk
        self._signing = signing
        self._painter, self._menu = painter, menu
        self.username = ""

    async def list_people(self, speaker: Speaker) -> None:
        """Everybody with a role in the administrator's trials and sites; a tap shows one."""
        words = speaker.texts.chat
        if not speaker.sites_for(Action.MANAGE_PEOPLE):
            await self._talk.say(speaker, words.not_your_role)
            return
        people = self._people(speaker)
        rows = [[(self._line(speaker, one)[:60], f"{MARK}p:{one.person}")] for one in people]
        await self._talk.say(speaker, words.people_heading, rows)
        for one in self._register.directory.invitations.values():
            opened = one.used_by is not None and not one.closed
            if opened and speaker.may(Action.MANAGE_PEOPLE, one):
                await self._ask(speaker.person, one.invitation, one.used_name, one.role, one)

    async def show(self, speaker: Speaker, person: str) -> str:
        """One person and the button that lets them out."""
        words = speaker.texts.chat
        known = self._known(speaker, person)
        if known is None:
            return words.not_your_role
        rows = [[(words.revoke, f"{MARK}r:{known.person}")]]
        if await self._signing.has_pin(known.person):
            rows.append([(words.reset_pin, f"{MARK}k:{known.person}")])
        await self._talk.say(speaker, escape(self._line(speaker, known)), rows)
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
        """Invite whom, and where? For which trial comes first, where there are several."""
        scopes = self._choice.scopes(speaker, Action.MANAGE_PEOPLE)
        if not scopes:
            await self._talk.say(speaker, speaker.texts.chat.not_your_role)
        elif len(scopes) == 1:
            await self.ask_role_in(speaker, scopes[0])
        else:
            names = speaker.texts.trials.every.capitalize()
            rows = [
                [(self._choice.acronym(one) if one != ALL else names, f"{MARK}it:{one}")]
                for one in scopes
            ]
            await self._talk.say(speaker, speaker.texts.trials.which, rows)

    async def ask_role_in(self, speaker: Speaker, scope: str) -> str:
        """Invite whom, and where, for this trial or for all of them?"""
        words, names = speaker.texts.chat, speaker.texts.records.roles
        sites = [
            site
            for site in speaker.sites_for(Action.MANAGE_PEOPLE)
            if speaker.may(Action.MANAGE_PEOPLE, where_of(site, scope))
        ]
        if not sites:
            return words.not_your_role
        rows = [
            [(self._at(names[role], site, sites), f"{MARK}i:{role.value}:{site}:{scope}")]
            for site in sites
            if self._register.directory.takes_part(where_of(site, scope))
            for role in PEOPLES_ROLES
        ]
        await self._talk.say(speaker, words.invite_whom, rows)
        return ""

    async def invite(self, speaker: Speaker, role: str, site: str, scope: str) -> str:
        """Make a link for one person; it is shown once and kept only as a hash."""
        words, where = speaker.texts.chat, where_of(site, scope)
        if role not in {known.value for known in PEOPLES_ROLES}:
            return words.not_a_button
        if not speaker.may(Action.MANAGE_PEOPLE, where):
            return words.not_your_role
        made = await self._office.invite(
            Role(role), where, by=self._actor(speaker), done=speaker.update
        )
        if not isinstance(made, Invited):
            return _no(made, speaker.texts)
        link = f"https://t.me/{self.username}?start={made.secret}"
        name = speaker.texts.records.roles[Role(role)]
        until = made.expires_at.astimezone(self._register.zone(site))
        text = words.invitation(escape(name), escape(self._named(where, speaker.texts)), until)
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
            await self._ask(inviter, used.invitation, used.name, used.role, used)
        return True

    async def confirm(self, speaker: Speaker, invitation: str) -> str:
        """The inviter knows this person: let them in."""
        words = speaker.texts.chat
        if not self._is_theirs(speaker, invitation):
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
        if not self._is_theirs(speaker, invitation):
            return words.not_your_role
        refused = await self._office.withdraw(
            invitation, by=self._actor(speaker), done=speaker.update
        )
        if isinstance(refused, No):
            return _no(refused, speaker.texts)
        await self._talk.say(speaker, words.withdrawn)
        return ""

    async def _ask(
        self, inviter: Person, invitation: str, name: str, role: Role, where: Placed
    ) -> None:
        """Is this the right person? Asked again in /people until it is answered."""
        texts = self._talk.tongues.of(inviter, None)
        words = texts.chat
        rows = [
            [(words.confirm, f"{MARK}c:{invitation}")],
            [(words.not_known, f"{MARK}w:{invitation}")],
        ]
        role_name = texts.records.roles[role]
        place = self._named(where, texts)
        text = words.confirm_whom(escape(name), escape(role_name), escape(place))
        await self._painter.show(Drawing(inviter.telegram_id, text, text, as_keyboard(rows)))

    def _is_theirs(self, speaker: Speaker, invitation: str) -> bool:
        known = self._register.directory.invitations.get(invitation)
        return known is not None and speaker.may(Action.MANAGE_PEOPLE, known)

    def _known(self, speaker: Speaker, person: str) -> Person | None:
        return next((one for one in self._people(speaker) if one.person == person), None)

    def _people(self, speaker: Speaker) -> list[Person]:
        people = self._register.directory.people.values()
        return [one for one in people if self._held(speaker, one)]

    def _held(self, speaker: Speaker, person: Person) -> list[Delegation]:
        """The roles of somebody that are within the speaker's trials and sites."""
        if person.revoked:
            return []
        return [
            one
            for one in person.delegations
            if one.current(speaker.now) and self._choice.within(speaker, Action.MANAGE_PEOPLE, one)
        ]

    def _line(self, speaker: Speaker, person: Person) -> str:
        names, sites = speaker.texts.records.roles, speaker.sites_for(Action.MANAGE_PEOPLE)
        held = []
        for one in self._held(speaker, person):
            role = self._at(names[one.role], one.site, sites)
            held.append(f"{role} [{self._trial(one, speaker.texts)}]" if self._several else role)
        return f"{person.name} · {', '.join(held)}"

    @property
    def _several(self) -> bool:
        return self._choice.are_several

    def _trial(self, where: Placed, texts: Texts) -> str:
        return self._choice.acronym(where.trial) if where.trial else texts.trials.every

    def _named(self, where: Placed, texts: Texts) -> str:
        """The site, with the trial where there is more than one."""
        return f"{where.site}, {self._trial(where, texts)}" if self._several else where.site

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
