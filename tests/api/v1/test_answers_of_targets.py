"""Answers about breasts and slices over HTTP: what is sent, what comes back, and what follows from them."""

import pytest

from annotator.annotations.models import Answer
from annotator.labels.models import LabelSchema
from annotator.labels.score import Score
from annotator.labels.scoring_functions import FUNCTIONS, ScoringFunction
from tests.annotator.case_rows import frames_of
from tests.annotator.label_rows import install
from tests.api.v1.world import new_id

BLEED = {
    "name": "bleed",
    "title": "Bleed",
    "kind": "choice",
    "options": [{"value": value, "title": value} for value in ("present", "absent", "uncertain")],
}
COUNTED = ScoringFunction(
    score=lambda _definition, _answers, context: Score(points=len(context.others), level="some"),
    title="How many others",
    uses_context=True,
    levels=lambda _definition: ("some", "none"),
)


@pytest.fixture
def schemas(monkeypatch) -> list[LabelSchema]:
    monkeypatch.setitem(FUNCTIONS, "counted", COUNTED)
    scoring = {"kind": "function", "name": "counted"}
    return [
        install("slices", "slices", BLEED),
        install("breast", "breast", BLEED),
        install("scan", "case", BLEED, scoring=scoring),
    ]


def body(world, schema, **more):
    return {"case": str(world.case.pk), "schema": schema, "answers": {"bleed": "present"}, **more}


def test_a_range_goes_there_and_back_with_its_preconditions(world, reader_client, schemas):
    keys = [frame.key for frame in frames_of(world.case)]
    address = f"/api/v1/answers/{new_id()}"
    sent = body(world, "slices@1", first_frame=keys[0], last_frame=keys[1])
    saved = reader_client.put(address, sent, format="json", headers={"If-None-Match": "*"})
    assert (saved.status_code, saved["ETag"]) == (200, '"1"')
    answer = saved.json()
    assert {name: answer[name] for name in ("first_frame", "last_frame", "breast", "finding", "override")} == {
        "first_frame": keys[0],
        "last_frame": keys[1],
        "breast": "",
        "finding": None,
        "override": None,
    }
    assert reader_client.get(address).json() == answer
    read = reader_client.get(f"/api/v1/cases/{world.case.pk}/reading").json()
    assert answer in read["answers"]
    moved = {**sent, "last_frame": keys[2]}
    stale = reader_client.put(address, moved, format="json", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["current"]) == (412, answer)
    assert reader_client.put(address, moved, format="json", headers={"If-Match": '"1"'}).json()["revision"] == 2
    assert reader_client.delete(address, headers={"If-Match": '"2"'}).json()["deleted"] is True


def test_what_follows_comes_back_with_what_was_saved_and_with_what_was_deleted(world, reader_client, schemas):
    scan = f"/api/v1/answers/{new_id()}"
    first = reader_client.put(scan, body(world, "scan@1"), format="json").json()
    assert (first["score"]["points"], "refreshed" in first) == (1, False), "the world's lesion, and no echo of itself"
    breast = f"/api/v1/answers/{new_id()}"
    saved = reader_client.put(breast, body(world, "breast@1", breast="L"), format="json").json()
    assert [(one["id"], one["revision"], one["score"]["points"]) for one in saved["refreshed"]] == [(first["id"], 1, 2)]
    again = reader_client.put(breast, body(world, "breast@1", breast="L"), format="json").json()
    assert again["refreshed"] == saved["refreshed"], "who sends again because the answer was lost hears the same"
    gone = reader_client.delete(f"{breast}?revision=1").json()
    assert gone["refreshed"][0]["score"]["points"] == 1
    assert reader_client.get(scan).json()["score"]["points"] == 1


def test_an_override_comes_back_beside_the_score(world, reader_client, schemas):
    override = {"level": "none", "reason": "seen before"}
    saved = reader_client.put(
        f"/api/v1/answers/{new_id()}", body(world, "scan@1", override=override), format="json"
    ).json()
    assert (saved["override"], saved["score"]["level"]) == (override, "some")


@pytest.mark.parametrize(
    ("schema", "changes", "path", "words"),
    [
        ("slices@1", {}, "first_frame", "Say which"),
        ("slices@1", {"first_frame": 7, "last_frame": []}, "last_frame", "valid string"),
        ("slices@1", {"first_frame": "nowhere", "last_frame": "nowhere"}, "first_frame", "no such frame"),
        ("breast@1", {}, "breast", "Say which"),
        ("breast@1", {"breast": "both"}, "breast", "not a valid choice"),
        ("breast@1", {"breast": None}, "breast", "null"),
        ("scan@1", {"breast": "L"}, "breast", "not for one breast"),
        ("scan@1", {"override": {"level": "dreadful", "reason": "x"}}, "override.level", "no level 'dreadful'"),
        ("scan@1", {"override": "none"}, "override", "An override is"),
        ("scan@1", {"override": [["none"]]}, "override", "An override is"),
        ("scan@1", {"override": {"level": {}, "reason": "x"}}, "override.level", "no level"),
        ("scan@1", {"override": {"level": "none", "reason": ""}}, "override.reason", "Say why"),
        ("breast@1", {"breast": "L", "override": {"level": "none", "reason": "x"}}, "override", "computes nothing"),
        ("scan@1", {"size_mm": -1}, "size_mm", "above 0"),
        ("scan@1", {"size_mm": 0}, "size_mm", "above 0"),
        ("scan@1", {"size_mm": 1e9}, "size_mm", "no size in a person"),
        ("scan@1", {"size_source": "guessed"}, "size_source", "not a valid choice"),
    ],
)
def test_what_can_not_be_is_refused_with_its_path(schema, changes, path, words, world, reader_client, schemas):
    before = Answer.objects.count()
    response = reader_client.put(f"/api/v1/answers/{new_id()}", body(world, schema, **changes), format="json")
    assert response.status_code == 400, response.content
    assert (response.json()["path"], words in response.json()["detail"]) == (path, True), response.content
    assert Answer.objects.count() == before
