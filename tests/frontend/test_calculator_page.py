"""The calculator without scripts: it answers nobody in particular and keeps nothing."""

import html
import random

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from annotator.accounts.models import AuditEntry
from annotator.labels.tirads_calculator import calculate_tirads
from tests.annotator.labels.nodules import every_nodule

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
def test_page_endpoint_and_function_agree_on_a_sample_and_nothing_is_kept(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(11)
    for nodule in chance.sample(list(every_nodule(open_too=True)), 25):
        features: dict[str, object] = {
            c: list(some) if c == "echogenic_foci" else some[0] for c, some in nodule.items()
        }
        size = chance.choice([None, 5.0, 9.9, 10.0, 24.9, 25.0])
        score = calculate_tirads(features, size_mm=size)
        answer = client.post(
            "/api/v1/calculators/tirads", {"features": features, "size_mm": size}, content_type="application/json"
        )
        assert answer.json() == score
        assert not answer.cookies
        assert answer["Cache-Control"].count("no-store") == 1
        sent = client.post(ADDRESS, {**features, "size_mm": "" if size is None else f"{size:g}"})
        assert (sent.status_code, sent.cookies, sent["Cache-Control"]) == (200, {}, "no-store")
        page = html.unescape(sent.content.decode())
        for system in score["systems"].values():
            assert system["title"] in page
            assert system["recommendation"] in page
            if system["level"]:
                assert f"{system['level']} · {system['points']} point{'' if system['points'] == 1 else 's'}<" in page
        assert all(f"<li>{line}</li>" in page for line in score["explanation"])
    assert not AuditEntry.objects.exists()
    assert not Session.objects.exists()
    assert not any("composition" in record.getMessage() for record in caplog.records)


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
