"""Frames in every form, against what pydicom reads from the file: metadata and bytes together must give the picture."""

import io
import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from django.test import Client
from numpy.typing import NDArray
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.errors import InvalidDicomError
from pydicom.pixels import pixel_array

from annotator.imaging.models import Instance
from annotator.imaging.pixels.htj2k import decode_htj2k
from tests.api.dicomweb.served import Served, body_of, bundled, bytes_of, parts_of, take_in

OCTETS = 'multipart/related; type="application/octet-stream"'
AS_IT_CAME = 'multipart/related; type="*/*"; transfer-syntax=*'
# JPEG halves the colour's resolution: what is cut down again and blown up by another program is not the same at edges.
LOSSY_COLOUR_MEAN = 1.0
LOSSY_COLOUR = 16

NAMES = (
    *("CT_small", "MR_small_RLE", "MR_small_bigendian", "MR_small_implicit", "MR_small_jp2klossless", "image_dfl"),
    *("MR_small_jpeg_ls_lossless", "JPEG2000", "693_J2KI", "examples_overlay", "examples_palette"),
    *("examples_rgb_color", "examples_ybr_color", "examples_jpeg2k", "SC_rgb_rle", "SC_rgb_rle_2frame"),
    *("SC_rgb_small_odd", "SC_rgb_small_odd_big_endian", "SC_rgb_jpeg_dcmtk", "SC_rgb_dcmtk_+eb+cy+n1"),
    *("SC_rgb_dcmtk_+eb+cy+s4", "SC_ybr_full_422_uncompressed", "SC_rgb_gdcm_KY", "SC_rgb_jpeg_lossy_gdcm"),
)


def rebuilt(client: Client, served: Served, accept: str, number: int = 1) -> NDArray[np.generic] | None:
    """The picture as a program puts it together: metadata, and one frame in the syntax that its part names."""
    answer = client.get(f"{served.address}/frames/{number}", headers={"Accept": accept})
    if answer.status_code == 406:
        return None
    assert answer.status_code == 200, answer.content
    (part,) = parts_of(answer)
    syntax = str(part.get_param("transfer-syntax"))
    header = json.loads(body_of(client.get(f"{served.address}/metadata")))[0]
    dataset = pydicom.Dataset.from_json(header, lambda *_: b"")
    dataset.NumberOfFrames = 1
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    content = bytes_of(part)
    compressed = pydicom.uid.UID(syntax).is_compressed
    dataset.PixelData = encapsulate([content]) if compressed else content + b"\0" * (len(content) % 2)
    dataset["PixelData"].is_undefined_length = compressed
    if "PaletteColorLookupTableUID" in dataset:
        del dataset.PaletteColorLookupTableUID
    file = io.BytesIO()
    pydicom.dcmwrite(file, dataset, implicit_vr=False, little_endian=True)
    file.seek(0)
    return pixel_array(file)


def as_pydicom_reads_it(path: Path) -> NDArray[np.generic]:
    dataset = pydicom.dcmread(path)
    return pixel_array(dataset, index=0) if int(dataset.get("NumberOfFrames") or 1) > 1 else pixel_array(dataset)


def check_forms(manager: Client, served: Served) -> None:
    wanted = as_pydicom_reads_it(served.path).astype(int)
    lossy = served.dataset.SamplesPerPixel == 3 and served.row.transfer_syntax_uid.startswith("1.2.840.10008.1.2.4.5")
    for accept in (OCTETS, AS_IT_CAME):
        found = rebuilt(manager, served, accept)
        assert found is not None, accept
        difference = np.abs(found.astype(int) - wanted)
        if lossy and accept == OCTETS:
            assert difference.mean() <= LOSSY_COLOUR_MEAN
            assert np.percentile(difference, 99.9) <= LOSSY_COLOUR
        else:
            assert difference.max() == 0, accept


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_metadata_and_a_frame_together_give_the_picture_that_pydicom_reads(manager: Client, name: str) -> None:
    check_forms(manager, bundled(name))


@pytest.mark.needs_data
@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["transfer_syntax", "us"])
def test_metadata_and_a_frame_together_give_the_picture_of_real_files(
    manager: Client, data_dir: Path, folder: str
) -> None:
    checked = 0
    for path in sorted((data_dir / "dicom" / folder).glob("*.dcm")):
        try:
            as_pydicom_reads_it(path)
        except (RuntimeError, ValueError, AttributeError, InvalidDicomError):
            continue  # what pydicom can't decode is compared by the tests of the decoders
        if "StudyInstanceUID" not in pydicom.dcmread(path, stop_before_pixels=True):
            continue
        served = take_in(path)
        if Instance.objects.filter(sop_instance_uid=served.uids[2], state="ready").exists():
            check_forms(manager, served)
            checked += 1
    assert checked >= 10


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "accept", "status"),
    [
        ("CT_small", 'multipart/related; type="image/jphc"', 200),
        ("CT_small", 'multipart/related; type="image/jphc"; transfer-syntax=1.2.840.10008.1.2.4.201', 200),
        ("CT_small", 'multipart/related; type="image/*"', 200),
        ("CT_small", "image/jphc", 200),
        ("CT_small", "application/octet-stream", 200),
        ("CT_small", 'multipart/related; type="image/jpeg"', 406),
        ("CT_small", 'multipart/related; type="image/jpeg", multipart/related; type="image/jphc"; q=0.1', 200),
        ("CT_small", 'multipart/related; type="image/jphc"; q=0', 406),
        ("CT_small", f"{OCTETS}; transfer-syntax=1.2.840.10008.1.2.2", 406),
        ("CT_small", "text/html", 406),
        # The copy holds colours where the metadata promise indices, or YBR.
        ("examples_palette", 'multipart/related; type="image/jphc"', 406),
        ("SC_ybr_full_422_uncompressed", 'multipart/related; type="image/jphc"', 406),
        ("SC_rgb_small_odd", 'multipart/related; type="image/jphc"', 200),
    ],
)
def test_a_form_is_had_or_refused_in_words(manager: Client, name: str, accept: str, status: int) -> None:
    answer = manager.get(f"{bundled(name).address}/frames/1", headers={"Accept": accept})

    assert answer.status_code == status
    if status == 406:
        assert "application/octet-stream in 1.2.840.10008.1.2.1" in answer.json()["detail"]


@pytest.mark.django_db
def test_the_most_wanted_form_wins(manager: Client) -> None:
    address = f"{bundled('MR_small_jp2klossless').address}/frames/1"

    def form(accept: str, query: str = "") -> str:
        (part,) = parts_of(manager.get(address + query, headers={"Accept": accept}))
        return f"{part.get_content_type()} {part.get_param('transfer-syntax')}"

    jp2 = "image/jp2 1.2.840.10008.1.2.4.90"
    octets = "application/octet-stream 1.2.840.10008.1.2.1"
    assert form("*/*") == form("") == octets
    assert (
        form('multipart/related; type="image/jp2"; q=0.2, multipart/related; type="application/octet-stream"') == octets
    )
    assert form('multipart/related; type="application/octet-stream"; q=0.2, multipart/related; type="image/jp2"') == jp2
    assert form("multipart/related; type=image/jp2") == jp2
    assert form(AS_IT_CAME) == jp2
    assert form("multipart/related; type=application/octet-stream; transfer-syntax=*") == octets
    # The parameter of the address counts before the header.
    assert form(OCTETS, "?accept=multipart/related;type=%22image/jp2%22") == jp2


@pytest.mark.django_db
def test_the_htj2k_copy_decodes_to_the_stored_values(manager: Client) -> None:
    served = bundled("CT_small")
    answer = manager.get(f"{served.address}/frames/1", headers={"Accept": "image/jphc"})

    assert answer["Content-Type"] == "image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201"
    np.testing.assert_array_equal(decode_htj2k(answer.content), served.dataset.pixel_array)


@pytest.mark.django_db
def test_an_odd_width_has_no_uncompressed_ybr_422_and_says_so(manager: Client) -> None:
    served = bundled("SC_rgb_small_odd_jpeg")
    Instance.objects.update(photometric_interpretation="YBR_FULL_422")

    assert manager.get(f"{served.address}/frames/1", headers={"Accept": OCTETS}).status_code == 406
    assert manager.get(f"{served.address}/frames/1", headers={"Accept": AS_IT_CAME}).status_code == 200
