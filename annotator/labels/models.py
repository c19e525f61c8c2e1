"""Label schemas: a lexicon with its scoring, by version. The pure parts know nothing of these tables."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SchemaOrigin(models.TextChoices):
    SHIPPED = "shipped", "Comes with the program"
    SITE = "site", "Made here"


class LabelSchema(models.Model):
    """One version of a schema. A version that was answered is never changed, only superseded."""

    key = models.SlugField(max_length=64)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    # {"applies_to", "modalities", "answers", "form", "scoring"}: see schema.py and meta_schema.json.
    definition = models.JSONField()
    origin = models.CharField(max_length=8, choices=SchemaOrigin.choices, default=SchemaOrigin.SITE)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, help_text="why this version was published")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="one_row_a_schema_version"),
            models.CheckConstraint(condition=Q(origin__in=SchemaOrigin.values), name="schema_origin_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.key}@{self.version}"


class LabelSchemaDraft(models.Model):
    """What becomes a schema's next version once it is published. One a key; it may be unfinished."""

    key = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    definition = models.JSONField()
    based_on = models.PositiveIntegerField(
        null=True, help_text="the newest version when it was begun; null for a new key"
    )
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"draft of {self.key}"


class RetiredSchema(models.Model):
    """A key that is offered for no new answers; what was answered stays readable. Deleting the row brings it back."""

    key = models.SlugField(max_length=64, unique=True)
    reason = models.TextField()
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key}, retired"
