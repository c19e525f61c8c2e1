"""Reader studies for programs: designed, allocated, launched, amended, watched. A reader sees their own place."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.readerstudies.actions.allocate_study import allocate_study
from annotator.readerstudies.actions.amend_study import add_cases, change_protocol, reassign_readings, withdraw_reader
from annotator.readerstudies.actions.close_study import close_study
from annotator.readerstudies.actions.edit_study import (
    WantedCase,
    choose_cases,
    choose_readers,
    edit_study,
    set_truth,
)
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.make_study import discard_study, make_study
from annotator.readerstudies.actions.pilot_study import end_pilot, start_pilot
from annotator.readerstudies.actions.remind_readers import remind_readers
from annotator.readerstudies.actions.reset_read import reopen_read, reset_read
from annotator.readerstudies.launch_checks import launch_checks
from annotator.readerstudies.models import AssignmentState, ItemStage, ReaderStudy, StudyState
from annotator.readerstudies.policies import may_read_cases, may_run_studies
from annotator.readerstudies.sample_size import study_size, subjects_for_kappa
from annotator.readerstudies.study_progress import study_progress
from annotator.readerstudies.study_queries import own_studies, readers_of, studies_for, study_for
from annotator.readerstudies.study_records import (
    allocation_as_dict,
    amendment_as_dict,
    check_as_dict,
    item_as_dict,
    own_study_as_dict,
    progress_as_dict,
    reader_as_dict,
    study_as_dict,
)
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems

ADMINS = allowed_by(may_run_studies)


class ReaderStudySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(StudyState.choices)
    revision = serializers.IntegerField(help_text="Of the draft: sent back with every change of it.")
    protocol = serializers.DictField(help_text="See docs/reader-studies.md.")
    created_at = serializers.DateTimeField()
    launched_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

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
    prevalence = serializers.FloatField()
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


@extend_schema_view(
    get=extend_schema(summary="List reader studies", responses={200: ReaderStudySerializer, **problems(403)})
)
class StudyList(ListView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]
    serializer_class = ReaderStudySerializer
    model = ReaderStudy

    def rows(self, person: Person) -> QuerySet[ReaderStudy]:
        return studies_for(person)

    @extend_schema(
        summary="Begin a reader study",
        request=NewStudySerializer,
        responses={201: ReaderStudySerializer, **problems(*BODY, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """A draft; members of the protocol that are missing are as a new one has them."""
        asked = _read(NewStudySerializer, request)
        made = make_study(request.user, asked["name"], asked.get("protocol"))
        return Response({**study_as_dict(made)}, status=201)


class ReaderStudyDetail(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Read a reader study", responses={200: WholeReaderStudySerializer, **problems(403, 404)})
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Protocol, readers, cases, and what is missing before a launch."""
        return Response(_whole(study_for(request.user, study_id)))

    @extend_schema(
        summary="Change a draft",
        request=StudyChangeSerializer,
        responses={200: WholeReaderStudySerializer, **problems(*BODY, 403, 404, 409)},
    )
    def put(self, request: Request, study_id: uuid.UUID) -> Response:
        """Its name and protocol; a launched study is amended instead."""
        asked = _read(StudyChangeSerializer, request)
        made = edit_study(
            request.user,
            study_id,
            revision=asked["revision"],
            name=asked.get("name"),
            protocol=asked.get("protocol"),
        )
        return Response(_whole(made))

    @extend_schema(summary="Discard a draft", responses={204: None, **problems(403, 404, 409)})
    def delete(self, request: Request, study_id: uuid.UUID) -> Response:
        """Only a draft goes."""
        discard_study(request.user, study_id)
        return Response(status=204)


class ReaderStudyReaders(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Choose the readers of a draft",
        request=StudyReadersSerializer,
        responses={200: WholeReaderStudySerializer, **problems(*BODY, 403, 404, 409)},
    )
    def put(self, request: Request, study_id: uuid.UUID) -> Response:
        """Radiologists by primary key, in place of those who are there."""
        asked = _read(StudyReadersSerializer, request)
        chosen = [(one["person"], one["is_anchor"]) for one in asked["readers"]]
        choose_readers(request.user, study_id, chosen, revision=asked["revision"])
        return Response(_whole(study_for(request.user, study_id)))


class ReaderStudyCases(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Choose the cases of a draft",
        request=StudyCasesSerializer,
        responses={200: WholeReaderStudySerializer, **problems(*BODY, 403, 404, 409)},
    )
    def put(self, request: Request, study_id: uuid.UUID) -> Response:
        """With their batches, which no reader is shown, in place of those that are there."""
        asked = _read(StudyCasesSerializer, request)
        choose_cases(request.user, study_id, _cases(asked["cases"]), revision=asked["revision"])
        return Response(_whole(study_for(request.user, study_id)))


class ReaderStudyTruths(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Say what is true of a study's cases",
        request=StudyTruthsSerializer,
        responses={200: RowsSerializer, **problems(*BODY, 403, 404)},
    )
    def put(self, request: Request, study_id: uuid.UUID) -> Response:
        """By number; {"source": "pathology" | "consensus" | "table", "answers": {"schema.question": value}}."""
        asked = _read(StudyTruthsSerializer, request)
        set_truth(request.user, study_id, {one["number"]: one["truth"] for one in asked["truths"]})
        return Response({"rows": [item_as_dict(one) for one in study_for(request.user, study_id).items.all()]})


class ReaderStudyAllocation(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Read the allocation", responses={200: RowsSerializer, **problems(403, 404)})
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Each reader's readings in order: number of the case, arm, session."""
        parts = study_for(request.user, study_id).allocation.select_related("reader")
        return Response({"rows": [allocation_as_dict(one) for one in parts]})

    @extend_schema(
        summary="Compute the allocation",
        request=StudyRevisionSerializer,
        responses={201: RowsSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Once, from the draft's seed; launching uses what was computed."""
        study = allocate_study(request.user, study_id, revision=_read(StudyRevisionSerializer, request)["revision"])
        parts = study.allocation.select_related("reader")
        return Response({"rows": [allocation_as_dict(one) for one in parts]}, status=201)


class ReaderStudyLaunch(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Launch a study",
        request=StudyRevisionSerializer,
        responses={200: ReaderStudySerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Its protocol is locked from then on. Of two who launch at once one is told that it was launched."""
        made = launch_study(request.user, study_id, revision=_read(StudyRevisionSerializer, request)["revision"])
        return Response({**study_as_dict(made)})


class ReaderStudyPilot(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Start a pilot",
        request=StudyRevisionSerializer,
        responses={200: ReaderStudySerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """A few cases, read as the protocol has it; nothing of it counts."""
        made = start_pilot(request.user, study_id, revision=_read(StudyRevisionSerializer, request)["revision"])
        return Response({**study_as_dict(made)})

    @extend_schema(summary="End a pilot", responses={200: ReaderStudySerializer, **problems(403, 404, 409)})
    def delete(self, request: Request, study_id: uuid.UUID) -> Response:
        """What was read is thrown away, and the study is a draft again."""
        return Response({**study_as_dict(end_pilot(request.user, study_id))})


class ReaderStudyAmendments(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Read the amendments", responses={200: RowsSerializer, **problems(403, 404)})
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Numbered, dated, reasoned."""
        return Response({"rows": _amendments(study_for(request.user, study_id))})

    @extend_schema(
        summary="Amend a running study",
        request=AmendmentRequestSerializer,
        responses={201: RowsSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Add cases, change what may be changed, withdraw a reader, reassign what is unread, or close it."""
        asked = _read(AmendmentRequestSerializer, request)
        amend(request.user, study_id, asked)
        return Response({"rows": _amendments(study_for(request.user, study_id))}, status=201)


class ReaderStudyProgress(APIView):
    permission_classes = ADMINS

    @extend_schema(
        summary="Read a study's progress",
        responses={200: StudyProgressSerializer, **problems(403, 404)},
    )
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """By reader, arm and session; pace, expected end, who is late."""
        return Response(progress_as_dict(study_progress(study_for(request.user, study_id))))


class ReaderStudyReminders(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Remind readers by e-mail",
        request=ReminderSerializer,
        responses={200: RemindedSerializer, **problems(*BODY, 403, 404, 409, 503)},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """By their codes; the message names the study and no case."""
        found = remind_readers(request.user, study_id, _read(ReminderSerializer, request)["readers"])
        return Response(
            {
                "sent": list(found.sent),
                "without_address": list(found.without_address),
                "finished": list(found.finished),
            }
        )


class ReaderStudySetAside(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Set a read aside",
        request=SetAsideSerializer,
        responses={200: SetAsideDoneSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, study_id: uuid.UUID, assignment_id: uuid.UUID) -> Response:
        """Reset it, or open it again for its reader; what was handed in is kept."""
        asked = _read(SetAsideSerializer, request)
        act = {"reset": reset_read, "reopen": reopen_read}[asked["how"]]
        reading = act(request.user, study_id, assignment_id, reason=asked["reason"])
        return Response({"assignment": str(reading.pk), "state": reading.state})


class ReaderStudySize(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Compute a sample size",
        request=SizeRequestSerializer,
        responses={200: SizeSerializer, **problems(*BODY, 403)},
    )
    def post(self, request: Request) -> Response:
        """Positives for a sensitivity's interval, scans at a prevalence, all reads; cases for a kappa's interval."""
        asked = _read(SizeRequestSerializer, request)
        size = study_size(
            asked["sensitivity"],
            asked["half_width"],
            prevalence=asked["prevalence"],
            readers_per_case=asked["readers_per_case"],
            arms=asked["arms"],
        )
        kappa = subjects_for_kappa(asked["kappa"], asked["kappa_half_width"], prevalence=asked["prevalence"])
        return Response({**vars(size), "subjects_for_kappa": kappa})


class OwnStudies(APIView):
    permission_classes = allowed_by(may_read_cases)

    @extend_schema(summary="Read one's own studies", responses={200: OwnStudiesSerializer, **problems(403)})
    def get(self, request: Request) -> Response:
        """Those that one reads in now: one's own progress, and nothing else of them."""
        return Response({"studies": [own_study_as_dict(one) for one in own_studies(request.user)]})


def amend(person: Person, study_id: uuid.UUID, asked: dict[str, Any]) -> None:
    """Do what an amendment asks for.

    Raises
    ------
    InvalidError : a member that this kind needs is missing; with its path.
    """
    reason = asked["reason"]

    def needed(name: str) -> Any:
        if asked.get(name) in (None, "", [], {}):
            raise InvalidError("This kind of amendment needs it.", path=name)
        return asked[name]

    kinds: dict[str, Callable[[], object]] = {
        "add cases": lambda: add_cases(person, study_id, _cases(needed("cases")), reason=reason),
        "change protocol": lambda: change_protocol(person, study_id, needed("protocol"), reason=reason),
        "withdraw reader": lambda: withdraw_reader(person, study_id, needed("reader"), reason=reason),
        "reassign readings": lambda: reassign_readings(
            person, study_id, from_code=needed("reader"), to_code=needed("to"), reason=reason
        ),
        "close": lambda: close_study(person, study_id, reason=reason),
    }
    kinds[asked["kind"]]()


def _read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _cases(asked: list[dict[str, Any]]) -> list[WantedCase]:
    return [WantedCase(one["case"], one["batch"], one["stage"], one["truth"]) for one in asked]


def _whole(study: ReaderStudy) -> dict[str, Any]:
    return {
        **study_as_dict(study),
        "readers": [reader_as_dict(one) for one in readers_of(study)],
        "items": [item_as_dict(one) for one in study.items.all()],
        "checks": [check_as_dict(one) for one in launch_checks(study)] if study.state == StudyState.DRAFT else [],
    }


def _amendments(study: ReaderStudy) -> list[dict[str, Any]]:
    return [amendment_as_dict(one) for one in study.amendments.select_related("made_by")]
