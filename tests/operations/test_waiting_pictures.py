"""No address of the product serves a picture that waits for a look at burned-in text, or was withheld after it.

The pictures here were ready once, with frames, a case and a grant, which real waiting ones never are: so every
address has something to give away.
"""

import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from annotator.accounts.models import User
from annotator.cases.actions.grant_case import grant_case
from annotator.cases.models import Case
from annotator.datasets.actions.request_export import request_export
from annotator.datasets.export_request import ExportRequest
from annotator.datasets.queries import export_path
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Frame, Instance, InstanceState, Series, Stack, Study, TextReview
from annotator.imaging.store.frame_source import forget_stacks
from annotator.imaging.store.frame_tokens import issue_token
from tests.builders import written_ultrasound
from tests.builders.burned_in import SECRET
from tests.fixtures.queued_jobs import RunQueuedJobs

pytestmark = pytest.mark.usefixtures("store")

ACCEPTS = (
    "*/*",
    "application/dicom",
    'multipart/related; type="application/dicom"; transfer-syntax=*',
    'multipart/related; type="application/octet-stream"; transfer-syntax=*',
    "image/jpeg",
)
# The page's own picture, for those who decide.
ITS_OWN = "text-review-frame"
# What no GET of this test should end: sessions.
LEFT_OUT = {"sign-out"}


@dataclass(frozen=True)
class Waiting:
    """A picture that waits, with everything that a ready one has."""

    instance: Instance
    review: TextReview
    case: Case
    frame: Frame

    @property
    def series(self) -> Series:
        return self.instance.series

    @property
    def study(self) -> Study:
        return self.series.study

    @property
    def stack(self) -> Stack:
        assert self.instance.stack is not None
        return self.instance.stack


@pytest.fixture(params=[InstanceState.REVIEW, InstanceState.WITHHELD])
def waiting(
    request: pytest.FixtureRequest, tmp_path: Path, admin: User, radiologist: User, run_queued_jobs: RunQueuedJobs
) -> Iterator[Waiting]:
    path = written_ultrasound(tmp_path / "in", frames=2)
    ingest_paths(None, [path])
    run_queued_jobs()
    instance = Instance.objects.select_related("series__study", "stack").get()
    assert instance.state == InstanceState.READY
    case = Case.objects.get()
    grant_case(admin, case.pk, reader_id=radiologist.pk)
    Instance.objects.update(state=request.param)
    instance.refresh_from_db()
    verdict = "withheld" if request.param == InstanceState.WITHHELD else ""
    review = TextReview.objects.create(instance=instance, verdict=verdict, suspected=[], decided_by=admin)
    count_studies([instance.series.study_id])
    forget_stacks()
    yield Waiting(instance, review, case, Frame.objects.order_by("number").first())  # type: ignore[arg-type]
    forget_stacks()


def every_pattern() -> list[URLPattern]:
    def walk(patterns: list[Any]) -> Iterator[URLPattern]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            else:
                yield one

    return [pattern for pattern in walk(get_resolver().url_patterns) if pattern.name not in LEFT_OUT]


def key_of(name: str, waiting: Waiting) -> str:
    """Hangings and label schemas have keys of their own, all else has a frame's."""
    if name.startswith("hanging"):
        return "breast-cc"
    return "lesion" if "label-schema" in name else waiting.frame.key


def arguments(pattern: URLPattern, waiting: Waiting) -> dict[str, Any]:
    about_reviews = str(pattern.name).startswith(("text-review", "api-text-review"))
    known: dict[str, Any] = {
        "pk": waiting.review.pk if about_reviews else waiting.study.pk,
        "review_id": waiting.review.pk,
        "study_id": waiting.study.pk,
        "case_id": waiting.case.pk,
        "key": key_of(str(pattern.name), waiting),
        "stack_key": waiting.stack.key,
        "number": 1,
        "study": waiting.study.study_instance_uid,
        "series": waiting.series.series_instance_uid,
        "instance": waiting.instance.sop_instance_uid,
        "numbers": "1",
        "path": "7FE00010",
    }
    fallback = {"UUIDConverter": uuid.UUID(int=7), "IntConverter": 7}
    found = {}
    for name, converter in pattern.pattern.converters.items():
        # A reader study's address says study_id too.
        fits = name in known and re.fullmatch(converter.regex, str(known[name]))
        found[name] = known[name] if fits else fallback.get(type(converter).__name__, "7")
    return found


def gives_away(answer: Any) -> bool:
    """Whether an answer holds a picture or a file of pixels."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if SECRET in content:
        return True
    kind = answer.headers.get("Content-Type", "")
    pixels = ("image/", "application/dicom", "application/octet-stream", "multipart/related", "application/zip")
    is_json = kind.startswith("application/dicom+json")
    return answer.status_code in (200, 206) and bool(content) and kind.startswith(pixels) and not is_json


def test_no_address_gives_a_waiting_picture_away_to_anybody(
    waiting: Waiting, radiologist: User, data_manager: User, admin: User
) -> None:
    asked, leaks = 0, []
    for person in (radiologist, data_manager, admin):
        client = Client(raise_request_exception=False)
        client.force_login(person)
        token = issue_token(waiting.stack.key, person_id=person.pk).token
        for pattern in every_pattern():
            address = reverse(str(pattern.name), kwargs=arguments(pattern, waiting))
            for accept in ACCEPTS:
                answer = client.get(address, headers={"Accept": accept, "X-Frame-Token": token})
                assert answer.status_code < 500, f"{pattern.name}: {answer.status_code}"
                asked += 1
                if gives_away(answer) and pattern.name != ITS_OWN:
                    leaks.append(f"{pattern.name} as {person.username} with {accept}")
    assert leaks == []
    assert asked > 500


def test_the_review_page_alone_shows_it_and_only_to_those_who_decide(
    waiting: Waiting, radiologist: User, data_manager: User, admin: User
) -> None:
    address = reverse(ITS_OWN, args=[waiting.review.pk, 2])
    for person, status in ((radiologist, 403), (data_manager, 200), (admin, 200)):
        client = Client()
        client.force_login(person)
        assert client.get(address).status_code == status
    assert "no-store" in client.get(address).headers["Cache-Control"]
    assert client.get(reverse(ITS_OWN, args=[waiting.review.pk, 3])).status_code == 404
    Instance.objects.update(state=InstanceState.READY)
    assert client.get(address).status_code == 404


def test_an_export_leaves_it_out(waiting: Waiting, data_manager: User, run_queued_jobs: RunQueuedJobs) -> None:
    def pictures_exported() -> list[str]:
        recipe = ExportRequest(title="Set", study_ids=(waiting.study.pk,), frames="all")
        export = request_export(data_manager, recipe)
        run_queued_jobs(may_fail=True)
        path = export_path(export.pk)
        names = zipfile.ZipFile(path).namelist() if path.exists() else []
        return [name for name in names if name.endswith((".png", ".jpg", ".dcm"))]

    assert pictures_exported() == []
    Instance.objects.update(state=InstanceState.READY)
    assert pictures_exported()


def test_the_same_addresses_do_give_it_away_once_it_is_ready(waiting: Waiting, data_manager: User) -> None:
    """Without this the test above could not fail."""
    Instance.objects.update(state=InstanceState.READY)
    count_studies([waiting.study.pk])
    forget_stacks()
    client = Client()
    client.force_login(data_manager)
    token = issue_token(waiting.stack.key, person_id=data_manager.pk).token
    given = {
        pattern.name
        for pattern in every_pattern()
        for accept in ACCEPTS
        if gives_away(
            client.get(
                reverse(str(pattern.name), kwargs=arguments(pattern, waiting)),
                headers={"Accept": accept, "X-Frame-Token": token},
            )
        )
    }
    assert {"frame", "frame-rendered", "dicomweb-instance", "dicomweb-frames", "dicomweb-rendered"} <= given
