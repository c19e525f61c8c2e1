"""Marks, findings and answers, each owned by one person, each with its revisions; and locks."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.labels.models import LabelSchema


class FindingKind(models.TextChoices):
    NODULE = "nodule", "Nodule"
    MASS = "mass", "Mass"
    CALCIFICATIONS = "calcifications", "Calcifications"
    DISTORTION = "distortion", "Architectural distortion"
    HAEMORRHAGE = "haemorrhage", "Haemorrhage"
    FRACTURE = "fracture", "Fracture"
    LESION = "lesion", "Lesion"
    OTHER = "other", "Other"


class MarkKind(models.TextChoices):
    BOX = "box", "Box"
    ELLIPSE = "ellipse", "Ellipse"
    CONTOUR = "contour", "Contour"
    SPLINE = "spline", "Spline"
    POINT = "point", "Point"
    LENGTH = "length", "Length"
    BIDIRECTIONAL = "bidirectional", "Bidirectional"
    ANGLE = "angle", "Angle"
    ARROW = "arrow", "Arrow"
    MASK = "mask", "Mask"
    SLICES = "slices", "Label of slices"


class Provenance(models.TextChoices):
    DRAWN = "drawn", "Drawn by the reader"
    SUGGESTION = "suggestion", "A model's suggestion, accepted"
    IMPORTED = "imported", "Brought in from another program's file"
    TAKEN_OVER = "taken_over", "Another reader's, taken over by who settles the case"


class OwnedRecord(models.Model):
    """What a reader makes: the identifier comes from the browser, so that saving twice is saving once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Finding(OwnedRecord):
    """The thing in the patient (a nodule, a mass, a bleed) that one or more annotations show."""

    kind = models.CharField(max_length=16, choices=FindingKind.choices)
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within a reader's case; never reused")
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["case", "owner"])]
        constraints = [
            models.UniqueConstraint(fields=["case", "owner", "number"], name="one_finding_a_number"),
            models.CheckConstraint(condition=Q(kind__in=FindingKind.values), name="finding_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Annotation(OwnedRecord):
    """A mark on one frame, or held for a span of them. What its points are by kind: geometry_checks.py."""

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="annotations")
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="annotations")
    # The span that it holds for, ends included, in the order of the frame's stack; null: its own frame alone.
    first_frame = models.ForeignKey(Frame, null=True, on_delete=models.PROTECT, related_name="+")
    last_frame = models.ForeignKey(Frame, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=MarkKind.choices)
    points = models.JSONField(help_text="[[column, row], ...] in the frame's stored matrix (SCOORD convention)")
    mask = models.JSONField(null=True, help_text='{"runs": [out, in, out, ...]}, row by row within the points\' box')
    locked = models.BooleanField(default=False, help_text="the reader guards it against moving it by chance")
    label = models.CharField(max_length=64, blank=True)
    provenance = models.CharField(max_length=16, choices=Provenance.choices, default=Provenance.DRAWN)
    # Of a mark that was taken over: the reader's mark, and its revision as it was frozen. Found by the server.
    taken_from = models.UUIDField(null=True)
    taken_revision = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["case", "owner"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_from__isnull=True, taken_revision__isnull=True)
                | Q(provenance="taken_over", taken_from__isnull=False, taken_revision__isnull=False),
                name="what_is_taken_from_somebody_says_so",
            ),
            models.CheckConstraint(condition=Q(kind__in=MarkKind.values), name="mark_kind_is_known"),
            models.CheckConstraint(condition=Q(provenance__in=Provenance.values), name="provenance_is_known"),
            models.CheckConstraint(
                condition=Q(first_frame__isnull=True, last_frame__isnull=True)
                | Q(first_frame__isnull=False, last_frame__isnull=False),
                name="a_span_has_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(kind="mask", mask__isnull=False) | (~Q(kind="mask") & Q(mask__isnull=True)),
                name="a_mask_has_its_pixels",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Answer(OwnedRecord):
    """What a reader chose in one schema version, for a finding, a breast, a range of slices or the whole case."""

    schema = models.ForeignKey(LabelSchema, on_delete=models.PROTECT, related_name="answers")
    # What it is about: one of the three below, or none of them for the whole case. See labels/targets.py.
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="answers")
    breast = models.CharField(max_length=1, blank=True, choices=[("L", "Left"), ("R", "Right")])
    first_frame = models.ForeignKey(Frame, null=True, on_delete=models.PROTECT, related_name="+")
    last_frame = models.ForeignKey(Frame, null=True, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    score = models.JSONField(default=dict, help_text="what the schema's scoring computes from this and the others")
    override = models.JSONField(null=True, help_text='{"level" or "category": value, "reason": text}, by the reader')

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["case", "owner"])]
        constraints = [
            models.CheckConstraint(condition=Q(breast__in=["", "L", "R"]), name="a_breast_is_left_or_right"),
            models.CheckConstraint(
                condition=Q(breast="", first_frame__isnull=True, last_frame__isnull=True)
                | Q(breast="", finding__isnull=True, first_frame__isnull=False, last_frame__isnull=False)
                | Q(finding__isnull=True, first_frame__isnull=True, last_frame__isnull=True),
                name="an_answer_has_one_target",
            ),
            models.UniqueConstraint(
                fields=["case", "owner", "finding", "schema"],
                condition=Q(finding__isnull=False, deleted_at__isnull=True),
                name="one_answer_a_finding_and_schema",
            ),
            models.UniqueConstraint(
                fields=["case", "owner", "breast", "schema"],
                condition=~Q(breast="") & Q(deleted_at__isnull=True),
                name="one_answer_a_breast_and_schema",
            ),
            models.UniqueConstraint(
                fields=["case", "owner", "first_frame", "last_frame", "schema"],
                condition=Q(first_frame__isnull=False, deleted_at__isnull=True),
                name="one_answer_a_range_and_schema",
            ),
            models.UniqueConstraint(
                fields=["case", "owner", "schema"],
                condition=Q(finding__isnull=True, breast="", first_frame__isnull=True, deleted_at__isnull=True),
                name="one_answer_a_case_and_schema",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schema_id} {self.id}"


class Revision(models.Model):
    """One saved state of a finding, annotation or answer. Rows are only ever added."""

    target_kind = models.CharField(max_length=16)
    target_id = models.UUIDField()
    number = models.PositiveIntegerField()
    state = models.JSONField()
    change = models.UUIDField(null=True, help_text="made by the reader's program, so that sending twice is saving once")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["target_kind", "target_id", "number"], name="one_row_a_revision"),
            models.UniqueConstraint(
                fields=["target_kind", "target_id", "change"],
                condition=Q(change__isnull=False),
                name="a_change_counts_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_kind} {self.target_id} revision {self.number}"


class CaseLock(models.Model):
    """This person's marks and answers in this case can't be changed any more. Written by higher rooms."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="locks")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    locked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "owner"], name="one_lock_a_person_and_case")]

    def __str__(self) -> str:
        return f"{self.case_id} locked for {self.owner_id}"
