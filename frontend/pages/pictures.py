"""The middle picture of each stack of a study: whose header is shown, and how large its matrix is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from annotator.accounts.policies import Person
from annotator.imaging.models import InstanceState, Stack
from annotator.imaging.queries import instances_for


@dataclass(frozen=True)
class Middle:
    """The ready instance in the middle of a stack."""

    sop_uid: str
    rows: int
    columns: int


def middles_of_stacks(person: Person, stacks: Iterable[Stack]) -> dict[int, Middle]:
    """By stack: its middle. One query.

    Narrowed first and numbered afterwards: a window over the whole catalogue would be slow.
    """
    order = [F("instance_number").asc(nulls_last=True), F("pk").asc()]
    middles = (
        instances_for(person)
        .filter(state=InstanceState.READY, stack__in=[stack.pk for stack in stacks])
        .annotate(
            stack_place=Window(RowNumber(), partition_by=[F("stack")], order_by=order),
            stack_length=Window(Count("pk"), partition_by=[F("stack")]),
        )
        .filter(stack_place=F("stack_length") / 2 + 1)
        .order_by("pk")
    )
    return {
        instance.stack_id: Middle(instance.sop_instance_uid, instance.rows, instance.columns)
        for instance in middles
        if instance.stack_id is not None
    }
