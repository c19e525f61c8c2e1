"""The OpenAPI description is whole, and written without a warning."""

import json

from django.core.management import call_command

from tests.api.v1.described import PREFIX


def test_the_description_is_valid_and_nothing_had_to_be_guessed(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yaml"))
    assert (tmp_path / "openapi.yaml").stat().st_size > 10_000


def test_the_description_is_served(world, reader_client):
    response = reader_client.get(f"{PREFIX}schema/?format=json")
    described = json.loads(response.content)
    assert described["info"]["title"] == "Reading Room"
    assert "/api/v1/annotations/{record_id}" in described["paths"]


def test_every_operation_says_what_it_refuses(world, reader_client):
    described = json.loads(reader_client.get(f"{PREFIX}schema/?format=json").content)
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path} has no summary"
            assert "401" in operation["responses"], f"{method} {path}"
            if "{" in path and "label" not in path:
                assert "404" in operation["responses"], f"{method} {path}"


def test_an_unknown_address_is_a_problem_document_for_every_method(world, reader_client):
    for method in ("get", "post", "put", "delete"):
        response = getattr(reader_client, method)(f"{PREFIX}annotation")
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
