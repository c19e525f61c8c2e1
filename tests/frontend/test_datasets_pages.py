"""Cohorts and releases as a data manager meets them: asked, counted, frozen, exported."""

import pytest
from django.test import Client
from django.urls import reverse

from annotator.accounts.models import User
from annotator.datasets.cohort_query import CohortQuery
from annotator.datasets.models import Cohort, Release, ReleaseExport
from frontend.pages.cohort_form import CohortForm, exclusion_rows, form_values, query_from
from tests.annotator.datasets.conftest import MarkedStudies, marked_studies  # noqa: F401  (a fixture)
from tests.annotator.datasets.frozen import frozen_release
from tests.frontend.conftest import ClientFor

FREEZE = {
    "then": "freeze",
    "uncertain": "ignore",
    "whose": "all",
    "minimum_readers": "2",
    "minimum_overlap": "0.5",
    "accepted_suggestions": "on",
    "near_duplicates": "on",
    "train": "70",
    "val": "15",
    "test": "15",
    "seed": "3",
    "stratify_by": "category",
}


@pytest.fixture
def manager(client_for: ClientFor, data_manager: User) -> Client:
    return client_for(data_manager)


def test_from_a_question_to_a_download(manager: Client, marked_studies: MarkedStudies, run_queued_jobs):  # noqa: F811
    assert "No cohorts yet" in manager.get("/cohorts/").content.decode()
    made = manager.post("/cohorts/", {"name": "Necks"})
    page = made["Location"]
    counted = manager.post(page, {"name": "Necks", "modality": "US", "then": "count"}).content.decode()
    assert "Counted, not saved" in counted
    assert "<svg" in counted
    part = manager.post(page, {"name": "Necks", "since": "never", "then": "count", "part": "counts"}).content.decode()
    assert "Enter a valid date" in part
    assert "<html" not in part
    assert Cohort.objects.get().query.get("criteria", {}).get("modality") is None
    manager.post(page, {"name": "Necks", "modality": "US", "then": "save"})
    assert Cohort.objects.get().query["criteria"]["modality"] == "US"

    refused = manager.post(page, FREEZE | {"uncertain": ""})
    assert refused.status_code == 400
    assert "nothing is chosen for you" in refused.content.decode()
    frozen = manager.post(page, FREEZE)
    run_queued_jobs()
    release = Release.objects.get()
    assert frozen["Location"] == f"/releases/{release.pk}/"
    shown = manager.get(frozen["Location"]).content.decode()
    assert release.content_hash in shown
    assert "Weights for training" in shown
    assert "No exports yet" in shown
    assert "Every picture is there" in manager.get(f"{frozen['Location']}?check=1").content.decode()
    assert manager.get(f"{frozen['Location']}datasheet").content.decode().startswith("#")

    wrong = manager.post(frozen["Location"], {"then": "export", "format": "coco", "prepared-pixel_mm": "-1"})
    assert wrong.status_code == 400
    asked = manager.post(frozen["Location"], {"then": "export", "format": "yolo", "prepared-halve": "true"})
    assert asked.status_code == 302
    run_queued_jobs()
    export = ReleaseExport.objects.get()
    assert (export.request["format"], export.request["preprocessing"]["halve"]) == ("yolo", True)
    rows = manager.get(f"{frozen['Location']}?part=rows").content.decode()
    address = reverse("api-release-export-download", args=[export.pk])
    assert address in rows
    assert len(manager.get(address).content) == export.byte_size


def test_every_format_has_its_options_on_the_page(manager: Client, data_manager: User):
    release = frozen_release(data_manager, [])
    page = manager.get(f"/releases/{release.pk}/")
    names = [one.name for one in page.context["formats"]]
    assert len(names) >= 12
    for name in names:
        shown = manager.get(f"/releases/{release.pk}/?format={name}")
        options = shown.context["format"].options
        assert {f"option-{option}" for option in options} <= set(shown.context["form"].fields), name
        assert f'<input type="hidden" name="format" value="{name}">' in shown.content.decode()


def test_two_releases_are_compared_and_one_that_is_none_is_refused(manager: Client, data_manager: User):
    before, after = frozen_release(data_manager, []), frozen_release(data_manager, [])
    assert "Nothing changed" in manager.get(f"/releases/{after.pk}/?before={before.pk}").content.decode()
    assert manager.get(f"/releases/{after.pk}/?before=yesterday").status_code == 400


def test_a_draft_that_leaked_says_what_and_takes_a_decision(manager: Client, data_manager: User):
    release = frozen_release(data_manager, [])
    end = {"study_uid": "1.2", "stack_key": "s", "frame_key": "f"}
    Release.objects.create(
        cohort=release.cohort,
        title="Leaky",
        recipe=release.recipe,
        requested_by=data_manager,
        job=type(release.job).objects.create(kind="datasets.freeze_release", state="failed"),
        leaks=[
            {
                "kind": "picture",
                "words": "Two pictures look alike.",
                "first": end | {"patient": "patient-1", "split": "train"},
                "second": end | {"patient": "patient-2", "split": "test"},
                "likeness": 0.99,
                "count": 2,
            }
        ],
    )
    draft = Release.objects.get(title="Leaky")
    assert "Two pictures look alike." in manager.get(f"/releases/{draft.pk}/").content.decode()
    verdict = {"first": "patient-1", "second": "patient-2", "verdict": "together", "reason": "Twins."}
    assert manager.post(f"/releases/{draft.pk}/leaks", verdict).status_code == 302
    draft.cohort.refresh_from_db()
    assert draft.cohort.judged[0]["verdict"] == "together"
    assert manager.post(f"/releases/{draft.pk}/discard").status_code == 302
    assert not Release.objects.filter(pk=draft.pk).exists()


def test_a_question_comes_back_from_its_form_as_it_was():
    saved = {
        "criteria": {
            "modality": "MG",
            "tags": ["teaching", "screening"],
            "marked": False,
            "minimum_readers": 2,
            "answers": [
                {"schema": "lesion", "question": "sure", "member": "answers", "is_one_of": ["yes", 3, True, "4"]},
                {"schema": "lesion", "question": "size", "member": "answers", "at_least": 4.0},
                {"schema": "acr-tirads", "question": "level", "member": "score", "is_one_of": ["TR4"]},
                {"schema": "acr-tirads", "question": "category", "member": "known", "is_one_of": ["a"]},
            ],
        },
        "exclusions": [
            {"reason": "Other breast", "criteria": {"views": ["LCC"]}},
            {"reason": "Both", "criteria": {"site": "A", "modality": "CT"}},
        ],
        "pictures": {"views": ["LCC"]},
    }
    posted = form_values("Breasts", "", saved) | {"words": ""}
    for at, row in enumerate(exclusion_rows(saved)):
        posted |= {f"exclusion-{at}-{name}": value for name, value in row.items()}
    form = CohortForm(posted)
    assert form.is_valid(), form.errors
    again = query_from(form.cleaned_data, posted, saved)
    assert again["exclusions"] == saved["exclusions"]
    assert again["pictures"] == saved["pictures"]
    kept = {name: value for name, value in again["criteria"].items() if value not in ("", [], None, 0)}
    kept["marked"] = again["criteria"]["marked"]
    kept["answers"] = sorted(kept["answers"], key=lambda one: one["question"])
    assert kept == saved["criteria"] | {
        "answers": sorted(saved["criteria"]["answers"], key=lambda one: one["question"])
    }


def test_an_exclusion_that_was_saved_can_be_changed_in_its_row():
    saved = CohortQuery.from_json({"exclusions": [{"reason": "Not read", "criteria": {"modality": "NM"}}]}).to_json()
    assert exclusion_rows(saved)[0] == {"reason": "Not read", "by": "modality", "value": "NM"}
