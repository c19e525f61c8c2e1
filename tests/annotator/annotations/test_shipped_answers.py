"""What the shipped schemas make of a whole reading: head CT by slices, BI-RADS by breasts, in every order of saving."""

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from annotator.accounts.models import User
from annotator.annotations.actions.delete_answer import delete_answer
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Answer
from annotator.cases.models import Case
from annotator.labels.actions.install_schemas import install_schemas
from annotator.labels.shipped import newest_shipped
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study


def install_newest(*keys: str) -> dict[str, str]:
    newest = [newest_shipped(key) for key in keys]
    install_schemas(newest)
    return {one.key: f"{one.key}@{one.version}" for one in newest}


def scores() -> dict[str, dict[str, Any]]:
    return {one.schema.key + one.breast: one.score for one in Answer.objects.filter(deleted_at=None)}


def save_in_turn(reader: User, wanted: tuple[SaveAnswer, ...]) -> dict[str, UUID]:
    return {one.schema.split("@")[0] + one.breast: save_answer(reader, replace(one, id=uuid4())).pk for one in wanted}


def take_back_everything(reader: User) -> None:
    for one in Answer.objects.filter(deleted_at=None):
        delete_answer(reader, one.pk, revision=one.revision)


def test_one_slice_with_a_bleed_makes_the_scan_bleed_and_says_so(radiologist: User) -> None:
    study = make_study()
    case = make_case(study, make_stack(study))
    grant(case, radiologist)
    names = install_newest("head-ct", "head-ct-slices")
    first, second, third = (frame.key for frame in frames_of(case))
    scan = SaveAnswer(
        id=uuid4(), case_id=case.pk, schema=names["head-ct"], answers={"haemorrhage": "absent", "subdural": "uncertain"}
    )
    range_ = replace(scan, schema=names["head-ct-slices"], first_frame_key=first, last_frame_key=first)
    bleeds = replace(range_, answers={"subdural": "present"})
    clear = replace(range_, answers={"haemorrhage": "absent"}, first_frame_key=second, last_frame_key=third)
    found = []
    for order in permutations([scan, bleeds, clear]):
        save_in_turn(radiologist, order)
        found.append(scores()["head-ct"])
        take_back_everything(radiologist)
    assert all(one == found[0] for one in found)
    assert {name: one["value"] for name, one in found[0]["derived"].items()} == {
        "haemorrhage": "present",
        "subdural": "present",
    }
    assert found[0]["warnings"], "it was called absent"
    label = SaveAnnotation(
        id=uuid4(),
        case_id=case.pk,
        frame_key=first,
        kind="slices",
        points=[],
        label="subdural haemorrhage",
        first_frame_key=first,
        last_frame_key=first,
    )
    save_answer(radiologist, scan)
    save_annotation(radiologist, label)
    assert scores()["head-ct"]["derived"].keys() == {"haemorrhage", "subdural"}, "words on the slices say the same"


@pytest.fixture
def breasts(radiologist: User) -> Case:
    study = make_study()
    stacks = [make_stack(study, modality="MG", kind="still", frames=1, laterality=side) for side in "LR"]
    case = make_case(study, *stacks, modality="MG")
    grant(case, radiologist)
    return case


def test_the_examination_follows_from_its_breasts_in_every_order(radiologist: User, breasts: Case) -> None:
    names = install_newest("birads-assessment", "birads-breast")
    left = SaveAnswer(
        id=uuid4(), case_id=breasts.pk, schema=names["birads-breast"], answers={"assessment": "4B"}, breast="L"
    )
    right = replace(left, answers={"assessment": "2"}, breast="R")
    whole = SaveAnswer(id=uuid4(), case_id=breasts.pk, schema=names["birads-assessment"], answers={"density": "c"})
    found = []
    for order in permutations([left, right, whole]):
        ids = save_in_turn(radiologist, order)
        examination = scores()["birads-assessment"]
        found.append(examination)
        lowered = replace(left, id=ids["birads-breastL"], answers={"assessment": "3"}, revision=1)
        save_answer(radiologist, lowered)
        assert scores()["birads-assessment"]["category"] == "3", "it follows each change"
        delete_answer(radiologist, ids["birads-breastL"], revision=2)
        assert scores()["birads-assessment"]["category"] is None, "and is gone with it"
        take_back_everything(radiologist)
    assert all(one == found[0] for one in found)
    assert (found[0]["category"], found[0]["level"]) == ("4B", "BI-RADS 4B")


def test_a_suspicious_breast_stops_warning_when_a_finding_is_marked_on_its_own_side(
    radiologist: User, breasts: Case
) -> None:
    names = install_newest("birads-breast")
    left_frame, right_frame = (frame.key for frame in frames_of(breasts))
    left = SaveAnswer(
        id=uuid4(), case_id=breasts.pk, schema=names["birads-breast"], answers={"assessment": "5"}, breast="L"
    )
    save_answer(radiologist, left)
    assert "no finding is marked" in scores()["birads-breastL"]["warnings"][0]["message"]
    for frame, warns in ((right_frame, True), (left_frame, False)):
        finding = save_finding(radiologist, SaveFinding(id=uuid4(), case_id=breasts.pk, kind="mass")).pk
        mark = SaveAnnotation(
            id=uuid4(), case_id=breasts.pk, frame_key=frame, kind="box", points=[[1, 1], [9, 9]], finding_id=finding
        )
        save_annotation(radiologist, mark)
        assert bool(scores()["birads-breastL"]["warnings"]) is warns
