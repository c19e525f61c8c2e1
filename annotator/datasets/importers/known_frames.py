"""The frames that files speak of, looked up by what files know: UIDs, names of pictures, views of a breast."""

from dataclasses import dataclass

from django.db.models import F, QuerySet

from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Frame, InstanceState, IntakeFile, Stack
from annotator.imaging.queries import frames_in_order


@dataclass(frozen=True)
class KnownFrame:
    """A ready frame."""

    key: str
    sop_instance_uid: str
    number: int
    rows: int
    columns: int
    stack: int
    geometry: FrameGeometry


class KnownFrames:
    """Looks frames up, a series or an instance at a time, and keeps what it found."""

    def __init__(self) -> None:
        self._instances: dict[str, dict[int, KnownFrame]] = {}
        self._stacks: dict[int, list[KnownFrame]] = {}

    def of_instance(self, sop_instance_uid: str, number: int = 1) -> KnownFrame | None:
        """A frame by its instance's UID and its number, from 1."""
        if sop_instance_uid not in self._instances:
            rows = _ready().filter(instance__sop_instance_uid=sop_instance_uid)
            self._instances[sop_instance_uid] = {row.number: _known(row) for row in rows}
        return self._instances[sop_instance_uid].get(number)

    def of_picture(self, name: str) -> KnownFrame | None:
        """The frame of a picture that came in under this name; None when there is none, or several."""
        plain = name.replace("\\", "/").rpartition("/")[2]
        found = set(
            IntakeFile.objects.filter(name__endswith=plain, instance__number_of_frames=1)
            .values_list("instance__sop_instance_uid", "name")
            .distinct()
        )
        uids = {uid for uid, full in found if full.replace("\\", "/").replace("!", "/").rpartition("/")[2] == plain}
        if len(uids) > 1:
            # The longer end of the path may tell them apart.
            uids = {uid for uid, full in found if full.replace("\\", "/").endswith(name.replace("\\", "/"))}
        return self.of_instance(uids.pop()) if len(uids) == 1 else None

    def of_series(self, series_uid: str) -> list[list[KnownFrame]]:
        """The frames of each stack of a series, in the order in which readers scroll."""
        stacks = Stack.objects.filter(series__series_instance_uid=series_uid).order_by("pk")
        return [frames for stack in stacks if (frames := self.of_stack(stack.pk))]

    def of_view(self, study_uid: str, laterality: str, view: str) -> list[list[KnownFrame]]:
        """The frames of the stacks that show one view of a breast in a study."""
        stacks = Stack.objects.filter(
            series__study__study_instance_uid=study_uid, laterality=laterality, view=view
        ).order_by("pk")
        return [frames for stack in stacks if (frames := self.of_stack(stack.pk))]

    def known_stacks(self) -> list[list[KnownFrame]]:
        """The stacks of all frames that were looked up so far."""
        known = {frame.stack for frames in self._instances.values() for frame in frames.values() if frame.stack}
        return [self.of_stack(stack) for stack in sorted(known)]

    def of_stack(self, stack: int) -> list[KnownFrame]:
        """A stack's frames in the order in which readers scroll."""
        if stack not in self._stacks:
            self._stacks[stack] = [_known(frame) for frame in frames_in_order(Stack.objects.get(pk=stack))]
        return self._stacks[stack]


def _ready() -> QuerySet[Frame]:
    return (
        Frame.objects.filter(instance__state=InstanceState.READY)
        .select_related("instance")
        .defer("instance__header")
        .order_by(F("instance__sop_instance_uid"), "number")
    )


def _known(frame: Frame) -> KnownFrame:
    instance = frame.instance
    return KnownFrame(
        key=frame.key,
        sop_instance_uid=instance.sop_instance_uid,
        number=frame.number,
        rows=instance.rows,
        columns=instance.columns,
        stack=instance.stack_id or 0,
        geometry=FrameGeometry.from_json(frame.geometry),
    )
