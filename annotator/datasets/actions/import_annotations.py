"""Bring marks in from other programs' files, as a reading by a named source."""

import json
import uuid
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
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
from annotator.datasets.importers.importer import Importer, ImportOptions
from annotator.datasets.importers.known_frames import KnownFrames
from annotator.datasets.policies import may_import
from annotator.readerstudies.actions.open_source_reading import open_source_reading
from annotator.readerstudies.actions.submit_assignment import submit_assignment

# Names of marks and findings that come in: the same file gives the same identifiers, so that twice is once.
_NAMESPACE = uuid.UUID("5a3f0c1e-3d0e-5a2b-8f53-0d2f9a6f4c11")
_MOST_REFUSALS = 200
# Marks a transaction: SQLite lets nobody else write meanwhile, not even the lease of the job that does it.
_AT_ONCE = 200
Report = Callable[[int, str], None]


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


class _TakenBackError(Exception):
    """Takes back what was written to see whether it can be."""


def import_annotations(
    person: User,
    files: Sequence[Path],
    *,
    source: str,
    format_name: str,
    options: ImportOptions | None = None,
    dry_run: bool = True,
    skip_refused: bool = False,
    report: Report = lambda percent, doing: None,
) -> ImportReport:
    """Save what files say was marked, as marks of a source that stands among the readers.

    The source is a person who can't sign in. Its marks are checked as everybody's are, have the provenance "imported",
    and lie in readings that are submitted, so that releases can count them. Read again, a file changes nothing: what
    was stopped in the middle is brought to its end by reading it again.

    Parameters
    ----------
    source : its name, e.g. "BCS-DBT radiologists".
    dry_run : say what would come of it, save nothing.
    skip_refused : save the rest when something is refused; else nothing is saved then.
    report : called with percent and what is being done; may raise to cancel.

    Raises
    ------
    NotAllowedError : `person` may not import.
    InvalidError : no such format, a name that can't be.
    """
    if not may_import(person):
        raise NotAllowedError("Marks of other programs are brought in by data managers and admins.")
    name = checked_source(source)
    read = ImportReport(source=name)
    report(0, "reading files")
    by_case = _read(files, importer_named(format_name)(KnownFrames(), options or ImportOptions()), read, report)
    read.cases = len(by_case)
    if dry_run or not skip_refused:
        found = deepcopy(read)
        _go_through(person, name, by_case, found, partial(_checked_only, person), report, "checking")
        if dry_run or found.refused_count:
            return found
    done = deepcopy(read)
    _go_through(person, name, by_case, done, partial(_save_case, person), report, "saving")
    done.saved = True
    detail: dict[str, object] = {
        "source": name,
        "format": format_name,
        "files": [file.name for file in files][:100],
        "new": done.new,
        "already_there": done.already_there,
        "refused": done.refused_count,
    }
    record_audit(person, "import_annotations", target_kind="source", target_id=slugify(name), detail=detail)
    return done


def checked_source(source: str) -> str:
    """A source's name, tidied.

    Raises
    ------
    InvalidError : it is empty, too long, or nothing of it can be a user name; path "source".
    """
    name = check_line(source, path="source", longest=100)
    if not slugify(name):
        raise InvalidError("Name the source: letters or digits.", path="source")
    return name


def source_username(name: str) -> str:
    """The user name of the person that stands for a source."""
    return f"{SOURCE_PREFIX}{slugify(name)}"[:150]


def _read(
    files: Sequence[Path], reader: Importer, said: ImportReport, report: Report
) -> dict[uuid.UUID, list[ImportedMark]]:
    """The marks of files by case; what can't be one stands in the report."""
    by_case: dict[uuid.UUID, list[ImportedMark]] = {}
    cases: dict[str, uuid.UUID | None] = {}
    for file in files:
        for one in reader.read(file):
            report(0, f"reading {file.name}")
            if isinstance(one, RefusedError):
                said.refuse(one)
                continue
            stack = one.frame_key.partition(".")[0]
            if stack not in cases:
                cases[stack] = _case_of(stack)
            if (case := cases[stack]) is None:
                said.refuse(RefusedError("Its study has no case yet.", file=one.file, path=one.path))
            else:
                by_case.setdefault(case, []).append(one)
    return by_case


def _case_of(stack_key: str) -> uuid.UUID | None:
    found = CaseStack.objects.filter(stack__key=stack_key, prior=0).order_by("case").values_list("case_id", flat=True)
    return found.first()


def _go_through(
    person: User,
    name: str,
    by_case: dict[uuid.UUID, list[ImportedMark]],
    said: ImportReport,
    each: Callable[[User, uuid.UUID, list[ImportedMark], ImportReport], None],
    report: Report,
    doing: str,
) -> None:
    total, done = sum(map(len, by_case.values())), 0
    for at, (case, marks) in enumerate(by_case.items()):
        for start in range(0, len(marks), _AT_ONCE):
            report(100 * done // total, f"{doing} case {at + 1} of {len(by_case)}")
            some = marks[start : start + _AT_ONCE]
            done += len(some)
            try:
                with transaction.atomic():
                    each(_owner(person, name), case, some, said)
            except _TakenBackError:
                continue


def _checked_only(person: User, owner: User, case: uuid.UUID, marks: list[ImportedMark], said: ImportReport) -> None:
    _save_case(person, owner, case, marks, said)
    raise _TakenBackError


def _save_case(person: User, owner: User, case: uuid.UUID, marks: list[ImportedMark], report: ImportReport) -> None:
    wanted = {_identifier(owner, case, mark.content()): mark for mark in marks}
    there = dict(Annotation.objects.filter(pk__in=wanted).values_list("pk", "deleted_at"))
    report.already_there += sum(deleted is None for deleted in there.values())
    report.deleted_since += sum(deleted is not None for deleted in there.values())
    report.marks += len(there)
    new = {key: mark for key, mark in wanted.items() if key not in there}
    if not new:
        return
    before = report.new
    with transaction.atomic():
        reading = open_source_reading(person, case, owner)
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
        if report.new == before:
            # Else a reading would stand there in which the source saw nothing.
            transaction.set_rollback(True)
        else:
            submit_assignment(owner, reading.pk)


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
