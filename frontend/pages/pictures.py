"""Which frame stands for a study or a stack in a list, and the address of its small picture."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from annotator.accounts.policies import Person
from annotator.imaging.models import Instance, InstanceState, Stack, Study
from annotator.imaging.queries import instances_for


@dataclass(frozen=True)
class Picture:
    """The middle frame of a stack, which shows more of it than the first."""

    study_uid: str
    series_uid: str
    sop_uid: str
    frame_number: int
    rows: int
    columns: int

    @property
    def address(self) -> str:
        return (
            f"/dicomweb/studies/{self.study_uid}/series/{self.series_uid}/instances/{self.sop_uid}"
            f"/frames/{self.frame_number}/rendered"
        )


def pictures_of_studies(person: Person, studies: Iterable[Study]) -> dict[int, Picture]:
    """By study: the middle of its longest stack. One query."""
    wanted = [study.pk for study in studies]
    longest: dict[int, tuple[int, Instance]] = {}
    for instance in _middles(person, series__study__in=wanted):
        length = instance.stack_length * instance.number_of_frames  # type: ignore[attr-defined]
        study_id = instance.series.study_id
        if study_id not in longest or length > longest[study_id][0]:
            longest[study_id] = (length, instance)
    return {study_id: _picture(instance) for study_id, (_, instance) in longest.items()}


def pictures_of_stacks(person: Person, stacks: Iterable[Stack]) -> dict[int, Picture]:
    """By stack: its middle. One query."""
    wanted = [stack.pk for stack in stacks]
    return {
        instance.stack_id: _picture(instance)
        for instance in _middles(person, stack__in=wanted)
        if instance.stack_id is not None
    }


def _middles(person: Person, **narrow: object) -> QuerySet[Instance]:
    """The middle ready instance of every stack among those that `narrow` leaves, each with `stack_length`.

    Narrowed first and numbered afterwards: a window over the whole catalogue would be slow.
    """
    order = [F("instance_number").asc(nulls_last=True), F("pk").asc()]
    return (
        instances_for(person)
        .filter(state=InstanceState.READY, stack__isnull=False, **narrow)
        .annotate(
            stack_place=Window(RowNumber(), partition_by=[F("stack")], order_by=order),
            stack_length=Window(Count("pk"), partition_by=[F("stack")]),
        )
        .filter(stack_place=F("stack_length") / 2 + 1)
        .order_by("series__series_number", "pk")
    )


def _picture(instance: Instance) -> Picture:
    series = instance.series
    return Picture(
        study_uid=series.study.study_instance_uid,
        series_uid=series.series_instance_uid,
        sop_uid=instance.sop_instance_uid,
        frame_number=instance.number_of_frames // 2 + 1,
        rows=instance.rows,
        columns=instance.columns,
    )
