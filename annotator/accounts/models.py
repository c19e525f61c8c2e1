"""People, their role, their keys, and the audit trail."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    RADIOLOGIST = "radiologist", "Radiologist"
    DATA_MANAGER = "data_manager", "Data manager"
    ADMIN = "admin", "Admin"


class User(AbstractUser):
    """A person who signs in; the role decides what they may do (see each room's policies)."""

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.RADIOLOGIST)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known")]

    @property
    def full_name(self) -> str:
        return self.get_full_name() or self.username

    def __str__(self) -> str:
        return self.username


class ViewerPreferences(models.Model):
    """How a person likes the reading page: own keys, and what the mouse does. See viewer_preferences.py."""

    person = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="viewer_preferences")
    content = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "viewer preferences"

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"


class KeepingKey(models.Model):
    """What a person's browser encrypts changes with until the server has them; given to that person alone."""

    id = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False, help_text="tells whose cipher text it is"
    )
    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    secret = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"key of {self.person_id}"


class AuditEntry(models.Model):
    """One change, who made it, to what. Rows are only ever added."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=64)
    target_kind = models.CharField(max_length=64)
    target_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["target_kind", "target_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_id} {self.action} {self.target_kind} {self.target_id}"
