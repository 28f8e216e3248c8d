"""The pages that are read: the record and its trail, the list, the protocol, the diagram."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.cards.wording import date_text
from bot.pages.protocol import protocol_page
from bot.pages.record import list_page, record_page
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.commands import Finish, GiveAnswer, GiveJudgement, Pause, Promote, Stop
from flows.diagram import diagram
from flows.events import Actor, JudgementVerdict, Mode, Reason, Role
from flows.protocol.model import Outcome
from flows.stages import Stage
from tests.bot.cases import AT, DOCTOR, MAN, NUMBER, Case, lysyme
from tests.bot.paper import document_of

EN = ALL["en"]


def page(case: Case, texts: Texts) -> str:
    """The record of a case."""
    return record_page(case.screening, case.history, texts)


def trail(case: Case, texts: Texts) -> list[str]:
    """The numbered lines of the trail, without number and time."""
    lines = re.findall(r"^ +\d+  .*Z\)  (.*)$", page(case, texts), re.MULTILINE)
    assert len(lines) == len(case.history)
    return lines


def _findings(case: Case, texts: Texts) -> dict[str, str]:
    """What the record says of each criterion."""
    lines = re.findall(r"^  ([IE]\d+) +(.*?)  +\S", page(case, texts), re.MULTILINE)
    assert len(lines) == len(lysyme().criteria)
    return dict(lines)


def corrected() -> Case:
    """A case with a correction, an answer set aside, and a judgement that was changed."""
    case = Case().answer({**MAN, "admission_date": "2026-03-05", "I2": "pass"}, until="consent")
    case.tell(GiveAnswer("age_years", 46, Reason.TYPING_ERROR), by=Actor("p-9", Role.ON_CALL))
    case.tell(GiveJudgement("I2", JudgementVerdict.FAIL, Reason.MISUNDERSTOOD))
    case.tell(GiveJudgement("I2", JudgementVerdict.PASS, Reason.NEW_ASSESSMENT))
    woman = {**MAN, "repro_status": "female_childbearing_potential", "pregnancy": "test_negative"}
    case.answer(woman, until="breastfeeding")
    case.tell(GiveAnswer("repro_status", "male", Reason.SOURCE_CORRECTED))
    return case


def test_the_head_says_what_was_screened_under_which_protocol(texts: Texts) -> None:
    """Number, trial, version, fingerprint, site, time zone, stage and verdict."""
    case = Case().answer(MAN)
    read = page(case, texts)
    assert read.startswith(texts.records.heading(NUMBER))
    for part in ("LYSYME", "NCT04711200", "registry-2026", lysyme().sha256, "Europe/Paris"):
        assert part in read
    assert texts.records.stages[Stage.CONCLUDED] in read
    assert texts.cards.eligible in read
    assert date_text("2026-03-11", texts) in read
    assert "2026-03-10T09:00:00.123Z" in read


def test_every_criterion_is_there_with_its_finding(texts: Texts) -> None:
    """Nineteen lines with text and finding; each answer under its own criterion."""
    read = page(Case().answer(MAN), texts)
    for name, entry in lysyme().criteria.items():
        text = entry.criterion.text.of(texts.language)
        assert re.search(rf"^  {name} .*{re.escape(text)}$", read, re.MULTILINE), name
    assert texts.records.not_assessed not in read


def test_a_verdict_that_a_correction_put_in_question_says_so(texts: Texts) -> None:
    """Until it is decided anew, the old verdict does not read as if it stood."""
    case = Case().answer(MAN)
    words = texts.records.in_question
    assert words not in page(case, texts)
    woman = GiveAnswer("repro_status", "female_childbearing_potential", Reason.TYPING_ERROR)
    case.tell(woman)
    assert texts.cards.eligible in page(case, texts)
    assert words in page(case, texts)
    assert any(value == words for _, value in document_of(case, texts).head)
    case.tell(GiveAnswer("repro_status", "male", Reason.TYPING_ERROR))
    assert words not in page(case, texts)


def test_the_trail_keeps_old_and_new_with_the_reason(texts: Texts) -> None:
    """A correction, an answer set aside and a changed judgement, each in the reader's words."""
    lines = trail(corrected(), texts)
    words, said = texts.records, texts.cards.judgement
    unit = "years" if texts.language == "en" else "ans"
    change = f"45 {unit} → 46 {unit} ({texts.cards.reasons[Reason.TYPING_ERROR]})"
    (line,) = [line for line in lines if change in line]
    assert line.startswith(f"p-9 ({words.roles[Role.ON_CALL]})  {words.events['answer-corrected']}")
    assert any(line for line in lines if words.events["answer-set-aside"] in line)
    old, new = said["inclusion", JudgementVerdict.PASS], said["inclusion", JudgementVerdict.FAIL]
    assert any(f"I2{texts.colon}{old} → {new} (" in line for line in lines)
    assert lines[0].startswith("p-7")


def test_an_unfinished_case_shows_what_was_found_so_far(texts: Texts) -> None:
    """Each criterion walked past has its finding; the one being asked and the rest have none."""
    case = Case().answer({**MAN, "diagnosis": "unknown"}, until="consent")
    assert case.screening.determination is None
    found = _findings(case, texts)
    said = texts.records.findings
    assert found.pop("I3") == said["inclusion", Outcome.UNDETERMINED]
    assert {name: found.pop(name) for name in ("I1", "I2", "I4")} == dict.fromkeys(
        ("I1", "I2", "I4"), said["inclusion", Outcome.PASS]
    )
    assert set(found.values()) == {texts.records.not_assessed}
    assert len(found) == 15


@pytest.mark.parametrize("last", [Pause(), Stop()])
def test_a_case_put_aside_or_given_up_keeps_its_findings(texts: Texts, last: Pause | Stop) -> None:
    """What was found on the way stands, whatever became of the screening."""
    case = Case().answer(MAN, until="diagnosis")
    before = _findings(case, texts)
    case.tell(last)
    assert _findings(case, texts) == before
    assert list(before.values()).count(texts.records.not_assessed) == 17


def test_an_excluded_case_says_what_was_not_assessed(texts: Texts) -> None:
    """Criteria after the exclusion carry no finding."""
    case = Case().answer({"age_years": 17})
    read = page(case, texts)
    assert read.count(texts.records.not_assessed) == 18
    assert "I1" in trail(case, texts)[-1]


def test_a_closed_ineligible_case_shows_days_since_the_index_date(texts: Texts) -> None:
    """Calendar days are gone where nothing hangs on them any more."""
    case = Case().answer({**MAN, "consent": "refused"})
    assert date_text("2026-03-06", texts) in page(case, texts)
    case.tell(Finish())
    read = page(case, texts)
    for day in ("2026-03-06", "2026-03-08"):
        assert date_text(day, texts) not in read
        assert day not in read.replace("2026-03-10", "")
    assert texts.records.day_offset(2) in read
    assert texts.records.day_offset(0) in read


def test_a_given_up_case_shows_no_days_either() -> None:
    """Stopped without a verdict is closed as well."""
    case = Case().answer(MAN, until="diagnosis")
    case.tell(Stop())
    assert date_text("2026-03-06", EN) not in page(case, EN)


def test_a_corrected_day_is_an_offset_in_the_trail_too() -> None:
    """Neither the old nor the new day of a closed case can be read."""
    case = Case().answer({**MAN, "consent": "refused"}, until="diagnosis")
    case.tell(GiveAnswer("admission_date", "2026-03-07", Reason.TYPING_ERROR))
    case.answer({**MAN, "consent": "refused"})
    case.tell(Finish())
    read = page(case, EN)
    assert "index date +2 d → index date +1 d" in read
    assert "March 2026" not in read.replace("10 March 2026", "")


def test_an_age_above_the_limit_never_reaches_the_record(texts: Texts) -> None:
    """82 was typed; '> 75' is all that any event or page holds."""
    case = Case()
    case.tell(GiveAnswer("age_years", 82))
    assert "82" not in "".join(repr(happened.event) for happened in case.history[1:])
    read = page(case, texts).replace(lysyme().sha256, "")
    assert "82" not in read
    assert "> 75" in read


def test_a_body_surface_is_kept_as_a_band_only() -> None:
    """37.25 % was typed; the record says that it is at least 10."""
    read = page(Case().answer({**MAN, "bsa_max_d0_d10_pct": 37}), EN).replace(lysyme().sha256, "")
    assert "37" not in read
    assert "≥ 10" in read


def test_the_list_has_one_line_a_screening(texts: Texts) -> None:
    """Number, trial, site, when, kind, stage and verdict under their heads."""
    done, check = Case().answer(MAN), Case(Mode.QUICK_CHECK)
    other = replace(check.screening, opened=replace(check.screening.opened, number="0000-0000"))
    lines = list_page([done.screening, other], texts).splitlines()
    assert len(lines) == 3
    assert lines[0].split()[0] == texts.records.list_head[0]
    assert lines[1].split()[:3] == [NUMBER, "LYSYME", "site-1"]
    assert texts.records.verdicts["eligible"] in lines[1]
    assert texts.records.modes[Mode.QUICK_CHECK] in lines[2]
    assert texts.records.no_verdict in lines[2]
    assert list_page([], texts) == f"{texts.records.list_empty}\n"


def test_a_promoted_quick_check_says_so_in_its_trail(texts: Texts) -> None:
    """Who gave the answers stays; what it was stays."""
    case = Case(Mode.QUICK_CHECK).answer(MAN)
    case.tell(Promote(), by=Actor("p-9", Role.INVESTIGATOR))
    assert texts.records.modes[Mode.SCREENING] in page(case, texts)
    assert trail(case, texts)[-1].endswith(texts.records.events["quick-check-promoted"])
    assert DOCTOR.person in trail(case, texts)[1]


def test_times_are_those_of_the_site_and_utc() -> None:
    """Nine o'clock in UTC is ten in Paris in March; both stand in every line."""
    assert AT.hour == 9
    assert "2026-03-10 10:00:00 (2026-03-10T09:00:00.123Z)" in page(Case(), EN)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_protocol_page_holds_every_word_that_is_asked(language: str) -> None:
    """Texts, questions, labels, messages, rules and sources: the committee reads what is used."""
    book, texts = lysyme(), ALL[language]
    read = protocol_page(book, texts)
    assert book.sha256 in read
    for criterion in book.protocol.criteria:
        wanted = [criterion.text, criterion.rule_text, criterion.help, criterion.may_change.until]
        wanted += [*criterion.meanings.values(), *criterion.open_points]
        wanted += [deadline.label for deadline in criterion.deadlines]
        for entry in criterion.inputs:
            wanted += [entry.question, *(one.label for one in (*entry.choices, *entry.non_answers))]
            wanted += [rule.message for rule in (*entry.refuse, *entry.warn)]
        missing = [one.of(language) for one in wanted if one.of(language) not in read]
        assert missing == []
    assert all(source.text in read for source in book.protocol.sources)


def test_the_diagram_names_every_criterion_and_stage() -> None:
    """Nothing that is asked, and no stage, is left out of the drawing."""
    drawn = diagram(lysyme().protocol)
    for name in (*lysyme().criteria, *(stage.value for stage in Stage)):
        assert re.search(rf"(\b|_){name}\b", drawn), name
