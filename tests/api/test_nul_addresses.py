"""NUL in an address: every database and every door answers the same."""

import pytest

ADDRESSES = [
    "/api/v1/studies?patient_id=a%00b",
    "/api/v1/labels/a%00b",
    "/dicomweb/studies?PatientName=a%00b",
    "/dicomweb/studies/1%002/series",
    "/dicomweb/studies/1/series/1/instances/%00/frames/1/rendered",
]
PAGES = ["/studies/?q=%00", "/studies/?modality=%00", "/cases/?q=a%00b", "/audit/?target=%00", "/quarantine/?q=%00"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_program_that_sends_nul_is_told_so(address, client, admin):
    client.force_login(admin)
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert "NUL" in answer.json()["detail"]
    named = address.partition("?")[2].partition("=")[0]
    assert answer.json().get("path", "") == named


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asked_with_nul_is_a_refusal_and_no_crash(address, client, admin):
    client.force_login(admin)
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")


def test_an_escaped_percent_sign_is_not_taken_for_nul(client, admin):
    client.force_login(admin)
    assert client.get("/studies/?q=%2500").status_code == 200
