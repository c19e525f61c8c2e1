"""How fast DICOMweb hands out frames, files and headers, beside Orthanc's plugin with the same files.

Run it as `python -m benchmarks.dicomweb_against_orthanc`. It needs Debian's `orthanc` and `orthanc-dicomweb`, about two
minutes and 2 GB of disk. Both servers listen on loopback; ours runs as the product does (granian, WSGI, 2 workers of
four blocking threads), finds out who asks by a token with every request, and reads its rows from SQLite. Rounds
alternate between the servers, and each number is the median over rounds. It prints a table and asserts nothing.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import imagecodecs
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from benchmarks.http_load import Target
from benchmarks.phantom_dicom import make_ct, make_tomosynthesis
from benchmarks.rendering_against_orthanc import (
    DICOMWEB,
    HEADINGS,
    HOST,
    Row,
    compare,
    free_port,
    orthanc_command,
    ours_command,
    running,
    upload,
)

AS_IT_CAME = 'multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.90'
OCTETS = 'multipart/related; type="application/octet-stream"'
FILE = 'multipart/related; type="application/dicom"; transfer-syntax=*'
JSON = "application/dicom+json"


def tomosynthesis_in_jpeg_2000(folder: Path, frames: int) -> Path:
    """The volume of the other benchmarks, lossless JPEG 2000, as some detectors send it."""
    plain = make_tomosynthesis(folder, frames, "LCC")
    dataset = dcmread(plain)
    pixels = dataset.pixel_array
    dataset.PixelData = encapsulate([bytes(imagecodecs.jpeg2k_encode(frame, codecformat="j2k")) for frame in pixels])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    path = folder / "tomosynthesis-jpeg-2000.dcm"
    dataset.save_as(path, enforce_file_format=True)
    plain.unlink()
    return path


def take_in(folder: Path) -> str:
    """Ingest a folder in this process; the token of a data manager."""
    import django

    django.setup()
    from django.core.management import call_command
    from rest_framework.authtoken.models import Token

    from annotator.accounts.models import Role, User
    from annotator.imaging.actions.ingest_paths import ingest_paths

    call_command("migrate", verbosity=0)
    print(ingest_paths(None, [folder], derive=True), file=sys.stderr)
    return Token.objects.create(user=User.objects.create_user("manager", role=Role.DATA_MANAGER)).key


def address_of(path: Path) -> str:
    header = dcmread(path, stop_before_pixels=True)
    return f"studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}/instances/{header.SOPInstanceUID}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--slices", type=int, default=50)
    parser.add_argument("--dicomweb", type=Path, default=DICOMWEB, help="Orthanc's plugin")
    options = parser.parse_args()
    if not options.dicomweb.exists():
        raise SystemExit("Orthanc's DICOMweb plugin is not there: install orthanc-dicomweb.")
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        os.environ.update(
            DATA_DIR=str(place / "data"),
            DJANGO_SETTINGS_MODULE="annotator.config.settings",
            LOG_LEVEL="WARNING",
            SECRET_KEY="benchmark only, " + "x" * 40,
        )
        folder = place / "files"
        folder.mkdir()
        slices, volume = make_ct(folder, options.slices), tomosynthesis_in_jpeg_2000(folder, options.frames)
        token = take_in(folder)
        port, orthanc_port = free_port(), free_port()
        environment = dict(os.environ)
        with (
            running(ours_command(port), port, environment, place / "ours.log"),
            running(
                orthanc_command(place, orthanc_port, options.dicomweb), orthanc_port, environment, place / "orthanc.log"
            ),
        ):
            for path in [*slices, volume]:
                upload(orthanc_port, path)
            frames = [f"{address_of(volume)}/frames/{number}" for number in range(1, options.frames + 1)]
            instances = [address_of(path) for path in slices]
            series = instances[0].partition("/instances")[0]
            rows = [
                ("tomosynthesis frame, JPEG 2000 as stored", frames, AS_IT_CAME, 100.0),
                ("CT frame, uncompressed", [f"{one}/frames/1" for one in instances], OCTETS, None),
                ("CT instance, the file", instances, FILE, None),
                ("CT instance, metadata", [f"{one}/metadata" for one in instances], JSON, None),
                ("a study's series", [f"{series.partition('/series')[0]}/series"], JSON, None),
            ]
            print(f"| {' | '.join(('DICOMweb', *HEADINGS[1:]))} |")
            print("|---" * len(HEADINGS) + "|", flush=True)
            for name, paths, accept, at_least in rows:
                headers = {"Accept": accept}
                ours = [(f"/dicomweb/{path}", {**headers, "Authorization": f"Token {token}"}) for path in paths]
                theirs = [(f"/dicom-web/{path}", headers) for path in paths]
                row = Row(name, Target(HOST, port, ours), Target(HOST, orthanc_port, theirs), at_least=at_least)
                print(compare(row, rounds=options.rounds), flush=True)


if __name__ == "__main__":
    main()
