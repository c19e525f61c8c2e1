"""The lexicons that ship, answered through the same actions as in the viewer: what one answer does to another."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from annotator.accounts.models import User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Answer
from annotator.cases.models import Case
from annotator.labels.actions.install_schemas import install_schemas
from annotator.labels.shipped import newest_shipped
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study

BOX = [[10.0, 10.0], [30.0, 30.0]]


def answer(reader: User, case: Case, key: str, answers: dict[str, Any], **about: Any) -> Answer:
    schema = newest_shipped(key)
    wanted = SaveAnswer(id=uuid4(), case_id=case.pk, schema=f"{key}@{schema.version}", answers=answers, **about)
    return save_answer(reader, wanted)


def score_of(key: str, **about: Any) -> dict[str, Any]:
    return Answer.objects.get(schema__key=key, deleted_at=None, **about).score


def finding_in(reader: User, case: Case, stack: int, kind: str = "mass") -> UUID:
    finding = save_finding(reader, SaveFinding(id=uuid4(), case_id=case.pk, kind=kind))
    frame = frames_of(case)[stack].key
    save_annotation(
        reader, SaveAnnotation(uuid4(), case.pk, frame_key=frame, kind="box", points=BOX, finding_id=finding.pk)
    )
    return finding.pk


@pytest.fixture
def mammogram(radiologist: User) -> Case:
    study = make_study()
    stacks = [make_stack(study, modality="MG", kind="still", frames=1, laterality=side) for side in "LR"]
    case = make_case(study, *stacks, modality="MG")
    grant(case, radiologist)
    install_schemas([newest_shipped(key) for key in ("birads-mammography", "birads-breast", "birads-assessment")])
    return case


@pytest.mark.django_db
def test_breasts_findings_and_the_examination_follow_from_each_other(radiologist: User, mammogram: Case) -> None:
    answer(radiologist, mammogram, "birads-assessment", {"density": "b", "biopsy": "benign"})
    answer(radiologist, mammogram, "birads-breast", {"assessment": "1"}, breast="R")
    assert score_of("birads-assessment")["missing_names"] == ["breast:L"]
    answer(radiologist, mammogram, "birads-breast", {"assessment": "4B"}, breast="L")
    assert score_of("birads-assessment")["category"] == "4B"
    assert "no finding is marked in the left" in score_of("birads-breast", breast="L")["warnings"][0]["message"]

    left = frames_of(mammogram)[0].instance.stack.laterality == "L"
    mass = finding_in(radiologist, mammogram, 0 if left else 1)
    assert score_of("birads-breast", breast="L")["warnings"] == []
    assert score_of("birads-breast", breast="R")["warnings"] == []
    assert score_of("birads-assessment")["derived"]["group"]["value"] == "benign"
    described = answer(
        radiologist, mammogram, "birads-mammography", {"finding_type": "mass", "laterality": "right"}, finding_id=mass
    )
    assert [w["questions"] for w in described.score["warnings"]] == [["laterality"]]

    finding_in(radiologist, mammogram, 1 if left else 0)
    [warning] = score_of("birads-breast", breast="R")["warnings"]
    assert warning["message"] == "Category 1 is negative, yet a finding is marked in the right breast"


@pytest.mark.django_db
def test_one_range_of_slices_makes_a_head_present_whatever_was_said(radiologist: User) -> None:
    study = make_study()
    case = make_case(study, make_stack(study))
    grant(case, radiologist)
    install_schemas([newest_shipped(key) for key in ("head-ct", "head-ct-slices")])
    answer(radiologist, case, "head-ct", {"haemorrhage": "absent"})
    ends = [frame.key for frame in frames_of(case)[:2]]
    about = {"first_frame_key": ends[0], "last_frame_key": ends[1]}
    answer(radiologist, case, "head-ct-slices", {"subdural": "present"}, **about)
    score = score_of("head-ct")
    assert {item: found["value"] for item, found in score["derived"].items()} == {
        "haemorrhage": "present",
        "subdural": "present",
    }
    assert score["warnings"][0]["questions"] == ["haemorrhage", "subdural"]
    assert Answer.objects.get(schema__key="head-ct").answers == {"haemorrhage": "absent"}, "the reader's own word stays"
