"""Addresses of DICOMweb: QIDO-RS and WADO-RS, for data managers, administrators and their programs."""

from django.urls import URLPattern, URLResolver, path

from api.dicomweb import retrieve, search

_STUDY = "studies/<str:study>"
_SERIES = f"{_STUDY}/series/<str:series>"
_INSTANCE = f"{_SERIES}/instances/<str:instance>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("studies", search.studies, name="dicomweb-studies"),
    path("series", search.series, name="dicomweb-all-series"),
    path("instances", search.instances, name="dicomweb-all-instances"),
    path(f"{_STUDY}/series", search.series, name="dicomweb-series"),
    path(f"{_STUDY}/instances", search.instances, name="dicomweb-instances-of-study"),
    path(f"{_SERIES}/instances", search.instances, name="dicomweb-instances"),
    path(f"{_STUDY}/metadata", retrieve.metadata, name="dicomweb-study-metadata"),
    path(f"{_SERIES}/metadata", retrieve.metadata, name="dicomweb-series-metadata"),
    path(f"{_INSTANCE}/metadata", retrieve.metadata, name="dicomweb-metadata"),
    path(f"{_INSTANCE}/rendered", retrieve.rendered, name="dicomweb-instance-rendered"),
    path(f"{_INSTANCE}/frames/<str:numbers>", retrieve.frames, name="dicomweb-frames"),
    path(f"{_INSTANCE}/frames/<str:numbers>/rendered", retrieve.rendered, name="dicomweb-rendered"),
    path(_INSTANCE, retrieve.instance, name="dicomweb-instance"),
]
