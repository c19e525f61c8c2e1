"""Earlier studies in a case: which ones, who sees them, and that they are the same patient's."""

import json

import pytest

from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.spans import frame_of_case
from annotator.cases.actions.make_cases import make_cases
from annotator.cases.actions.show_priors import fitting_priors, show_priors
from annotator.cases.manifest import manifest_for
from annotator.cases.models import Case, CaseStack
from annotator.cases.prior_words import prior_words
from annotator.cases.queries import case_for
from annotator.imaging.models import Frame, Patient, Series, Stack, Study
from annotator.imaging.store.frame_tokens import check_token
from tests.annotator.case_rows import grant, make_stack, make_study

pytestmark = pytest.mark.django_db
VIEWS = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))


def study_of(date: str, *, patient: str = "PAT-7", modality: str = "CT", body_part: str = "") -> Study:
    study = make_study(patient_id=patient)
    Study.objects.filter(pk=study.pk).update(study_date=date)
    stack = make_stack(study, modality=modality)
    Series.objects.filter(pk=stack.series_id).update(body_part=body_part)
    study.refresh_from_db()
    return study


def breasts(date: str) -> Study:
    study = make_study()
    Study.objects.filter(pk=study.pk).update(study_date=date)
    for laterality, view in VIEWS:
        make_stack(study, modality="MG", frames=2, laterality=laterality, view=view)
    return study


def case_of(study: Study) -> Case:
    return make_cases(None, [study.pk])[0]


def priors(case: Case) -> list[tuple[int, int]]:
    rows = CaseStack.objects.filter(case=case, prior__gt=0).order_by("place")
    return list(rows.values_list("prior", "stack__series__study_id"))


def test_the_latest_earlier_studies_of_the_same_modality_and_body_part_are_shown(data_manager: User) -> None:
    case = case_of(study_of("20240601", body_part="HEAD"))
    old = study_of("20220101", body_part="HEAD")
    newer = study_of("20240101", body_part="HEAD")
    unknown = study_of("20230101")
    study_of("20240201", body_part="CHEST")
    study_of("20240201", modality="MR", body_part="HEAD")
    study_of("20250101", body_part="HEAD")
    study_of("", body_part="HEAD")
    found = fitting_priors(data_manager, case_for(data_manager, case.pk))
    assert [prior.study.pk for prior in found] == [newer.pk, unknown.pk, old.pk]
    assert show_priors(data_manager, case.pk, most=2) == 2
    assert priors(case) == [(1, newer.pk), (2, unknown.pk)]


def test_a_prior_never_is_another_patients(data_manager: User, radiologist: User) -> None:
    case = case_of(study_of("20240601"))
    other = study_of("20240101", patient="PAT-8")
    assert fitting_priors(data_manager, case_for(data_manager, case.pk)) == []
    assert show_priors(data_manager, case.pk, most=3) == 0
    # Even where a row says so, or a study turns out to be somebody else's later: no token, no name of a frame.
    stranger = Stack.objects.get(series__study=other)
    CaseStack.objects.create(case=case, stack=stranger, place=7, prior=1)
    grant(case, radiologist)
    for person in (radiologist, data_manager):
        assert stranger.key not in json.dumps(manifest_for(person, case))


def test_a_prior_that_was_given_to_another_patient_is_not_shown_any_more(data_manager: User, radiologist: User) -> None:
    case = case_of(study_of("20240601"))
    earlier = study_of("20240101")
    show_priors(data_manager, case.pk, most=1)
    grant(case, radiologist)
    assert len(manifest_for(radiologist, case)["stacks"]) == 2
    earlier.patient = Patient.objects.create(patient_id="PAT-9")
    earlier.save()
    assert len(manifest_for(radiologist, case)["stacks"]) == 1


def test_a_blinded_reader_is_told_how_much_earlier_it_was_and_no_date(data_manager: User, radiologist: User) -> None:
    case = case_of(study_of("20240601"))
    study_of("20231103")
    show_priors(data_manager, case.pk, most=1)
    grant(case, radiologist)
    manifest = manifest_for(radiologist, case)
    now, earlier = manifest["stacks"]
    assert (now["prior"], now["prior_words"]) == (0, "")
    assert (earlier["prior"], earlier["prior_words"]) == (1, "7 months before")
    assert "20231103" not in json.dumps(manifest)
    assert check_token(earlier["token"], earlier["frames"][0]["key"]) == radiologist.pk
    assert manifest["hangings"][0]["key"] == "ct-prior"
    assert [pane["stack"] for pane in manifest["hangings"][0]["panes"]] == [now["key"], earlier["key"]]


def test_what_is_read_keeps_its_places_and_taking_priors_away_leaves_the_case_as_it_was(data_manager: User) -> None:
    case = case_of(breasts("20240601"))
    before = list(case.case_stacks.values_list("place", "stack_id"))
    breasts("20230601")
    show_priors(data_manager, case.pk, most=1)
    case.refresh_from_db()
    assert case.layout == "2x4"
    assert list(case.case_stacks.filter(prior=0).values_list("place", "stack_id")) == before
    show_priors(data_manager, case.pk, most=0)
    case.refresh_from_db()
    assert case.layout == "2x2"
    assert list(case.case_stacks.values_list("place", "stack_id")) == before


def test_priors_stay_when_a_stack_comes_to_the_study_that_is_read(data_manager: User) -> None:
    study, earlier = study_of("20240601"), study_of("20240101")
    case = case_of(study)
    show_priors(data_manager, case.pk, most=1)
    make_stack(study, frames=40, series_number=2)
    make_cases(None, [study.pk])
    assert priors(case) == [(1, earlier.pk)]
    assert case.case_stacks.filter(prior=0).count() == 2


def test_nothing_is_marked_on_an_earlier_study(data_manager: User) -> None:
    study, earlier = study_of("20240601"), study_of("20240101")
    case = case_of(study)
    show_priors(data_manager, case.pk, most=1)
    frames = {at: Frame.objects.filter(instance__series__study=at)[:1].get() for at in (study, earlier)}
    assert frame_of_case(case, frames[study].key) == frames[study]
    with pytest.raises(InvalidError, match="earlier study"):
        frame_of_case(case, frames[earlier].key)


def test_choosing_again_changes_and_writes_down_nothing(data_manager: User) -> None:
    case = case_of(study_of("20240601"))
    study_of("20240101")
    show_priors(data_manager, case.pk, most=1)
    rows = list(case.case_stacks.values_list("pk", flat=True))
    show_priors(data_manager, case.pk, most=1)
    assert list(case.case_stacks.values_list("pk", flat=True)) == rows
    assert AuditEntry.objects.filter(action="show_priors").count() == 1


def test_a_reader_does_not_choose_and_nobody_shows_more_than_three(radiologist: User, data_manager: User) -> None:
    case = case_of(study_of("20240601"))
    grant(case, radiologist)
    with pytest.raises(NotAllowedError):
        show_priors(radiologist, case.pk, most=1)
    with pytest.raises(InvalidError):
        show_priors(data_manager, case.pk, most=4)


@pytest.mark.parametrize(
    ("study", "earlier", "words"),
    [
        ("20240601", "20240601", "on the same day"),
        ("20240601", "20240531", "1 day before"),
        ("20240601", "20240515", "2 weeks before"),
        ("20240601", "20231103", "7 months before"),
        ("20240601", "20220601", "2 years before"),
        ("20240601", "", "earlier"),
        ("20240601", "20250101", "earlier"),
        ("", "20240101", "earlier"),
        ("20240601", "20241332", "earlier"),
    ],
)
def test_how_much_earlier_a_study_was_is_said_without_its_date(study: str, earlier: str, words: str) -> None:
    assert prior_words(study, earlier) == words
