"""Save a mark: a new one, a changed one, or a deleted one that comes back."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.annotations.contexts import refresh_scores
from annotator.annotations.findings import own_live_finding
from annotator.annotations.geometry_checks import check_points
from annotator.annotations.masks import check_mask
from annotator.annotations.models import Annotation, MarkKind, Provenance
from annotator.annotations.revisions import save_as_next_revision, verb_for
from annotator.annotations.spans import frame_and_span
from annotator.annotations.storable_checks import check_line
from annotator.annotations.turns import Turn, check_may_change, check_terms, own_record, take_turn, was_saved
from annotator.imaging.models import Frame


@dataclass(frozen=True)
class TakenFrom:
    """The reader's mark that another one began as, in the state that was shown."""

    mark: UUID
    revision: int


@dataclass(frozen=True)
class SaveAnnotation:
    """The state that a reader wants a mark to have.

    Attributes
    ----------
    id : made by the reader's program, so that sending twice is saving once.
    points : [[column, row], ...] in the frame's stored matrix; checked here.
    mask : {"runs": [...]} of a mask, None of every other kind; checked here.
    first_frame_key, last_frame_key : the span that it holds for, both or neither.
    revision : the one that the program last saw, 0 for a new mark.
    change : made by the reader's program for this one state; what was saved under it is not saved again, whatever
        came after it. None for programs that repeat nothing once they went on.
    provenance : counts when the mark is made; a later save doesn't change it.
    taken_from : known by who calls, told by no program: it makes the provenance TAKEN_OVER; nothing else does.
    """

    id: UUID
    case_id: UUID
    frame_key: str
    kind: str
    points: object
    mask: object = None
    locked: bool = False
    first_frame_key: str | None = None
    last_frame_key: str | None = None
    finding_id: UUID | None = None
    label: str = ""
    revision: int = 0
    change: UUID | None = None
    provenance: Provenance = Provenance.DRAWN
    taken_from: TakenFrom | None = None


def save_annotation(person: Person, wanted: SaveAnnotation) -> Annotation:
    """Save a mark and return it; the state that is already there is returned as it is.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, can't open the case, or it is not their mark.
    InvalidError : what was sent can't be a mark of this case, with the path of the fault.
    StaleError, ConflictError : changed meanwhile, or the reading was submitted; with what is there now.
    """
    with transaction.atomic():
        turn = take_turn(person, wanted.case_id)
        existing = own_record(Annotation, wanted.id, turn, change=wanted.change)
        if existing is not None and was_saved(existing, wanted.change):
            return existing
        frame, (first, last) = frame_and_span(
            turn.case_id,
            wanted.frame_key,
            kind=wanted.kind,
            first_key=wanted.first_frame_key,
            last_key=wanted.last_frame_key,
        )
        points = check_points(wanted.kind, wanted.points, rows=frame.instance.rows, columns=frame.instance.columns)
        mask = check_mask(wanted.kind, wanted.mask, points)
        label = check_line(wanted.label, path="label", longest=64)
        if wanted.kind == MarkKind.SLICES and not label:
            raise InvalidError("A label of slices says what they show.", path="label")
        asked = {
            "frame_id": frame.pk,
            "first_frame_id": first.pk if first else None,
            "last_frame_id": last.pk if last else None,
            "kind": wanted.kind,
            "points": points,
            "mask": mask,
            "locked": wanted.locked,
            "label": label,
            "finding_id": wanted.finding_id,
        }
        if existing is not None:
            _know_frames(existing, frame, first, last)
        is_there = existing is not None and existing.deleted_at is None
        if existing is not None and is_there and all(getattr(existing, name) == asked[name] for name in asked):
            return existing
        check_may_change(turn, existing, seen=wanted.revision)
        check_terms(turn, mark_kind=wanted.kind)
        mark = existing or _new_mark(turn, wanted)
        if existing is not None and existing.kind != wanted.kind:
            raise InvalidError(f"This mark is a {existing.kind}. Draw a new one to have a {wanted.kind}.", path="kind")
        shows = (None if existing is None or existing.deleted_at else existing.finding_id, wanted.finding_id)
        for name, value in asked.items():
            setattr(mark, name, value)
        mark.frame, mark.first_frame, mark.last_frame = frame, first, last
        mark.finding = own_live_finding(turn, wanted.finding_id)
        save_as_next_revision(mark, saved_by=turn.owner, verb=verb_for(mark), change=wanted.change)
        # Labels of slices answer for them; the pictures of its marks say on which side a finding lies.
        if mark.kind == MarkKind.SLICES or shows[0] != shows[1]:
            refresh_scores(turn.case_id, turn.owner)
    return mark


def _new_mark(turn: Turn, wanted: SaveAnnotation) -> Annotation:
    mark = Annotation(id=wanted.id, case_id=turn.case_id, owner=turn.owner, provenance=wanted.provenance)
    if wanted.taken_from is not None:
        mark.provenance = Provenance.TAKEN_OVER
        mark.taken_from, mark.taken_revision = wanted.taken_from.mark, wanted.taken_from.revision
    elif wanted.provenance == Provenance.TAKEN_OVER:
        mark.provenance = Provenance.DRAWN
    return mark


def _know_frames(mark: Annotation, *known: Frame | None) -> None:
    """Give a mark those of its frames that were read already, so that showing it reads them no second time."""
    for name in ("frame", "first_frame", "last_frame"):
        for frame in known:
            if frame is not None and getattr(mark, f"{name}_id") == frame.pk:
                setattr(mark, name, frame)
