"""How large words are is chosen at the foot of a page, which then comes back."""

import pytest

from annotator.accounts.models import User
from tests.frontend.conftest import ClientFor

pytestmark = pytest.mark.django_db


def test_the_choice_is_kept_and_leads_back_to_its_page_and_to_no_other_site(
    radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(radiologist)
    assert b'data-text="normal"' in client.get("/worklist/").content
    for wanted, led in (("/calculators/ti-rads/", "/calculators/ti-rads/"), ("https://elsewhere.example/", "/")):
        answer = client.post("/text-size/", {"text": "large", "next": wanted})
        assert (answer.status_code, answer["Location"]) == (302, led)
    page = client.get("/worklist/").content
    assert b'data-text="large"' in page
    assert b'<option value="large" selected>' in page


def test_a_size_that_is_none_changes_nothing_and_is_said(radiologist: User, client_for: ClientFor) -> None:
    client = client_for(radiologist)
    page = client.post("/text-size/", {"text": "huge", "next": "/worklist/"}, follow=True).content
    assert b"small, normal, large" in page
    assert b'data-text="normal"' in page
