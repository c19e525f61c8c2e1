"""Make received instances ready: frame stores derived, frames and stacks recorded; readers see only what is ready."""

import logging
import secrets
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from annotator.accounts.errors import UnavailableError
from annotator.imaging.actions.arrange_stacks import arrange_stacks
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.errors import QuarantineError
from annotator.imaging.models import Frame, Instance, InstanceState, IntakeFile, Outcome, Stack
from annotator.imaging.store.derive_instance import DerivedInstance
from annotator.imaging.store.filing import byte_store, file_all
from annotator.imaging.store.guarded_deriving import DecoderBrokeError, derive_guarded
from annotator.imaging.store.staging import discard

logger = logging.getLogger(__name__)
# A batch, one transaction and one round of fsync, ends at either.
BATCH_INSTANCES = 32
BATCH_FRAMES = 500
SETTLED_AT_ONCE = 8
ATTEMPTS = 5

Report = Callable[[int, str], None]


@dataclass
class DeriveSummary:
    """How many instances became ready and failed this time, and the studies (their keys) that have something new."""

    ready: int = 0
    failed: int = 0
    study_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Derived:
    """What became of one instance: its frames, or why there are none."""

    instance: Instance
    result: DerivedInstance | None
    reason: str = ""


def derive_frames(
    *,
    intake_id: uuid.UUID | str | None = None,
    instance_ids: Sequence[int] = (),
    report: Report = lambda _percent, _doing: None,
) -> DeriveSummary:
    """Derive all received instances of an intake, or some by their keys; what is ready already is left alone.

    Memory holds one frame at a time, whatever the instance's size. Frames, stack and the state "ready" are
    written in one transaction a batch, after the frames' bytes are durable.
    """
    wanted = Instance.objects.filter(_wanted(intake_id, instance_ids))
    pending = list(
        wanted.filter(state=InstanceState.RECEIVED)
        .order_by("series", "instance_number", "pk")
        .values_list("pk", flat=True)
    )
    summary = DeriveSummary()
    done = 0
    for batch in _batches(_each(pending)):
        _record(batch, summary)
        count_studies(one.instance.series.study_id for one in batch)
        done += len(batch)
        report(100 * done // max(1, len(pending)), f"{done:,} of {len(pending):,} pictures")
    summary.study_ids = sorted(
        set(wanted.filter(state=InstanceState.READY).values_list("series__study_id", flat=True).distinct())
    )
    # Only now, from whole series: which slices make a stack depends on all of them.
    arrange_stacks(wanted.filter(state=InstanceState.READY).values_list("series", flat=True).distinct())
    # Once more for batches whose worker died between writing and counting.
    count_studies(summary.study_ids)
    return summary


def _wanted(intake_id: uuid.UUID | str | None, instance_ids: Sequence[int]) -> Q:
    if intake_id is None:
        return Q(pk__in=list(instance_ids))
    return Q(pk__in=IntakeFile.objects.filter(intake_id=intake_id, instance__isnull=False).values("instance"))


def _each(pending: list[int]) -> Iterator[_Derived]:
    for begin in range(0, len(pending), BATCH_INSTANCES):
        keys = pending[begin : begin + BATCH_INSTANCES]
        rows = Instance.objects.select_related("series__study").defer("header").in_bulk(keys)
        for instance in (rows[key] for key in keys if key in rows):
            if instance.state == InstanceState.RECEIVED:
                yield _derive(instance)


def _derive(instance: Instance) -> _Derived:
    try:
        result = derive_guarded(instance.sha256, transfer_syntax_uid=instance.transfer_syntax_uid)
    except QuarantineError as error:
        return _Derived(instance, None, error.reason)
    except (OSError, UnavailableError):
        raise  # a full disk, a bucket that doesn't answer: no fault of the picture
    except Exception as error:
        # Whatever a decoder does with one picture must not take the others with it.
        logger.exception("Instance %s could not be derived.", instance.pk)
        said = str(error) if isinstance(error, DecoderBrokeError) else type(error).__name__
        return _Derived(instance, None, f"The picture can't be decoded: {said}.")
    return _Derived(instance, result)


def _batches(derived: Iterator[_Derived]) -> Iterator[list[_Derived]]:
    batch: list[_Derived] = []
    frames = 0
    settle = byte_store("frames").settle
    try:
        # The disk is busy with the files of the last frames while the next are encoded.
        with ThreadPoolExecutor(1, thread_name_prefix="settling") as settling:
            for one in derived:
                batch.append(one)
                frames += len(one.result.frames) if one.result else 0
                if len(batch) % SETTLED_AT_ONCE == 0:
                    settling.submit(settle, _drafts(batch[-SETTLED_AT_ONCE:]))
                if len(batch) >= BATCH_INSTANCES or frames >= BATCH_FRAMES:
                    yield batch
                    batch, frames = [], 0
            if batch:
                yield batch
    finally:
        discard(_drafts(batch))


def _drafts(batch: list[_Derived]) -> list[Path]:
    return [one.result.draft for one in batch if one.result is not None and one.result.draft is not None]


def _record(batch: list[_Derived], summary: DeriveSummary) -> None:
    file_all((one.result.draft, one.result.place) for one in batch if one.result and one.result.draft)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                ready, failed = _write(batch)
        except (IntegrityError, OperationalError):
            # Another worker derives the same series: one of us made the stack first, or we waited crosswise.
            if attempt == ATTEMPTS:
                raise
        else:
            summary.ready += ready
            summary.failed += failed
            return


def _write(batch: list[_Derived]) -> tuple[int, int]:
    keys = [one.instance.pk for one in batch]
    open_still = set(
        Instance.objects.select_for_update()
        .filter(pk__in=keys, state=InstanceState.RECEIVED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    stacks: dict[tuple[int, str], Stack] = {}
    frames: list[Frame] = []
    ready: dict[int, list[int]] = defaultdict(list)
    failed = 0
    now = timezone.now()
    for one in batch:
        instance = one.instance
        if instance.pk not in open_still:
            continue
        if one.result is None:
            _fail(instance, one.reason)
            failed += 1
            continue
        stack = _stack(stacks, instance, one.result)
        frames += _frames(instance, stack, one.result)
        ready[stack.pk].append(instance.pk)
    Frame.objects.bulk_create(frames, batch_size=BATCH_FRAMES)
    for stack_id, instances in ready.items():
        Instance.objects.filter(pk__in=instances).update(
            stack=stack_id, state=InstanceState.READY, ready_at=now, failure=""
        )
    return sum(len(instances) for instances in ready.values()), failed


def _fail(instance: Instance, reason: str) -> None:
    """A picture that can't be decoded is quarantined wherever it came in; its bytes stay with the originals."""
    Instance.objects.filter(pk=instance.pk).update(state=InstanceState.FAILED, failure=reason)
    IntakeFile.objects.filter(instance=instance).update(outcome=Outcome.QUARANTINED, reason=reason, at=timezone.now())


def _stack(stacks: dict[tuple[int, str], Stack], instance: Instance, derived: DerivedInstance) -> Stack:
    identity = derived.stack
    key = (instance.series_id, identity.grouping)
    if key not in stacks:
        stacks[key], _ = Stack.objects.get_or_create(
            series_id=instance.series_id,
            grouping=identity.grouping,
            defaults={
                "kind": identity.kind,
                "laterality": identity.laterality,
                "view": identity.view,
                "laterality_from_pixels": derived.laterality_from_pixels,
            },
        )
    return stacks[key]


def _frames(instance: Instance, stack: Stack, derived: DerivedInstance) -> Iterator[Frame]:
    for frame in derived.frames:
        yield Frame(
            instance=instance,
            number=frame.number,
            key=f"{stack.key}.{secrets.token_urlsafe(8)}",
            native_offset=frame.native_offset,
            native_length=frame.native_length,
            derived_format=derived.derived_format,
            derived_offset=frame.derived_offset,
            derived_length=frame.derived_length,
            prefix_lengths=list(frame.prefix_lengths),
            position_along_normal=frame.description.position_along_normal,
            geometry=frame.description.geometry.to_json(),
            grey=frame.description.grey.to_json(),
            overlays=[overlay.to_json() for overlay in frame.overlays],
        )
