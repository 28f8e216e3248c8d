"""`make samples`: the pictures and tables in docs, from patients that never were.

python -m tests.bot.samples docs/pictures docs/samples
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from PIL import Image

from bot.pages.pictures import Seen, picture_of
from bot.tables import TABLES, Scope
from bot.texts import ALL
from flows.cases import DeclineReason, FollowUp
from flows.follow_up import Case
from flows.log import Line
from flows.tallies import log_rows
from storage.exports.chart import Drawable, Kind
from storage.exports.picture import draw
from storage.exports.table import begin_table
from tests.bot.trails import record, tables_of
from tests.flows.logs import book, case_of, step
from tests.flows.robot import START
from tests.flows.test_tallies import line

SEED: Final = 15
SCREENED: Final = 46
"""Patients in the pictures: as many as a trial of 15 screens in half a year."""

_VERDICTS = ("ineligible",) * 5 + ("eligible",) * 4 + ("pending", "not_yet")
_STEPS = (
    (FollowUp.APPROACHED, FollowUp.CONSENTED, FollowUp.ENROLLED),
    (FollowUp.APPROACHED, FollowUp.CONSENTED, FollowUp.ENROLLED),
    (FollowUp.APPROACHED, FollowUp.DECLINED),
    (FollowUp.CONSENTED,),
    (),
)


def invented() -> tuple[dict[str, Line], dict[str, Case]]:
    """The log of a trial that has run for half a year."""
    draw_, lines, cases = Random(SEED), {}, {}
    criteria = [one.id for one in book().protocol.criteria]
    for place in range(SCREENED):
        number = f"S{place:03d}-TEST"
        opened = START + timedelta(days=place * 4, hours=draw_.randint(0, 20))
        verdict = draw_.choice(_VERDICTS)
        signed = opened + timedelta(minutes=draw_.lognormvariate(4, 1.6))
        more = {"failing": (draw_.choice(criteria),)} if verdict == "ineligible" else {}
        lines[number] = line(
            number,
            verdict,
            opened_at=opened,
            verdicts=((opened, verdict),),
            signed_at=signed if verdict in ("eligible", "ineligible") else None,
            every_reason=draw_.random() < 0.4,
            **more,
        )
        if verdict == "eligible":
            why = draw_.choice(list(DeclineReason))
            steps = [
                step(status, why if status is FollowUp.DECLINED else None)
                for status in draw_.choice(_STEPS)
            ]
            cases[number] = case_of(number, *steps, since=signed)
    return lines, cases


def drawn(kind: Kind, language: str) -> Drawable:
    """A picture of that log."""
    lines, cases = invented()
    at = (START + timedelta(days=SCREENED * 4)).astimezone(ZoneInfo("Europe/Paris"))
    rows = log_rows(lines.values(), cases)
    return picture_of(kind, Seen(rows, rows, book().protocol, at), ALL[language]).drawn


async def tables(suffix: str) -> dict[str, bytes]:
    """Every table of a small record, as the site keeps it, and as it may leave the site."""
    made, _ = await tables_of(await record(8, SEED))
    found = {}
    for name, form in TABLES.items():
        for dates in (True, False) if name in ("audit-trail", "screening-log") else (True,):
            out = BytesIO()
            table = begin_table(suffix, out, name, form.columns)
            table.write([cells async for cells in made.rows(name, Scope("lysyme", dates=dates))])
            table.finish()
            found[f"{name}{'' if dates else '-outside'}{suffix}"] = out.getvalue()
    return found


def pictures() -> Iterator[tuple[str, bytes]]:
    """Every picture in both languages."""
    for kind in Kind:
        for language in ALL:
            yield f"{kind.value}-{language}.png", small(draw(drawn(kind, language), "png"))


def small(png: bytes) -> bytes:
    """The same picture in 64 colours: a repository keeps it for ever."""
    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(64).save(out, "png", optimize=True)
    return out.getvalue()


def main(pictures_to: Path, tables_to: Path) -> None:
    """Write them all."""
    tables_to.mkdir(parents=True, exist_ok=True)
    for name, content in pictures():
        (pictures_to / name).write_bytes(content)
    for suffix in (".csv", ".xlsx"):
        for name, content in asyncio.run(tables(suffix)).items():
            (tables_to / name).write_bytes(content)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
