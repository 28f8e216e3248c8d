"""The duty of a site as a page, and each no about it as a sentence."""

from __future__ import annotations

from bot.pages.people import no_line
from bot.texts.shape import Texts
from flows.duty import Shift, SiteDuty
from flows.outcomes import No
from flows.people import Directory
from flows.rostering import BadHour, BadHours, BadMinutes, NotAt, TooManyShifts


def duty_page(site: str, duty: SiteDuty, directory: Directory, texts: Texts) -> str:
    """Who is told first, who last, after how long, and at which hour reminders go out."""
    words = texts.duty
    name = directory.sites[site].name
    lines = [words.duty_heading(name, site)]
    lines += [
        f"{place}. {directory.name_of(line.person)} · {hours(line, texts)} · {line.person}"
        for place, line in enumerate(duty.shifts, 1)
    ]
    if not duty.shifts:
        lines.append(words.no_rota)
    principal = duty.principal
    named = f"{directory.name_of(principal)} · {principal}" if principal else words.no_principal
    lines.append(f"{words.principal}{texts.colon}{named}")
    lines.append(words.times(duty.escalate_after, duty.morning))
    return "\n".join(lines)


def hours(line: Shift, texts: Texts) -> str:
    """The hours of one line of a rota."""
    if (line.since, line.until) == (0, 24):
        return texts.duty.all_day
    return f"{line.since}\u2013{line.until}"


def duty_no_line(no: No, directory: Directory, texts: Texts) -> str:
    """Why nothing was changed, in one sentence."""
    words = texts.duty
    match no:
        case NotAt(person=person, role=role, site=site):
            return words.not_at(directory.name_of(person), texts.records.roles[role], site)
        case BadHours(since=since, until=until):
            return words.bad_hours(f"{since}-{until}")
        case BadHour(hour=hour):
            return words.bad_hour(hour)
        case BadMinutes(minutes=minutes):
            return words.bad_minutes(minutes)
        case TooManyShifts(most=most):
            return words.too_many(most)
        case _:
            return no_line(no, directory, texts)
