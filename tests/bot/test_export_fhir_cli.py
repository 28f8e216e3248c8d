"""`screening export fhir-r4` and `fhir-r5`, from a chat in the terminal to a file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import screening
from bot.texts.shape import Texts
from tests.storage.fhir_files import Resource, answers, code, of, read


def run(*words: str, typed: str = "") -> str:
    """What one command says."""
    result = CliRunner().invoke(screening, words, input=typed)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def excluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a screening that was excluded at the first criterion."""
    monkeypatch.chdir(tmp_path)
    typed = run("chat", typed="17\n/finish\n")
    return str(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", typed)[-1])


@pytest.mark.parametrize("name", ["fhir-r4", "fhir-r5"])
@pytest.mark.parametrize("dates", [False, True])
def test_a_short_circuit_is_stopped(name: str, dates: bool, excluded: str, texts: Texts) -> None:
    """One response, `stopped`, of an ineligible subject; the file says how many rows it has."""
    words = ("export", name, "log.ndjson", "--lang", texts.language)
    said = run(*words, *(["--dates"] if dates else []))
    resources = read(Path("log.ndjson").read_bytes())
    assert said == f"{texts.exports.written('log.ndjson', 1, len(resources))}\n"
    (response,) = of("QuestionnaireResponse", resources)
    assert (response["id"], response["status"]) == (excluded, "stopped")
    assert code(answers(response)["I1.finding"]) == "fail"
    assert code(answers(response)["age_years.code"]) == "< 18"
    (subject,) = of("ResearchSubject", resources)
    assert "ineligible" in json.dumps(subject)
    assert ("authored" in response) is dates
    assert language(resources) == texts.language


def language(resources: list[Resource]) -> str:
    """The language of the questionnaire."""
    (form,) = of("Questionnaire", resources)
    return str(form["language"])


def test_the_library_is_loaded_when_it_is_asked_for() -> None:
    """Commands start without it: to import it takes longer than most of them."""
    code_ = "import sys, bot.cli.export; print([one for one in sys.modules if 'fhir' in one])"
    found = subprocess.run(
        [sys.executable, "-c", code_], capture_output=True, check=True, text=True
    )
    assert found.stdout == "[]\n"
