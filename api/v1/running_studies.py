"""Reader studies for programs, once they run: amended, watched, set aside. A reader sees their own place."""

import uuid
from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.readerstudies.actions.amend_study import add_cases, change_protocol, reassign_readings, withdraw_reader
from annotator.readerstudies.actions.close_study import close_study
from annotator.readerstudies.actions.remind_readers import remind_readers
from annotator.readerstudies.actions.reset_read import reopen_read, reset_read
from annotator.readerstudies.models import ReaderStudy
from annotator.readerstudies.policies import may_read_cases, may_run_studies
from annotator.readerstudies.study_progress import study_progress
from annotator.readerstudies.study_queries import own_studies, study_for
from annotator.readerstudies.study_records import (
    amendment_as_dict,
    own_study_as_dict,
    progress_as_dict,
)
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.reader_study_forms import (
    AmendmentRequestSerializer,
    OwnStudiesSerializer,
    RemindedSerializer,
    ReminderSerializer,
    RowsSerializer,
    SetAsideDoneSerializer,
    SetAsideSerializer,
    StudyProgressSerializer,
    read_form,
    wanted_cases,
)
from api.v1.responses import BODY, problems

ADMINS = allowed_by(may_run_studies)


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
        asked = read_form(AmendmentRequestSerializer, request)
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
        found = remind_readers(request.user, study_id, read_form(ReminderSerializer, request)["readers"])
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
        asked = read_form(SetAsideSerializer, request)
        act = {"reset": reset_read, "reopen": reopen_read}[asked["how"]]
        reading = act(request.user, study_id, assignment_id, reason=asked["reason"])
        return Response({"assignment": str(reading.pk), "state": reading.state})


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
        "add cases": lambda: add_cases(person, study_id, wanted_cases(needed("cases")), reason=reason),
        "change protocol": lambda: change_protocol(person, study_id, needed("protocol"), reason=reason),
        "withdraw reader": lambda: withdraw_reader(person, study_id, needed("reader"), reason=reason),
        "reassign readings": lambda: reassign_readings(
            person, study_id, from_code=needed("reader"), to_code=needed("to"), reason=reason
        ),
        "close": lambda: close_study(person, study_id, reason=reason),
    }
    kinds[asked["kind"]]()


def _amendments(study: ReaderStudy) -> list[dict[str, Any]]:
    return [amendment_as_dict(one) for one in study.amendments.select_related("made_by")]
