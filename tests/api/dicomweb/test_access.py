"""Every address of DICOMweb, every method, every role. A route that is missing here fails."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from annotator.accounts.models import User
from api.dicomweb.urls import urlpatterns
from tests.api.dicomweb.served import Served, bundled, token_of

ROLES = {"": 401, "radiologist": 403, "data_manager": 200, "admin": 200}
STORING = ("dicomweb-studies", "dicomweb-study")
ROUTES = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]


def address(route: URLPattern, served: Served) -> str:
    study, series, instance = served.uids
    known = {"study": study, "series": series, "instance": instance, "numbers": "1", "path": "7FE00010"}
    return reverse(str(route.name), kwargs={name: known[name] for name in route.pattern.converters})


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_only_data_managers_and_admins_come_through_this_door(
    client: Client, frame_store: Path, role: str, status: int
) -> None:
    served = bundled("CT_small")
    headers = {"Authorization": f"Token {token_of(role)}"} if role else {}
    assert len(ROUTES) == 22
    for route in ROUTES:
        for method in ("GET", "HEAD"):
            answer = client.generic(method, address(route, served), headers=headers)
            assert answer.status_code == status, (method, route.name)
            if status != 200:
                assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_only_data_managers_and_admins_store(client: Client, frame_store: Path, role: str, status: int) -> None:
    served = bundled("CT_small")
    headers = {"Authorization": f"Token {token_of(role)}"} if role else {}
    for route in ROUTES:
        answer = client.post(address(route, served), served.path.read_bytes(), "application/dicom", headers=headers)
        assert answer.status_code == (status if route.name in STORING else 405), route.name


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_do_nothing_and_say_which_do(client: Client, frame_store: Path, method: str) -> None:
    served = bundled("CT_small")
    client.force_login(User.objects.create_user("manager", role="data_manager"))
    for route in ROUTES:
        answer = client.generic(method, address(route, served))
        assert answer.status_code == 405, route.name
        wanted = "GET, HEAD, POST, OPTIONS" if route.name in STORING else "GET, HEAD, OPTIONS"
        assert answer["Allow"] == wanted
        assert client.options(address(route, served))["Allow"] == wanted


@pytest.mark.django_db
def test_a_session_works_as_well_as_a_token_and_a_wrong_token_does_not(client: Client, frame_store: Path) -> None:
    wrong = client.get("/dicomweb/studies", headers={"Authorization": "Token nonsense"})
    assert (wrong.status_code, wrong["WWW-Authenticate"]) == (401, "Token")
    client.force_login(User.objects.create_user("manager", role="data_manager"))
    assert client.get("/dicomweb/studies").status_code == 204


@pytest.mark.django_db
def test_a_person_who_was_switched_off_is_nobody(client: Client, frame_store: Path) -> None:
    headers = {"Authorization": f"Token {token_of('data_manager')}"}
    User.objects.update(is_active=False)

    assert client.get("/dicomweb/studies", headers=headers).status_code == 401
