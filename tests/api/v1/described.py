"""The API's own description, held against what it answers: every answer of a test client is checked."""

import json
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

PREFIX = "/api/v1/"


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document as it is served, with what OpenAPI 3.0 says differently put as JSON Schema says it."""
    return _as_json_schema(json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str)))


class DescribedClient(APIClient):
    """A client that fails the test when an answer is not as the description says: status, type, members."""

    def request(self, **kwargs: Any) -> HttpResponse:
        response = super().request(**kwargs)
        path = kwargs["PATH_INFO"]
        if path.startswith(PREFIX) and resolve(path).url_name not in {"api-schema", "api-unknown"}:
            _check(kwargs["REQUEST_METHOD"].lower(), path, response)
        return response


def _check(method: str, path: str, response: HttpResponse) -> None:
    template = "/" + "/".join(
        "{" + part.split(":")[-1].rstrip(">") + "}" if part.startswith("<") else part
        for part in resolve(path).route.split("/")
    )
    if response.status_code in {405, 406}:
        return  # the description says by itself which methods and types there are
    operation = description()["paths"][template][method]
    declared = operation["responses"].get(str(response.status_code))
    assert declared is not None, f"{method} {template} answers {response.status_code}, which is not declared"
    if response.status_code in {204, 304, 416}:
        assert not response.content
        return
    content_type = response["Content-Type"].split(";")[0]
    assert content_type in declared["content"], f"{method} {template} answers {content_type}: not declared"
    if content_type.endswith("json"):
        schema = {**declared["content"][content_type]["schema"], "components": description()["components"]}
        Draft202012Validator(schema).validate(json.loads(response.content))


def _as_json_schema(part: Any) -> Any:
    """`nullable` becomes a type of its own, and an object has only the members that are described."""
    if isinstance(part, list):
        return [_as_json_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    converted = {name: _as_json_schema(item) for name, item in part.items()}
    if converted.get("type") == "object" and "properties" in converted:
        converted.setdefault("additionalProperties", False)
    if converted.pop("nullable", False) is True:
        return {"anyOf": [converted, {"type": "null"}]}
    return converted
