"""The trial as USDM: every version, every criterion in order, and nothing of any patient."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from storage.exports.form import NotSound
from storage.exports.usdm import study
from storage.exports.usdm.check import check
from storage.exports.usdm.study import StudyDefinition
from tests.flows.logs import book
from tests.flows.trial_files import SECOND, rulebook
from tests.storage.excluded import excluded
from tests.storage.exported import about, amended, exported

SCHEMA = Path(__file__).parent / "data" / "cdisc" / "usdm-4.0.0.openapi.json"
PROTOCOL = book().protocol


def written(*versions: Any, language: str = "en") -> dict[str, Any]:
    """The document."""
    raw, _ = exported(StudyDefinition, (), about(*versions, language=language))
    read: dict[str, Any] = json.loads(raw)
    return read


def test_the_document_keeps_to_its_schema() -> None:
    """Two trials, two versions and both languages, against what CDISC publishes for USDM 4.0."""
    published = json.loads(SCHEMA.read_text())
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/components/schemas/Wrapper-Input",
        "components": published["components"],
    }
    second = amended("registry-2027", "≤ 75 years-old", "≤ 80 years-old")
    for made in (
        written(),
        written(language="fr"),
        written(book(), second),
        written(rulebook(SECOND)),
    ):
        jsonschema.Draft202012Validator(schema).validate(made)
        assert made["usdmVersion"] == published["info"]["version"]


def test_every_criterion_in_order_and_in_the_protocols_words() -> None:
    """Both languages; the first has nothing before it and the last nothing after."""
    for language in ("en", "fr"):
        (version,) = written(language=language)["study"]["versions"]
        (design,) = version["studyDesigns"]
        texts = {item["id"]: item["text"] for item in version["eligibilityCriterionItems"]}
        at, found = design["eligibilityCriteria"][0], []
        by_id = {one["id"]: one for one in design["eligibilityCriteria"]}
        assert at["previousId"] is None
        while at:
            found.append((at["identifier"], at["category"]["code"], texts[at["criterionItemId"]]))
            at = by_id.get(at["nextId"])
        assert found == [
            (
                one.id,
                "C25532" if one.kind == "inclusion" else "C25370",
                f"<p>{one.text.of(language)}</p>",
            )
            for one in PROTOCOL.criteria
        ]


def test_numbers_titles_and_target() -> None:
    """The registries' numbers with who gave them, the sponsor in its role, how many to enrol."""
    (version,) = written()["study"]["versions"]
    names = {one["id"]: one["name"] for one in version["organizations"]}
    numbers = {names[one["scopeId"]]: one["text"] for one in version["studyIdentifiers"]}
    assert numbers["ClinicalTrials.gov"] == "NCT04711200"
    assert numbers["Sponsor"] == "P150941J"
    (role,) = version["roles"]
    assert [names[one] for one in role["organizationIds"]] == ["Sponsor"]
    assert {one["type"]["code"]: one["text"] for one in version["titles"]} == {
        "C207616": PROTOCOL.title.en,
        "C94108": "LYSYME",
    }
    population = version["studyDesigns"][0]["population"]
    assert population["plannedEnrollmentNumber"]["value"] == 15


def test_no_patient_adds_anything() -> None:
    """The bytes are the same whoever was screened, and each criterion of each version is a row."""
    subject = excluded({"hiv_serology": "positive"})
    second = amended("registry-2027")
    it = about(book(), second)
    assert exported(StudyDefinition, (subject,), it) == exported(StudyDefinition, (), it)
    assert exported(StudyDefinition, (subject,), it)[1] == 38


def _criteria(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["study"]["versions"][0]["studyDesigns"][0][
        "eligibilityCriteria"
    ]
    return found


def _lose_a_criterion(document: dict[str, Any]) -> None:
    del _criteria(document)[-1]


def _swap_a_category(document: dict[str, Any]) -> None:
    _criteria(document)[0]["category"]["code"] = "C25370"


def _break_the_chain(document: dict[str, Any]) -> None:
    _criteria(document)[3]["nextId"] = _criteria(document)[0]["id"]


def _use_a_wording_twice(document: dict[str, Any]) -> None:
    _criteria(document)[1]["criterionItemId"] = _criteria(document)[0]["criterionItemId"]


def _refer_to_nothing(document: dict[str, Any]) -> None:
    document["study"]["versions"][0]["studyIdentifiers"][0]["scopeId"] = "Organization_99"


def _double_an_id(document: dict[str, Any]) -> None:
    _criteria(document)[0]["id"] = _criteria(document)[1]["id"]


def _leave_one_out_of_the_population(document: dict[str, Any]) -> None:
    document["study"]["versions"][0]["studyDesigns"][0]["population"]["criterionIds"].pop()


def _lose_a_version(document: dict[str, Any]) -> None:
    document["study"]["versions"].clear()


@pytest.mark.parametrize(
    "fault",
    [
        _lose_a_criterion,
        _swap_a_category,
        _break_the_chain,
        _use_a_wording_twice,
        _refer_to_nothing,
        _double_an_id,
        _leave_one_out_of_the_population,
        _lose_a_version,
    ],
)
def test_a_planted_fault_is_refused(
    fault: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document as it is passes; with the fault the export writes nothing."""
    sound = study.study(about())
    check(sound, [PROTOCOL])
    broken = deepcopy(sound)
    fault(broken)
    monkeypatch.setattr(study, "study", lambda it: broken)
    with pytest.raises(NotSound, match="USDM: "):
        exported(StudyDefinition, (), about())


def test_a_wording_with_signs_of_html_stays_what_it_says() -> None:
    """An angle bracket is text, not markup."""
    other = amended("registry-2027", "Patients ≥ 18 and ≤ 75 years-old", "Age < 76 & > 17")
    (version,) = written(other)["study"]["versions"]
    texts = [one["text"] for one in version["eligibilityCriterionItems"]]
    assert texts[0] == "<p>Age &lt; 76 &amp; &gt; 17</p>"
