"""A study that ran, made of rows alone: readers, cases, readings and what was handed in."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.labels.actions.install_schemas import install_shipped_schemas
from annotator.readerstudies.models import Assignment, Read, ReaderStudy, StudyItem, StudyReader
from annotator.readerstudies.study_reads import StudyRead
from tests.annotator.case_rows import make_case, make_stack, make_study
from tests.annotator.readerstudies.made_reads import made_read

Content = Callable[[str, int, str, str], StudyRead]


def finished_study(
    by: User,
    *,
    readers: int = 3,
    cases: int = 4,
    arms: Sequence[tuple[str, str]] = (("unaided", "final"),),
    content: Content | None = None,
    state: str = "closed",
    name: str = "Bleeds",
    truth: dict[int, Any] | None = None,
    **protocol: Any,
) -> ReaderStudy:
    """Every reader read every case under every (arm, step); a number of queries that doesn't grow with the study.

    All items show one and the same picture: results never look at it.
    """
    install_shipped_schemas()
    study = ReaderStudy.objects.create(
        name=name,
        protocol={
            "schemas": ["head-ct@1"],
            "arms": [{"name": arm, "kind": "unaided"} for arm in dict.fromkeys(arm for arm, _ in arms)],
            **protocol,
        },
        state=state,
        created_by=by,
        launched_by=by,
        launched_at=timezone.now(),
        closed_at=timezone.now() if state == "closed" else None,
    )
    shown = make_study()
    case = make_case(shown, make_stack(shown, frames=3))
    named = list(dict.fromkeys(arm for arm, _ in arms))
    shelf = iter(
        Case.objects.bulk_create(
            Case(study=shown, modality="CT", title=f"CT · {at}", copied_from=case)
            for at in range(cases * (1 + len(named)))
        )
    )
    people = User.objects.bulk_create(
        User(username=f"{study.pk.hex[:6]}-{at}", first_name="Reader", last_name=f"Number {at}", role="radiologist")
        for at in range(readers)
    )
    coded = StudyReader.objects.bulk_create(
        StudyReader(study=study, person=person, code=f"R{at:02}") for at, person in enumerate(people, 1)
    )
    items = StudyItem.objects.bulk_create(
        StudyItem(
            study=study,
            number=number,
            case=next(shelf),
            patient=f"p{number}",
            batch="b",
            truth=None if truth is None or number not in truth else {"source": "pathology", "answers": truth[number]},
        )
        for number in range(1, cases + 1)
    )
    slots = [
        Assignment(
            case=copy,
            reader=reader.person,
            place=10_000 * session + item.number,
            state="submitted",
            submitted_at=timezone.now(),
            study=study,
            item=item,
            stage="main",
            arm=arm,
            session=session,
            sequence=item.number,
            step="final",
        )
        for session, arm in enumerate(named, 1)
        for item in items
        for copy in [next(shelf)]
        for reader in coded
    ]
    Assignment.objects.bulk_create(slots)
    codes = {reader.person_id: reader.code for reader in coded}
    give = content or (lambda reader, item, arm, step: made_read(reader, item, answers={}))
    Read.objects.bulk_create(
        Read(
            assignment=slot,
            case_id=slot.case_id,
            step=step,
            content=dict(made.content),
            content_sha256="0" * 64,
            active_seconds=made.seconds or 0.0,
        )
        for slot in slots
        for arm, step in arms
        if arm == slot.arm
        for made in [give(codes[slot.reader_id], slot.item.number, arm, step)]
    )
    return study
