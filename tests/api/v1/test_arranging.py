"""Tags, collections, a patient's other studies and sides in doubt, over the API."""

import pytest

from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.models import Collection, Stack, Study, Tag
from tests.annotator.case_rows import make_stack, make_study


@pytest.fixture
def studies(world):
    """Two more studies of the world's patient, one a year before the world's and one without a date."""
    earlier, undated = make_study(), make_study()
    for study, day in ((earlier, "20230102"), (undated, "")):
        make_stack(study, modality="US", kind="still", frames=1)
        Study.objects.filter(pk=study.pk).update(study_date=day)
    return [world.study, earlier, undated]


def test_studies_are_tagged_listed_by_tag_and_untagged(studies, manager_client):
    ids = [study.pk for study in studies]
    assert manager_client.post("/api/v1/tags", {"name": "motion", "add": ids}, format="json").json() == {
        "added": 3,
        "removed": 0,
    }
    assert manager_client.get("/api/v1/tags").json()["results"] == [{"name": "motion", "study_count": 3}]
    found = manager_client.get("/api/v1/studies?tag=Motion&modality=US").json()
    assert found["count"] == 2
    assert found["results"][0]["tags"] == ["motion"]
    body = {"name": "motion", "remove": ids, "add": []}
    assert manager_client.post("/api/v1/tags", body, format="json").json()["removed"] == 3
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({}, 400, "name"),
        ({"name": ""}, 400, "name"),
        ({"name": "a,b", "add": [1]}, 400, "name"),
        ({"name": "x" * 41}, 400, "name"),
        ({"name": "motion", "add": [10**30]}, 400, "add"),
        ({"name": "motion", "add": "all"}, 400, "add"),
        ({"name": "motion", "add": [987654]}, 404, ""),
    ],
)
def test_a_tag_that_can_not_be_is_refused_at_its_place(body, status, path, world, manager_client):
    answer = manager_client.post("/api/v1/tags", body, format="json")
    assert answer.status_code == status
    assert answer.json().get("path", "").startswith(path)
    assert not Tag.objects.exists()


def test_a_collection_is_made_filled_listed_changed_and_deleted(studies, manager_client):
    made = manager_client.post("/api/v1/collections", {"name": "Mondays"}, format="json").json()
    assert (made["name"], made["description"], made["study_count"], made["created_by"]) == ("Mondays", "", 0, "manager")
    here = f"/api/v1/collections/{made['id']}"
    filled = manager_client.post(f"{here}/studies", {"add": [study.pk for study in studies]}, format="json")
    assert filled.json() == {"added": 3, "removed": 0}
    emptied = manager_client.post(f"{here}/studies", {"remove": [studies[0].pk]}, format="json")
    assert emptied.json() == {"added": 0, "removed": 1}
    assert manager_client.get(f"/api/v1/studies?collection={made['id']}").json()["count"] == 2
    changed = manager_client.patch(here, {"description": "Second look"}, format="json").json()
    assert (changed["name"], changed["description"], changed["study_count"]) == ("Mondays", "Second look", 2)
    assert manager_client.get("/api/v1/collections").json()["count"] == 2
    assert manager_client.delete(here).status_code == 204
    assert manager_client.get(here).status_code == 404
    assert Collection.objects.count() == 1


def test_a_collections_name_is_taken_once(world, manager_client):
    assert manager_client.post("/api/v1/collections", {"name": "teaching"}, format="json").status_code == 409
    other = manager_client.post("/api/v1/collections", {"name": "Other"}, format="json").json()["id"]
    renamed = manager_client.patch(f"/api/v1/collections/{other}", {"name": "TEACHING"}, format="json")
    assert renamed.status_code == 409
    assert manager_client.get(f"/api/v1/collections/{10**30}").status_code == 404


def test_a_patients_other_studies_come_with_their_distance(studies, manager_client):
    priors = manager_client.get(f"/api/v1/studies/{studies[0].pk}/priors").json()["priors"]
    assert [(prior["study"]["id"], prior["days"]) for prior in priors] == [(studies[1].pk, -365), (studies[2].pk, None)]
    assert manager_client.get("/api/v1/studies/987654/priors").status_code == 404


def test_a_side_in_doubt_is_found_and_settled(world, manager_client):
    count_studies([world.study.pk])
    assert manager_client.get("/api/v1/studies?state=look").json()["results"][0]["doubt_count"] == 1
    here = f"/api/v1/stacks/{world.doubtful_stack.key}/laterality"
    decided = manager_client.post(here, {"verdict": "pixels"}, format="json").json()
    assert (decided["laterality"], decided["laterality_from_pixels"], decided["verdict"]) == ("L", "R", "pixels")
    assert decided["checked_by"] == "manager"
    assert manager_client.get(f"/api/v1/studies/{world.study.pk}").json()["doubt_count"] == 0
    assert manager_client.post(here, {"verdict": "both"}, format="json").status_code == 400
    Stack.objects.update(laterality_from_pixels="L")
    assert manager_client.post(here, {"verdict": "header"}, format="json").status_code == 400
    assert (
        manager_client.post("/api/v1/stacks/none/laterality", {"verdict": "header"}, format="json").status_code == 404
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=testcase+tilda", 1),
        ("q=TILDA", 1),
        ("q=nobody", 0),
        ("description=testcase", 1),
        ("accession_number=77", 0),
        ("body_part=HEAD", 0),
        ("state=ready", 1),
        ("state=failed", 0),
        ("tag=none", 0),
        ("order=patient", 1),
    ],
)
def test_studies_are_asked_for_as_on_the_page(query, count, world, manager_client):
    assert manager_client.get(f"/api/v1/studies?{query}").json()["count"] == count


@pytest.mark.parametrize("query", ["state=odd", "order=odd", "collection=0", "collection=1.5", "date_from=x"])
def test_a_question_that_can_not_be_read_is_refused(query, world, manager_client):
    answer = manager_client.get(f"/api/v1/studies?{query}")
    assert answer.status_code == 400
    assert answer.json()["path"] == query.partition("=")[0]
