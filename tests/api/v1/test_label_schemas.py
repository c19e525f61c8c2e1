"""Label schemas as programs make them: from nothing to a version, with the faults told where they are."""

from typing import Any

import pytest

from annotator.labels.models import LabelSchema
from tests.annotator.labels.test_diff import bleed

pytestmark = pytest.mark.django_db
BASE = "/api/v1/label-schemas"


def open_form() -> dict[str, Any]:
    return {name: part for name, part in bleed().items() if name != "answers"}


def test_a_schema_is_begun_saved_tried_compared_published_and_exported(world, client_of):
    admin = client_of(world.admin)
    begun = admin.post(BASE, {"key": "bleeds", "title": "Bleeds"}, format="json")
    assert (begun.status_code, begun["ETag"]) == (201, '"1"')
    assert [fault["path"] for fault in begun.json()["faults"]] == ["form.questions"]

    body = {"title": "Bleeds", "definition": open_form()}
    saved = admin.put(f"{BASE}/bleeds/draft", body, format="json", HTTP_IF_MATCH='"1"')
    assert (saved.status_code, saved["ETag"], saved.json()["faults"]) == (200, '"2"', [])
    late = admin.put(f"{BASE}/bleeds/draft", body | {"title": "Late"}, format="json", HTTP_IF_MATCH='"1"')
    assert (late.status_code, late.json()["current"]["revision"]) == (412, 2)
    unsaid = admin.put(f"{BASE}/bleeds/draft", body | {"title": "Late"}, format="json")
    assert (unsaid.status_code, unsaid.json()["path"]) == (400, "revision")

    tried = admin.post(f"{BASE}/bleeds/draft/dry-run", {"revision": 2}, format="json").json()
    assert (tried["found"]["schema"], tried["found"]["answers"], tried["job"]) == (None, 0, None)
    made = admin.post(f"{BASE}/bleeds/draft/publish", {"revision": 2, "reason": "First."}, format="json")
    assert (made.status_code, made.json()["reference"]) == (201, "bleeds@1")
    assert made.json()["definition"] == bleed()

    admin.post(f"{BASE}/bleeds/draft", format="json")
    wider = open_form()
    wider["form"]["questions"][3]["maximum"] = 50
    admin.put(f"{BASE}/bleeds/draft", {"title": "Bleeds", "definition": wider, "revision": 1}, format="json")
    told = admin.get(f"{BASE}/bleeds/comparison?old=1&new=draft").json()
    assert told["keeps_answers"] is False
    assert [one["words"] for group in told["groups"] for one in group["changes"]] == [
        "“Width”: the most that may be answered is 50; it was 90."
    ]
    file = client_of(world.reader).get(f"{BASE}/bleeds/versions/1/export").json()
    assert len(file["content_hash"]) == 64
    again = admin.post("/api/v1/label-schema-imports", {"file": file}, format="json").json()
    assert again == {"key": "bleeds", "version": 1, "done": "already there"}
    broken = admin.post("/api/v1/label-schema-imports", {"file": file | {"version": "one"}}, format="json")
    assert (broken.status_code, broken.json()["path"]) == (400, "file.version")

    (line,) = [one for one in admin.get(BASE).json() if one["key"] == "bleeds"]
    assert (line["state"], line["has_draft"], line["versions"][0]["answers"]) == ("offered", True, 0)
    (line,) = [one for one in client_of(world.reader).get(BASE).json() if one["key"] == "bleeds"]
    assert (line["has_draft"], line["versions"][0]["answers"]) == (False, None)


def test_a_definition_is_checked_and_scored_as_it_is_written_and_nothing_is_saved(world, client_of):
    admin = client_of(world.admin)

    def check(definition: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = admin.post(
            "/api/v1/label-schema-checks", {"title": "Bleeds", "definition": definition, **more}, format="json"
        )
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    answers = {"bleed": True, "grade": "large"}
    scored = check(open_form(), answers=answers)
    assert scored["faults"] == []
    assert (scored["tried"]["score"]["points"], scored["tried"]["score"]["level"]) == (3, "G2")
    assert check(open_form(), answers={"grade": "large"})["tried"]["path"] == "answers.grade"

    wrong = open_form()
    wrong["form"]["questions"][0]["title"] = ""
    wrong["form"]["questions"][1]["options"][1]["value"] = "small"
    wrong["form"]["questions"][3].pop("maximum")
    told = check(wrong)
    assert [fault["path"] for fault in told["faults"]] == [
        "form.questions[0].title",
        "form.questions[1].options[1].value",
        "form.questions[3].maximum",
    ]
    assert told["tried"] is None
    circle = open_form()
    circle["form"]["questions"][0]["show_when"] = {"question": "grade", "answered": True}
    (fault,) = check(circle)["faults"]
    assert fault["path"].startswith("form.questions[0].show_when")
    for nonsense in ({}, {"form": 3}, {"form": {"questions": [7]}}, {"form": {"questions": [{"kind": "choice"}]}}):
        assert check(nonsense)["faults"]
    assert not LabelSchema.objects.filter(key="bleeds").exists()


@pytest.mark.parametrize(
    ("query", "path"), [("old=x&new=1", "old"), ("old=1&new=", "new"), ("new=1", "old"), ("old=1&new=²", "new")]
)
def test_a_comparison_with_no_version_is_refused(world, client_of, query, path):
    answer = client_of(world.admin).get(f"{BASE}/lesion/comparison?{query}")
    assert (answer.status_code, answer.json()["path"]) == (400, path)
