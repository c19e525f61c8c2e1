"""What the hanging rules need to know of a study's stacks, read in one query."""

from django.db.models import Count, F, JSONField, Min, OuterRef, Subquery

from annotator.cases.hanging import plane_of
from annotator.cases.hangings.hangable import HangableStack
from annotator.cases.stack_notes import believed_side
from annotator.imaging.models import Frame, InstanceState, Stack


def hangable_stacks(study_id: int) -> list[HangableStack]:
    """The stacks of a study that hold ready frames, in the order of their series."""
    ready = Frame.objects.filter(instance__stack=OuterRef("pk"), instance__state=InstanceState.READY)
    any_geometry = Subquery(ready.order_by("pk").values("geometry")[:1], output_field=JSONField())
    rows = (
        Stack.objects.filter(series__study_id=study_id, instances__state=InstanceState.READY)
        .annotate(
            frame_count=Count("instances__frames"),
            instance_number=Min("instances__instance_number"),
            modality=F("series__modality"),
            series_number=F("series__series_number"),
            body_part=F("series__body_part"),
            any_geometry=any_geometry,
        )
        .filter(frame_count__gt=0)
        .order_by(F("series__series_number").asc(nulls_last=True), "pk")
    )
    return [_hangable(stack) for stack in rows]


def _hangable(stack: Stack) -> HangableStack:
    row = vars(stack)
    geometry = row["any_geometry"] or {}
    return HangableStack(
        pk=stack.pk,
        kind=stack.kind,
        modality=row["modality"],
        series_number=row["series_number"],
        instance_number=row["instance_number"],
        laterality=believed_side(stack.laterality, stack.laterality_from_pixels, stack.laterality_verdict),
        view=stack.view,
        frame_count=row["frame_count"],
        plane=plane_of(geometry.get("orientation")),
        slice_thickness=geometry.get("slice_thickness"),
        is_localizer=is_localizer(stack),
        part=_part(stack.grouping),
        body_part=row["body_part"],
    )


def is_localizer(stack: Stack) -> bool:
    """Whether a stack holds scout pictures: ingest keeps them in stacks of their own and says so in the grouping."""
    return stack.grouping.endswith(" localizer")


def _part(grouping: str) -> str:
    """What tells a stack from others at the same places: stands in brackets in its grouping ("... [echo 2]")."""
    _, bracket, behind = grouping.partition("[")
    return behind.partition("]")[0] if bracket else ""
