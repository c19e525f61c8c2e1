"""What can't be right is answered 400 with a problem document that says where; nothing is saved."""

import json

import pytest

from annotator.annotations.models import Annotation, Answer, Finding
from tests.api.v1.world import annotation_body, install_schema, new_id

# The test's frame: 80 columns, 64 rows.
BAD_MARKS = [
    ({"points": [[0, 0], [80.01, 10]]}, "points[1][0]", "outside the image, which has 80 columns"),
    ({"points": [[0, -0.5], [10, 10]]}, "points[0][1]", "outside the image, which has 64 rows"),
    ({"points": [[0, 0], [10, 64.5]]}, "points[1][1]", "outside"),
    ({"kind": "contour", "points": [[1, 1], [2, 2]]}, "points", "3 to 5,000 points, not 2"),
    ({"kind": "contour", "points": [[1, 1], [2, 2], [1, 1]]}, "points", "three different points"),
    ({"kind": "contour", "points": [[1, 1], [2, 2], [3, 3]]}, "points", "no area"),
    ({"points": [[5, 5], [5, 9]]}, "points", "no area"),
    ({"points": [[1, 2]]}, "points", "has 2 points"),
    ({"points": [[1, 2, 3], [4, 5, 6]]}, "points[0]", "[column, row]"),
    ({"points": [["1", "2"], [4, 5]]}, "points[0][0]", "is a number"),
    ({"points": [[True, 2], [4, 5]]}, "points[0][0]", "is a number"),
    ({"points": "everywhere"}, "points", "list"),
    ({"points": None}, "points", "null"),
    ({"kind": "circle"}, "kind", "not a valid choice"),
    ({"kind": "ellipse", "points": [[9, 9], [29, 9], [19, 4], [25, 14]]}, "points[2]", "cross in their middle"),
    ({"kind": "ellipse", "points": [[9, 9], [29, 9], [12, 4], [26, 14]]}, "points[2]", "right angle"),
    ({"kind": "bidirectional", "points": [[9, 9], [29, 9], [19, 4], [19, 4]]}, "points", "without length"),
    ({"kind": "angle", "points": [[9, 9], [29, 9]]}, "points", "3 points, not 2"),
    ({"kind": "mask", "points": [[2, 2], [6, 4]]}, "mask", "runs"),
    ({"kind": "mask", "points": [[2, 2], [6, 4]], "mask": {"runs": "8"}}, "mask", "runs"),
    ({"kind": "mask", "points": [[2, 2], [6, 4]], "mask": {"runs": [0, 8.0]}}, "mask.runs[1]", "whole number"),
    ({"kind": "mask", "points": [[2, 2], [6, 4]], "mask": {"runs": [0, 7]}}, "mask.runs", "7 pixels, the box 8"),
    ({"kind": "mask", "points": [[2, 2], [6.5, 4]], "mask": {"runs": [0, 8]}}, "points", "whole pixels"),
    ({"mask": {"runs": [0, 8]}}, "mask", "no mask"),
    ({"first_frame": "no-such-frame", "last_frame": "no-such-frame"}, "first_frame", "no such frame"),
    ({"last_frame": 7.5}, "last_frame", "no such frame"),
    ({"kind": "slices", "points": [], "label": "bleed"}, "first_frame", "from which to which"),
    ({"change": "seven"}, "change", "UUID"),
    ({"locked": "perhaps"}, "locked", "boolean"),
    ({"frame": "no-such-frame"}, "frame", "no such frame"),
    ({"finding": "00000000-0000-4000-8000-000000000000"}, "finding", "no such finding"),
    ({"finding": "seven"}, "finding", "UUID"),
    ({"case": "seven"}, "case", "UUID"),
    ({"revision": -1}, "revision", "greater than or equal to 0"),
    ({"revision": 2**40}, "revision", "less than or equal"),
    ({"label": "x" * 65}, "label", "64"),
    ({"label": "a\u0000b"}, "label", "ull"),
    ({"id": "00000000-0000-4000-8000-000000000000"}, "id", "another one than in the address"),
]


@pytest.mark.parametrize(("changes", "path", "words"), BAD_MARKS)
def test_a_mark_that_can_not_be_is_refused_and_says_where(changes, path, words, world, reader_client):
    before = Annotation.objects.count()
    address = f"/api/v1/annotations/{new_id()}"
    response = reader_client.put(address, annotation_body(world, **changes), format="json")
    problem = response.json() if response["Content-Type"] == "application/problem+json" else {}
    assert response.status_code == 400, response.content
    assert problem["path"] == path
    assert words in problem["detail"]
    assert problem["status"] == 400
    assert Annotation.objects.count() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_are_none_are_refused_wherever_they_stand(number, world, reader_client):
    body = json.dumps(annotation_body(world)).replace("20", number)
    response = reader_client.put(f"/api/v1/annotations/{new_id()}", body, content_type="application/json")
    assert response.status_code == 400
    assert "number" in response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "no JSON"),
        (b"", "required"),
        (b" ", "no JSON"),
        (b"[]", "must be a JSON object"),
        (b'"mark"', "must be a JSON object"),
        (b"\xff\xfe{}", "no JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"revision": ' + b"9" * 5000 + b"}", "no JSON"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused_in_words(body, words, world, reader_client):
    response = reader_client.put(f"/api/v1/annotations/{new_id()}", body, content_type="application/json")
    assert response.status_code == 400, response.content
    assert words in response.json()["detail"]


def test_a_body_that_is_too_large_is_refused_before_it_is_parsed(world, reader_client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = annotation_body(world, label="x" * 2000)
    response = reader_client.put(f"/api/v1/annotations/{new_id()}", body, format="json")
    assert response.status_code == 413
    assert "1,000 bytes" in response.json()["detail"]


def test_a_form_is_not_taken_for_json(world, reader_client):
    response = reader_client.put(
        f"/api/v1/annotations/{new_id()}", "kind=box", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 415
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"answers": {"suspicion": "dreadful"}}, "answers.suspicion", "can't be chosen here"),
        ({"answers": {"colour": "red"}}, "answers.colour", "no question 'colour'"),
        ({"answers": {"size_mm": -1}}, "answers.size_mm", "less than the minimum"),
        ({"answers": ["suspicion"]}, "answers", "dictionary"),
        ({"schema": "lesion@9"}, "schema", "no label schema"),
        ({"schema": "lesion"}, "schema", "no label schema"),
        ({"schema": "acr-tirads@1"}, "schema", "for US of THYROID, NECK, HEADNECK, not for CT"),
        ({"finding": None}, "finding", "Say which"),
    ],
)
def test_an_answer_that_the_schema_does_not_have_is_refused(changes, path, words, world, reader_client):
    install_schema("acr-tirads")
    Answer.objects.all().delete()
    body = {
        "case": str(world.case.pk),
        "finding": str(world.finding.pk),
        "schema": "lesion@1",
        "revision": 0,
        "answers": {},
    }
    response = reader_client.put(f"/api/v1/answers/{new_id()}", {**body, **changes}, format="json")
    assert response.status_code == 400, response.content
    assert response.json()["path"] == path
    assert words in response.json()["detail"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"kind": "unicorn"}, "kind"), ({"name": "x" * 101}, "name"), ({"case": None}, "case")],
)
def test_a_finding_that_can_not_be_is_refused(changes, path, world, reader_client):
    before = Finding.objects.count()
    body = {"case": str(world.case.pk), "kind": "lesion", "name": "", "revision": 0, **changes}
    response = reader_client.put(f"/api/v1/findings/{new_id()}", body, format="json")
    assert response.status_code == 400
    assert response.json()["path"] == path
    assert Finding.objects.count() == before


def test_every_fault_of_the_fields_is_listed(world, reader_client):
    body = annotation_body(world, kind="circle", case="seven")
    problem = reader_client.put(f"/api/v1/annotations/{new_id()}", body, format="json").json()
    assert {fault["path"] for fault in problem["errors"]} == {"kind", "case"}


@pytest.mark.parametrize("query", ["", "?revision=", "?revision=one", "?revision=-1"])
def test_deleting_without_the_revision_last_seen_is_refused(query, world, reader_client):
    response = reader_client.delete(f"/api/v1/annotations/{world.annotation.pk}{query}")
    assert response.status_code == 400
    assert response.json()["path"] == "revision"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/api/v1/studies?date_from=yesterday", "date_from"),
        ("/api/v1/series?study=one", "study"),
        ("/api/v1/jobs?state=lost", "state"),
        ("/api/v1/quarantine?intake=one", "intake"),
        ("/api/v1/studies?patient_id=%00", "patient_id"),
    ],
)
def test_a_filter_that_can_not_be_is_refused_and_named(address, path, world, manager_client):
    response = manager_client.get(address)
    assert response.status_code == 400
    assert response.json()["path"] == path


@pytest.mark.parametrize("number", [10**30, 0])
def test_a_number_in_an_address_that_no_row_has_is_not_found(number, world, manager_client):
    assert manager_client.get(f"/api/v1/studies/{number}").status_code == 404


@pytest.mark.parametrize("query", ["limit=-1", "limit=many", "offset=-5", "limit=100000000"])
def test_odd_pages_are_answered_with_an_ordinary_one(query, world, manager_client):
    response = manager_client.get(f"/api/v1/studies?{query}")
    assert response.status_code == 200
    assert len(response.json()["results"]) == 1


def test_a_method_that_an_address_does_not_take_is_a_problem_document(world, reader_client):
    response = reader_client.delete("/api/v1/cases")
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")


def test_a_name_that_no_database_can_hold_is_refused(world, manager_client):
    response = manager_client.get(f"/api/v1/cases/{world.case.pk}/reading?owner=%00")
    assert (response.status_code, response.json()["path"]) == (400, "owner")


def test_an_answer_in_another_format_than_json_is_not_promised(world, manager_client):
    response = manager_client.get("/api/v1/studies", HTTP_ACCEPT="text/html")
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")
