"""Addresses of DICOMweb: QIDO-RS, WADO-RS and STOW-RS, for data managers, administrators and their programs."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, URLResolver, path

from api.dicomweb import rendered, retrieve, search, store
from api.dicomweb.access import by_method

_STUDY = "studies/<str:study>"
_SERIES = f"{_STUDY}/series/<str:series>"
_INSTANCE = f"{_SERIES}/instances/<str:instance>"
_FRAMES = f"{_INSTANCE}/frames/<str:numbers>"


def _route(route: str, name: str, get: Callable[..., Any], post: Callable[..., Any] | None = None) -> URLPattern:
    return path(route, by_method(get=get, post=post), name=f"dicomweb-{name}")


urlpatterns: list[URLPattern | URLResolver] = [
    _route("studies", "studies", search.studies, store.instances),
    _route("series", "all-series", search.series),
    _route("instances", "all-instances", search.instances),
    _route(f"{_STUDY}/series", "series", search.series),
    _route(f"{_STUDY}/instances", "instances-of-study", search.instances),
    _route(f"{_SERIES}/instances", "instances", search.instances),
    _route(_STUDY, "study", retrieve.files, store.instances),
    _route(_SERIES, "one-series", retrieve.files),
    _route(_INSTANCE, "instance", retrieve.files),
    _route(f"{_STUDY}/metadata", "study-metadata", retrieve.metadata),
    _route(f"{_SERIES}/metadata", "series-metadata", retrieve.metadata),
    _route(f"{_INSTANCE}/metadata", "metadata", retrieve.metadata),
    _route(f"{_INSTANCE}/bulkdata/<path:path>", "bulkdata", retrieve.bulkdata),
    _route(_FRAMES, "frames", retrieve.frames),
    _route(f"{_STUDY}/rendered", "study-rendered", rendered.pictures),
    _route(f"{_SERIES}/rendered", "series-rendered", rendered.pictures),
    _route(f"{_INSTANCE}/rendered", "instance-rendered", rendered.pictures),
    _route(f"{_FRAMES}/rendered", "rendered", rendered.pictures),
    _route(f"{_STUDY}/thumbnail", "study-thumbnail", rendered.thumbnail),
    _route(f"{_SERIES}/thumbnail", "series-thumbnail", rendered.thumbnail),
    _route(f"{_INSTANCE}/thumbnail", "instance-thumbnail", rendered.thumbnail),
    _route(f"{_FRAMES}/thumbnail", "frame-thumbnail", rendered.thumbnail),
]
