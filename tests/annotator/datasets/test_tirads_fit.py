"""Points fitted to a release: nodules with features from answers, a diagnosis from an answer or a table."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from annotator import labels
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.actions.fit_tirads_points import (
    fit_for,
    offer_tirads_points,
    request_tirads_fit,
)
from annotator.datasets.actions.import_diagnoses import import_diagnoses
from annotator.datasets.models import Release
from annotator.datasets.pseudonyms import patient_pseudonym
from annotator.datasets.released import ReleasedAnswer, ReleasedFinding, ReleasedStack, ReleasedTarget
from annotator.imaging.models import Patient
from annotator.jobs.models import JobState
from annotator.labels.schema import check_definition
from tests.annotator.datasets.frozen import frozen_release
from tests.annotator.datasets.released_values import example_stack

SCHEMA = json.loads((Path(labels.__file__).parent / "schemas" / "acr-tirads-2.json").read_text())
DEFINITION = {name: part for name, part in SCHEMA.items() if name not in ("key", "version", "title")}
PATHOLOGY = {"scoring": {"kind": "none"}, "form": {"questions": []}}


def nodule(number: int) -> ReleasedStack:
    """Suspicious ones are mostly malignant; every 13th lacks an answer, every 17th its diagnosis."""
    suspicious = number % 2 == 0
    features = {
        "composition": "solid" if suspicious else "mixed",
        "echogenicity": "hypoechoic" if number % 3 else "isoechoic",
        "shape": "taller_than_wide" if suspicious else "wider_than_tall",
        "margin": "smooth",
        "echogenic_foci": ["punctate_echogenic_foci"] if suspicious and number % 4 == 0 else ["none"],
    }
    if number % 13 == 12:
        del features["margin"]
    malignant = suspicious if number % 7 else not suspicious
    name = f"p{number}"
    finding = ReleasedFinding(f"f{number}", "nodule", 1, "", "reader-a")
    about = ReleasedTarget("finding", finding=finding.id)
    said = ReleasedAnswer(f"a{number}", "acr-tirads@2", about, "reader-a", features, {"size_mm": 12.0 + number % 20})
    known = ReleasedAnswer(
        f"d{number}", "pathology@1", about, "reader-a", {"result": "carcinoma" if malignant else "benign"}, {}
    )
    split = "train" if number % 3 else "test"
    answers = (said,) if number % 17 == 16 else (said, known)
    return replace(example_stack(patient=name, split=split), findings=(finding,), answers=answers)


@pytest.fixture
def nodules(data_manager: User) -> Release:
    schemas = {"acr-tirads@2": DEFINITION, "pathology@1": PATHOLOGY}
    return frozen_release(data_manager, [nodule(number) for number in range(60)], schemas=schemas)


ANSWERED = {
    "diagnosis_schema": "pathology",
    "question": "result",
    "malignant": ["carcinoma"],
    "benign": ["benign"],
}


def test_points_are_fitted_on_training_patients_reported_on_the_others_and_offered_as_a_draft(
    nodules: Release, data_manager: User, admin: User, run_queued_jobs
):
    fit = request_tirads_fit(data_manager, nodules.pk, ANSWERED)
    with pytest.raises(ConflictError, match="not fitted yet"):
        offer_tirads_points(admin, fit.pk, key="site-tirads", title="Ours")
    run_queued_jobs()
    fit = fit_for(data_manager, fit.pk)
    result = fit.result
    assert fit.job.state == JobState.DONE
    assert result["schema"] == "acr-tirads@2"
    assert result["left_out"] == {"a feature is not answered": 4, "no diagnosis": 3}
    assert result["training"]["nodules"] + result["held_out"]["nodules"] == 53
    assert result["training"]["systems"]["fitted"]["auc"]["value"] == pytest.approx(result["auc_training"])
    assert result["training"]["systems"]["acr"]["auc"]["value"] == pytest.approx(result["start_auc_training"])
    assert result["held_out"]["patients"] == result["held_out"]["nodules"]
    assert set(result["held_out"]["systems"]) == {"acr", "ai", "fitted"}
    assert result["auc_training"] >= result["start_auc_training"]
    check_definition(fit.definition)
    with pytest.raises(NotAllowedError):
        offer_tirads_points(data_manager, fit.pk, key="site-tirads", title="Ours")
    draft = offer_tirads_points(admin, fit.pk, key="site-tirads", title="Ours")
    assert [one["name"] for one in draft.definition["scoring"]["systems"]] == ["acr", "ai", "fitted"]


def test_a_diagnosis_may_come_from_a_table_by_finding_study_or_patient(
    nodules: Release, data_manager: User, run_queued_jobs
):
    rows = "".join(f"p{number},{'malignant' if number % 2 else 'benign'}\n" for number in range(60))
    table = import_diagnoses(data_manager, "Pathology", source="Archive", content=f"patient,diagnosis\n{rows}".encode())
    fit = request_tirads_fit(data_manager, nodules.pk, {"table": str(table.pk)})
    run_queued_jobs()
    result = fit_for(data_manager, fit.pk).result
    assert result["left_out"] == {"a feature is not answered": 4}
    assert result["held_out"]["systems"]["acr"]["auc"]["value"] < 0.5
    with pytest.raises(ConflictError):
        import_diagnoses(data_manager, "Pathology", source="Archive", content=b"study,diagnosis\n1.2,benign\n")


def test_a_table_by_patients_identifiers_is_kept_under_their_pseudonyms(data_manager: User):
    known = Patient.objects.create(issuer="A", patient_id="4711", name="Doe^Jane")
    name = patient_pseudonym("A", "4711")
    rows = b"patient,diagnosis\n4711,malignant\npatient-elsewhere,benign\n"
    table = import_diagnoses(data_manager, "By number", source="Archive", content=rows)
    assert table.rows == {"patient": {name: True, "patient-elsewhere": False}}
    twice = f"patient,diagnosis\n4711,malignant\n{name},benign\n".encode()
    with pytest.raises(InvalidError, match="two diagnoses"):
        import_diagnoses(data_manager, "Twice", source="Archive", content=twice)
    Patient.objects.create(issuer="B", patient_id=known.patient_id, name="Other^One")
    with pytest.raises(InvalidError, match="Several patients"):
        import_diagnoses(data_manager, "Whose", source="Archive", content=rows)


def test_what_can_not_be_fitted_says_why(nodules: Release, data_manager: User, radiologist: User, run_queued_jobs):
    for settings, path in (
        ({}, "table"),
        ({"table": "x", **ANSWERED}, "diagnosis_schema"),
        ({"table": "x"}, "table"),
        ({**ANSWERED, "malignant": []}, "malignant"),
        ({**ANSWERED, "benign": ["carcinoma"]}, "benign"),
        ({**ANSWERED, "schema": "head-ct"}, "schema"),
        ({**ANSWERED, "diagnosis_schema": "other"}, "diagnosis_schema"),
        ({**ANSWERED, "training": ["fold-1"]}, "training"),
    ):
        with pytest.raises(InvalidError) as fault:
            request_tirads_fit(data_manager, nodules.pk, settings)
        assert fault.value.path == path
    with pytest.raises(NotAllowedError):
        request_tirads_fit(radiologist, nodules.pk, ANSWERED)
    fit = request_tirads_fit(data_manager, nodules.pk, {**ANSWERED, "benign": ["nothing"]})
    run_queued_jobs(may_fail=True)
    failed = fit_for(data_manager, fit.pk).job
    assert failed.state == JobState.FAILED
    assert "left out: no diagnosis" in failed.error


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b"a,b\n1,2\n", "rows"),
        (b"study,diagnosis\n", "rows"),
        (b"study,diagnosis\n1.2,maybe\n", "rows[1].diagnosis"),
        (b"study,diagnosis\n,benign\n", "rows[1].study"),
        (b"study,diagnosis\n1.2,benign\n1.2,malignant\n", "rows[2].diagnosis"),
        (b"study,patient,diagnosis\n1.2,p,benign\n", "rows"),
        (b"\xff\xfe", "rows"),
    ],
)
def test_a_table_of_diagnoses_that_is_none_is_refused_by_row_and_column(data_manager: User, content: bytes, path: str):
    with pytest.raises(InvalidError) as fault:
        import_diagnoses(data_manager, "Table", source="Archive", content=content)
    assert fault.value.path == path
