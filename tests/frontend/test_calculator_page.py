"""The calculator without scripts: it answers nobody in particular and keeps nothing."""

import pytest
from django.test import Client

from annotator.accounts.models import AuditEntry
from annotator.labels.tirads_calculator import calculate_tirads

ADDRESS = "/calculators/ti-rads/"
NODULE = {
    "composition": "mixed",
    "echogenicity": "isoechoic",
    "shape": "taller_than_wide",
    "margin": "smooth",
    "echogenic_foci": ["none"],
}


def test_the_page_needs_no_sign_in_no_cookie_and_no_database(client: Client) -> None:
    # Without the mark django_db a query would fail the test.
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "For research use" in answer.content.decode()


def test_the_worked_example_gives_both_levels(client: Client) -> None:
    page = client.post(ADDRESS, {**NODULE, "size_mm": "12"}).content.decode()
    assert "TR4 · 5 points" in page
    assert "TR1 · 1 point<" in page


@pytest.mark.django_db
def test_page_and_endpoint_and_function_agree_and_nothing_is_kept(client: Client) -> None:
    answer = client.post(
        "/api/v1/calculators/tirads", {"features": NODULE, "size_mm": 12.0}, content_type="application/json"
    )
    assert answer.json() == calculate_tirads(NODULE, size_mm=12.0)
    assert not answer.cookies
    assert answer["Cache-Control"].count("no-store") == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"composition": "marble"}, "&#x27;marble&#x27; can&#x27;t be chosen here"),
        ({"size_mm": "large"}, "is no number of millimetres"),
        ({"composition": "<script>alert(1)</script>"}, "&lt;script&gt;"),
        ({"echogenic_foci": ["none", "macrocalcifications"]}, "take one or the other away"),
    ],
)
def test_what_can_t_be_is_refused_in_words(client: Client, sent: dict[str, object], words: str) -> None:
    answer = client.post(ADDRESS, sent)
    assert answer.status_code == 400
    assert words in answer.content.decode()
