"""How fast CT slices are taken in on one worker, and how much memory that takes.

Run it as `python benchmarks/ingest.py`. For 300 and for 1,500 synthetic slices it makes a folder of files, a fresh
DATA_DIR with SQLite, and takes the folder in with one process of its own; then it prints a table. "received" is
bytes and rows durable, "ready" is frames derived (HTJ2K) and recorded; each is timed by itself. Peak memory is that
of the process that ingests. It asserts nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIDE = 512


def make_slices(folder: Path, count: int) -> None:
    """Write `count` slices of one CT series: 512 x 512, 16 bits, noise of 10 HU over a disc."""
    import numpy as np
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    random = np.random.default_rng(7)
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    disc = np.where(rows**2 + columns**2 < (SIDE * 0.4) ** 2, 40, -1000)
    study, series = generate_uid(), generate_uid()
    for index in range(count):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, series
        dataset.PatientID, dataset.PatientName, dataset.Modality = "BENCH", "Bench^Ingest", "CT"
        dataset.StudyDate, dataset.SeriesNumber, dataset.InstanceNumber = "20260101", 1, index + 1
        dataset.Rows = dataset.Columns = SIDE
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
        dataset.WindowCenter, dataset.WindowWidth = 40, 400
        dataset.PixelSpacing, dataset.SliceThickness = [0.7, 0.7], 1
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        dataset.ImagePositionPatient = [-180, -180, float(index)]
        dataset.PixelData = (disc + random.normal(0, 10, disc.shape)).astype("<i2").tobytes()
        dataset.save_as(folder / f"{index:05d}.dcm", enforce_file_format=True)


def measure(folder: Path) -> None:
    """In the process that is measured: take a folder in and print the numbers as JSON."""
    import resource
    import time

    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
    django.setup()
    from django.core.management import call_command

    from annotator.imaging.actions.derive_frames import derive_frames
    from annotator.imaging.actions.ingest_paths import ingest_paths

    call_command("migrate", verbosity=0)
    begin = time.perf_counter()
    summary = ingest_paths(None, [folder])
    received = time.perf_counter()
    received_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    derived = derive_frames(intake_id=summary.intake_id)
    ready = time.perf_counter()
    json.dump(
        {
            "ingested": summary.ingested,
            "ready": derived.ready,
            "received_seconds": received - begin,
            "received_peak_mb": received_peak / 1024,
            "ready_seconds": ready - received,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
        sys.stdout,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, nargs="+", default=[300, 1500])
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    print(f"{'slices':>7} {'received/s':>11} {'ready/s':>9} {'both/s':>8} {'peak MB':>8}")
    for count in options.slices:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "slices"
            folder.mkdir()
            make_slices(folder, count)
            done = subprocess.run(
                [sys.executable, __file__, "--measure", str(folder)],
                env={**os.environ, "DATA_DIR": str(Path(place) / "data"), "LOG_LEVEL": "WARNING"},
                stdout=subprocess.PIPE,
                check=True,
            )
        found = json.loads(done.stdout)
        if (found["ingested"], found["ready"]) != (count, count):
            print(f"only {found['ingested']} of {count} ingested and {found['ready']} ready")
        both = found["received_seconds"] + found["ready_seconds"]
        print(
            f"{count:7d} {count / found['received_seconds']:11.0f} {count / found['ready_seconds']:9.0f} "
            f"{count / both:8.0f} {found['peak_mb']:8.0f}"
        )


if __name__ == "__main__":
    main()
