"""What models propose, and what each reader made of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.annotations.models import Annotation, MarkKind
from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.jobs.models import Job


class ModelVersion(models.Model):
    """A detector or network in one version: what made a suggestion."""

    name = models.SlugField(max_length=64)
    version = models.CharField(max_length=32)
    task = models.CharField(max_length=64, help_text='e.g. "caliper detection"')
    description = models.TextField(blank=True)
    # SHA-256 of the weights or, for a plain method, of its parameters.
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    # What it is meant for; "" of plain methods, which look where their own code says.
    modality = models.CharField(max_length=16, blank=True)
    anatomy = models.CharField(max_length=64, blank=True)
    card = models.JSONField(default=dict, help_text="as its training wrote it: ml_assist/training/model_card.py")
    weights = models.CharField(max_length=100, blank=True, help_text='name in the store "models"')
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="one_row_a_model_version")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ModelPromotion(models.Model):
    """From now on this version answers for its name. The newest row holds; going back is one more row."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="promotions")
    # Null: it came with the product, and nobody had chosen another.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version_id} since {self.at}"


class AnatomyAllowance(models.Model):
    """An admin lets a model answer about an anatomy that it did not learn from."""

    name = models.SlugField(max_length=64, help_text="of the model, whatever version")
    anatomy = models.CharField(max_length=64, help_text="in small letters; empty: pictures that name none")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "anatomy"], name="one_allowance_an_anatomy")]

    def __str__(self) -> str:
        return f"{self.name} about {self.anatomy or 'pictures that name no anatomy'}"


class Suggestion(models.Model):
    """A mark that a model proposes on one frame; nobody owns it until a reader accepts it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="suggestions")
    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="+")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="suggestions")
    kind = models.CharField(max_length=16, choices=MarkKind.choices)
    points = models.JSONField()
    mask = models.JSONField(null=True, help_text="as a mark's")
    label = models.CharField(max_length=64, blank=True)
    score = models.FloatField()
    note = models.CharField(max_length=300, blank=True, help_text="why this one may not fit, in words")
    model_note = models.CharField(max_length=300, blank=True, help_text="why none of this model's may, in words")
    # Set: this reader asked for it, and nobody else sees it.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-score"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MarkKind.values), name="suggestion_kind_is_known"),
            models.CheckConstraint(condition=Q(score__gte=0) & Q(score__lte=1), name="suggestion_score_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.score:.2f}"


class Decision(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class Outcome(models.TextChoices):
    """What became of a suggestion in the reading that was submitted."""

    AS_IT_WAS = "as_it_was", "Accepted as it was"
    EDITED = "edited", "Accepted and changed"
    DELETED = "deleted", "Accepted and deleted"
    REJECTED = "rejected", "Rejected"


class SuggestionDecision(models.Model):
    """What one reader decided; other readers decide for themselves and never see this."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="decisions")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reason = models.CharField(max_length=200, blank=True)
    annotation = models.ForeignKey(Annotation, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField(null=True, help_text="from when it was shown to when it was decided")
    # Of an accepted one, against the mark that was submitted: change.py. Null until then.
    dice = models.FloatField(null=True)
    moved_points = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "reader"], name="one_decision_a_reader"),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="decision_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.decision}"


class ModelPin(models.Model):
    """In this case this version answers, whatever is promoted. Written by higher rooms: a reader study's arm."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="model_pins")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="one_pin_a_case_and_version")]

    def __str__(self) -> str:
        return f"{self.version_id} in {self.case_id}"


class FiledResult(models.Model):
    """What a version made of a frame and a hint, nothing included: no picture is worked through twice."""

    frame = models.ForeignKey(Frame, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    hint_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the hint; empty: without one")
    # ProposedShape of proposals.py as JSON.
    shapes = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["frame", "version", "hint_hash"], name="one_result_a_version_and_hint")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} on {self.frame_id}"


class OutlineRequest(models.Model):
    """A reader's clicks, and what came of them: a suggestion, or why there is none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    hint = models.JSONField(help_text="kind, points, added, removed")
    replaces = models.UUIDField(null=True, help_text="the suggestion that this one takes the place of")
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="outline_request")
    suggestion = models.ForeignKey(Suggestion, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    refusal = models.CharField(max_length=300, blank=True, help_text="why there is no outline, in words")
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.asked_by_id} in {self.case_id}"


class FirstShown(models.Model):
    """When a reader was first shown what models suggest in a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "reader"], name="first_shown_once")]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.case_id}"
