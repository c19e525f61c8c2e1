"""Say which is right where a header and its picture disagree about the side of the body."""

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.catalogue.laterality_doubts import do_sides_disagree
from annotator.imaging.models import LateralityVerdict, Stack
from annotator.imaging.policies import may_decide_laterality


def decide_laterality(person: Person, stack_key: str, *, verdict: str) -> Stack:
    """Record who of the two is right; deciding again replaces what was decided. Nothing is flipped.

    Parameters
    ----------
    verdict : a LateralityVerdict, `header` or `pixels`.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : no such stack.
    InvalidError : no such verdict, or header and picture agree.
    """
    if not may_decide_laterality(person):
        raise NotAllowedError("Only data managers and admins may decide about sides.")
    if verdict not in LateralityVerdict.values:
        raise InvalidError(f"{verdict!r} is neither {' nor '.join(LateralityVerdict.values)}.", "verdict")
    with transaction.atomic():
        stack = Stack.objects.select_for_update(of=("self",)).select_related("series").filter(key=stack_key).first()
        if stack is None:
            raise NotFoundError("There is no such stack.")
        if not do_sides_disagree(stack):
            raise InvalidError("Header and picture of this stack don't disagree about the side.", "verdict")
        stack.laterality_verdict = LateralityVerdict(verdict)
        stack.laterality_checked_by, stack.laterality_checked_at = signed_in(person), timezone.now()
        stack.save(update_fields=["laterality_verdict", "laterality_checked_by", "laterality_checked_at"])
        record_audit(
            person,
            "decide_laterality",
            target_kind="stack",
            target_id=stack.key,
            detail={"verdict": verdict, "header": stack.laterality, "pixels": stack.laterality_from_pixels},
        )
        count_studies([stack.series.study_id])
    return stack
