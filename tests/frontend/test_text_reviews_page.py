"""The page of pictures that wait for a look at burned-in text."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.imaging.actions.decide_text_review import decide_text_review
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Instance, InstanceState, TextReview
from tests.builders import written_ultrasound
from tests.frontend.conftest import ClientFor

pytestmark = pytest.mark.usefixtures("store")

BAND = [{"column": 0, "row": 0, "columns": 320, "rows": 40}]


@pytest.fixture
def reviews(tmp_path: Path, settings) -> list[TextReview]:
    """Three waiting pictures: two of one machine, and a cine of another."""
    settings.DEIDENTIFY = True
    settings.DEIDENTIFICATION_KEY = "a key for tests that nobody uses elsewhere, 50 letters"
    folder = tmp_path / "in"
    for number in (1, 2):
        written_ultrasound(folder / str(number), study=f"one{number}", number=number)
    written_ultrasound(folder / "cine", study="cine", number=3, frames=3, machine=("Maker", "Other"))
    ingest_paths(None, [folder])
    return list(TextReview.objects.order_by("instance__instance_number"))


@pytest.fixture
def client(client_for: ClientFor, data_manager: User) -> Client:
    return client_for(data_manager)


def test_the_page_shows_the_most_suspect_with_its_boxes_and_counts(client: Client, reviews: list[TextReview]) -> None:
    TextReview.objects.filter(pk=reviews[1].pk).update(suspicion=0.99)
    page = client.get("/text-reviews/").content.decode()
    assert f"/text-reviews/{reviews[1].pk}/frames/" in page
    assert "2 waiting pictures come from Maker Model 320 x 120" in page
    assert '<span class="waits">3</span>' in page
    assert "&quot;score&quot;:" in page
    chosen = client.get(f"/text-reviews/?review={reviews[2].pk}").content.decode()
    assert "of 3 <kbd>" in chosen
    assert "Same layout" not in chosen


def test_a_picture_that_does_not_wait_leads_to_the_first(client: Client, reviews: list[TextReview]) -> None:
    for asked in ("999999", "-1", "x", "9" * 30):
        assert client.get("/text-reviews/", {"review": asked}).status_code == 200


def test_each_frame_is_a_picture_of_its_stored_pixels(client: Client, reviews: list[TextReview]) -> None:
    for number in (1, 2, 3):
        answer = client.get(f"/text-reviews/{reviews[2].pk}/frames/{number}")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.content[:2] == b"\xff\xd8"
    assert client.get(f"/text-reviews/{reviews[2].pk}/frames/4").status_code == 404
    assert client.get(f"/text-reviews/{reviews[2].pk}/frames/0").status_code == 404


def test_marked_regions_are_blanked_and_the_next_picture_comes(
    client: Client, reviews: list[TextReview], run_queued_jobs: Callable[[], object]
) -> None:
    pk = reviews[0].pk
    answer = client.post(f"/text-reviews/{pk}/decide", {"verdict": "blanked", "regions": json.dumps(BAND)}, follow=True)
    page = answer.content.decode()
    assert "Blanked in the stored pixels and released." in page
    assert f"/text-reviews/{pk}/frames/" not in page
    assert '<span class="waits">2</span>' in page
    run_queued_jobs()
    assert Instance.objects.get(text_review=pk).state == InstanceState.READY


def test_withheld_pictures_have_a_list_from_which_they_are_put_back(client: Client, reviews: list[TextReview]) -> None:
    pk = reviews[0].pk
    client.post(f"/text-reviews/{pk}/decide", {"verdict": "withheld"})
    withheld = client.get("/text-reviews/?tab=withheld").content.decode()
    assert f"/text-reviews/{pk}/put-back" in withheld
    assert "Maker Model 320 x 120" in withheld
    answer = client.post(f"/text-reviews/{pk}/put-back", follow=True)
    assert "It waits again." in answer.content.decode()
    assert Instance.objects.get(text_review=pk).state == InstanceState.REVIEW


def test_whoever_comes_second_is_told_who_was_first(client: Client, reviews: list[TextReview], admin: User) -> None:
    decide_text_review(admin, reviews[0].pk, verdict="withheld")
    answer = client.post(f"/text-reviews/{reviews[0].pk}/decide", {"verdict": "clean"}, follow=True)
    assert f"{admin.full_name} decided about this picture meanwhile" in answer.content.decode()


def test_one_layout_is_blanked_in_all_its_pictures_after_the_count_was_confirmed(
    client: Client, reviews: list[TextReview], run_queued_jobs: Callable[[], object]
) -> None:
    address = f"/text-reviews/{reviews[0].pk}/layout"
    wrong = client.post(address, {"regions": json.dumps(BAND), "expected": "3"}, follow=True)
    assert "Confirm again" in wrong.content.decode()
    right = client.post(address, {"regions": json.dumps(BAND), "expected": "2"}, follow=True)
    assert "they leave the queue as they are done" in right.content.decode()
    run_queued_jobs()
    assert [one.verdict for one in TextReview.objects.order_by("pk")].count("blanked") == 2


def test_regions_that_make_no_sense_are_refused_in_words(client: Client, reviews: list[TextReview]) -> None:
    address = f"/text-reviews/{reviews[0].pk}/decide"
    for regions in ("", "x", "{}", "[]", '[{"column": 1}]', "[" * 5000):
        answer = client.post(address, {"verdict": "blanked", "regions": regions}, follow=True)
        assert answer.status_code == 200
        assert 'class="notice error"' in answer.content.decode(), regions[:20]
    assert TextReview.objects.get(pk=reviews[0].pk).verdict == ""


def test_an_empty_queue_says_what_it_is_for(client: Client) -> None:
    assert "No picture waits" in client.get("/text-reviews/").content.decode()
    assert "Nothing is withheld" in client.get("/text-reviews/?tab=withheld").content.decode()
