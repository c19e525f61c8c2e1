"""Answers: held against their schema, scored when saved, one a finding and schema."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotFoundError
from annotator.accounts.models import User
from annotator.annotations.actions.delete_answer import delete_answer
from annotator.annotations.actions.delete_finding import delete_finding
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Answer
from annotator.annotations.records import answer_as_dict
from annotator.cases.models import Case
from annotator.imaging.models import Series
from annotator.labels.actions.install_schemas import install_shipped_schemas
from annotator.labels.actions.retire_schema import bring_back_schema, retire_schema
from tests.annotator.case_rows import grant, make_case, make_stack, make_study

# Worked example of the paper: mixed, isoechoic, taller than wide = 5 points, TR4.
NODULE = {
    "composition": "mixed",
    "echogenicity": "isoechoic",
    "shape": "taller_than_wide",
    "margin": "smooth",
    "echogenic_foci": ["none"],
}


@pytest.fixture
def thyroid(radiologist: User, second_radiologist: User) -> Case:
    """A still ultrasound picture that both radiologists may open, with the shipped schemas installed."""
    install_shipped_schemas()
    study = make_study()
    case = make_case(study, make_stack(study, modality="US", kind="still", frames=1), modality="US")
    grant(case, radiologist)
    grant(case, second_radiologist)
    return case


@pytest.fixture
def nodule_id(radiologist: User, thyroid: Case) -> UUID:
    return save_finding(radiologist, SaveFinding(id=uuid4(), case_id=thyroid.pk, kind="nodule")).pk


@pytest.fixture
def tirads(thyroid: Case, nodule_id: UUID) -> SaveAnswer:
    return SaveAnswer(id=uuid4(), case_id=thyroid.pk, schema="acr-tirads@1", answers=dict(NODULE), finding_id=nodule_id)


def test_an_answer_is_saved_with_its_score(radiologist: User, tirads: SaveAnswer) -> None:
    saved = answer_as_dict(save_answer(radiologist, tirads))
    assert saved["schema"] == "acr-tirads@1"
    assert (saved["score"]["points"], saved["score"]["level"]) == (5, "TR4")


def test_the_measured_size_decides_the_advice(radiologist: User, tirads: SaveAnswer) -> None:
    small = save_answer(radiologist, replace(tirads, size_mm=6.0)).score
    large = save_answer(radiologist, replace(tirads, size_mm=20.0, revision=1)).score
    assert small["recommendation"] != large["recommendation"]


def test_a_retired_schema_takes_no_new_answers_and_old_ones_may_be_changed_and_brought_back(
    radiologist: User, admin: User, tirads: SaveAnswer
) -> None:
    saved = save_answer(radiologist, tirads)
    retire_schema(admin, "acr-tirads", reason="Another lexicon is used.")
    save_answer(radiologist, replace(tirads, answers={"composition": "solid"}, revision=saved.revision))
    delete_answer(radiologist, tirads.id, revision=2)
    save_answer(radiologist, replace(tirads, revision=3))
    other = save_finding(radiologist, SaveFinding(id=uuid4(), case_id=tirads.case_id, kind="nodule")).pk
    with pytest.raises(InvalidError, match="was retired") as refused:
        save_answer(radiologist, replace(tirads, id=uuid4(), finding_id=other))
    assert refused.value.path == "schema"
    bring_back_schema(admin, "acr-tirads", reason="Asked for again.")
    save_answer(radiologist, replace(tirads, id=uuid4(), finding_id=other))


def test_an_incomplete_answer_is_saved_and_says_what_is_missing(radiologist: User, tirads: SaveAnswer) -> None:
    score = save_answer(radiologist, replace(tirads, answers={"composition": "mixed"})).score
    assert score["level"] is None
    assert score["missing"]


def test_saving_an_answer_again_changes_nothing(radiologist: User, tirads: SaveAnswer) -> None:
    save_answer(radiologist, tirads)
    assert save_answer(radiologist, tirads).revision == 1


def test_a_score_moves_on_with_the_findings_without_a_revision(radiologist: User, thyroid: Case) -> None:
    """A BI-RADS score warns when there is no finding, so the same answers score differently once there is one."""
    birads = SaveAnswer(id=uuid4(), case_id=thyroid.pk, schema="birads-ultrasound@1", answers={"left": "4A"})
    before = save_answer(radiologist, birads)
    mass = save_finding(radiologist, SaveFinding(id=uuid4(), case_id=thyroid.pk, kind="mass"))
    there = Answer.objects.get()
    assert (there.revision, there.score["warnings"]) == (1, [])
    assert save_answer(radiologist, birads).revision == 1
    delete_finding(radiologist, mass.pk, revision=1)
    assert Answer.objects.get().score == before.score


@pytest.mark.parametrize(
    ("answers", "path"),
    [
        ({"composition": "chocolate"}, "answers.composition"),
        ({"colour": "red"}, "answers.colour"),
        ({"echogenic_foci": ["punctate", "nonsense"]}, "answers.echogenic_foci"),
        ({"composition": "mi\x00xed"}, "answers.composition"),
        ({"size_mm": float("nan")}, "answers.size_mm"),
    ],
)
def test_an_answer_that_the_schema_does_not_have_is_refused_with_its_path(
    radiologist: User, tirads: SaveAnswer, answers: dict[str, object], path: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        save_answer(radiologist, replace(tirads, answers=answers))
    assert refused.value.path.startswith(path)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("schema", ["acr-tirads@9", "acr-tirads", "@1", "nothing@1", "acr-tirads@x", ""])
def test_a_schema_that_there_is_not_is_refused(radiologist: User, tirads: SaveAnswer, schema: str) -> None:
    with pytest.raises(InvalidError) as refused:
        save_answer(radiologist, replace(tirads, schema=schema))
    assert refused.value.path == "schema"


def test_a_schema_for_another_modality_is_refused(radiologist: User, tirads: SaveAnswer) -> None:
    with pytest.raises(InvalidError, match="CT") as refused:
        save_answer(radiologist, replace(tirads, schema="head-ct@1", answers={}, finding_id=None))
    assert refused.value.path == "schema"


def test_a_schema_for_findings_needs_one_and_a_schema_for_cases_takes_none(
    radiologist: User, tirads: SaveAnswer, nodule_id: UUID
) -> None:
    for bad in (
        replace(tirads, finding_id=None),
        replace(tirads, schema="birads-ultrasound@1", answers={}, finding_id=nodule_id),
    ):
        with pytest.raises(InvalidError) as refused:
            save_answer(radiologist, bad)
        assert refused.value.path == "finding"


def test_a_second_answer_for_the_same_finding_and_schema_is_refused_with_the_first(
    radiologist: User, tirads: SaveAnswer
) -> None:
    first = save_answer(radiologist, tirads)
    with pytest.raises(ConflictError) as refused:
        save_answer(radiologist, replace(tirads, id=uuid4()))
    assert refused.value.current is not None
    assert refused.value.current["id"] == str(first.pk)


def test_a_deleted_answer_makes_room_for_a_new_one_and_can_not_come_back_beside_it(
    radiologist: User, tirads: SaveAnswer
) -> None:
    save_answer(radiologist, tirads)
    delete_answer(radiologist, tirads.id, revision=1)
    assert save_answer(radiologist, replace(tirads, id=uuid4())).revision == 1
    with pytest.raises(ConflictError):
        save_answer(radiologist, replace(tirads, revision=2))


def test_another_readers_answer_can_be_neither_changed_nor_deleted(
    radiologist: User, second_radiologist: User, thyroid: Case, tirads: SaveAnswer
) -> None:
    save_answer(radiologist, tirads)
    with pytest.raises(NotFoundError):
        save_answer(second_radiologist, replace(tirads, answers={}, revision=1))
    with pytest.raises(NotFoundError):
        delete_answer(second_radiologist, tirads.id, revision=1)


@pytest.mark.parametrize("body_part", ["THYROID", "Neck", ""])
def test_a_schema_for_the_case_or_for_an_unknown_part_of_the_body_is_taken(
    body_part: str, radiologist: User, thyroid: Case, tirads: SaveAnswer
) -> None:
    Series.objects.filter(stacks__cases=thyroid).update(body_part=body_part)
    assert save_answer(radiologist, tirads).revision == 1


def test_a_schema_for_another_part_of_the_body_is_refused(radiologist: User, thyroid: Case, tirads: SaveAnswer) -> None:
    Series.objects.filter(stacks__cases=thyroid).update(body_part="BREAST")
    with pytest.raises(InvalidError, match=r"US of THYROID.*not for US of BREAST") as refused:
        save_answer(radiologist, tirads)
    assert refused.value.path == "schema"
    assert not Answer.objects.exists()
