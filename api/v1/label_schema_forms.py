"""What is sent about label schemas, and how they are answered."""

from rest_framework import serializers

from annotator.labels.exchange import LARGEST_VERSION, LONGEST_TITLE
from annotator.labels.models import SchemaOrigin
from api.v1.jobs import JobSerializer
from api.v1.preconditions import LARGEST_REVISION
from api.v1.responses import FaultSerializer

_KEY = "^[a-z0-9][a-z0-9-]{0,63}$"


class SchemaVersionLineSerializer(serializers.Serializer):
    version = serializers.IntegerField()
    title = serializers.CharField()
    origin = serializers.ChoiceField(choices=SchemaOrigin.choices)
    published_by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    answers = serializers.IntegerField(allow_null=True, help_text="Live ones; null for readers.")


class SchemaLineSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=["offered", "retired", "draft"])
    retired_because = serializers.CharField(allow_blank=True)
    has_draft = serializers.BooleanField(help_text="False for who may not edit.")
    versions = SchemaVersionLineSerializer(many=True, help_text="The newest first.")


class NewSchemaSerializer(serializers.Serializer):
    key = serializers.RegexField(_KEY)
    title = serializers.CharField(max_length=LONGEST_TITLE)
    definition = serializers.DictField(required=False, allow_null=True, default=None)


class CopySerializer(serializers.Serializer):
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)
    key = serializers.RegexField(_KEY, help_text="Of the copy.")
    title = serializers.CharField(max_length=LONGEST_TITLE)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class RevisionSerializer(serializers.Serializer):
    revision = serializers.IntegerField(
        required=False,
        default=None,
        min_value=1,
        max_value=LARGEST_REVISION,
        help_text="Of the draft, where no If-Match is sent.",
    )


class DraftContentSerializer(RevisionSerializer):
    title = serializers.CharField(max_length=LONGEST_TITLE, allow_blank=True)
    definition = serializers.DictField()


class DraftSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    definition = serializers.DictField()
    based_on = serializers.IntegerField(allow_null=True, help_text="The version that it follows; null for a new key.")
    revision = serializers.IntegerField()
    changed_by = serializers.CharField()
    updated_at = serializers.DateTimeField()
    faults = FaultSerializer(many=True, help_text="What keeps it from being published.")


class PublishSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_REVISION, help_text="Of the draft.")
    reason = serializers.CharField(max_length=500)


class DryRunRequestSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_REVISION, help_text="Of the draft.")


class ExampleSerializer(serializers.Serializer):
    answer = serializers.UUIDField()
    case = serializers.UUIDField()
    finding = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True, help_text="Of the case.")


class AnswerFaultSerializer(serializers.Serializer):
    path = serializers.CharField()
    reason = serializers.CharField()
    count = serializers.IntegerField()
    examples = ExampleSerializer(many=True)


class LevelMoveSerializer(serializers.Serializer):
    system = serializers.CharField(allow_blank=True)
    before = serializers.CharField()
    after = serializers.CharField()
    count = serializers.IntegerField()
    examples = ExampleSerializer(many=True, help_text="Of those that differ.")


class FoundSerializer(serializers.Serializer):
    schema = serializers.CharField(allow_null=True, help_text="Whose answers were tried; null where there is none.")
    key = serializers.CharField()
    revision = serializers.IntegerField(help_text="Of the draft that was tried.")
    answers = serializers.IntegerField()
    valid = serializers.IntegerField()
    invalid = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="Whose level or category would be another one.")
    points_changed = serializers.IntegerField()
    faults = AnswerFaultSerializer(many=True)
    more_faults = serializers.IntegerField(help_text="Invalid answers whose fault isn't listed.")
    levels = LevelMoveSerializer(many=True)


class DryRunSerializer(serializers.Serializer):
    found = FoundSerializer(allow_null=True)
    job = JobSerializer(allow_null=True)


class CheckSerializer(serializers.Serializer):
    title = serializers.CharField(allow_blank=True, trim_whitespace=False, default="")
    definition = serializers.DictField()
    answers = serializers.DictField(default=dict)
    size_mm = serializers.FloatField(allow_null=True, default=None, min_value=0, max_value=10_000)


class TriedSerializer(serializers.Serializer):
    score = serializers.DictField(allow_null=True)
    path = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class CheckAnswerSerializer(serializers.Serializer):
    faults = FaultSerializer(many=True)
    tried = TriedSerializer(allow_null=True, help_text="Null where the definition has faults.")


class SchemaFileSerializer(serializers.Serializer):
    format = serializers.CharField()
    key = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    definition = serializers.DictField()
    content_hash = serializers.CharField(help_text="SHA-256 of the canonical form of the four before it.")


class ImportSerializer(serializers.Serializer):
    file = serializers.DictField(help_text="What an export holds.")
    as_draft = serializers.BooleanField(default=False)


class ImportedSerializer(serializers.Serializer):
    key = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    done = serializers.ChoiceField(choices=["taken in", "already there", "draft"])


class ChangeSerializer(serializers.Serializer):
    path = serializers.CharField()
    words = serializers.CharField()
    breaks = serializers.BooleanField(help_text="Answers of the older version may be refused by the newer one.")
    scores = serializers.BooleanField(help_text="The same answers may be scored otherwise.")


class ChangeGroupSerializer(serializers.Serializer):
    title = serializers.CharField()
    changes = ChangeSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    keeps_answers = serializers.BooleanField(help_text="Every answer that the older one takes, the newer one takes.")
    keeps_scores = serializers.BooleanField()
    groups = ChangeGroupSerializer(many=True)
