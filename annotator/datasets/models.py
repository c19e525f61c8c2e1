"""Exports: a training dataset made from chosen studies, as a zip that a job writes."""

import uuid

from django.conf import settings
from django.db import models

from annotator.jobs.models import Job


class Export(models.Model):
    """One requested dataset. What was asked lies here, how it goes in its job, the file at EXPORTS_DIR/<id>.zip."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="export")
    # ExportRequest of datasets/export_request.py as JSON: studies, schema, window, seed, split fractions, options.
    request = models.JSONField()
    sha256 = models.CharField(max_length=64, blank=True)
    byte_size = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title
