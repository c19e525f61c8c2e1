"""Whose wrong passwords are counted when proxies stand in front."""

import pytest
from django.test import RequestFactory

from api.client_address import client_address
from tests.fixtures.people import PASSWORD


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "10.0.0.9"),
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "192.168.7.7", "192.168.7.7"),
        (1, "made up, 192.168.7.7", "192.168.7.7"),
        (2, "made up, 192.168.7.7, 10.0.0.2", "192.168.7.7"),
        (2, "192.168.7.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "unknown", "10.0.0.9"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_only_what_our_own_proxies_say_counts(proxies, forwarded, address, settings):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", **headers)) == address


def test_wrong_passwords_from_one_place_lock_nobody_out_in_another(client, radiologist, settings):
    settings.TRUSTED_PROXIES = 1
    wrong = {"username": "radiologist", "password": "a wrong one"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        client.post("/sign-in/", wrong, HTTP_X_FORWARDED_FOR="6.6.6.6")
    right = {"username": "radiologist", "password": PASSWORD}
    assert client.post("/sign-in/", right, HTTP_X_FORWARDED_FOR="6.6.6.6").status_code == 429
    assert client.post("/sign-in/", right, HTTP_X_FORWARDED_FOR="192.168.7.7").status_code == 302
