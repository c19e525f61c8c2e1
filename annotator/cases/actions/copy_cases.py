"""Show cases once more, under identifiers of their own."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db import transaction

from annotator.cases.case_code import case_code
from annotator.cases.models import Case, CaseStack

_BATCH = 500


def copy_cases(case_ids: Sequence[UUID], *, with_priors: bool = False) -> list[Case]:
    """Make one copy of each case and return the copies in the same order; a case named twice has two.

    Nobody may open a copy until they are let in. Its identifier, title and age tell nothing of the case that it shows;
    its stacks are those that the case has now: what comes to the case later doesn't come to the copy. The system's own:
    rooms above call it after they asked who may.

    Parameters
    ----------
    with_priors : whether the patient's earlier studies come along, where the case shows any.
    """
    with transaction.atomic():
        sources = Case.objects.in_bulk(list(dict.fromkeys(case_ids)))
        copies = [_copy(sources[case_id]) for case_id in case_ids]
        Case.objects.bulk_create(copies, batch_size=_BATCH)
        stacks: dict[UUID, list[CaseStack]] = {case_id: [] for case_id in sources}
        rows = CaseStack.objects.filter(case__in=sources) if len(sources) < _BATCH else CaseStack.objects.all()
        for hung in rows.order_by("place"):
            if hung.case_id in stacks and (with_priors or hung.prior == 0):
                stacks[hung.case_id].append(hung)
        CaseStack.objects.bulk_create(
            (
                CaseStack(case=copy, stack_id=one.stack_id, place=one.place, title=one.title, prior=one.prior)
                for case_id, copy in zip(case_ids, copies, strict=True)
                for one in stacks[case_id]
            ),
            batch_size=_BATCH,
        )
    return copies


def _copy(source: Case) -> Case:
    own = uuid4()
    title = f"{source.title.rpartition(' · ')[0] or source.modality} · {case_code(own)}"
    return Case(
        pk=own,
        study_id=source.study_id,
        title=title,
        modality=source.modality,
        layout=source.layout,
        copied_from=source,
    )
