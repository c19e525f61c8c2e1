"""How fast releases leave, and in how much memory.

Each case runs in a process of its own, which tells its peak of resident memory; sizes double so that growth shows. The
pictures are uncompressed CT slices in the store of originals, read, checked against their hash, windowed and encoded as
an export does; fragments go through a file, as a job keeps them. No database: rows of a release are JSON there too, and
are read here from JSON.

    python -m benchmarks.exporting                     all cases, a table
    python -m benchmarks.exporting --label-studio VENV   the same boxes by Label Studio's converter, beside ours
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIDE = 512
BOXES = 10
TARGETS = {"coco-png 1000": 20.0, "seg 300": 10.0}
MOST_MEGABYTES = 600
TIMES_FASTER = 10
CASES = ("coco-png 250", "coco-png 1000", "seg 150", "seg 300", "seg 1200", "nifti 150", "nifti 300", "boxes 2000")

_LABEL_STUDIO = """
import json, sys, tempfile, time
from label_studio_sdk.converter import Converter
tasks, config, out = sys.argv[1:4]
converter = Converter(config=config, project_dir=None, download_resources=False)
began = time.perf_counter()
converter.convert_to_coco(tasks, out, output_image_dir=tempfile.mkdtemp(), is_dir=False)
print(json.dumps({"seconds": time.perf_counter() - began}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", help="one case in this process; prints JSON")
    parser.add_argument("--only", help="cases whose name begins so")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many")
    parser.add_argument("--label-studio", type=Path, help="a virtual environment with label-studio")
    options = parser.parse_args()
    if options.case:
        print(json.dumps(_run_case(options.case)))
        return
    print("| case | seconds | target | peak MB | target |\n|---|---|---|---|---|")
    ours = 0.0
    for case in CASES:
        if options.only and not case.startswith(options.only):
            continue
        rounds = [_in_process(case) for _ in range(options.rounds)]
        seconds, peak = min(one["seconds"] for one in rounds), max(one["megabytes"] for one in rounds)
        ours = seconds if case.startswith("boxes") else ours
        target = f"< {TARGETS[case]:g}" if case in TARGETS else ""
        print(f"| {case} | {seconds:.2f} | {target} | {peak:.0f} | < {MOST_MEGABYTES} |")
    if options.label_studio and ours:
        rounds = [_label_studio(options.label_studio) for _ in range(options.rounds)]
        command, conversion = (min(one[name] for one in rounds) for name in ("command", "conversion"))
        print("\n20,000 boxes on 2,000 pictures to COCO, without pictures:")
        print("| | seconds | times ours |\n|---|---|---|")
        print(f"| ours, rows of the release to finished files | {ours:.2f} | |")
        print(f"| `label-studio-converter export` | {command:.2f} | {command / ours:.1f} (>= {TIMES_FASTER}) |")
        print(f"| its conversion alone, in a warm process | {conversion:.2f} | {conversion / ours:.1f} |")


def _in_process(case: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.exporting", "--case", case],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _run_case(case: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="reading-room-exporting-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        name, _, count = case.partition(" ")
        made = {"coco-png": _coco_png, "seg": _segmentation, "nifti": _nifti, "boxes": _boxes}[name]
        seconds = made(int(count), Path(folder))
    return {"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _coco_png(slices: int, folder: Path) -> float:
    from annotator.datasets.exporters.coco_dataset import CocoExporter

    stacks = [made_stack(number, 50, boxes=True) for number in range(slices // 50)]
    return _export(CocoExporter, stacks, folder)


def _boxes(pictures: int, folder: Path) -> float:
    from annotator.datasets.exporters.coco_dataset import CocoExporter

    stacks = [made_stack(number, 1, boxes=True) for number in range(pictures)]
    return _export(CocoExporter, stacks, folder, pictures=False)


def _segmentation(slices: int, folder: Path) -> float:
    from annotator.datasets.exporters.dicom_seg import SegmentationExporter

    return _export(SegmentationExporter, [made_stack(0, slices, masks=True)], folder)


def _nifti(slices: int, folder: Path) -> float:
    from annotator.datasets.exporters.nifti import NiftiExporter

    return _export(NiftiExporter, [made_stack(0, slices, masks=True)], folder)


def _export(exporter_class: Any, stacks: list[Any], folder: Path, **chosen: Any) -> float:
    from annotator.datasets.canonical_json import canonical_json
    from annotator.datasets.exporters.output import FolderOutput
    from annotator.datasets.released import ReleasedStack

    rows = [zlib.compress(canonical_json(stack.to_json()), 1) for stack in stacks]
    release = _release(stacks)
    reader = _pixels_of(folder)
    del stacks
    exporter = exporter_class(release, exporter_class.options_class.from_json(chosen))
    # Once for the imports and what is compiled at first use: a worker has done it.
    first = ReleasedStack.from_json(json.loads(zlib.decompress(rows[0])))
    exporter.write_stack(
        replace(first, frames=first.frames[:1], marks=first.marks[:1]), reader(first), FolderOutput(folder / "warm")
    )
    kept = folder / "fragments.jsonl"
    began = time.perf_counter()
    output = FolderOutput(folder / "out")
    with kept.open("wb") as file:
        for row in rows:
            stack = ReleasedStack.from_json(json.loads(zlib.decompress(row)))
            fragment = exporter.write_stack(stack, reader(stack), output)
            if fragment is not None:
                file.write(canonical_json(fragment) + b"\n")
    exporter.finish(_Fragments(kept), output)
    output.write_manifest()
    return time.perf_counter() - began


class _Fragments:
    """Read from the disk each time that they are gone through."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[Any]:
        with self._path.open("rb") as file:
            for line in file:
                yield json.loads(line)


def _pixels_of(folder: Path) -> Any:
    """Pictures of one noisy slice, kept as an instance's pixels are, under every place."""
    import numpy as np
    from pydicom import Dataset

    from annotator.datasets.exporters.stack_pixels import StackPixels
    from annotator.imaging.frame_description import FrameGrey, Window
    from annotator.imaging.models import DerivedFormat
    from annotator.imaging.pixels.decoding import PixelDescription
    from annotator.imaging.store.filing import original_place
    from annotator.imaging.store.frame_source import ByteSpan, FrameSource

    place = original_place("0" * 64)
    path = folder / "originals" / place.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_slice().tobytes())
    span = ByteSpan(place, 0, SIDE * SIDE * 2)
    pixels = PixelDescription(
        rows=SIDE, columns=SIDE, samples_per_pixel=1, photometric_interpretation="MONOCHROME2", bits_allocated=16,
        bits_stored=12, pixel_representation=0, planar_configuration=0, transfer_syntax_uid="1.2.840.10008.1.2.1",
    )  # fmt: skip
    grey = FrameGrey(intercept=-1024.0, units="HU", windows=(Window(40, 80),))
    source = FrameSource(
        key="k", stored=span, stored_format=DerivedFormat.HTJ2K, original=span, native=span, pixels=pixels, grey=grey,
        modality="CT", body_part="HEAD", overlay_place=place,
    )  # fmt: skip
    assert np.prod(_slice().shape) == SIDE * SIDE

    class Pixels(StackPixels):
        def source(self, place: int) -> FrameSource:
            return source

        def header(self, place: int) -> Dataset:
            made = Dataset()
            made.FrameOfReferenceUID = "1.2.3"
            return made

    return Pixels


@cache
def _digest() -> str:
    from annotator.datasets.pixel_hash import pixel_hash

    return pixel_hash(_slice())


@cache
def _slice() -> Any:
    import numpy as np

    noise = np.random.default_rng(7)
    down, across = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    head = np.hypot(down, across)
    values = np.where(head < 200, 1064.0, 24.0) + np.where(head < 210, noise.normal(0, 8, (SIDE, SIDE)), 0)
    return values.clip(0, 4095).astype("<u2")


def made_stack(number: int, slices: int, *, boxes: bool = False, masks: bool = False) -> Any:
    """A ReleasedStack of so many slices, with ten boxes or one mask on each."""
    import numpy as np

    from annotator.annotations.masks import runs_of
    from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack
    from annotator.imaging.frame_description import FrameGeometry

    digest = _digest()
    chance = np.random.default_rng(number)
    frames = tuple(
        ReleasedFrame(
            at, f"k.{at}", f"1.2.826.{number}.{at + 1}", "1.2.840.10008.5.1.4.1.1.2", 1, SIDE, SIDE,
            FrameGeometry((0.0, 0.0, 2.0 * at), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.5, 0.5), "PixelSpacing", 2.0),
            digest,
        )
        for at in range(slices)
    )  # fmt: skip
    common: dict[str, Any] = {
        "label": "", "finding": None, "reader": "reader-1", "provenance": "drawn", "model": None,
    }  # fmt: skip
    marks = []
    for at in range(slices):
        where = common | {"place": at, "first_place": at, "last_place": at}
        if boxes:
            for box in range(BOXES):
                left, top, width, height = (float(round(v, 2)) for v in chance.uniform(1, 250, 4))
                points = ((left, top), (left + width, top + height))
                marks.append(
                    ReleasedMark(
                        id=f"m{number}-{at}-{box}",
                        kind="box",
                        points=points,
                        mask=None,
                        category=("nodule", "mass")[box % 2],
                        **where,
                    )
                )
        if masks:
            blob = np.hypot(*(np.mgrid[:200, :200] - 100)) < 60 + 30 * np.sin(at / 9)
            marks.append(
                ReleasedMark(
                    id=f"m{at}",
                    kind="mask",
                    points=((150.0, 160.0), (350.0, 360.0)),
                    mask={"runs": runs_of(blob)},
                    category="haemorrhage",
                    **where,
                )
            )
    return ReleasedStack(
        patient=f"patient-{number}", split=("train", "train", "val", "test")[number % 4], study_uid=f"1.2.3.{number}",
        series_uid=f"1.2.4.{number}", stack_key="k", case="", kind="volume", modality="CT", body_part="HEAD",
        laterality="", view="", manufacturer="", manufacturer_model="", site="", frames=frames, marks=tuple(marks),
    )  # fmt: skip


def _release(stacks: list[Any]) -> Any:
    from annotator.datasets.released import ReleaseHeader

    categories = tuple(sorted({mark.category for stack in stacks for mark in stack.marks}))
    return ReleaseHeader(
        id="r", cohort="Benchmark", number=1, title="Benchmark", content_hash="ab" * 32,
        splits=("train", "val", "test"), categories=categories, labels=(), schemas={}, readers=("reader-1",), recipe={},
        counts={},
    )  # fmt: skip


def _label_studio(venv: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tasks, config, script = folder / "tasks.json", folder / "config.xml", folder / "convert.py"
        tasks.write_text(json.dumps([label_studio_task(number) for number in range(2000)]))
        config.write_text(
            '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image">'
            '<Label value="nodule"/><Label value="mass"/></RectangleLabels></View>'
        )
        script.write_text(_LABEL_STUDIO)
        done = subprocess.run(
            [venv / "bin" / "python", script, tasks, config, folder / "out"],
            capture_output=True, text=True, check=False, cwd=folder,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"Label Studio's converter failed:\n{done.stderr[-2000:]}")
        written = json.loads(next((folder / "out").rglob("*.json")).read_bytes())
        assert len(written["annotations"]) == 20_000, len(written["annotations"])
        conversion = json.loads(done.stdout.splitlines()[-1])["seconds"]
        began = time.perf_counter()
        subprocess.run(
            [venv / "bin" / "label-studio-converter", "export", "-i", tasks, "-c", config, "-o", folder / "again",
             "-f", "COCO", "--heartex-format"],
            capture_output=True, check=True,
        )  # fmt: skip
        return {"command": time.perf_counter() - began, "conversion": conversion}


def label_studio_task(number: int) -> dict[str, Any]:
    """One picture with its boxes as Label Studio takes them in."""
    stack = made_stack(number, 1, boxes=True)
    part = 100 / SIDE
    results = [
        {
            "id": mark.id, "type": "rectanglelabels", "from_name": "label", "to_name": "image",
            "original_width": SIDE, "original_height": SIDE, "image_rotation": 0,
            "value": {
                "x": mark.points[0][0] * part, "y": mark.points[0][1] * part, "rotation": 0,
                "width": (mark.points[1][0] - mark.points[0][0]) * part,
                "height": (mark.points[1][1] - mark.points[0][1]) * part,
                "rectanglelabels": [mark.category],
            },
        }
        for mark in stack.marks
    ]  # fmt: skip
    return {
        "id": number + 1, "data": {"image": f"/data/local-files/?d=picture-{number}.png"},
        "annotations": [{"id": number + 1, "completed_by": 1, "result": results}],
    }  # fmt: skip


if __name__ == "__main__":
    main()
