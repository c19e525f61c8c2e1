"""What WADO-RS hands out, by unique identifiers: instances with their files, and frames with their bytes.

Files and headers are there as soon as they are received, frames when they are ready. What waits for a look at
burned-in text, was withheld after it, or could not be decoded is not there.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.db.models import F, QuerySet, Sum

from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.dicomweb.search import SERVED_STATES
from annotator.imaging.models import Frame, Instance, InstanceState, Stack
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.store.frame_source import FrameSource, source_of

# Headers in memory at a time.
HEADERS_AT_ONCE = 50
# Rows of ready frames never change. Who asks is looked at with every request, whether an instance is served still
# after so many seconds.
REMEMBERED_INSTANCES, REMEMBERED_FRAMES, REMEMBERED_SECONDS = 64, 200, 10.0


@dataclass(frozen=True)
class Address:
    """The UIDs of an address; "" where it names no series or instance."""

    study: str
    series: str = ""
    instance: str = ""

    @property
    def words(self) -> str:
        return "instance" if self.instance else "series" if self.series else "study"


@dataclass(frozen=True)
class ServedFrame:
    """A frame with what its raw bytes depend on beyond its source: the header's Planar Configuration."""

    source: FrameSource
    number: int
    planar_configuration: int


_recent: OrderedDict[Address, tuple[float, dict[int, ServedFrame]]] = OrderedDict()
_lock = Lock()


def instances_at(person: Person, address: Address) -> list[Instance]:
    """The instances of a study, a series, or one, in order, each with its series and study; headers left out.

    Raises
    ------
    NotAllowedError : not for this person.
    NotFoundError : nothing to be had there.
    """
    _check(person)
    found = list(_at(Instance.objects.all(), address).select_related("series__study").defer("header"))
    if not found:
        raise NotFoundError(f"There is no such {address.words}.")
    return found


def headers_of(instances: Sequence[Instance]) -> Iterator[tuple[Instance, dict[str, Any]]]:
    """Each instance with its header in the DICOM JSON model, some at a time."""
    for begin in range(0, len(instances), HEADERS_AT_ONCE):
        some = instances[begin : begin + HEADERS_AT_ONCE]
        headers = dict(Instance.objects.filter(pk__in=[one.pk for one in some]).values_list("pk", "header"))
        yield from ((one, headers.get(one.pk, {})) for one in some)


def frames_at(person: Person, address: Address, numbers: Sequence[int] | None = None) -> list[ServedFrame]:
    """Frames of one instance in the order of the numbers (from 1), or of everything at an address, in order.

    Raises
    ------
    NotAllowedError : not for this person.
    NotFoundError : no such instance or frame, or it is not ready.
    """
    _check(person)
    if numbers is None:
        found = _load_frames(address)
        if not found:
            raise NotFoundError(f"There is no such {address.words}, or it is not ready yet.")
        return found
    by_number = _frames_of_instance(address, numbers)
    missing = [number for number in numbers if number not in by_number]
    if missing:
        raise NotFoundError(f"There is no frame {missing[0]} of such an instance, or it is not ready yet.")
    return [by_number[number] for number in numbers]


def forget_frames() -> None:
    """Empty the memory of frames; for tests, whose rows do change."""
    with _lock:
        _recent.clear()


def _frames_of_instance(address: Address, numbers: Sequence[int]) -> dict[int, ServedFrame]:
    """The frames of a ready instance, remembered for a moment: a program that asks for one asks for the next."""
    now = time.monotonic()
    with _lock:
        until, known = _recent.get(address, (0.0, {}))
        if now < until and all(number in known for number in numbers):
            _recent.move_to_end(address)
            return known
    loaded = {frame.number: frame for frame in _load_frames(address, most=REMEMBERED_FRAMES)}
    if len(loaded) == REMEMBERED_FRAMES:
        return {frame.number: frame for frame in _load_frames(address, numbers)}
    if loaded:
        with _lock:
            _recent[address] = (now + REMEMBERED_SECONDS, loaded)
            _recent.move_to_end(address)
            while len(_recent) > REMEMBERED_INSTANCES:
                _recent.popitem(last=False)
    return loaded


def _load_frames(
    address: Address, numbers: Sequence[int] | None = None, *, most: int | None = None
) -> list[ServedFrame]:
    order = (f"instance__{name}" for name in ("series__series_number", "series", "instance_number", "pk"))
    rows = (
        Frame.objects.filter(**_filters(address, "instance__"), instance__state=InstanceState.READY)
        .select_related("instance__series")
        .defer("instance__header", "geometry")
        .order_by(*order, "number")
    )
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    found = list(rows[:most])
    planar = _planar_configurations({frame.instance_id for frame in found if frame.instance.samples_per_pixel == 3})
    return [ServedFrame(source_of(frame), frame.number, planar.get(frame.instance_id, 0)) for frame in found]


def middle_frame(person: Person, address: Address) -> ServedFrame:
    """The frame that stands for a study, a series or an instance: the middle one of its largest series.

    Raises
    ------
    NotAllowedError, NotFoundError : as frames_at.
    """
    _check(person)
    ready = _at(Instance.objects.filter(state=InstanceState.READY), address)
    instances = list(ready.values_list("pk", "series", "number_of_frames"))
    if not instances:
        raise NotFoundError(f"There is no such {address.words}, or it is not ready yet.")
    frames_of: dict[int, list[tuple[int, int]]] = {}
    for pk, series, count in instances:
        frames_of.setdefault(series, []).extend((pk, number) for number in range(1, count + 1))
    largest = max(frames_of.values(), key=len)
    pk, number = largest[len(largest) // 2]
    one = Frame.objects.select_related("instance__series").defer("instance__header", "geometry")
    frame = one.filter(instance=pk, number=number).first()
    if frame is None:
        raise NotFoundError(f"There is no such {address.words}, or it is not ready yet.")
    return ServedFrame(source_of(frame), number, 0)


def cover_stack(person: Person, address: Address) -> Stack:
    """The stack that stands for a study or a series, with its series at hand: the one with most instances.

    Raises
    ------
    NotAllowedError, NotFoundError : as frames_at.
    """
    _check(person)
    ready = _at(Instance.objects.filter(state=InstanceState.READY), address).order_by()
    largest = ready.values("stack").annotate(n=Sum("number_of_frames")).order_by("-n", "stack").first()
    if largest is None:
        raise NotFoundError(f"There is no such {address.words}, or it is not ready yet.")
    return Stack.objects.select_related("series").get(pk=largest["stack"])


def _check(person: Person) -> None:
    if not may_browse_catalogue(person):
        raise NotAllowedError("Only data managers and administrators may browse the catalogue.")


def _filters(address: Address, prefix: str = "") -> dict[str, str]:
    names = {
        f"{prefix}series__study__study_instance_uid": address.study,
        f"{prefix}series__series_instance_uid": address.series,
        f"{prefix}sop_instance_uid": address.instance,
    }
    return {name: uid for name, uid in names.items() if uid}


def _at(instances: QuerySet[Instance], address: Address) -> QuerySet[Instance]:
    order = (
        F("series__series_number").asc(nulls_last=True),
        "series",
        F("instance_number").asc(nulls_last=True),
        "pk",
    )
    return instances.filter(**_filters(address), state__in=SERVED_STATES).order_by(*order)


def _planar_configurations(instances: set[int]) -> dict[int, int]:
    """From the headers: the tables don't hold it, and only colour has one."""
    if not instances:
        return {}
    found = {}
    for pk, header in Instance.objects.filter(pk__in=instances).values_list("pk", "header").iterator(chunk_size=50):
        values = header.get("00280006", {}).get("Value") or [0]
        found[pk] = 1 if values[0] == 1 else 0
    return found
