"""Reader studies for programs, until they are launched: designed, allocated, tried out."""

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.readerstudies.actions.allocate_study import allocate_study
from annotator.readerstudies.actions.edit_study import (
    choose_cases,
    choose_readers,
    edit_study,
    set_truth,
)
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.make_study import discard_study, make_study
from annotator.readerstudies.actions.pilot_study import end_pilot, start_pilot
from annotator.readerstudies.actions.take_back_launch import take_back_launch
from annotator.readerstudies.launch_checks import launch_checks
from annotator.readerstudies.models import ReaderStudy, StudyState
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.sample_size import study_size, subjects_for_kappa
from annotator.readerstudies.study_queries import readers_of, studies_for, study_for
from annotator.readerstudies.study_records import (
    allocation_as_dict,
    check_as_dict,
    item_as_dict,
    reader_as_dict,
    study_as_dict,
)
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.reader_study_forms import (
    NewStudySerializer,
    ReaderStudySerializer,
    RowsSerializer,
    SizeRequestSerializer,
    SizeSerializer,
    StudyCasesSerializer,
    StudyChangeSerializer,
    StudyReadersSerializer,
    StudyRevisionSerializer,
    StudyTruthsSerializer,
    WholeReaderStudySerializer,
    read_form,
    wanted_cases,
)
from api.v1.responses import BODY, problems

ADMINS = allowed_by(may_run_studies)


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
        asked = read_form(NewStudySerializer, request)
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
        asked = read_form(StudyChangeSerializer, request)
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
        asked = read_form(StudyReadersSerializer, request)
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
        asked = read_form(StudyCasesSerializer, request)
        choose_cases(request.user, study_id, wanted_cases(asked["cases"]), revision=asked["revision"])
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
        asked = read_form(StudyTruthsSerializer, request)
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
        study = allocate_study(request.user, study_id, revision=read_form(StudyRevisionSerializer, request)["revision"])
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
        """Its protocol is locked from then on. Of two who launch at once one is told that it was launched.

        A large study is "starting" in the answer: its job makes the readings, and then it runs.
        """
        made = launch_study(request.user, study_id, revision=read_form(StudyRevisionSerializer, request)["revision"])
        return Response({**study_as_dict(made)})

    @extend_schema(summary="Take a launch back", responses={200: ReaderStudySerializer, **problems(403, 404, 409)})
    def delete(self, request: Request, study_id: uuid.UUID) -> Response:
        """Of a large study whose launch was stopped on its way: it is a draft again, and nobody has read anything.

        Where it made many readings the study is "starting" in the answer: its job takes them away first.
        """
        return Response({**study_as_dict(take_back_launch(request.user, study_id))})


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
        made = start_pilot(request.user, study_id, revision=read_form(StudyRevisionSerializer, request)["revision"])
        return Response({**study_as_dict(made)})

    @extend_schema(summary="End a pilot", responses={200: ReaderStudySerializer, **problems(403, 404, 409)})
    def delete(self, request: Request, study_id: uuid.UUID) -> Response:
        """What was read is thrown away, and the study is a draft again."""
        return Response({**study_as_dict(end_pilot(request.user, study_id))})


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
        asked = read_form(SizeRequestSerializer, request)
        prevalence = asked["prevalence_percent"] / 100
        size = study_size(
            asked["sensitivity"],
            asked["half_width"],
            prevalence=prevalence,
            readers_per_case=asked["readers_per_case"],
            arms=asked["arms"],
        )
        kappa = subjects_for_kappa(asked["kappa"], asked["kappa_half_width"], prevalence=prevalence)
        return Response({**vars(size), "subjects_for_kappa": kappa})


def _whole(study: ReaderStudy) -> dict[str, Any]:
    return {
        **study_as_dict(study),
        "readers": [reader_as_dict(one) for one in readers_of(study)],
        "items": [item_as_dict(one) for one in study.items.all()],
        "checks": [check_as_dict(one) for one in launch_checks(study)] if study.state == StudyState.DRAFT else [],
    }
