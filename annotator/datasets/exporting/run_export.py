"""A release goes through a format, stack by stack, into a folder: to a zip for download, or for the command line."""

from collections.abc import Callable
from typing import Any

from annotator.accounts.errors import RoomError
from annotator.datasets.exporters.output import FolderOutput
from annotator.datasets.exporting.request import ReleaseExportRequest
from annotator.datasets.exporting.watched_pixels import WatchedPixels
from annotator.datasets.exporting.whole_pictures import NotWholeError
from annotator.datasets.exporting.work_folder import WorkFolder
from annotator.datasets.models import Release, ReleaseStack
from annotator.datasets.preprocessing.prepared_stack import prepare, why_not_prepared
from annotator.datasets.release_rows import header_of, stacks_from
from annotator.datasets.released import ReleasedStack, ReleaseHeader

Report = Callable[[int, str], None]


class NothingLeftError(RoomError):
    """No stack of the release could go out; the message says why of the first."""


# Of the way, the rest is zipping.
_STACKS_PERCENT = 90


def run_export(
    release: Release, request: ReleaseExportRequest, work: WorkFolder, output: FolderOutput, *, report: Report
) -> dict[str, int]:
    """Write what isn't written yet. Run again after a kill it goes on, and leaves the same files.

    Parameters
    ----------
    release : frozen, with its cohort.
    output : of `work`'s files.
    report : called with percent and what is being done; may raise to cancel.

    Returns
    -------
    How many stacks, frames and files, and stacks that were left out: their pictures are not what was frozen, or can't
    be prepared as asked. not_whole.json and not_prepared.json name them.

    Raises
    ------
    NothingLeftError : every stack was left out.
    RoomError : the format can't hold this release.
    OSError : the disk is full.
    """
    header = header_of(release)
    exporter = request.exporter(header, request.options)
    total = max(1, sum(rows_of(release, request).values_list("frame_count", flat=True)))
    counts = {"stacks": 0, "frames": 0}
    done = set(work.done())
    not_prepared: list[dict[str, str]] = []
    not_whole: list[dict[str, str]] = []
    for place, stack in stacks_from(release, 0):
        if request.splits and stack.split not in request.splits:
            continue
        reason = why_not_prepared(stack, request.preprocessing)
        if reason:
            not_prepared.append(_left_out(stack, reason))
            continue
        if place not in done:
            before, words = counts["frames"], f"stack {counts['stacks'] + 1}"

            def alive(frames: int, before: int = before, words: str = words) -> None:
                report(_STACKS_PERCENT * (before + frames) // total, words)

            alive(0)
            try:
                made, pixels = prepare(stack, WatchedPixels(stack, alive), request.preprocessing)
                fragment = exporter.write_stack(made, pixels, output)
            except NotWholeError as reason:
                not_whole.append(_left_out(stack, str(reason)))
                continue
            work.finished(place, fragment)
        counts["stacks"] += 1
        counts["frames"] += len(stack.frames)
    report(_STACKS_PERCENT, "tables and lists")
    exporter.finish(work.fragments(), output)
    if not_prepared:
        output.add_json("not_prepared.json", not_prepared)
    if not_whole:
        output.add_json("not_whole.json", not_whole)
    output.add_json("release.json", description_of(header, request))
    if release.datasheet:
        output.add_bytes("DATASHEET.md", release.datasheet.encode())
    if counts["stacks"] == 0 and (not_whole or not_prepared):
        first = (not_whole or not_prepared)[0]
        raise NothingLeftError(f"Every stack of this release is left out. {first['series_uid']}: {first['reason']}")
    left_out = {"left_out_stacks": len(not_whole) + len(not_prepared)} if not_whole or not_prepared else {}
    return counts | left_out | {"files": len(output.files())}


def _left_out(stack: ReleasedStack, reason: str) -> dict[str, str]:
    return {"patient": stack.patient, "series_uid": stack.series_uid, "reason": reason}


def rows_of(release: Release, request: ReleaseExportRequest) -> Any:
    """The rows that an export goes through."""
    rows = ReleaseStack.objects.filter(release=release, content__isnull=False)
    return rows.filter(split__in=request.splits) if request.splits else rows


def description_of(header: ReleaseHeader, request: ReleaseExportRequest) -> dict[str, Any]:
    """What an export says of itself: enough to make it again."""
    return {"release": header.to_json(), "export": request.to_json(), "note": "For research use. Not for diagnosis."}
