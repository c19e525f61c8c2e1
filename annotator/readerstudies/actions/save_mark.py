"""Save a reader's mark as programs send it; that it was taken over from another reader is looked into."""

from dataclasses import replace

from annotator.accounts.policies import Person
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.models import Annotation, Provenance
from annotator.readerstudies.models import Assignment, AssignmentStage, Read
from annotator.readerstudies.taken_over import source_of


def save_mark(person: Person, wanted: SaveAnnotation, *, says_taken_over: bool = False) -> Annotation:
    """Save it as `save_annotation` does; a new one has its provenance from what the server knows.

    Parameters
    ----------
    says_taken_over : the program's word. It is kept where the mark is that of a read which this person settles, as it
        was frozen; else the mark is drawn, and not lost for a wrong word. Without it nothing is looked up: hundreds of
        marks are saved at a sitting, and few are anybody else's.

    Raises
    ------
    NotAllowedError, NotFoundError, InvalidError, StaleError, ConflictError : as `save_annotation`.
    """
    plain = replace(wanted, provenance=Provenance.DRAWN)
    # Of a later state: where a mark is from was settled when it was made.
    if wanted.revision or not says_taken_over or not person.is_authenticated:
        return save_annotation(person, plain)
    own = Assignment.objects.filter(
        case_id=wanted.case_id, reader_id=person.pk, stage=AssignmentStage.ADJUDICATION, given_up_at=None
    )
    because = own.values_list("because", flat=True).first()
    reads = list((because or {}).get("reads", {}).values())
    if not reads:
        return save_annotation(person, plain)
    # Whether the case is open to them is asked by `save_annotation`: nothing of a read is answered before.
    contents = Read.objects.filter(pk__in=reads).order_by("pk").values_list("content__annotations", flat=True)
    shown = [mark for marks in contents for mark in marks or ()]
    return save_annotation(person, replace(plain, taken_from=source_of(wanted, shown)))
