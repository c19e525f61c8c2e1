"""Who reads what, in which order, until when."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.cases.models import Case


class AssignmentState(models.TextChoices):
    ASSIGNED = "assigned", "Assigned"
    OPENED = "opened", "Opened"
    SUBMITTED = "submitted", "Submitted"


class Assignment(models.Model):
    """One reader reads one case; `place` is its order in that reader's worklist."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    place = models.PositiveIntegerField()
    due_date = models.DateField(null=True)
    state = models.CharField(max_length=16, choices=AssignmentState.choices, default=AssignmentState.ASSIGNED)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["case", "reader"], name="a_case_once_a_reader"),
            models.UniqueConstraint(fields=["reader", "place"], name="one_assignment_a_place"),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="submitted_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} reads {self.case_id}"


class ReadingTime(models.Model):
    """How long a reader attended to an assignment in one sitting: one open page, whose identifier the browser made."""

    id = models.UUIDField(primary_key=True, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="reading_times")
    started_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    active_seconds = models.FloatField(help_text="window in front, and a hand on mouse or keys within the last minute")

    class Meta:
        ordering = ["started_at"]
        constraints = [models.CheckConstraint(condition=Q(active_seconds__gte=0), name="reading_time_not_negative")]

    def __str__(self) -> str:
        return f"{self.active_seconds:.0f} s of {self.assignment_id}"
