"""English, for sites, people, delegations and invitations."""

from __future__ import annotations

from datetime import date

from bot.texts.shape import PeopleTexts
from flows import outcomes as no
from flows.administration import LineState


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


PEOPLE = PeopleTexts(
    site_head=("code", "name", "time zone", "trials"),
    no_sites='No site yet. Add one: screening site add HM --name "Henri Mondor" '
    "--timezone Europe/Paris",
    site_added=lambda code, name, zone: f"Site {code} added: {name} ({zone}).",
    people_head=("person", "name", "Telegram", "role", "site", "trial", "from", "until", "state"),
    no_people="Nobody holds a role. Add somebody: screening people add --help",
    states={
        LineState.CURRENT: "current",
        LineState.FUTURE: "not yet",
        LineState.OVER: "over",
        LineState.REVOKED: "revoked",
    },
    no_end="until revoked",
    added=lambda person, name, role, site: f"{person} added: {name}, {role} at {site}.",
    delegated=lambda person, name, role, site: f"{person}, {name}: {role} at {site}.",
    person_out=lambda person, name: f"{person}, {name}, is out, with every role.",
    delegation_ended=lambda person, name, role, site: (
        f"{person}, {name}, is no longer {role} at {site}."
    ),
    last_administrator=lambda sites: f"Nobody else would administer {sites}; nothing was changed.",
    still_held=lambda day: (
        f"This role is held until {_day(day)}: revoke it first, or begin the new period by then."
    ),
    site_exists=lambda code, name: f"Site {code} exists already: {name}.",
    unknown_site=lambda code: f"No site has the code {code!r}.",
    unknown_person=lambda person: f"Nobody has the id {person!r}.",
    bad_code=lambda code: (
        f"{code!r} is not a site code: expected 2 to 10 capital letters and digits, such as HM."
    ),
    bad_zone=lambda zone: (
        f"{zone!r} is not a time zone: expected an IANA name such as Europe/Paris."
    ),
    bad_day=lambda text: f"{text!r} is not a day: expected YYYY-MM-DD, from 2000 to 2199.",
    plain={
        no.NotAllowed: "Only an administrator of the site may do this.",
        no.BadName: "Not a name: expected 1 to 80 characters that can be seen.",
        no.BadAccount: "Not a Telegram id: expected a positive number such as 1001.",
        no.BadPeriod: "The period ends before it begins, is over already, or is too long.",
        no.AlreadySo: "It is so already; nothing was changed.",
        no.NotHeld: "This person does not hold this role at this site.",
        no.TryAgain: "Others were writing at the same moment; nothing was changed. Try again.",
    },
    otherwise="Nothing was changed.",
    both_or_neither="--role and --site go together; without them the person is out altogether.",
    force_it="--force does it all the same.",
    in_use="The bot has this database in use. Stop the bot first, "
    "or use /people and /invite in the chat.",
)
