"""Make the cases of studies whose frames are ready: one case a study and modality, hung by rule."""

from collections.abc import Iterable
from itertools import groupby

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person
from annotator.cases.case_code import case_code
from annotator.cases.hangable_stacks import hangable_stacks
from annotator.cases.hanging import HungStack, case_title, hang, titles_of
from annotator.cases.hangings.definition import Protocol
from annotator.cases.hangings.hangable import HangableStack
from annotator.cases.hangings.queries import enabled_protocols
from annotator.cases.models import Case, CaseStack
from annotator.cases.policies import may_make_cases
from annotator.imaging.models import Study
from annotator.jobs.actions.queue_job import queue_job


def make_cases(person: Person | None, study_ids: Iterable[int]) -> list[Case]:
    """Make the cases that are missing, and add newly ready stacks to those that are there.

    A case that nobody may open yet is hung anew when stacks come to it. Once readers have access, a new stack is
    put behind those that they know, so that nothing moves under them. Running it again changes nothing.

    Parameters
    ----------
    person : a data manager or admin; None for the system, after ingest.

    Raises
    ------
    NotAllowedError : `person` may not make cases.
    """
    if person is not None and not may_make_cases(person):
        raise NotAllowedError("Only a data manager or an admin may make cases.")
    cases: list[Case] = []
    protocols = enabled_protocols()
    for study_id in dict.fromkeys(study_ids):
        with transaction.atomic():
            # Two jobs that end together for one study must not both make its case.
            study = Study.objects.select_for_update(no_key=True).filter(pk=study_id).first()
            if study is None:
                continue
            stacks = sorted(hangable_stacks(study_id), key=lambda stack: stack.modality)
            for modality, unit in groupby(stacks, key=lambda stack: stack.modality):
                cases.append(_make_case(person, study, modality, list(unit), protocols))
    return cases


def _make_case(
    person: Person | None, study: Study, modality: str, stacks: list[HangableStack], protocols: list[Protocol]
) -> Case:
    own = Case.objects.filter(study=study, modality=modality, copied_from=None)
    case = own.order_by("created_at", "pk").first()
    is_new = case is None
    if case is None:
        case = Case(study=study, modality=modality)
    known = [] if is_new else list(case.case_stacks.order_by("place"))
    added = {stack.pk for stack in stacks} - {hung.stack_id for hung in known}
    case.title = case_title(modality, stacks, code=case_code(case.pk))
    if is_new or added:
        priors: list[CaseStack] = []
        if not is_new and case.grants.exists():
            hung = _behind(known, [stack for stack in stacks if stack.pk in added])
        else:
            hanging = hang(modality, stacks, protocols=protocols, body_part=stacks[0].body_part)
            case.layout, hung = hanging.layout, list(hanging.stacks)
            # Earlier studies stay behind, wherever what is read hangs now.
            priors = [stack for stack in known if stack.prior > 0]
            known = []
        case.save()
        rows = [CaseStack(case=case, stack_id=one.pk, place=one.place, title=one.title) for one in hung]
        if not known:
            case.case_stacks.all().delete()
            rows += _behind_all(rows, priors)
        CaseStack.objects.bulk_create(rows)
        detail: dict[str, object] = {"layout": case.layout, "modality": modality, "stacks": len(stacks)}
        record_audit(
            person, "create_case" if is_new else "hang_case", target_kind="case", target_id=case.pk, detail=detail
        )
        if modality == "US":
            title = f"Calipers in {case.title}"
            queue_job(None, "assist.find_calipers", {"case": str(case.pk)}, title=title)
    else:
        # More slices of a stack that was there: only the count in the title moves.
        case.save(update_fields=["title"])
    return case


def _behind(known: list[CaseStack], new: list[HangableStack]) -> list[HungStack]:
    first_free = max((stack.place for stack in known), default=-1) + 1
    return [
        HungStack(pk=stack.pk, place=first_free + at, title=title)
        for at, (stack, title) in enumerate(zip(new, titles_of(new), strict=True))
    ]


def _behind_all(rows: list[CaseStack], priors: list[CaseStack]) -> list[CaseStack]:
    first_free = max((row.place for row in rows), default=-1) + 1
    return [
        CaseStack(case=one.case, stack_id=one.stack_id, place=first_free + at, title=one.title, prior=one.prior)
        for at, one in enumerate(priors)
    ]
