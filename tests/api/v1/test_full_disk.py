"""Saving when no space is left: refused in words, nothing half stored, and saved when it is sent again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection

from annotator.accounts.models import AuditEntry
from annotator.annotations.models import Annotation, Revision
from tests.api.v1.world import annotation_body, new_id

pytestmark = pytest.mark.django_db(transaction=True)

Full = Callable[[], AbstractContextManager[None]]


@contextmanager
def full_sqlite() -> Iterator[None]:
    """A database that really can't grow by another page."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # else what was deleted before leaves room
        [pages] = cursor.execute("PRAGMA page_count").fetchone()
        [limit] = cursor.execute("PRAGMA max_page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {limit}")


@pytest.fixture
def full_disk(monkeypatch) -> Full:
    """SQLite's own refusal; PostgreSQL's is raised here, by its driver's class, in the middle of the transaction: to
    fill the disk under a server takes one of its own."""
    if connection.vendor == "sqlite":
        return full_sqlite

    def refuse(*args, **kwargs):
        cause = psycopg.errors.DiskFull("der Speicherplatz ist erschöpft")
        raise OperationalError(str(cause)) from cause

    @contextmanager
    def full_postgresql() -> Iterator[None]:
        with monkeypatch.context() as patched:
            patched.setattr("annotator.annotations.revisions.record_audit", refuse)
            yield

    return full_postgresql


def test_a_save_that_can_not_be_stored_says_so_and_is_stored_when_it_comes_again(world, reader_client, full_disk):
    address, rows = f"/api/v1/annotations/{new_id()}", world.frame.instance.rows
    # Large enough to need a page more.
    runs = [1] * (80 * rows)
    body = annotation_body(world, kind="mask", points=[[0, 0], [80, rows]], mask={"runs": runs}, change=new_id())
    del body["revision"]
    counts = [model.objects.count() for model in (Annotation, Revision, AuditEntry)]
    with full_disk():
        refused = reader_client.put(address, body, format="json", headers={"If-None-Match": "*"})
    assert (refused.status_code, refused["Content-Type"]) == (507, "application/problem+json")
    for words in ("disk is full", "Nothing is lost", "stays in this browser", "Tell an administrator"):
        assert words in refused.json()["detail"]
    assert [model.objects.count() for model in (Annotation, Revision, AuditEntry)] == counts
    saved = reader_client.put(address, body, format="json", headers={"If-None-Match": "*"})
    assert (saved.status_code, saved.json()["revision"]) == (200, 1)
    assert saved.json()["mask"] == {"runs": runs}


def test_deleting_on_a_full_disk_deletes_all_or_nothing(world, reader_client, full_disk):
    long = [[at % 60 + at / 7000, at % 50 + 0.25] for at in range(2_000)]
    Annotation.objects.filter(pk=world.annotation.pk).update(kind="contour", points=long)
    with full_disk():
        refused = reader_client.delete(f"/api/v1/findings/{world.finding.pk}?revision=1")
    assert refused.status_code == 507
    world.finding.refresh_from_db()
    world.annotation.refresh_from_db()
    assert (world.finding.deleted_at, world.annotation.finding_id) == (None, world.finding.pk)
    assert reader_client.delete(f"/api/v1/findings/{world.finding.pk}?revision=1").status_code == 200
