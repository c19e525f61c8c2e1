"""A release goes through a format, stack by stack, into a folder: to a zip for download, or for the command line."""

from collections.abc import Callable
from typing import Any

from annotator.datasets.exporters.output import FolderOutput
from annotator.datasets.exporting.request import ReleaseExportRequest
from annotator.datasets.exporting.watched_pixels import WatchedPixels
from annotator.datasets.exporting.work_folder import WorkFolder
from annotator.datasets.models import Release, ReleaseStack
from annotator.datasets.preprocessing.prepared_stack import prepare, why_not_prepared
from annotator.datasets.release_rows import header_of, stacks_from
from annotator.datasets.released import ReleaseHeader

Report = Callable[[int, str], None]
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
    How many stacks, frames and files.

    Raises
    ------
    RoomError : a picture is missing or another one by now, or the format can't hold this release.
    OSError : the disk is full.
    """
    header = header_of(release)
    exporter = request.exporter(header, request.options)
    total = max(1, sum(rows_of(release, request).values_list("frame_count", flat=True)))
    counts = {"stacks": 0, "frames": 0}
    done = set(work.done())
    not_prepared: list[dict[str, str]] = []
    for place, stack in stacks_from(release, 0):
        if request.splits and stack.split not in request.splits:
            continue
        reason = why_not_prepared(stack, request.preprocessing)
        if reason:
            not_prepared.append({"patient": stack.patient, "series_uid": stack.series_uid, "reason": reason})
            continue
        if place not in done:
            before, words = counts["frames"], f"stack {counts['stacks'] + 1}"

            def alive(frames: int, before: int = before, words: str = words) -> None:
                report(_STACKS_PERCENT * (before + frames) // total, words)

            alive(0)
            made, pixels = prepare(stack, WatchedPixels(stack, alive), request.preprocessing)
            work.finished(place, exporter.write_stack(made, pixels, output))
        counts["stacks"] += 1
        counts["frames"] += len(stack.frames)
    report(_STACKS_PERCENT, "tables and lists")
    exporter.finish(work.fragments(), output)
    if not_prepared:
        output.add_json("not_prepared.json", not_prepared)
    output.add_json("release.json", description_of(header, request))
    if release.datasheet:
        output.add_bytes("DATASHEET.md", release.datasheet.encode())
    return counts | {"files": len(output.files())}


def rows_of(release: Release, request: ReleaseExportRequest) -> Any:
    """The rows that an export goes through."""
    rows = ReleaseStack.objects.filter(release=release, content__isnull=False)
    return rows.filter(split__in=request.splits) if request.splits else rows


def description_of(header: ReleaseHeader, request: ReleaseExportRequest) -> dict[str, Any]:
    """What an export says of itself: enough to make it again."""
    return {"release": header.to_json(), "export": request.to_json(), "note": "For research use. Not for diagnosis."}
