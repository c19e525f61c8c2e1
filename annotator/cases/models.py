"""What is read at one go: the case, its stacks in their hanging, and who may open it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from annotator.imaging.models import Stack, Study


class Case(models.Model):
    """One or more stacks and a hanging. Made from a study when its frames are ready."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="cases")
    # Says nothing of the patient: a blinded reader sees it.
    title = models.CharField(max_length=200)
    modality = models.CharField(max_length=16)
    layout = models.CharField(max_length=8, default="1x1", help_text="rows x columns of panes")
    stacks = models.ManyToManyField(Stack, through="CaseStack", related_name="cases")
    # Set: the same pictures once more, to be read for a purpose of its own. Catalogues and lists to choose from leave
    # copies out.
    copied_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="copies")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.title


class CaseStack(models.Model):
    """A stack's place in its case; `place` counts panes from the top left, row by row.

    `prior` is 0 for the study that is read and counts its patient's earlier studies, the latest first.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_stacks")
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="case_stacks")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=64, blank=True, help_text='e.g. "LCC", "transverse"')
    prior = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["case", "stack"], name="a_stack_once_in_a_case"),
            models.UniqueConstraint(fields=["case", "place"], name="one_stack_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.place}"


class CaseGrant(models.Model):
    """This person may open this case, from, until, shown what. Written by higher rooms, read by lower ones."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="case_grants")
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    shows_identity = models.BooleanField(default=False, help_text="patient's name, identifiers and dates")
    shows_suggestions = models.BooleanField(default=True)
    # Null: all. Kinds of marks, and label schemas as key@version, that this person may use in the case.
    mark_kinds = models.JSONField(null=True)
    schemas = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="one_grant_a_person_and_case"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_from__lt=F("valid_until")),
                name="grant_begins_before_it_ends",
            ),
        ]

    # What a new grant of the same case to the same person takes the place of.
    TERMS = ("valid_from", "valid_until", "shows_identity", "shows_suggestions", "mark_kinds", "schemas")

    def __str__(self) -> str:
        return f"{self.person_id} may open {self.case_id}"


class HangingLevel(models.TextChoices):
    """DICOM's Hanging Protocol Level (0072,0006), as far as it is used."""

    MANUFACTURER = "MANUFACTURER", "Shipped"
    SITE = "SITE", "Made here"


class HangingProtocol(models.Model):
    """How cases of a kind hang. A shipped one is never changed here, so that it can be renewed: it is copied."""

    key = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    # Empty: any.
    modality = models.CharField(max_length=16, blank=True)
    body_parts = models.JSONField(default=list)
    priority = models.PositiveSmallIntegerField(default=50, help_text="of those that fit the highest is shown first")
    enabled = models.BooleanField(default=True)
    level = models.CharField(max_length=12, choices=HangingLevel.choices, default=HangingLevel.SITE)
    # {"rows", "columns", "panes", ...}: see hangings/definition.py and hangings/meta_schema.json.
    definition = models.JSONField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["modality", "-priority", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=HangingLevel.values), name="hanging_level_is_known")
        ]

    def __str__(self) -> str:
        return self.key
