"""Patients, studies, series, instances and frames as DICOM has them; stacks; what came in and how it went."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


def stack_key() -> str:
    """Opaque, unguessable: 22 characters. Frame keys begin with their stack's key (see Frame.key)."""
    return secrets.token_urlsafe(16)


class Patient(models.Model):
    patient_id = models.CharField(max_length=64)
    issuer = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=324, blank=True)
    sex = models.CharField(max_length=16, blank=True)
    birth_date = models.CharField(max_length=8, blank=True, help_text="DICOM DA, YYYYMMDD")
    # The name as it is searched: without case, accents and carets (see catalogue/name_keys.py).
    name_key = models.CharField(max_length=324, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient_id", "issuer"], name="one_patient_an_identifier")]

    def __str__(self) -> str:
        return self.patient_id


class Tag(models.Model):
    """A word that people put on studies: "teaching", "motion", "second look"."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Study(models.Model):
    """A study. The counts repeat what its rows say, so that a catalogue of 100,000 pages at once; see count_studies."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="studies")
    study_instance_uid = models.CharField(max_length=64, unique=True)
    study_date = models.CharField(max_length=8, blank=True, db_index=True)
    study_time = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=64, blank=True)
    accession_number = models.CharField(max_length=16, blank=True, db_index=True)
    study_id = models.CharField(max_length=16, blank=True, db_index=True, help_text="Study ID (0020,0010), no UID")
    referring_physician = models.CharField(max_length=324, blank=True)
    # As Patient.name_key.
    referring_key = models.CharField(max_length=324, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    tags = models.ManyToManyField(Tag, related_name="studies", blank=True)
    # Each once, in alphabetical order, between backslashes as DICOM writes several values: "CT\SR".
    modalities = models.CharField(max_length=200, blank=True)
    series_count = models.PositiveIntegerField(default=0)
    instance_count = models.PositiveIntegerField(default=0)
    ready_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    frame_count = models.PositiveIntegerField(default=0)
    # Instances that wait for a look at burned-in text, or were withheld after it; stacks whose header and picture
    # disagree about the side and nobody has said which is right.
    review_count = models.PositiveIntegerField(default=0)
    withheld_count = models.PositiveIntegerField(default=0)
    doubt_count = models.PositiveIntegerField(default=0)
    # As modalities: "CHEST\HEAD".
    body_parts = models.CharField(max_length=400, blank=True)
    # The patient's name_key, by which studies are put in order.
    patient_key = models.CharField(max_length=324, blank=True)
    # Every word that the study is found by, folded as catalogue/name_keys.py folds what is typed.
    search_text = models.TextField(blank=True)
    # The stack whose picture stands for the study in lists.
    cover = models.ForeignKey("Stack", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "studies"
        indexes = [
            models.Index(fields=["-study_date", "-study_time", "-id"], name="study_newest_first"),
            models.Index(
                fields=["patient_key", "patient", "-study_date", "-study_time", "-id"], name="study_by_patient"
            ),
            # What DICOMweb finds: some of it is served. Programs page deep, by this index alone.
            models.Index(
                fields=["-study_date", "-study_time", "-id"],
                condition=Q(instance_count__gt=F("failed_count") + F("review_count") + F("withheld_count")),
                name="study_served",
            ),
            # The few that somebody has to do something about, among many that are done.
            models.Index(
                fields=["-study_date", "-study_time", "-id"],
                condition=Q(review_count__gt=0) | Q(doubt_count__gt=0),
                name="study_needs_a_look",
            ),
            models.Index(
                fields=["-study_date", "-study_time", "-id"],
                condition=Q(failed_count__gt=0),
                name="study_with_failures",
            ),
        ]

    def __str__(self) -> str:
        return self.study_instance_uid


class Collection(models.Model):
    """Studies that somebody put together under a name."""

    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    studies = models.ManyToManyField(Study, related_name="collections", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="series")
    series_instance_uid = models.CharField(max_length=64, unique=True)
    modality = models.CharField(max_length=16, db_index=True)
    series_number = models.IntegerField(null=True)
    description = models.CharField(max_length=64, blank=True)
    body_part = models.CharField(max_length=16, blank=True, db_index=True)
    # When the performed procedure step began, DICOM DA and TM; the first item of the request attributes.
    performed_date = models.CharField(max_length=8, blank=True)
    performed_time = models.CharField(max_length=16, blank=True)
    requested_procedure_id = models.CharField(max_length=16, blank=True)
    scheduled_step_id = models.CharField(max_length=16, blank=True)
    # Which scanner, where: what data sets are balanced by. The site is empty where de-identification took it out.
    manufacturer = models.CharField(max_length=64, blank=True)
    manufacturer_model = models.CharField(max_length=64, blank=True)
    institution = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.series_instance_uid


class StackKind(models.TextChoices):
    VOLUME = "volume", "Slices of a volume"
    CINE = "cine", "Frames in time"
    STILL = "still", "One picture"


class LateralityVerdict(models.TextChoices):
    HEADER = "header", "The header is right"
    PIXELS = "pixels", "The picture is right, the header is wrong"


class Stack(models.Model):
    """What a reader scrolls through: the single-frame slices of a CT, MR or PET series, or one other instance.

    `laterality` is what the header says, `laterality_from_pixels` on which side the chest wall lies; where they differ
    a person says which is right. Nothing is flipped by itself.
    """

    key = models.CharField(max_length=22, unique=True, default=stack_key)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="stacks")
    kind = models.CharField(max_length=8, choices=StackKind.choices)
    # What the slices of one volume have in common (matrix, orientation); the SOP UID for a single instance.
    grouping = models.CharField(max_length=160)
    laterality = models.CharField(max_length=2, blank=True)
    view = models.CharField(max_length=16, blank=True)
    laterality_from_pixels = models.CharField(max_length=1, blank=True)
    laterality_verdict = models.CharField(max_length=8, choices=LateralityVerdict.choices, blank=True)
    laterality_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    laterality_checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "grouping"], name="one_stack_a_grouping")]

    def __str__(self) -> str:
        return self.key


class InstanceState(models.TextChoices):
    RECEIVED = "received", "Received"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    REVIEW = "review", "Waits for a look at burned-in text"
    WITHHELD = "withheld", "Withheld after that look"


class Instance(models.Model):
    """One SOP instance. Its file lies in the store of originals under its SHA-256.

    Where the site de-identifies, where a picture was wrapped or text was blanked, that file is not what came in:
    `source_sha256` is the hash of what did, by which the same file sent again is recognised.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    stack = models.ForeignKey(Stack, null=True, on_delete=models.PROTECT, related_name="instances")
    sop_instance_uid = models.CharField(max_length=64, unique=True)
    sop_class_uid = models.CharField(max_length=64)
    transfer_syntax_uid = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)
    source_sha256 = models.CharField(max_length=64, unique=True)
    deidentified = models.BooleanField(default=False)
    byte_size = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=InstanceState.choices, default=InstanceState.RECEIVED)
    failure = models.TextField(blank=True)
    instance_number = models.IntegerField(null=True)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    number_of_frames = models.PositiveIntegerField()
    samples_per_pixel = models.PositiveSmallIntegerField()
    photometric_interpretation = models.CharField(max_length=16)
    bits_allocated = models.PositiveSmallIntegerField()
    bits_stored = models.PositiveSmallIntegerField()
    pixel_representation = models.PositiveSmallIntegerField()
    # DICOM JSON model (PS3.18 F) without bulk data: what QIDO/WADO metadata and details pages show.
    header = models.JSONField(default=dict)
    received_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InstanceState.values), name="instance_state_is_known"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(stack__isnull=False), name="ready_has_a_stack"),
        ]

    def __str__(self) -> str:
        return self.sop_instance_uid


class DerivedFormat(models.TextChoices):
    HTJ2K = "htj2k", "High-throughput JPEG 2000, lossless"
    JPEG = "jpeg", "Baseline JPEG as it came"


class Frame(models.Model):
    """Where one frame's bytes lie, and what is needed to show it without opening the DICOM file.

    Native bytes: a span of the original file, when the frame is one contiguous span; else length is null.
    Derived bytes: a span of <sha256[:2]>/<sha256>.frames in the store of frames, one file an instance (JPEG sources
    keep the derived span null and the native span serves).
    """

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="frames")
    number = models.PositiveIntegerField(help_text="1-based, as DICOM counts frames")
    # stack key (22) + "." + 11 random characters: a token for the stack covers its frames by prefix.
    key = models.CharField(max_length=34, unique=True)
    native_offset = models.BigIntegerField(null=True)
    native_length = models.BigIntegerField(null=True)
    derived_format = models.CharField(max_length=8, choices=DerivedFormat.choices)
    derived_offset = models.BigIntegerField(null=True)
    derived_length = models.BigIntegerField(null=True)
    # How many of the derived bytes hold the picture reduced by 1, 2, ... halvings; empty where it is all or nothing.
    prefix_lengths = models.JSONField(default=list)
    # Order within the stack: millimetres along the normal, else null and the instance and frame number decide.
    position_along_normal = models.FloatField(null=True)
    # FrameGeometry and FrameGrey of imaging/frame_description.py, as JSON.
    geometry = models.JSONField(default=dict)
    grey = models.JSONField(default=dict)
    # Overlay planes (60xx,3000) that cover this frame: FrameOverlay of imaging/frame_description.py, as JSON.
    overlays = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "number"], name="one_row_a_frame")]

    def __str__(self) -> str:
        return self.key


class Intake(models.Model):
    """One act of bringing files in: an upload from the page, or one run of the ingest command."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=200, help_text="the paths, or 'upload'")
    expected_files = models.PositiveIntegerField(null=True)
    sealed_at = models.DateTimeField(null=True, help_text="when the last file had arrived")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d %H:%M}"


class Outcome(models.TextChoices):
    WAITING = "waiting", "Waiting"
    INGESTED = "ingested", "Ingested"
    ALREADY_THERE = "already_there", "Already there"
    QUARANTINED = "quarantined", "Quarantined"
    # Tables and masks that came with pictures: kept, but no instance of their own.
    BESIDE = "beside", "Kept beside the pictures"


class IntakeFile(models.Model):
    """One file that came in and what became of it. A quarantined one keeps its bytes and the reason in words."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=1024, help_text="path as the sender had it; a zip member as zip!member")
    # Where the bytes wait (UPLOADS_DIR or the command's path); empty once filed.
    path = models.CharField(max_length=1024, blank=True)
    byte_size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.WAITING)
    reason = models.TextField(blank=True)
    instance = models.ForeignKey(Instance, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["intake", "outcome"])]
        constraints = [models.UniqueConstraint(fields=["intake", "name"], name="one_row_a_file_of_an_intake")]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"


class TextVerdict(models.TextChoices):
    CLEAN = "clean", "No text that identifies"
    BLANKED = "blanked", "Text blanked in the stored pixels"
    WITHHELD = "withheld", "Not to be used"


class TextReview(models.Model):
    """A picture that may show who the patient is, and what a person decided. Until then nobody is served it."""

    instance = models.OneToOneField(Instance, on_delete=models.CASCADE, related_name="text_review")
    # [{"frame": 1, "column": 0, "row": 0, "columns": 120, "rows": 16, "score": 0.9}], most suspect first.
    suspected = models.JSONField(default=list)
    # The highest score of those: what is looked at first.
    suspicion = models.FloatField(default=0)
    # Maker, model and matrix: pictures that have them in common have their text in the same places.
    layout = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=8, choices=TextVerdict.choices, blank=True)
    # [{"column", "row", "columns", "rows"}], blanked in every frame.
    blanked = models.JSONField(default=list)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["verdict", "created_at"]),
            models.Index(fields=["verdict", "-suspicion", "id"], name="most_suspect_first"),
            models.Index(fields=["layout", "verdict"], name="same_layout"),
        ]

    def __str__(self) -> str:
        return f"{self.instance}: {self.verdict or 'waits'}"


class PatientKey(models.Model):
    """Who a pseudonym is: one row a patient, the identity encrypted, shown to administrators alone."""

    # HMAC of issuer and Patient ID under the site's key: finds the row without telling who it is.
    lookup = models.CharField(max_length=64, unique=True)
    pseudonym = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField(help_text="Fernet token of the identity as JSON")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pseudonym"]

    def __str__(self) -> str:
        return self.pseudonym
