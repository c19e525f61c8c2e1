"""Who reads what, in which order, until when."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.cases.models import Case
from annotator.imaging.models import Frame


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
    returned = models.CharField(
        max_length=1000, blank=True, help_text="why it was given back to its reader; empty again once it is submitted"
    )

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["case", "reader"], name="a_case_once_a_reader"),
            models.UniqueConstraint(fields=["reader", "place"], name="one_assignment_a_place"),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="submitted_says_when"
            ),
            models.CheckConstraint(condition=~Q(state="submitted") | Q(returned=""), name="submitted_is_not_returned"),
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


class Verdict(models.TextChoices):
    APPROVED = "approved", "Approved"
    RETURNED = "returned", "Returned"


class Review(models.Model):
    """What somebody decided about a submitted reading; rows are only ever added. A returned reading is open again."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="reviews")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=1000, blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="verdict_is_known"),
            models.CheckConstraint(condition=~Q(verdict="returned", reason=""), name="a_return_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.verdict}"


class ReviewComment(models.Model):
    """A remark pinned to a place in a picture; column, row as a mark's. The browser makes the identifier."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="review_comments")
    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="+")
    column = models.FloatField()
    row = models.FloatField()
    # Whose reading it speaks of: that reader sees it once the reading was reviewed. Null: for reviewers alone.
    about = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something")]

    def __str__(self) -> str:
        return f"{self.author_id}: {self.text[:40]}"
