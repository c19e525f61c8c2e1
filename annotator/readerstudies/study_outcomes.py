"""Tables of what is made of a study's reads: results that are kept, files."""

import uuid

from django.conf import settings
from django.db import models

from annotator.jobs.models import Job


class KeptResult(models.Model):
    """Results of a study as they were computed once: figures of one plan, resting on what was there then."""

    study = models.ForeignKey("readerstudies.ReaderStudy", on_delete=models.CASCADE, related_name="results")
    part = models.CharField(max_length=16, help_text='"figures" or "lesions"')
    plan = models.JSONField(help_text="AnalysisPlan: what was counted")
    plan_sha256 = models.CharField(max_length=64, help_text="of the canonical JSON of the plan")
    basis = models.CharField(max_length=64, help_text="of the reads and truths that it rests on")
    reads = models.PositiveIntegerField(help_text="how many it rests on")
    content = models.JSONField(null=True, help_text="null: it is being computed")
    computed_at = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "part", "plan_sha256"], name="one_kept_result_a_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.part} of {self.study_id}"


class ReadsExport(models.Model):
    """A file of a large study's reads that a job makes. What was asked lies here, how it goes in its job, the file in
    the store "releases"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("readerstudies.ReaderStudy", on_delete=models.PROTECT, related_name="reads_exports")
    format = models.CharField(max_length=16, help_text="a name of FORMATS")
    plan = models.JSONField(help_text="AnalysisPlan: what is positive, where the truth is from")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="reads_export")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # How many reads it rests on; set with the file.
    reads = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    byte_size = models.BigIntegerField(null=True)
    # After it the file goes, and `is_expired` says so.
    expires_at = models.DateTimeField(null=True)
    is_expired = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.study_id} as {self.format}"
