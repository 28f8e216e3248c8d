# ruff: noqa: PT018
"""The conversation in a real process: whole, interrupted, killed, taken up again."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.acceptance.process import DATABASE, NUMBER, on_a_terminal, run, start, type_and_read

pytestmark = pytest.mark.acceptance

# An eligible man, as two people type him: by the numbers on the card, and in French words.
BY_NUMBER = ["45", "D-4", "D-2", "1", "1", "22", *["1"] * 16]
IN_FRENCH = [
    "45 ans",
    "J-4",
    "j-2",
    "Confirmé",
    "dermatologie",
    "22,5",
    "patient_signed",
    "AFFILIE (assuré)",
    "male",
    "Aucun",
    "Négative",
    "vaccinated",
    "no_infection",
    "not_performed",
    "non",
    "NON",
    "Aucune",
    "none",
    "none",
    "Non",
    "none",
    "none",
]
AGE, INDEX, ADMISSION = "Age in completed years", "Index date:", "Date of admission to this"
QUESTIONS = [AGE, INDEX, ADMISSION, "Is the diagnosis", "Which department", "Highest detached"]


def show(folder: Path, number: str) -> str:
    """The record of a screening."""
    found = run(folder, "show", number)
    assert found.code == 0, found.err
    return found.out


def test_an_eligible_man_by_numbers_in_english(tmp_path: Path) -> None:
    """Twenty-two lines lead to the verdict; the record holds them; the chain holds."""
    chat = run(tmp_path, "chat", typed=BY_NUMBER)
    assert chat.code == 0 and chat.err == ""
    assert "Eligible: all criteria pass" in chat.out
    assert f"screening show {chat.number}" in chat.out
    record = show(tmp_path, chat.number)
    assert record.count("answered:") == len(BY_NUMBER)
    assert "Verdict: ✅ Eligible" in record
    assert run(tmp_path, "verify").code == 0


def test_an_eligible_man_by_labels_and_codes_in_french(tmp_path: Path) -> None:
    """Labels without case or accents, codes, J-4 and a comma: the same verdict in French."""
    chat = run(tmp_path, "chat", "--lang", "fr", typed=IN_FRENCH)
    assert "! " not in chat.out.replace("! ·", "")
    assert "Éligible\u00a0: tous les critères sont satisfaits" in chat.out
    record = run(tmp_path, "show", chat.number, "--lang", "fr").out
    assert record.count("réponse\u00a0: ") == len(IN_FRENCH)
    assert (
        "≥ 10 % de la surface corporelle" in record and "22" not in record.split("Critères")[0][:90]
    )


def test_the_setting_decides_the_language(tmp_path: Path) -> None:
    """LANGUAGE=fr speaks French without an option."""
    chat = run(tmp_path, "chat", settings={"LANGUAGE": "fr"})
    assert chat.code == 0
    assert "Âge en années révolues" in chat.out


def test_an_exclusion_then_all_reasons(tmp_path: Path) -> None:
    """The first exclusion stops; /all goes on, and the second reason stands beside the first."""
    lines = ["76", "/all", *BY_NUMBER[1:]]
    lines[15] = "2"  # decompensated cardiac failure: yes
    chat = run(tmp_path, "chat", typed=lines)
    assert "Ineligible: I1 not met" in chat.out
    assert "The remaining criteria were not assessed" in chat.out
    assert "Ineligible: I1 not met, E6 applies" in chat.out
    record = show(tmp_path, chat.number)
    assert "all reasons requested" in record
    assert "76" not in record.replace(chat.number, "").split("SHA-256")[0]
    assert "age_years = > 75" in record


def test_a_correction_needs_a_reason_and_keeps_the_old_answer(tmp_path: Path) -> None:
    """/back, another age, a reason: old and new stand in the trail."""
    chat = run(tmp_path, "chat", typed=["45", "/back", "46", "typing_error", "/quit"])
    assert "45 years → 46 years" in chat.out
    assert "Why is it changed?" in chat.out
    assert "corrected: age_years: 45 years → 46 years (Slip of the finger)" in show(
        tmp_path, chat.number
    )


def test_one_digit_is_a_number(tmp_path: Path) -> None:
    """Five per cent is typed as 5; what is kept says that it is below ten."""
    chat = run(tmp_path, "chat", typed=[*BY_NUMBER[:5], "5", "/review"])
    assert "< 10 % of body surface area" in chat.out.replace("\n  ", " ")


def test_a_paused_screening_is_resumed(tmp_path: Path) -> None:
    """/pause ends the conversation and says how to go on; --resume asks the open question."""
    chat = run(tmp_path, "chat", typed=["45", "/pause", "D-4"])
    assert f"Take it up again with: screening chat --resume {chat.number}" in chat.out
    again = run(tmp_path, "chat", "--resume", chat.number.lower().replace("-", ""), typed=["D-4"])
    assert INDEX in again.out and ADMISSION in again.out
    record = show(tmp_path, chat.number)
    assert "paused" in record and "resumed" in record


def test_the_end_of_the_input_leaves_it_open(tmp_path: Path) -> None:
    """No /quit is needed: the number and the way to resume are said; nothing is lost."""
    chat = run(tmp_path, "chat", typed="45\nD-4")
    assert chat.code == 0
    assert f"Screening {chat.number} stays open" in chat.out
    again = run(tmp_path, "chat", "--resume", chat.number, typed=BY_NUMBER[2:])
    assert AGE not in again.out
    assert "Eligible: all criteria pass" in again.out


@pytest.mark.parametrize("answered", [0, 2, 5])
def test_a_killed_process_loses_no_answered_question(tmp_path: Path, answered: int) -> None:
    """The next question was on the screen, so the answer is on the disk."""
    process = start(tmp_path, "chat")
    shown = type_and_read(process, "", QUESTIONS[0])
    number = NUMBER.findall(shown)[-1]
    for line, question in zip(BY_NUMBER[:answered], QUESTIONS[1:], strict=False):
        type_and_read(process, line, question)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert run(tmp_path, "verify").code == 0
    assert show(tmp_path, number).count("answered:") == answered
    again = run(tmp_path, "chat", "--resume", number)
    assert QUESTIONS[answered] in again.out
    assert not [question for question in QUESTIONS[:answered] if question in again.out]


def test_one_process_writes_at_a_time_and_others_may_read(tmp_path: Path) -> None:
    """A second conversation is refused in one line; the lists work meanwhile."""
    first = start(tmp_path, "chat")
    type_and_read(first, "", AGE)
    second = run(tmp_path, "chat")
    assert second.code == 2
    assert second.out == "" and second.err.count("\n") == 1 and "stop the bot first" in second.err
    assert run(tmp_path, "list").code == run(tmp_path, "verify").code == 0
    type_and_read(first, "45", INDEX)
    first.communicate("/quit\n")
    assert first.returncode == 0


def test_colours_are_for_terminals_alone(tmp_path: Path) -> None:
    """Piped output is plain; on a terminal it has colours and a prompt."""
    assert "\x1b" not in run(tmp_path, "chat", typed=["17", "/quit"]).out
    shown = on_a_terminal(tmp_path, "chat", typed="17\n/quit\n")
    assert "\x1b[31m" in shown
    assert "> " in shown
    assert "I1 not met" in shown


def _no_umask() -> None:
    os.umask(0)


def test_the_record_is_its_owners_alone(tmp_path: Path) -> None:
    """The file has mode 0600, its folder 0700, whatever the umask."""
    run(tmp_path, "chat", before=_no_umask)
    for path in (tmp_path / DATABASE).parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE((tmp_path / DATABASE).parent.stat().st_mode) == 0o700


def test_the_list_names_every_screening_but_practice(tmp_path: Path) -> None:
    """Screenings and quick checks in their order; practice only when asked for."""
    one = run(tmp_path, "chat", typed=["45"]).number
    two = run(tmp_path, "chat", "--check", typed=["17"]).number
    play = run(tmp_path, "chat", "--practice", typed=["45"])
    assert "PRACTICE, invented patient" in play.out
    listed = run(tmp_path, "list").out
    assert NUMBER.findall(listed) == [one, two]
    assert "ineligible" in listed and "quick check" in listed
    assert NUMBER.findall(run(tmp_path, "list", "--practice").out) == [play.number]


def test_verify_names_the_first_changed_event(tmp_path: Path) -> None:
    """One flipped bit in a payload: exit code 1 and the event by its place."""
    number = run(tmp_path, "chat", typed=["45", "D-4"]).number
    sound = run(tmp_path, "verify")
    assert sound.code == 0 and "The chain holds: 4 events" in sound.out
    with sqlite3.connect(tmp_path / DATABASE) as db:
        db.execute("DROP TRIGGER events_no_update")
        (payload,) = db.execute("SELECT payload FROM events WHERE position = 3").fetchone()
        assert b'"value":45' not in payload
        changed = payload[:-1] + bytes([payload[-1] ^ 1])
        db.execute("UPDATE events SET payload = ? WHERE position = 3", (changed,))
    db.close()
    broken = run(tmp_path, "verify")
    assert broken.code == 1
    assert broken.err == (
        f"The chain breaks at event 3 (screening/{number}, number 2): "
        "its content is not what was recorded.\n"
    )
    french = run(tmp_path, "verify", "--lang", "fr")
    assert french.code == 1 and "La chaîne se rompt à l'événement 3" in french.err


def test_help_explains_the_criterion_and_the_commands(tmp_path: Path) -> None:
    """/help unfolds the protocol's help text and lists what can be typed."""
    shown = run(tmp_path, "chat", typed=["/help"]).out
    assert "never a birth date" in shown.replace("\n  ? ", " ")
    assert "/review" in shown
    assert "Usage: " in run(tmp_path, "--help").out
