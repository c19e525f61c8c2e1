"""Who reads what, in which order, until when; reader studies, their protocol, amendments and reads."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.jobs.models import Job
from annotator.readerstudies.study_outcomes import KeptResult as KeptResult
from annotator.readerstudies.study_outcomes import ReadsExport as ReadsExport


class AssignmentState(models.TextChoices):
    ASSIGNED = "assigned", "Assigned"
    OPENED = "opened", "Opened"
    SUBMITTED = "submitted", "Submitted"


class StudyState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PILOT = "pilot", "Pilot"
    # Its readings are being made: nobody reads yet, nobody changes it any more.
    STARTING = "starting", "Starting"
    RUNNING = "running", "Running"
    CLOSED = "closed", "Closed"


class ReaderStudy(models.Model):
    """A designed reading: its protocol is a draft until it is launched, and after that changed by amendments only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    protocol = models.JSONField(help_text="Protocol of design.py, without readers and cases")
    state = models.CharField(max_length=8, choices=StudyState.choices, default=StudyState.DRAFT)
    revision = models.PositiveIntegerField(default=1, help_text="of the draft: two admins don't overwrite each other")
    # Over protocol, readers and cases, as the stored allocation was computed from them; empty: not computed.
    allocated_for = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    launched_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    launched_at = models.DateTimeField(null=True)
    # That makes readings, of the launch or of cases that were added; null: everything that is allocated is made.
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "reader studies"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=StudyState.values), name="study_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "pilot", "starting"], launched_at__isnull=True)
                | Q(state__in=["running", "closed"], launched_at__isnull=False),
                name="a_running_study_was_launched",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StudyReader(models.Model):
    """Somebody who reads in a study; `code` is what results and exports call them."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=8, help_text='"R01"; never given twice in a study')
    is_anchor = models.BooleanField(default=False, help_text="reads every case of an anchored design")
    withdrawn_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["study", "person"], name="a_reader_once_in_a_study"),
            models.UniqueConstraint(fields=["study", "code"], name="one_reader_a_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.person_id}"


class ItemStage(models.TextChoices):
    TRAINING = "training", "Training"
    MAIN = "main", "Main"


class StudyItem(models.Model):
    """A case of a study. Readers never get this row nor the case itself: they read copies of it."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... in the study; never reused")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="study_items")
    stage = models.CharField(max_length=8, choices=ItemStage.choices, default=ItemStage.MAIN)
    patient = models.CharField(max_length=16, help_text="the same for cases of one patient; from no identifier")
    batch = models.CharField(max_length=40, blank=True, help_text="readers never see it")
    score = models.FloatField(null=True, help_text="a model's, by which triage puts cases in order; frozen at launch")
    # {"source": "pathology" | "consensus" | "table", "answers": {"schema.question": value}, "note"?}
    truth = models.JSONField(null=True)
    amendment = models.PositiveIntegerField(default=0, help_text="the one that brought it; 0: there from the start")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="one_item_a_number"),
            models.UniqueConstraint(fields=["study", "case", "stage"], name="a_case_once_a_study_and_stage"),
            models.CheckConstraint(condition=Q(stage__in=ItemStage.values), name="item_stage_is_known"),
        ]

    def __str__(self) -> str:
        return f"case {self.number} of {self.study_id}"


class AllocationPart(models.Model):
    """What one reader reads, in order, as it was computed once. Rows of a launched study are only ever added."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="allocation")
    reader = models.ForeignKey(StudyReader, on_delete=models.CASCADE, related_name="allocation")
    amendment = models.PositiveIntegerField(default=0, help_text="the one that added it; 0: the launch")
    entries = models.JSONField(help_text="[[number of the item, arm, session], ...] in the order of reading")
    sha256 = models.CharField(max_length=64, help_text="of the canonical JSON of the entries")

    class Meta:
        ordering = ["amendment", "reader__code"]
        constraints = [
            models.UniqueConstraint(fields=["study", "amendment", "reader"], name="one_allocation_a_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {len(self.entries)} readings"


class Amendment(models.Model):
    """A change of a launched study: numbered, dated and reasoned. Rows are only ever added."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="amendments")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=32, help_text='e.g. "cases added", "reader withdrawn"')
    reason = models.CharField(max_length=1000)
    change = models.JSONField(help_text="what was changed, readable without the study")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="one_amendment_a_number"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_amendment_says_why"),
        ]

    def __str__(self) -> str:
        return f"amendment {self.number} of {self.study_id}"


class AssignmentStage(models.TextChoices):
    """Empty: outside any study."""

    PILOT = "pilot", "Pilot"
    TRAINING = "training", "Training"
    MAIN = "main", "Main"
    ADJUDICATION = "adjudication", "Adjudication"


class Step(models.TextChoices):
    """Of a second read: the unaided answer comes first and is locked; everything else has one step."""

    UNAIDED = "unaided", "Unaided"
    FINAL = "final", "Final"


class Assignment(models.Model):
    """One reader reads one case; `place` is its order in that reader's worklist.

    In a reader study it is one reading of the allocation: reader x item x arm x session. Its case is a copy of the
    item's, shared by those who read it under the same arm in the same session.
    """

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
    study = models.ForeignKey(ReaderStudy, null=True, on_delete=models.PROTECT, related_name="assignments")
    item = models.ForeignKey(StudyItem, null=True, on_delete=models.PROTECT, related_name="assignments")
    stage = models.CharField(max_length=16, blank=True, choices=AssignmentStage.choices)
    arm = models.CharField(max_length=32, blank=True)
    session = models.PositiveSmallIntegerField(default=0, help_text="1, 2 ...; 0 for training and outside studies")
    sequence = models.PositiveIntegerField(default=0, help_text="1, 2, 3 ... of this reader in the study")
    step = models.CharField(max_length=8, blank=True, choices=Step.choices, help_text="the one that is being read")
    because = models.JSONField(null=True, help_text="of an adjudication: what the readers disagree about")
    given_up_at = models.DateTimeField(
        null=True, help_text="its reader was withdrawn, or it went to somebody else: not read any more, not counted"
    )

    class Meta:
        ordering = ["place"]
        indexes = [
            # The dashboard counts by these and reads no row.
            models.Index(
                fields=["study", "stage", "reader", "arm", "session", "state"],
                condition=Q(given_up_at__isnull=True),
                name="study_progress",
            ),
            models.Index(
                fields=["study", "stage", "reader", "submitted_at"],
                condition=Q(given_up_at__isnull=True, state="submitted"),
                name="study_pace",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "stage", "reader", "item", "arm", "session"],
                condition=Q(study__isnull=False, given_up_at__isnull=True),
                name="one_reading_a_slot",
            ),
            models.CheckConstraint(
                condition=Q(study__isnull=True, item__isnull=True, stage="")
                | (Q(study__isnull=False, item__isnull=False) & ~Q(stage="")),
                name="a_study_reading_has_its_item",
            ),
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


class Read(models.Model):
    """What a reader handed in of a study, frozen as it was then; the marks in the case may move on, this doesn't.

    A second read has two: the unaided answer and the final one. One that was reset, or opened again, is set aside and
    kept. Rows of a pilot are deleted when it ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="reads")
    # Where its marks were made: the assignment goes on to another copy when its reading is reset.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=8, choices=Step.choices)
    content = models.JSONField(
        help_text='{"findings", "annotations", "answers"} as the API answers them, live ones only'
    )
    content_sha256 = models.CharField(max_length=64, help_text="of the canonical JSON of the content")
    active_seconds = models.FloatField(help_text="read for this step, pauses left out")
    handed_in_at = models.DateTimeField(auto_now_add=True)
    set_aside_at = models.DateTimeField(null=True)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_aside_why = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["handed_in_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "step"], condition=Q(set_aside_at__isnull=True), name="one_read_a_step"
            ),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="read_step_is_known"),
            models.CheckConstraint(condition=Q(active_seconds__gte=0), name="read_time_not_negative"),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True) | ~Q(set_aside_why=""), name="a_read_set_aside_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.assignment_id}"


class ClockSeen(models.Model):
    """The latest time that this installation has seen; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at}"


class ClockJump(models.Model):
    """The clock went ahead without anything having been seen in between: washouts don't count that time.

    Unless an admin says that it did pass, or the clock is put back.
    """

    seen_until = models.DateTimeField()
    seen_from = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["seen_until", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(seen_from__gt=models.F("seen_until")), name="a_clock_jumps_ahead"),
            models.CheckConstraint(condition=Q(settled_at__isnull=True) | ~Q(why=""), name="a_jump_is_settled_why"),
        ]

    def __str__(self) -> str:
        return f"{self.seen_until} to {self.seen_from}"
