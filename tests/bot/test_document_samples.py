"""The documents in docs/samples are what the software prints today.

`make samples` writes them anew. They are compared by their words: another version of the library
that sets them may lay the same words out in other bytes.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import bot
from bot.checkpoints import Checkpoints, kept
from bot.clock import RandomNumbers
from bot.desk import Desk
from bot.pages.form_document import form_document
from bot.printing import Confirmed, Printer, confirm
from bot.register import Register
from bot.shelf import Shelf
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.commands import GiveAnswer, Sign
from flows.events import Mode, Reason
from flows.questions import AskInput
from storage.checkpoint import Signer
from storage.exports.typesetting import form_pdf, record_pdf
from storage.frozen import fingerprint_of
from storage.memory import MemoryLedger
from storage.record_code import read_code
from storage.stamp import ask_for
from tests.bot.cases import AT, DOCTOR, MAN, NUMBER, lysyme
from tests.bot.paper import faults_in, pages_of, qr_of, squeezed
from tests.bot.staff import HandClock
from tests.bot.tsa import authority

FOLDER = Path(bot.__file__).parents[1] / "docs" / "samples"
ANEW = bool(os.environ.get("SAMPLES"))


class OneNumber(RandomNumbers):
    """Draws the number of the examples."""

    def new_number(self) -> str:
        """Always the same."""
        return NUMBER


async def house(signed: str = "") -> tuple[MemoryLedger, Desk, Printer]:
    """A ledger with one screening: answered, corrected, signed, and under a checkpoint.

    `signed` is the hash that was signed, where it is not that of the record.
    """
    ledger, clock = MemoryLedger(), HandClock()
    desk = Desk(ledger, Shelf(ledger), clock, OneNumber())
    screening = (await desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)).screening
    while isinstance(step := screening.walk(screening.day(clock.now())).step, AskInput):
        value = 54 if step.input == "age_years" else MAN[step.input]
        screening = (await desk.handle(NUMBER, GiveAnswer(step.input, value), DOCTOR)).screening
    corrected = GiveAnswer("age_years", 45, Reason.TYPING_ERROR)
    screening = (await desk.handle(NUMBER, corrected, DOCTOR)).screening
    sign = Sign("Dr Inès Invented", signed or fingerprint_of(screening))
    assert (await desk.handle(NUMBER, sign, DOCTOR)).events
    register = Register(ledger)
    keeper = Checkpoints(ledger, register, clock, Signer(bytes(range(32))))
    text = await keeper.sign()
    assert isinstance(text, str)
    await keeper.keep_stamp(text, authority().answer(ask_for(text).body))
    await register.catch_up()
    return ledger, desk, Printer(ledger, desk, register, await kept(ledger))


def compared(name: str, made: bytes) -> None:
    """The sample of this name says the same on each page; with SAMPLES set it is written anew."""
    file = FOLDER / name
    if ANEW:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(made)
    kept_pages, new_pages = (
        [squeezed(page.text) for page in pages_of(one)] for one in (file.read_bytes(), made)
    )
    assert kept_pages == new_pages, f"{name} is not what is printed today: make samples"


async def test_the_sample_of_a_record(texts: Texts) -> None:
    """It can be archived, and its code is confirmed by the ledger that it was printed from."""
    ledger, desk, printer = await house()
    made = record_pdf(await printer.document(NUMBER, texts))
    assert list(faults_in(made)) == []
    (found,) = qr_of(made)
    code = read_code(found)
    assert code is not None
    confirmed = await confirm(ledger, desk, code)
    assert confirmed == Confirmed("signed", 0)
    text = squeezed("".join(page.text for page in pages_of(made)))
    assert squeezed(texts.evidence.heading) in text
    assert squeezed(texts.documents.stamp_says(authority().at)) in text
    compared(f"record-{texts.language}.pdf", made)


@pytest.mark.parametrize("language", list(ALL))
def test_the_sample_of_a_form(language: str) -> None:
    """In each language."""
    compared(f"form-{language}.pdf", form_pdf(form_document(lysyme(), AT, ALL[language])))


async def test_a_signature_over_another_record_is_told() -> None:
    """The ledger holds the print, and the print says that something else was signed."""
    ledger, desk, printer = await house("0" * 64)
    document = await printer.document(NUMBER, ALL["en"])
    assert document.code is not None
    code = read_code(document.code.text)
    assert code is not None
    assert await confirm(ledger, desk, code) == Confirmed("unbound", 0)
