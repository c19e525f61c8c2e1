"""Bring marks in from other programs' files, as a reading by a named source."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError, RoomError
from annotator.accounts.models import Role, User
from annotator.accounts.signed_in import signed_in
from annotator.accounts.sources import SOURCE_PREFIX
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Annotation, FindingKind, Provenance
from annotator.annotations.storable_checks import check_line
from annotator.cases.models import CaseStack
from annotator.datasets.importers.formats import importer_named
from annotator.datasets.importers.imported_mark import ImportedMark, RefusedError
from annotator.datasets.importers.importer import ImportOptions
from annotator.datasets.importers.known_frames import KnownFrames
from annotator.datasets.policies import may_import
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.reopen_assignment import reopen_assignment
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.models import Assignment, AssignmentState

# Names of marks and findings that come in: the same file gives the same identifiers, so that twice is once.
_NAMESPACE = uuid.UUID("5a3f0c1e-3d0e-5a2b-8f53-0d2f9a6f4c11")
_MOST_REFUSALS = 200


@dataclass
class ImportReport:
    """What an import did, or would do.

    Attributes
    ----------
    marks : that the files hold and that are fit; new, already_there : of those.
    deleted_since : were imported once and deleted by hand: they stay so.
    refused : {"file", "path", "reason"} of the first few hundred; refused_count : of all.
    saved : whether anything was kept: not in a dry run, nor when something was refused.
    """

    source: str
    marks: int = 0
    new: int = 0
    already_there: int = 0
    deleted_since: int = 0
    cases: int = 0
    refused_count: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)
    saved: bool = False

    def refuse(self, error: RefusedError) -> None:
        self.refused_count += 1
        if len(self.refused) < _MOST_REFUSALS:
            self.refused.append(error.row)


class _DryRunError(Exception):
    """Takes back what a dry run wrote."""


def import_annotations(
    person: User,
    files: Sequence[Path],
    *,
    source: str,
    format_name: str,
    options: ImportOptions | None = None,
    dry_run: bool = True,
    skip_refused: bool = False,
) -> ImportReport:
    """Save what files say was marked, as marks of a source that stands among the readers.

    The source is a person who can't sign in. Its marks are checked as everybody's are, have the provenance "imported",
    and lie in readings that are submitted, so that releases can count them. Read again, a file changes nothing.

    Parameters
    ----------
    source : its name, e.g. "BCS-DBT radiologists".
    dry_run : say what would come of it, save nothing.
    skip_refused : save the rest when something is refused; else nothing is saved then.

    Raises
    ------
    NotAllowedError : `person` may not import.
    InvalidError : no such format, a name that can't be.
    """
    if not may_import(person):
        raise NotAllowedError("Marks of other programs are brought in by admins.")
    name = check_line(source, path="source", longest=100)
    if not slugify(name):
        raise InvalidError("Name the source: letters or digits.", path="source")
    report = ImportReport(source=name)
    reader = importer_named(format_name)(KnownFrames(), options or ImportOptions())
    fit: list[ImportedMark] = []
    for file in files:
        for one in reader.read(file):
            if isinstance(one, RefusedError):
                report.refuse(one)
            else:
                fit.append(one)
    try:
        with transaction.atomic():
            _save_all(person, name, fit, report)
            if dry_run or (report.refused_count and not skip_refused):
                raise _DryRunError
            report.saved = True
            detail: dict[str, object] = {
                "source": name,
                "format": format_name,
                "files": [file.name for file in files][:100],
                "new": report.new,
                "already_there": report.already_there,
                "refused": report.refused_count,
            }
            record_audit(person, "import_annotations", target_kind="source", target_id=slugify(name), detail=detail)
    except _DryRunError:
        report.saved = False
    return report


def source_username(name: str) -> str:
    """The user name of the person that stands for a source."""
    return f"{SOURCE_PREFIX}{slugify(name)}"[:150]


def _save_all(person: User, name: str, marks: Iterable[ImportedMark], report: ImportReport) -> None:
    owner = _owner(person, name)
    by_case: dict[uuid.UUID, list[ImportedMark]] = {}
    cases: dict[str, uuid.UUID] = {}
    for mark in marks:
        stack = mark.frame_key.partition(".")[0]
        if stack not in cases:
            found = (
                CaseStack.objects.filter(stack__key=stack, prior=0).order_by("case").values_list("case_id", flat=True)
            )
            if (case := found.first()) is not None:
                cases[stack] = case
        if stack not in cases:
            report.refuse(RefusedError("Its study has no case yet.", file=mark.file, path=mark.path))
        else:
            by_case.setdefault(cases[stack], []).append(mark)
    report.cases = len(by_case)
    for case, some in by_case.items():
        _save_case(person, owner, case, some, report)


def _save_case(person: User, owner: User, case: uuid.UUID, marks: list[ImportedMark], report: ImportReport) -> None:
    wanted = {_identifier(owner, case, mark.content()): mark for mark in marks}
    there = dict(Annotation.objects.filter(pk__in=wanted).values_list("pk", "deleted_at"))
    report.already_there += sum(deleted is None for deleted in there.values())
    report.deleted_since += sum(deleted is not None for deleted in there.values())
    report.marks += len(there)
    new = {key: mark for key, mark in wanted.items() if key not in there}
    if not new:
        return
    reading = _open_reading(person, owner, case)
    for key, mark in new.items():
        try:
            # A savepoint: a mark that is refused takes its finding with it, and nothing else.
            with transaction.atomic():
                finding = _finding(owner, case, mark)
                save_annotation(owner, _as_wanted(key, case, mark, finding))
        except RoomError as error:
            path = f"{mark.path}, {error.path}" if isinstance(error, InvalidError) and error.path else mark.path
            report.refuse(RefusedError(str(error), file=mark.file, path=path))
        else:
            report.new += 1
            report.marks += 1
    submit_assignment(owner, reading.pk)


def _open_reading(person: User, owner: User, case: uuid.UUID) -> Assignment:
    """The source's reading of a case, made or opened again."""
    reading = Assignment.objects.filter(case=case, reader=owner).first()
    if reading is None:
        [reading] = assign_cases(person, [case], [owner.pk], shows_suggestions=False)
    elif reading.state == AssignmentState.SUBMITTED:
        reading = reopen_assignment(person, reading.pk, reason="More marks of this source are brought in.")
    return reading


def _finding(owner: User, case: uuid.UUID, mark: ImportedMark) -> uuid.UUID | None:
    """The finding that a mark shows: one a thing of the file. Points and labels of slices show none."""
    if mark.kind in ("point", "slices") or not (mark.category or mark.thing):
        return None
    kind = mark.category if mark.category in FindingKind.values else FindingKind.OTHER
    thing = mark.thing or json.dumps(mark.content())
    key = _identifier(owner, case, ["finding", thing, kind])
    name = "" if kind == mark.category else mark.category[:100]
    return save_finding(owner, SaveFinding(id=key, case_id=case, kind=kind, name=name)).pk


def _as_wanted(key: uuid.UUID, case: uuid.UUID, mark: ImportedMark, finding: uuid.UUID | None) -> SaveAnnotation:
    return SaveAnnotation(
        id=key,
        case_id=case,
        frame_key=mark.frame_key,
        kind=mark.kind,
        points=mark.points,
        mask=mark.mask,
        first_frame_key=mark.first_frame_key,
        last_frame_key=mark.last_frame_key,
        label=mark.label,
        finding_id=finding,
        provenance=Provenance.IMPORTED,
    )


def _owner(person: User, name: str) -> User:
    """The person that stands for a source: a reader whom no password lets in.

    Raises
    ------
    InvalidError : somebody who signs in has this user name.
    """
    username = source_username(name)
    owner = User.objects.filter(username=username).first()
    if owner is None:
        owner = User(username=username, role=Role.RADIOLOGIST, first_name="Source:", last_name=name[:150])
        owner.set_unusable_password()
        owner.save()
        detail: dict[str, object] = {"role": owner.role, "source": name}
        record_audit(signed_in(person), "create_source", target_kind="user", target_id=owner.pk, detail=detail)
    elif owner.has_usable_password():
        raise InvalidError(f"{username} is a person who signs in. Name the source otherwise.", path="source")
    return owner


def _identifier(owner: User, case: uuid.UUID, content: list[Any]) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, json.dumps([owner.username, str(case), content], sort_keys=True))
