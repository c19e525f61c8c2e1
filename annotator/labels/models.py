"""Label schemas: a lexicon with its scoring, by version. The pure parts know nothing of these tables."""

from django.db import models


class LabelSchema(models.Model):
    """One version of a schema. A version that was answered is never changed, only superseded."""

    key = models.SlugField(max_length=64)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    # {"applies_to", "modalities", "answers", "form", "scoring"}: see schema.py and meta_schema.json.
    definition = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key", "-version"]
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="one_row_a_schema_version")]

    def __str__(self) -> str:
        return f"{self.key}@{self.version}"
