"""What programs send and get of reader studies, and how it is read."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from annotator.readerstudies.actions.edit_study import WantedCase
from annotator.readerstudies.models import AssignmentState, ItemStage, ReaderStudy, StudyState
from annotator.readerstudies.study_records import study_as_dict


class ReaderStudySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(StudyState.choices)
    revision = serializers.IntegerField(help_text="Of the draft: sent back with every change of it.")
    protocol = serializers.DictField(help_text="See docs/reader-studies.md.")
    created_at = serializers.DateTimeField()
    launched_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    job = serializers.UUIDField(
        allow_null=True, help_text="That makes readings, of a launch or of cases that were added; null: all are there."
    )

    def to_representation(self, study: ReaderStudy) -> dict[str, Any]:
        """As everywhere in the product."""
        return {**study_as_dict(study)}


class StudyCheckSerializer(serializers.Serializer):
    words = serializers.CharField()
    part = serializers.CharField(help_text="Where it is mended: protocol, cases, readers, allocation.")
    blocks = serializers.BooleanField()


class WholeReaderStudySerializer(ReaderStudySerializer):
    readers = serializers.ListField(child=serializers.DictField())
    items = serializers.ListField(child=serializers.DictField())
    checks = StudyCheckSerializer(many=True, help_text="What keeps a draft from being launched, and what is odd.")


class NewStudySerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    protocol = serializers.DictField(required=False)


class StudyRevisionSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The draft's that was looked at.")


class StudyChangeSerializer(StudyRevisionSerializer):
    name = serializers.CharField(max_length=120, required=False)
    protocol = serializers.DictField(required=False)


class StudyReaderSerializer(serializers.Serializer):
    person = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    is_anchor = serializers.BooleanField(default=False)


class StudyReadersSerializer(StudyRevisionSerializer):
    readers = StudyReaderSerializer(many=True)


class StudyCaseSerializer(serializers.Serializer):
    case = serializers.UUIDField()
    batch = serializers.CharField(max_length=40, allow_blank=True, default="")
    stage = serializers.ChoiceField(ItemStage.choices, default=ItemStage.MAIN)
    truth = serializers.DictField(allow_null=True, default=None)


class StudyCasesSerializer(StudyRevisionSerializer):
    cases = StudyCaseSerializer(many=True)


class StudyTruthSerializer(serializers.Serializer):
    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    truth = serializers.DictField(allow_null=True)


class StudyTruthsSerializer(serializers.Serializer):
    truths = StudyTruthSerializer(many=True)


class AmendmentRequestSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["add cases", "change protocol", "withdraw reader", "reassign readings", "close"])
    reason = serializers.CharField(max_length=1000)
    cases = StudyCaseSerializer(many=True, required=False)
    protocol = serializers.DictField(required=False)
    reader = serializers.CharField(required=False, max_length=8, help_text="Code of who is withdrawn, or gives.")
    to = serializers.CharField(required=False, max_length=8, help_text="Code of who takes the readings over.")


class SetAsideSerializer(serializers.Serializer):
    how = serializers.ChoiceField(["reset", "reopen"], help_text="Read anew from nothing, or go on with what is there.")
    reason = serializers.CharField(max_length=900)


class ReminderSerializer(serializers.Serializer):
    readers = serializers.ListField(child=serializers.CharField(max_length=8), min_length=1, max_length=200)


class RemindedSerializer(serializers.Serializer):
    sent = serializers.ListField(child=serializers.CharField())
    without_address = serializers.ListField(child=serializers.CharField())
    finished = serializers.ListField(child=serializers.CharField())


class SizeRequestSerializer(serializers.Serializer):
    sensitivity = serializers.FloatField()
    half_width = serializers.FloatField()
    prevalence_percent = serializers.FloatField(
        min_value=0.01, max_value=100, help_text="30: thirty of a hundred; 0.3: three of a thousand."
    )
    readers_per_case = serializers.IntegerField(min_value=1, max_value=1000, default=1)
    arms = serializers.IntegerField(min_value=1, max_value=10, default=1)
    kappa = serializers.FloatField(default=0.6)
    kappa_half_width = serializers.FloatField(default=0.15)


class SizeSerializer(serializers.Serializer):
    positives = serializers.IntegerField()
    scans = serializers.IntegerField()
    reads = serializers.IntegerField()
    subjects_for_kappa = serializers.IntegerField()


class OwnStudySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    instructions = serializers.CharField(allow_blank=True)
    is_pilot = serializers.BooleanField()
    session = serializers.IntegerField(help_text="0 while training.")
    read = serializers.IntegerField()
    total = serializers.IntegerField()
    opens_at = serializers.DateTimeField(allow_null=True, help_text="When the next session begins, after a washout.")


class OwnStudiesSerializer(serializers.Serializer):
    studies = OwnStudySerializer(many=True)


class ArmProgressSerializer(serializers.Serializer):
    arm = serializers.CharField()
    session = serializers.IntegerField()
    read = serializers.IntegerField()
    total = serializers.IntegerField()


class ReaderProgressSerializer(serializers.Serializer):
    reader = serializers.CharField(help_text="Code.")
    read = serializers.IntegerField()
    total = serializers.IntegerField()
    training_read = serializers.IntegerField()
    training_total = serializers.IntegerField()
    arms = ArmProgressSerializer(many=True)
    last_read = serializers.DateTimeField(allow_null=True)
    a_day = serializers.FloatField(help_text="Readings a day over the last fortnight.")
    expected_end = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField()
    is_late = serializers.BooleanField(help_text="At this pace the end comes after the date.")
    withdrawn = serializers.BooleanField()


class StudyProgressSerializer(serializers.Serializer):
    read = serializers.IntegerField()
    total = serializers.IntegerField()
    expected_end = serializers.DateField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    arms = ArmProgressSerializer(many=True)
    readers = ReaderProgressSerializer(many=True)


class SetAsideDoneSerializer(serializers.Serializer):
    assignment = serializers.UUIDField()
    state = serializers.ChoiceField(AssignmentState.choices)


class RowsSerializer(serializers.Serializer):
    rows = serializers.ListField(child=serializers.DictField())


def read_form(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """What was sent, checked; refused with the path of the fault."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def wanted_cases(asked: list[dict[str, Any]]) -> list[WantedCase]:
    """A list of cases as the actions take it."""
    return [WantedCase(one["case"], one["batch"], one["stage"], one["truth"]) for one in asked]
