"""Two ends are clicked and a contour is suggested, corrected, accepted, taken back.

The network is stood in for: what it would answer is put into the database as its worker does, because this is about the
reader's hand. The worker itself serves a browser in test_assist.py.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.viewer_driver import Viewer, thyroid_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

ANSWER = """
from annotator.accounts.models import User
from annotator.assist.actions.answer_outline import answer_outline
from annotator.assist.models import ModelVersion, OutlineRequest
from annotator.assist.proposals import ProposedShape
from annotator.assist.queries import suggestion_for
from annotator.assist.records import suggestion_as_dict
from annotator.cases.models import Case
from annotator.imaging.models import Frame
reader = User.objects.get(username="radiologist")
asked = {asked!r}
version, _ = ModelVersion.objects.get_or_create(name="outliner", version="1", defaults={{"task": "segmentation"}})
frame = Frame.objects.get(key=asked["frame"])
made = OutlineRequest.objects.create(
    case=Case.objects.get(pk={case!r}), frame=frame, asked_by=reader, version=version, hint=asked["hint"],
    replaces=asked["replaces"], note="outliner learned from breast; this shows thyroid.",
)
answer_outline(made.pk, [ProposedShape("contour", {points!r}, "lesion", 0.87)])
made.refresh_from_db()
result = suggestion_as_dict(suggestion_for(reader, made.suggestion_id))
"""
LABELS = """
from annotator.annotations.models import Annotation
result = list(Annotation.objects.filter(case={case!r}, deleted_at=None).values_list("label", flat=True))
"""
ENDS = [(300.0, 220.0), (420.0, 300.0)]


def test_ends_become_a_contour_that_clicks_correct_a_key_accepts_and_undo_takes_back(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    case = thyroid_case(reading_room, tmp_path)
    viewer = Viewer(signed_in_page("radiologist")).open(case)
    page = viewer.page
    held: list[Route] = []
    page.route("**/api/v1/cases/*/outlines", lambda route: held.append(route))

    def asked() -> dict[str, Any]:
        viewer.until(lambda: held, "the request")
        return dict(held[0].request.post_data_json)

    def answer(width: float) -> str:
        points = [[300.0, 220.0], [300.0 + width, 220.0], [300.0 + width, 300.0], [300.0, 300.0]]
        made = reading_room.python(ANSWER.format(asked=asked(), case=case, points=points))
        held.pop().fulfill(status=201, json=made)
        expect(page.locator(f".suggestion.selected[data-suggestion='{made['id']}']")).to_be_visible()
        return str(made["id"])

    page.keyboard.press("Alt+o")
    hit = viewer.clicks(ENDS)
    page.keyboard.press("Enter")
    assert asked()["hint"]["kind"] == "extremes"
    assert asked()["replaces"] is None
    assert asked()["hint"]["points"] == [pytest.approx(place, abs=0.1) for place in hit]
    expect(page.locator(".outline-hints .waits text")).to_have_text("outlining…")
    first = answer(120.0)
    expect(page.locator(".model-note")).to_have_text("⚠ outliner learned from breast; this shows thyroid.")
    expect(page.locator(".suggestion.selected .model-sign")).to_have_text("⚠")

    page.keyboard.down("Alt")
    viewer.click((410.0, 290.0))
    page.keyboard.up("Alt")
    assert (asked()["replaces"], len(asked()["hint"]["removed"]), asked()["hint"]["added"]) == (first, 1, [])
    second = answer(100.0)
    expect(page.locator(f"[data-suggestion='{first}']")).to_have_count(0)

    page.keyboard.press("a")
    viewer.until(lambda: viewer.marks(), "the mark")
    viewer.wait_until_saved()
    [mark] = viewer.marks()
    assert (mark["kind"], mark["provenance"], len(mark["points"])) == ("contour", "suggestion", 4)
    expect(page.locator(".mark-row.selected .origin")).to_contain_text("Proposed by outliner 1, 87 %.")
    page.keyboard.press("Control+z")
    expect(page.locator(f".suggestion.selected[data-suggestion='{second}']")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(f".suggestion.selected[data-suggestion='{first}']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-suggestion='{first}']")).to_have_count(0)
    viewer.wait_until_saved()

    # A box; and nobody there to answer.
    viewer.drag([ENDS[0], (350.0, 260.0), ENDS[1]])
    assert asked()["hint"]["kind"] == "box"
    held.pop().fulfill(status=503, content_type="application/problem+json", body='{"detail": "No worker is there."}')
    expect(page.locator(".outline-strip")).to_contain_text("No worker is there.")
    expect(page.locator(".outline-hints .failed")).to_have_count(1)
    page.get_by_role("button", name="Try again").click()
    viewer.until(lambda: held, "the second request")
    page.keyboard.press("Escape")
    expect(page.locator(".outline-hints .failed, .outline-hints .waits")).to_have_count(0)

    held.pop().abort()

    # What is undecided when the page is opened anew is corrected as before.
    third_ends = viewer.clicks(ENDS)
    page.keyboard.press("Enter")
    third = answer(90.0)
    viewer.reload()
    expect(page.locator(".suggestion").first).to_be_visible()
    assert page.locator(f"[data-suggestion='{first}'], [data-suggestion='{second}']").count() == 0
    assert viewer.marks() == []
    page.locator(f"[data-suggestion='{third}'] .mark-jump").click()
    page.keyboard.press("Alt+o")
    viewer.click((350.0, 260.0))
    said = asked()
    assert (said["replaces"], len(said["hint"]["added"])) == (third, 1)
    assert said["hint"]["points"] == [pytest.approx(place, abs=0.1) for place in third_ends]
    answer(80.0)
    expect(page.locator(f"[data-suggestion='{third}']")).to_have_count(0)

    # A caliper that no model found.
    page.keyboard.press("Alt+p")
    expect(page.locator(".point-strip")).to_be_visible()
    viewer.clicks([(200.0, 150.0), (260.0, 150.0)])
    viewer.until(lambda: len(viewer.marks()) == 2, "both calipers")
    assert [(one["kind"], one["label"], one["finding"]) for one in viewer.marks()] == [("point", "caliper", None)] * 2
    page.keyboard.press("Alt+p")
    viewer.until(lambda: sorted(one["label"] for one in viewer.marks()) == ["", "caliper"], "a plain point")
    page.keyboard.press("Control+z")
    viewer.until(lambda: [one["label"] for one in viewer.marks()] == ["caliper"] * 2, "the caliper again")
    viewer.wait_until_saved()
    assert reading_room.python(LABELS.format(case=case)) == ["caliper"] * 2
