"""Trainings that were asked for, how they go, and what came of them."""

import uuid

from django.conf import settings
from django.db import models

from annotator.assist.models import ModelVersion
from annotator.datasets.models import Release
from annotator.jobs.models import Job


class Network(models.TextChoices):
    """What is trained."""

    UNET = "unet", "U-Net"
    CALIPER = "caliper", "caliper network"


class TrainingRun(models.Model):
    """One training on a frozen release. How it goes lies in its job; weights, card and report in the store "models"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="trainings")
    network = models.CharField(max_length=16, choices=Network.choices, default=Network.UNET)
    config = models.JSONField(help_text="UNetConfig or CaliperConfig of ml_assist/training")
    begun_with = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="+", help_text="null: it begins with chance"
    )
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="training")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # EpochMetrics of checkpoints.py, one an epoch, written while it trains.
    history = models.JSONField(default=list)
    card = models.JSONField(default=dict, help_text="model_card.py; empty until it is done")
    files = models.JSONField(default=list, help_text="names of what lies in the store")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.config.get('name')} on {self.release_id}"
