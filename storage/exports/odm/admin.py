"""AdminData: the people, sites and signatures that the screenings refer to, made with `odmlib`."""

from __future__ import annotations

from typing import Any, Final

from odmlib.odm_2_0 import model as odm

from flows.events import Actor, Role
from storage.exports.form import About
from storage.exports.odm import names
from storage.exports.odm.clinical import Referred
from storage.exports.odm.days import OPENING

_TYPES: Final = {
    Role.INVESTIGATOR: "Investigator",
    Role.ON_CALL: "Care provider",
    Role.MONITOR: "Monitor",
}

LEGAL_REASON: Final = "Confirmation of the verdict by a person with a delegation to sign it"


def admin(about: About, referred: Referred) -> Any:
    """Everybody and everything that was referred to, in the order of their identifiers."""
    return odm.AdminData(
        StudyOID=names.study(about.book.protocol),
        User=[_user(about, oid, by) for oid, by in sorted(referred.users.items())],
        Location=[_site(about, site) for site in sorted(referred.sites)],
        SignatureDef=[_meaning(one) for one in sorted(referred.meanings)],
    )


def _user(about: About, oid: str, by: Actor) -> Any:
    named = {"FullName": odm.FullName(_content=about.people.name_of(by.person))}
    return odm.User(
        OID=oid,
        UserType=_TYPES.get(by.role, "Other"),
        UserName=odm.UserName(_content=by.person),
        **(named if about.dates else {}),
    )


def _site(about: About, site: str) -> Any:
    """A site. `EffectiveDate` is the day of the export: by then each version was in use."""
    known = about.people.sites.get(site)
    effective = about.at.date() if about.dates else OPENING
    return odm.Location(
        OID=names.location(site),
        Name=known.name if known and about.dates else site,
        Role="Site",
        MetaDataVersionRef=[
            odm.MetaDataVersionRef(
                StudyOID=names.study(about.book.protocol),
                MetaDataVersionOID=names.version(book.protocol),
                EffectiveDate=effective.isoformat(),
            )
            for book in about.books
        ],
    )


def _meaning(meaning: str) -> Any:
    return odm.SignatureDef(
        OID=names.signature(meaning),
        Methodology="Electronic",
        Meaning=odm.Meaning(_content=f"The signer confirms the verdict: {meaning}"),
        LegalReason=odm.LegalReason(_content=LEGAL_REASON),
    )
