"""How marks, findings, answers and suggestions look in JSON, and what may be sent to save them."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.annotations.models import FindingKind, MarkKind, Provenance
from annotator.assist.models import Decision
from api.v1.preconditions import LARGEST_REVISION
from ml_assist.guidance.printed_lengths import LengthState

_POINTS = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    "description": "[[column, row], ...] in the frame's stored matrix: (0, 0) is the outer top-left corner of the "
    "top-left pixel, its centre lies at (0.5, 0.5). Box: two opposite corners. Ellipse: the ends of its major, then "
    "of its minor axis. Contour: a closed polygon. Spline: points that a closed curve goes through. Point: one. "
    "Length: two ends. Bidirectional: the ends of the long, then of the short axis. Angle: three, the vertex between. "
    "Arrow: tip and tail. Mask: the corners of what encloses it. Slices: none.",
}

_MASK = {
    "type": "object",
    "properties": {"runs": {"type": "array", "items": {"type": "integer", "minimum": 0}}},
    "required": ["runs"],
    "description": "The pixels of a mask within its box: row by row, how many are out, in, out, ...",
}


@extend_schema_field(_POINTS)
class PointsField(serializers.Field):
    """Points as they came: what a mark's points may be is the annotations' business."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(_MASK)
class MaskField(serializers.Field):
    """A mask as it came: 200,000 numbers checked one by one here would take longer than saving them."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "oneOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "required": ["message", "questions"],
                    "properties": {
                        "message": {"type": "string"},
                        "questions": {"type": "array", "items": {"type": "string"}},
                    },
                },
            ]
        },
        "description": "What doesn't go together, with the names of the questions that it is about; text without.",
    }
)
class WarningsField(serializers.Field):
    """Warnings as the scoring made them."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "level": {"type": "string"},
            "category": {"type": "string"},
            "reason": {"type": "string", "minLength": 1, "maxLength": 1000},
        },
        "required": ["reason"],
        "description": 'What holds in place of the computed level or category, and why; one of the two, and "reason".',
    }
)
class OverrideField(serializers.Field):
    """An override as it came: what it may be is the label schema's business."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ScoreSerializer(serializers.Serializer):
    """What a schema's scoring made of the answers; kinds of scoring add members of their own."""

    points = serializers.IntegerField(allow_null=True)
    level = serializers.CharField(allow_null=True)
    recommendation = serializers.CharField(allow_blank=True)
    explanation = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField(), help_text="Titles of questions still open.")
    missing_names = serializers.ListField(child=serializers.CharField(), help_text="Their names.")
    warnings = WarningsField()
    systems = serializers.DictField(required=False, help_text="TI-RADS: each table of points by itself.")
    size_mm = serializers.FloatField(required=False, allow_null=True, help_text="TI-RADS: the size that counted.")
    size_source = serializers.ChoiceField(
        ["typed", "caliper", "contour", "measured"],
        required=False,
        allow_null=True,
        help_text="TI-RADS: where it comes from.",
    )
    category = serializers.CharField(
        required=False, allow_null=True, help_text="BI-RADS: of the breast, or the most abnormal of the examination's."
    )
    likelihood = serializers.CharField(
        required=False, allow_blank=True, help_text="BI-RADS: of malignancy, in words; empty where the atlas says none."
    )
    management = serializers.CharField(
        required=False, allow_blank=True, help_text="BI-RADS: what the category advises."
    )
    derived = serializers.DictField(
        required=False, help_text='Answers that follow from others: {question: {"value", "because"}}.'
    )


_REFRESHED = (
    "This reader's other answers in the case whose scores follow from this record, as they are now. Their revisions "
    "did not change: a score is computed, not saved by the reader. Left out where there is none."
)


class OwnedSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    case = serializers.UUIDField()
    revision = serializers.IntegerField()
    deleted = serializers.BooleanField()
    owner = serializers.CharField(help_text="User name.")
    updated_at = serializers.DateTimeField()


class AnnotationSerializer(OwnedSerializer):
    frame = serializers.CharField(help_text="The frame's key, from the manifest.")
    first_frame = serializers.CharField(allow_null=True, help_text="Where the span begins that it holds for.")
    last_frame = serializers.CharField(allow_null=True, help_text="Where it ends, this frame included.")
    kind = serializers.ChoiceField(MarkKind.choices)
    points = PointsField()
    mask = MaskField(allow_null=True)
    locked = serializers.BooleanField(help_text="Guarded against being moved by chance.")
    finding = serializers.UUIDField(allow_null=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    provenance = serializers.ChoiceField(Provenance.choices)


class FindingSerializer(OwnedSerializer):
    kind = serializers.ChoiceField(FindingKind.choices)
    number = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)


class AnswerSerializer(OwnedSerializer):
    finding = serializers.UUIDField(allow_null=True)
    breast = serializers.ChoiceField(["", "L", "R"], help_text="Of an answer for one breast.")
    first_frame = serializers.CharField(allow_null=True, help_text="Of an answer for slices: where they begin.")
    last_frame = serializers.CharField(allow_null=True, help_text="Where they end, this frame included.")
    schema = serializers.CharField(help_text='Key and version, e.g. "acr-tirads@1".')
    answers = serializers.DictField(help_text="By question.")
    score = ScoreSerializer(help_text="As computed; an override stands beside it.")
    override = OverrideField(allow_null=True)


class SavedAnnotationSerializer(AnnotationSerializer):
    refreshed = AnswerSerializer(many=True, required=False, help_text=_REFRESHED)


class SavedFindingSerializer(FindingSerializer):
    refreshed = AnswerSerializer(many=True, required=False, help_text=_REFRESHED)


class SavedAnswerSerializer(AnswerSerializer):
    refreshed = AnswerSerializer(many=True, required=False, help_text=_REFRESHED)


class SuggestionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    case = serializers.UUIDField()
    frame = serializers.CharField()
    kind = serializers.ChoiceField(MarkKind.choices)
    points = PointsField()
    mask = MaskField(allow_null=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    score = serializers.FloatField(min_value=0, max_value=1)
    model = serializers.CharField(help_text="Name and version.")
    note = serializers.CharField(allow_blank=True, help_text="Why it may not fit, in words; empty: nothing to say.")
    model_note = serializers.CharField(
        allow_blank=True, help_text="Why none of this model's may fit here, in words; the same of each of them."
    )
    hint = serializers.JSONField(
        allow_null=True, help_text="Of an outline that you asked for: kind, points, added, removed. Null of all others."
    )
    decision = serializers.ChoiceField(Decision.choices, allow_null=True, help_text="What this reader decided.")
    annotation = serializers.UUIDField(allow_null=True, help_text="The mark that was made of it.")
    reason = serializers.CharField(allow_blank=True, help_text="Why this reader rejected it.")


class CommentSerializer(serializers.Serializer):
    """A remark that a reviewer pinned to a place in a picture."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    frame = serializers.CharField()
    column = serializers.FloatField()
    row = serializers.FloatField()
    about = serializers.CharField(allow_null=True, help_text="User name of the reader; null for reviewers alone.")
    text = serializers.CharField()
    author = serializers.CharField()
    created_at = serializers.DateTimeField()
    resolved = serializers.BooleanField()


class SliceSummarySerializer(serializers.Serializer):
    model = serializers.CharField(help_text="Name and version.")
    stack = serializers.CharField(help_text="Its key.")
    positive = serializers.BooleanField(help_text="Three or more slices in a row.")
    longest_run = serializers.IntegerField()
    slice_thickness_mm = serializers.FloatField(allow_null=True)
    told = serializers.CharField(help_text="In words, with the slice thickness that the rule is meant for.")


class CaliperAxisSerializer(serializers.Serializer):
    """What lies between two calipers."""

    points = PointsField()
    pixels = serializers.FloatField()
    measured_mm = serializers.FloatField(allow_null=True, help_text="Null where the picture isn't calibrated.")
    printed_mm = serializers.FloatField(
        allow_null=True, help_text="What was read in the picture; null where none is surely this axis's."
    )
    difference_mm = serializers.FloatField(allow_null=True, help_text="Measured less printed.")
    tolerance_mm = serializers.FloatField(
        allow_null=True, help_text="A pixel at each end and half of the last printed digit."
    )
    state = serializers.ChoiceField(
        [state.value for state in LengthState], help_text="not_compared: no printed length is surely this axis's."
    )
    told = serializers.CharField(help_text="In words.")


class CaliperLengthsSerializer(serializers.Serializer):
    frame = serializers.CharField()
    model = serializers.CharField(help_text="Name and version of what found the calipers.")
    axes = CaliperAxisSerializer(many=True, help_text="The longest first.")
    other_printed_mm = serializers.ListField(
        child=serializers.FloatField(), help_text="Printed lengths that are surely no axis's."
    )
    told = serializers.CharField(allow_blank=True, help_text="What is to be said of all of them, in words.")


class ReadingSerializer(serializers.Serializer):
    findings = FindingSerializer(many=True)
    annotations = AnnotationSerializer(many=True)
    answers = AnswerSerializer(many=True)
    suggestions = SuggestionSerializer(many=True)
    slice_summaries = SliceSummarySerializer(
        many=True, help_text="Head CT: what a model's suggestions of blood come to by RADnet's rule."
    )
    caliper_lengths = CaliperLengthsSerializer(
        many=True,
        help_text="Ultrasound: what the calipers that were found measure, beside what is printed, by picture.",
    )
    comments = CommentSerializer(many=True, help_text="On one's own reading, once it was reviewed.")


class SaveSerializer(serializers.Serializer):
    """What every save says: which record, in which case, and which state of it was last seen."""

    id = serializers.UUIDField(required=False, help_text="As in the address, when it is sent.")
    case = serializers.UUIDField()
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST_REVISION,
        help_text="The one last seen, 0 for a new record; where no If-Match or If-None-Match is sent.",
    )
    change = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="Made for this one change: sending it again, even after later ones, is saving once.",
    )

    def validate_id(self, value: UUID) -> UUID:
        """The identifier in the body must not contradict the address."""
        if value != self.context["id"]:
            raise serializers.ValidationError("The identifier in the body is another one than in the address.")
        return value


class SaveAnnotationSerializer(SaveSerializer):
    frame = serializers.CharField(max_length=64)
    first_frame = serializers.CharField(max_length=64, allow_null=True, default=None)
    last_frame = serializers.CharField(max_length=64, allow_null=True, default=None)
    kind = serializers.ChoiceField(MarkKind.choices)
    points = PointsField()
    mask = MaskField(allow_null=True, default=None)
    locked = serializers.BooleanField(default=False)
    finding = serializers.UUIDField(allow_null=True, default=None)
    label = serializers.CharField(allow_blank=True, default="", max_length=64)  # type: ignore[assignment]
    provenance = serializers.ChoiceField(
        Provenance.choices,
        default=Provenance.DRAWN,
        help_text=(
            'Of a new mark: "taken_over" counts where it is the mark of a reader whose case this person settles, which '
            "the server looks up; else it is drawn. Later saves leave it."
        ),
    )


class SaveFindingSerializer(SaveSerializer):
    kind = serializers.ChoiceField(FindingKind.choices)
    name = serializers.CharField(allow_blank=True, default="", max_length=100)


class SaveAnswerSerializer(SaveSerializer):
    schema = serializers.CharField(max_length=80)
    finding = serializers.UUIDField(allow_null=True, default=None)
    breast = serializers.ChoiceField(["", "L", "R"], default="", help_text="For a schema of breasts.")
    first_frame = serializers.CharField(max_length=64, allow_null=True, default=None, help_text="For one of slices.")
    last_frame = serializers.CharField(max_length=64, allow_null=True, default=None)
    answers = serializers.DictField(default=dict)
    override = OverrideField(allow_null=True, default=None)
    size_mm = serializers.FloatField(
        allow_null=True, default=None, help_text="The finding's largest diameter on a calibrated picture."
    )
    size_source = serializers.ChoiceField(
        ["", "caliper", "contour", "measured"], default="", help_text="What it was measured with."
    )
