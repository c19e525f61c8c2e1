"""Throw readings away that never counted: a pilot's, and those of a launch that was taken back."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from annotator.annotations.models import Annotation, Answer, Finding, Revision
from annotator.assist.models import Suggestion
from annotator.cases.models import Case
from annotator.readerstudies.models import Assignment, Read

_CHUNK = 500


def throw_away(readings: QuerySet[Assignment]) -> int:
    """Delete readings, what was handed in, and the copies that they were read on with every mark, answer and revision.

    Nothing of them is left but what the audit trail says. In a transaction; returns how many reads went.

    Parameters
    ----------
    readings : whole: no other reading may be of one of their copies.
    """
    copies: set[UUID] = set(readings.order_by().values_list("case_id", flat=True))
    reads = Read.objects.filter(assignment__in=readings)
    # A reading that was reset went on to another copy; its first one is named by the read that was set aside.
    copies |= set(reads.order_by().values_list("case_id", flat=True))
    thrown_away, _ = reads.delete()
    readings.delete()
    own = sorted(copies)
    for start in range(0, len(own), _CHUNK):
        _delete_copies(own[start : start + _CHUNK])
    return thrown_away


def _delete_copies(copies: Sequence[UUID]) -> None:
    # Only ever copies: a case of the catalogue stays whatever is asked for.
    cases = Case.objects.filter(pk__in=copies, copied_from__isnull=False)
    for kind in (Answer, Annotation, Finding):
        made = kind.objects.filter(case__in=cases)
        gone = list(made.values_list("pk", flat=True))
        for start in range(0, len(gone), _CHUNK):
            Revision.objects.filter(target_id__in=gone[start : start + _CHUNK]).delete()
        made.delete()
    Suggestion.objects.filter(case__in=cases).delete()
    cases.delete()
