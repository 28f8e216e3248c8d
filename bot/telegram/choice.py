"""Which trial, at which site? Asked only of whoever has a choice, and with one tap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.rows import MARK
from bot.telegram.speaker import Speaker
from flows.policy import Action
from flows.trials import Placed, Where

ALL: Final = "*"
"""In the place of a trial in a button: all trials of the site."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A trial at a site, where somebody may do what they want to do."""

    trial: str
    site: str


class Choice:
    """The trials of this installation, as each person meets them."""

    def __init__(self, register: Register, shelf: Shelf) -> None:
        self._register, self._shelf = register, shelf

    def offers(self, speaker: Speaker, action: Action) -> tuple[Offer, ...]:
        """Where it is allowed, among the trials in which each site takes part."""
        directory, theirs = self._register.directory, frozenset(speaker.sites_for(action))
        own = [site for site in directory.sites if site in theirs]  # of a hundred sites, a few
        return tuple(
            Offer(trial, site)
            for trial in self._shelf.trials
            for site in own
            if directory.takes_part(Where(site, trial)) and speaker.may(action, Where(site, trial))
        )

    def trials(self, speaker: Speaker, action: Action) -> tuple[str, ...]:
        """The trials in which it is allowed at some site."""
        return tuple(dict.fromkeys(one.trial for one in self.offers(speaker, action)))

    @property
    def are_several(self) -> bool:
        """Whether this installation serves more than one trial."""
        return len(self._shelf.trials) > 1

    def scopes(self, speaker: Speaker, action: Action) -> tuple[str, ...]:
        """For which trials the speaker may decide: each by itself, and ALL of them together.

        Where there is one trial only, all of them is what is meant.
        """
        sites = speaker.sites_for(action)
        every = any(speaker.may(action, Where(site)) for site in sites)
        if every and not self.are_several:
            return (ALL,)
        return (*self.trials(speaker, action), *((ALL,) if every else ()))

    def within(self, speaker: Speaker, action: Action, what: Placed) -> bool:
        """Whether some of what a role is for is the speaker's: of all trials, one is enough."""
        return speaker.may(action, what) or any(
            what.site == one.site and what.trial in (None, one.trial)
            for one in self.offers(speaker, action)
        )

    def several(self, speaker: Speaker) -> bool:
        """Whether somebody works in several trials, and reads of which each thing is."""
        return len(self.trials(speaker, Action.PROTOCOL)) > 1

    def of(self, speaker: Speaker, trial: str, said: str) -> str:
        """What is said of a trial, with its name for whoever works in several."""
        if not self.several(speaker):
            return said
        return f"{self.acronym(trial)} · {said}"

    def open_to(self, speaker: Speaker, action: Action, offer: Offer) -> bool:
        """Whether it may be done there: any client can send a button that was never offered."""
        return offer in self.offers(speaker, action)

    def acronym(self, trial: str) -> str:
        """What people call a trial."""
        return self._shelf.acronym(trial)

    def of_trials(self, speaker: Speaker, action: Action, kind: str) -> list[list[tuple[str, str]]]:
        """A button for each trial in which it is allowed."""
        trials = self.trials(speaker, action)
        return [[(self.acronym(trial), f"{MARK}{kind}:{trial}")] for trial in trials]

    def of_places(
        self, speaker: Speaker, offers: tuple[Offer, ...], kind: str
    ) -> list[list[tuple[str, str]]]:
        """A button for each trial at each site, named by what tells it from the others."""
        trials, sites = {one.trial for one in offers}, {one.site for one in offers}
        rows = []
        for one in offers:
            name = self._register.directory.sites[one.site].name
            parts = [self.acronym(one.trial)] if len(trials) > 1 else []
            parts += [name] if len(sites) > 1 else []
            label = " · ".join(parts)[:60]
            rows.append([(label, f"{MARK}{kind}:{one.site}:{one.trial}")])
        return rows

    def question(self, speaker: Speaker, offers: tuple[Offer, ...]) -> str:
        """What is asked above those buttons."""
        words = speaker.texts
        if len({one.trial for one in offers}) == 1:
            return words.chat.which_site
        same = len({one.site for one in offers}) == 1
        return words.trials.which if same else words.trials.which_and_where

    def allowed(self, speaker: Speaker, action: Action) -> Callable[[Placed], bool]:
        """Whether the speaker may do this with what is at a place, asked once for each place."""
        asked: dict[tuple[str, str | None], bool] = {}

        def may(what: Placed) -> bool:
            place = (what.site, what.trial)  # of a million screenings there are a few places
            if place not in asked:
                asked[place] = speaker.may(action, what)
            return asked[place]

        return may


def where_of(site: str, scope: str) -> Where:
    """The site, and the trial that a button carries; without a trial for ALL."""
    return Where(site, None if scope == ALL else scope)
