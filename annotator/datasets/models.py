"""Exports of chosen studies; cohorts, and the releases frozen from them; marks that are brought in.

A release whose `frozen_at` is set is never changed: immutability.py has the database hold that.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.imaging.models import Frame
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


class Cohort(models.Model):
    """A saved question about studies. Its releases are one line: numbered, and a patient keeps their side in all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True)
    query = models.JSONField(help_text="CohortQuery of datasets/cohort_query.py")
    words = models.JSONField(default=dict, help_text="CohortWords: what the datasheet says that nobody can compute")
    # [{"patients": [pseudonym, pseudonym], "verdict": "together" | "different", "reason", "by"}]: see leak_check.py.
    judged = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PatientSide(models.Model):
    """On which side a patient of a cohort is, for good. `scheme` is "sides", or "folds-5" and the like."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="sides")
    scheme = models.CharField(max_length=16)
    patient = models.CharField(max_length=64, help_text="pseudonym")
    side = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "scheme", "patient"], name="one_side_a_patient_and_scheme")
        ]

    def __str__(self) -> str:
        return f"{self.patient}: {self.side}"


class Release(models.Model):
    """A frozen dataset; until `frozen_at` is set, one that a job is making, or that it stopped at.

    The content lies in its stacks. What the job found in the way of freezing is `leaks`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField(null=True, help_text="1, 2, 3 ... within the cohort, given when it is frozen")
    title = models.CharField(max_length=200)
    # ReleaseRecipe of datasets/release_recipe.py: truth, uncertain policy, split, seed, leak check; and the query.
    recipe = models.JSONField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="release")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    # ReleaseHeader of released.py without identifiers: categories, labels, schemas, readers, splits, counts.
    header = models.JSONField(default=dict)
    flow = models.JSONField(default=dict, help_text="FlowChart of flow_chart.py")
    balance = models.JSONField(default=dict, help_text="BalanceReport of balance.py")
    # Readers and reviewers by pseudonym with their role and how much they made; model versions with their hashes.
    people = models.JSONField(default=list)
    model_versions = models.JSONField(default=list)
    datasheet = models.TextField(blank=True)
    leaks = models.JSONField(default=list, help_text="LeakPair of leak_check.py; with any it wasn't frozen")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="one_release_a_number"),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, number__isnull=True)
                | (Q(frozen_at__isnull=False, number__isnull=False) & ~Q(content_hash="")),
                name="frozen_has_number_and_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.number or 'draft'}"


class Withdrawal(models.Model):
    """A patient who must not be in any release: a tombstone, what was theirs is erased."""

    patient = models.CharField(max_length=64, unique=True, help_text="pseudonym")
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.patient} withdrawn"


class ReleaseStack(models.Model):
    """One stack of a release. Its split stands beside its content, and the content's hash outlives the content."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="stacks")
    place = models.PositiveIntegerField(help_text="in the release's order, from 0")
    patient = models.CharField(max_length=64)
    split = models.CharField(max_length=16, blank=True)
    study_uid = models.CharField(max_length=64)
    stack_key = models.CharField(max_length=22)
    # Canonical JSON of a ReleasedStack without its split, deflated; null once the patient withdrew.
    content = models.BinaryField(null=True)
    content_sha256 = models.CharField(max_length=64)
    frame_count = models.PositiveIntegerField()
    mark_count = models.PositiveIntegerField()
    withdrawal = models.ForeignKey(Withdrawal, null=True, on_delete=models.PROTECT, related_name="stacks")

    class Meta:
        ordering = ["place"]
        indexes = [models.Index(fields=["patient"])]
        constraints = [
            models.UniqueConstraint(fields=["release", "place"], name="one_stack_a_place_of_a_release"),
            models.CheckConstraint(
                condition=Q(content__isnull=False, withdrawal__isnull=True)
                | Q(content__isnull=True, withdrawal__isnull=False),
                name="content_or_tombstone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.place}"


class ReleaseExport(models.Model):
    """A release in a format. What was asked lies here, how it goes in its job, the zip in the store "releases"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="exports")
    # {"format", "options", "preprocessing", "splits"}: ReleaseExportRequest of exporting/request.py.
    request = models.JSONField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="release_export")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sha256 = models.CharField(max_length=64, blank=True)
    byte_size = models.BigIntegerField(null=True)
    # Set with the file; after it the file goes, and `deleted_because` says so.
    expires_at = models.DateTimeField(null=True)
    deleted_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.release_id} as {self.request.get('format')}"


class FramePrint(models.Model):
    """What a frame's pixels hash to, exactly and by how they look; worked out once, when it is first needed."""

    frame = models.OneToOneField(Frame, primary_key=True, on_delete=models.CASCADE, related_name="+")
    # Of the instance when this was worked out: another one means other bytes.
    instance_sha256 = models.CharField(max_length=64)
    pixel_hash = models.CharField(max_length=64)
    # 64 bits as a signed number; null of a picture that is all of one grey.
    look = models.BigIntegerField(null=True)
    thumbnail = models.BinaryField(help_text="16 x 16 bytes, stretched to the picture's own range")

    def __str__(self) -> str:
        return self.pixel_hash


class DiagnosisTable(models.Model):
    """What is known of patients, studies or findings from elsewhere (pathology, follow-up): imported, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    source = models.CharField(max_length=200, help_text="where the diagnoses come from")
    # {"finding" | "study" | "patient": {identifier: true | false}}: malignant or not.
    rows = models.JSONField()
    sha256 = models.CharField(max_length=64)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TiradsFit(models.Model):
    """Points fitted to a release's training patients by a job, and how they do on the others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tirads_fits")
    chosen = models.JSONField(help_text="TiradsSettings of datasets/diagnosed_nodules.py")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="tirads_fit")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Points, figures with intervals, nodules counted and left out; empty until the job is done.
    result = models.JSONField(default=dict)
    definition = models.JSONField(default=dict, help_text="of the schema with the fitted points as one more system")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"points fitted to {self.release_id}"


class MarkImport(models.Model):
    """Files with marks of another program: brought here, looked through by a job, then saved by another, or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=100, help_text="whose work it is")
    format = models.CharField(max_length=32, help_text="of importers/formats.py")
    # ImportFiles of importers/import_files.py: names of files, and what a file may not say itself.
    given = models.JSONField()
    # The newest one: of the look, or of the saving.
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="mark_import")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    found = models.JSONField(default=dict, help_text="ImportReport of the look; empty until it is done")
    saved = models.JSONField(default=dict, help_text="ImportReport of the saving; empty until it is done")
    # Its files are gone once they are saved or thrown away.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.format} of {self.source}"
