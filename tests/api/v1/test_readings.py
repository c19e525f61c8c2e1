"""Cases, suggestions and worklists through the API, the way a reader's program goes."""

from dataclasses import replace

import pytest

from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import CaseLock
from annotator.readerstudies.models import Assignment, AssignmentState
from tests.annotator.case_rows import grant, make_case, make_stack, make_study
from tests.annotator.label_rows import install
from tests.api.v1.world import install_schema, new_id


def post(client, address, body=None):
    return client.post(f"/api/v1/{address}", body or {}, format="json")


def test_the_manifest_names_frames_tokens_schemas_and_the_place_in_the_worklist(world, reader_client):
    manifest = reader_client.get(f"/api/v1/cases/{world.case.pk}/manifest").json()
    stack = manifest["stacks"][0]
    assert stack["frames"][0]["key"] == world.frame.key
    assert stack["token"]
    assert manifest["case"]["patient"] is None
    assert manifest["reading"] == {
        "assignment": str(world.assignment.pk),
        "state": "assigned",
        "locked": False,
        "may_annotate": True,
        "position": "1 of 1",
        "returned": "",
        "may_review": False,
        "mark_kinds": None,
        "submits_to": "done",
        "adjudicates": False,
    }
    assert [schema["key"] for schema in manifest["schemas"]] == ["lesion"]
    assert manifest["schemas"][0]["definition"]["form"]["questions"]


def test_the_manifest_costs_as_many_queries_for_many_frames_as_for_few(
    world, reader_client, django_assert_max_num_queries
):
    study = make_study(patient_id="PAT-9")
    case = make_case(study, *[make_stack(study, frames=20, series_number=n) for n in range(4)])
    grant(case, world.reader)
    with django_assert_max_num_queries(16):
        reader_client.get(f"/api/v1/cases/{case.pk}/manifest")


def test_opening_a_case_is_noted_on_its_assignment(world, reader_client, manager_client):
    opened = post(reader_client, f"cases/{world.case.pk}/open").json()["assignment"]
    assert (opened["id"], opened["state"]) == (str(world.assignment.pk), "opened")
    assert post(manager_client, f"cases/{world.case.pk}/open").json() == {"assignment": None}


def test_an_accepted_suggestion_is_a_mark_and_undoing_takes_it_away(world, reader_client):
    identifier = new_id()
    address = f"suggestions/{world.suggestion.pk}"
    body = {"annotation": identifier, "finding": str(world.finding.pk)}
    accepted = post(reader_client, f"{address}/accept", body).json()
    assert accepted["suggestion"]["decision"] == "accepted"
    assert accepted["suggestion"]["annotation"] == identifier
    mark = accepted["annotation"]
    assert (mark["id"], mark["provenance"], mark["finding"]) == (identifier, "suggestion", str(world.finding.pk))
    assert mark["points"] == world.suggestion.points
    assert post(reader_client, f"{address}/accept", body).json() == accepted
    assert post(reader_client, f"{address}/reject").status_code == 409
    undone = post(reader_client, f"{address}/undo").json()
    assert undone["suggestion"]["decision"] is None
    assert reader_client.get(f"/api/v1/annotations/{identifier}").status_code == 404


def test_a_rejected_suggestion_stays_rejected_for_its_reader_only(world, reader_client, manager_client):
    rejected = post(reader_client, f"suggestions/{world.suggestion.pk}/reject", {"reason": "A vessel."}).json()
    assert (rejected["suggestion"]["decision"], rejected["annotation"]) == ("rejected", None)
    assert rejected["suggestion"]["reason"] == "A vessel."
    seen = manager_client.get(f"/api/v1/cases/{world.case.pk}/reading").json()["suggestions"][0]
    assert seen["decision"] is None


@pytest.fixture
def two_cases(world):
    """A second case on the reader's worklist."""
    study = make_study(patient_id="PAT-9")
    case = make_case(study, make_stack(study))
    grant(case, world.reader)
    Assignment.objects.create(case=case, reader=world.reader, place=2)
    return world, case


def test_submitting_locks_the_reading_and_leads_to_the_next_case(two_cases, reader_client):
    world, case = two_cases
    submitted = post(reader_client, f"assignments/{world.assignment.pk}/submit").json()
    assert (submitted["state"], submitted["next"]) == ("submitted", f"/cases/{case.pk}/")
    body = {"case": str(world.case.pk), "kind": "lesion", "revision": 0}
    assert reader_client.put(f"/api/v1/findings/{new_id()}", body, format="json").status_code == 409
    following = Assignment.objects.get(case=case)
    assert reader_client.get("/api/v1/worklist/next").json()["assignment"]["id"] == str(following.pk)
    last = post(reader_client, f"assignments/{following.pk}/submit").json()
    assert last["next"] is None
    assert reader_client.get("/api/v1/worklist/next").json() == {"assignment": None}


def test_a_reading_with_required_questions_open_is_not_submitted_and_says_which_and_where(two_cases, reader_client):
    world, case = two_cases
    reader = world.reader
    seen, sure, old = ({"name": n, "title": n.capitalize(), "kind": "boolean"} for n in ("seen", "sure", "old"))
    install("breast", "breast", {**seen, "required": True}, old)
    install("spot", "finding", {**sure, "required": True}, old)
    finding = save_finding(reader, SaveFinding(id=new_id(), case_id=case.pk, kind="lesion"))
    of_breast = SaveAnswer(id=new_id(), case_id=case.pk, schema="breast@1", answers={"old": False}, breast="L")
    of_finding = replace(of_breast, id=new_id(), schema="spot@1", breast="", finding_id=finding.pk)
    for wanted in (of_breast, of_finding):
        save_answer(reader, wanted)
    here = f"assignments/{Assignment.objects.get(case=case).pk}/submit"
    refused = post(reader_client, here)
    told = refused.json()
    assert refused.status_code == 409
    assert "2 questions must be answered before this can be submitted" in told["detail"]
    assert [one["words"] for one in told["missing"]] == ["Lesion 1, Spot: Sure", "Left breast, Breast: Seen"]
    about_finding, about_breast = (one["target"] for one in told["missing"])
    assert (about_finding["finding"], about_breast["breast"]) == (str(finding.pk), "L")
    assert (told["missing"][1]["schema"], told["missing"][1]["question"]) == ("breast@1", "seen")
    assert not CaseLock.objects.filter(case=case).exists(), "the reading stays open"
    save_answer(reader, replace(of_finding, answers={"sure": False}, revision=1))
    save_answer(reader, replace(of_breast, answers={}, revision=1))
    assert post(reader_client, here).json()["state"] == "submitted", "a form that is taken back asks nothing"


def test_an_admin_reopens_a_submitted_reading(world, reader_client, admin_client):
    post(reader_client, f"assignments/{world.assignment.pk}/submit")
    here = f"assignments/{world.assignment.pk}/reopen"
    for body in ({}, {"reason": "  "}, {"reason": "x" * 1001}):
        refused = post(admin_client, here, body)
        assert (refused.status_code, refused.json()["path"]) == (400, "reason")
    reopened = post(admin_client, here, {"reason": "A lesion is missing."}).json()
    assert (reopened["state"], reopened["returned"]) == ("opened", "A lesion is missing.")
    manifest = reader_client.get(f"/api/v1/cases/{world.case.pk}/manifest").json()
    assert manifest["reading"]["returned"] == "A lesion is missing."
    body = {"case": str(world.case.pk), "kind": "lesion", "revision": 0}
    assert reader_client.put(f"/api/v1/findings/{new_id()}", body, format="json").status_code == 200


def test_assigning_gives_access_an_order_and_a_due_date(world, admin_client, client_of):
    body = {"cases": [str(world.case.pk)], "readers": [world.stranger.pk], "due_date": "2030-01-31", "shuffle_seed": 7}
    made = post(admin_client, "assignments", body).json()["assignments"]
    assert [(one["reader"], one["due_date"], one["state"]) for one in made] == [("stranger", "2030-01-31", "assigned")]
    listed = client_of(world.stranger).get("/api/v1/worklist").json()["results"]
    assert [one["case"] for one in listed] == [str(world.case.pk)]
    assert client_of(world.stranger).get(f"/api/v1/cases/{world.case.pk}/manifest").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "path"),
    [
        ({"cases": []}, 400, "cases"),
        ({"readers": ["somebody"]}, 400, "readers[0]"),
        ({"due_date": "tomorrow"}, 400, "due_date"),
        ({"cases": ["00000000-0000-4000-8000-000000000000"]}, 404, None),
    ],
)
def test_an_assignment_that_can_not_be_is_refused(changes, status, path, world, admin_client):
    body = {"cases": [str(world.case.pk)], "readers": [world.stranger.pk], **changes}
    response = post(admin_client, "assignments", body)
    assert (response.status_code, response.json().get("path")) == (status, path)
    assert Assignment.objects.count() == 1


def test_a_worklist_is_reordered_and_others_filtered_out(two_cases, admin_client, reader_client):
    world, case = two_cases
    second = Assignment.objects.get(case=case)
    body = {"reader": world.reader.pk, "assignments": [str(second.pk), str(world.assignment.pk)]}
    moved = post(admin_client, "assignments/reorder", body).json()["assignments"]
    assert [one["place"] for one in moved] == [1, 2]
    assert [one["id"] for one in reader_client.get("/api/v1/worklist").json()["results"]] == body["assignments"]
    assert admin_client.get("/api/v1/assignments?state=submitted").json()["count"] == 0
    assert admin_client.get("/api/v1/assignments?reader=reader").json()["count"] == 2


def test_a_withdrawn_case_is_closed_to_the_reader(world, admin_client, reader_client):
    assert admin_client.delete(f"/api/v1/assignments/{world.assignment.pk}").status_code == 204
    assert reader_client.get(f"/api/v1/cases/{world.case.pk}").status_code == 404


def test_a_submitted_reading_is_not_withdrawn(world, admin_client):
    Assignment.objects.update(state=AssignmentState.SUBMITTED, submitted_at="2030-01-01T00:00Z")
    assert admin_client.delete(f"/api/v1/assignments/{world.assignment.pk}").status_code == 409


def test_scoring_by_itself_saves_nothing(world, reader_client):
    install_schema("birads-assessment")
    body = {"schema": "birads-assessment@1", "answers": {"right": "1", "left": "4A"}, "finding_count": 0}
    score = post(reader_client, "labels/score", body).json()
    assert (score["level"], score["category"]) == ("BI-RADS 4A", "4A")
    assert score["warnings"] == ["Left breast is category 4A, yet no finding is marked"]
    wrong = post(reader_client, "labels/score", {**body, "answers": {"right": "7"}})
    assert (wrong.status_code, wrong.json()["path"]) == (400, "answers.right")


@pytest.mark.parametrize(
    ("query", "keys"),
    [("", ["acr-tirads", "lesion"]), ("?modality=us", ["acr-tirads", "lesion"]), ("?modality=CT", ["lesion"])],
)
def test_schemas_are_listed_by_modality(query, keys, world, reader_client):
    install_schema("acr-tirads")
    assert [schema["key"] for schema in reader_client.get(f"/api/v1/labels{query}").json()] == keys


@pytest.mark.parametrize("reference", ["lesion@2", "lesion", "nothing@1"])
def test_a_schema_that_is_not_there_is_not_found(reference, world, reader_client):
    assert reader_client.get(f"/api/v1/labels/{reference}").status_code == 404
