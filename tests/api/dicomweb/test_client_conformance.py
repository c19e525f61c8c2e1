"""dicomweb-client as it is against a live server, method by method."""

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom.pixels import pixel_array
from pydicom.uid import generate_uid

from annotator.imaging.models import Instance
from tests.api.dicomweb.served import BUNDLED, Served, bundled

AS_IT_CAME = (("*/*", "*"),)


def two_of_a_series() -> tuple[Served, pydicom.Dataset]:
    """A CT slice that was taken in, and a second one of its series that was not."""
    first = bundled("CT_small")
    second = pydicom.dcmread(first.path)
    second.SOPInstanceUID = second.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["second"])
    second.InstanceNumber = 2
    return first, second


def test_search_for_studies(dicomweb: DICOMwebClient) -> None:
    ct, _ = bundled("CT_small"), bundled("JPEG2000")
    (found,) = dicomweb.search_for_studies(
        search_filters={"PatientID": ct.dataset.PatientID}, fields=["StationName", "PatientAge"]
    )
    study = pydicom.Dataset.from_json(found)

    assert (study.StudyInstanceUID, study.PatientName) == (ct.uids[0], ct.dataset.PatientName)
    assert (study.NumberOfStudyRelatedSeries, study.NumberOfStudyRelatedInstances) == (1, 1)
    assert (study.ModalitiesInStudy, study.InstanceAvailability) == ("CT", "ONLINE")
    assert study.RetrieveURL == f"{dicomweb.base_url}/studies/{ct.uids[0]}"
    assert study.PatientAge == ct.dataset.PatientAge
    assert "StationName" not in study  # of the series
    assert len(dicomweb.search_for_studies()) == 2
    assert dicomweb.search_for_studies(search_filters={"PatientID": "nobody"}) == []


def test_search_for_studies_with_all_remaining_pages(dicomweb: DICOMwebClient) -> None:
    for name in ("CT_small", "JPEG2000", "MR_small_RLE"):
        bundled(name)
    pages = dicomweb.search_for_studies(limit=1, get_remaining=True)

    assert len({study["0020000D"]["Value"][0] for study in pages}) == len(pages) == 3


def test_search_for_studies_with_fuzzy_names(dicomweb: DICOMwebClient) -> None:
    ct = bundled("CT_small")  # CompressedSamples^CT1
    (found,) = dicomweb.search_for_studies(fuzzymatching=True, search_filters={"PatientName": "ct compr"})

    assert found["0020000D"]["Value"] == [ct.uids[0]]


def test_search_for_series(dicomweb: DICOMwebClient) -> None:
    ct, _ = bundled("CT_small"), bundled("JPEG2000")
    (found,) = dicomweb.search_for_series(ct.uids[0], search_filters={"Modality": "CT"}, fields=["StationName"])

    assert found["0020000E"]["Value"] == [ct.uids[1]]
    assert found["00081010"]["Value"] == [ct.dataset.StationName]
    assert found["00201209"]["Value"] == [1]
    assert len(dicomweb.search_for_series()) == 2
    assert all("00100020" in one for one in dicomweb.search_for_series())


def test_search_for_instances(dicomweb: DICOMwebClient) -> None:
    ct, jpeg = bundled("CT_small"), bundled("JPEG2000")
    (found,) = dicomweb.search_for_instances(*ct.uids[:2], fields=["KVP"])

    assert found["00080018"]["Value"] == [ct.uids[2]]
    assert (found["00280010"]["Value"], found["00180060"]["Value"]) == ([128], [ct.dataset.KVP])
    assert len(dicomweb.search_for_instances(jpeg.uids[0])) == 1
    assert len(dicomweb.search_for_instances()) == 2


def test_retrieve_study_series_and_instance(dicomweb: DICOMwebClient) -> None:
    first, second = two_of_a_series()
    dicomweb.store_instances([second])

    assert dicomweb.retrieve_instance(*first.uids) == first.dataset
    for found in (dicomweb.retrieve_study(first.uids[0]), dicomweb.retrieve_series(*first.uids[:2])):
        assert [one.InstanceNumber for one in found] == [1, 2]
        assert found[0] == first.dataset
        assert found[1].pixel_array.tobytes() == second.pixel_array.tobytes()


def test_iter_study_and_series(dicomweb: DICOMwebClient) -> None:
    first, second = two_of_a_series()
    dicomweb.store_instances([second])

    for found in (dicomweb.iter_study(first.uids[0]), dicomweb.iter_series(*first.uids[:2])):
        assert isinstance(found, Iterator)
        assert [one.SOPInstanceUID for one in found] == [first.uids[2], second.SOPInstanceUID]


def test_retrieve_metadata_of_study_series_and_instance(dicomweb: DICOMwebClient) -> None:
    ct = bundled("CT_small")
    found = [
        dicomweb.retrieve_instance_metadata(*ct.uids),
        dicomweb.retrieve_series_metadata(*ct.uids[:2])[0],
        dicomweb.retrieve_study_metadata(ct.uids[0])[0],
    ]

    assert found[0] == found[1] == found[2]
    del ct.dataset.DataSetTrailingPadding  # after the pixels nothing is read
    for element in ct.dataset:
        described = found[0][f"{int(element.tag):08X}"]
        if "BulkDataURI" in described:
            assert dicomweb.retrieve_bulkdata(described["BulkDataURI"]) == [element.value], element
        elif element.keyword != "SpecificCharacterSet":  # JSON is UTF-8
            assert described == element.to_json_dict(None, 1024), element


@pytest.mark.parametrize("name", ["CT_small", "MR_small_RLE", "MR_small_bigendian", "MR_small_jp2klossless"])
def test_retrieve_instance_frames_uncompressed(dicomweb: DICOMwebClient, name: str) -> None:
    served = bundled(name)
    wanted = served.dataset.pixel_array.astype("<i2").tobytes()

    assert dicomweb.retrieve_instance_frames(*served.uids, frame_numbers=[1]) == [wanted]
    octets = ("application/octet-stream",)
    assert dicomweb.retrieve_instance_frames(*served.uids, [1], media_types=octets) == [wanted]
    with_syntax = (("application/octet-stream", "1.2.840.10008.1.2.1"),)
    assert list(dicomweb.iter_instance_frames(*served.uids, [1], media_types=with_syntax)) == [wanted]


@pytest.mark.parametrize(
    ("name", "media_types"),
    [
        ("MR_small_RLE", ("image/dicom-rle",)),
        ("MR_small_RLE", ("image/x-dicom-rle",)),
        ("MR_small_RLE", (("image/dicom-rle", "1.2.840.10008.1.2.5"),)),
        ("SC_rgb_jpeg_dcmtk", ("image/jpeg",)),
        ("SC_rgb_jpeg_dcmtk", (("image/jpeg", "1.2.840.10008.1.2.4.50"), "application/octet-stream")),
        ("MR_small_jpeg_ls_lossless", ("image/jls",)),
        ("MR_small_jpeg_ls_lossless", ("image/x-jls",)),
        ("MR_small_jp2klossless", ("image/jp2",)),
        ("MR_small_jp2klossless", (("image/jp2", "1.2.840.10008.1.2.4.90"),)),
        ("MR_small_jp2klossless", ("image/*",)),
        ("MR_small_jp2klossless", AS_IT_CAME),
    ],
)
def test_retrieve_instance_frames_as_they_came(
    dicomweb: DICOMwebClient, name: str, media_types: tuple[Any, ...]
) -> None:
    served = bundled(name)
    (frame,) = dicomweb.retrieve_instance_frames(*served.uids, frame_numbers=[1], media_types=media_types)

    assert len(frame) > 100
    assert frame in served.path.read_bytes()


@pytest.mark.parametrize(
    ("name", "media_types"),
    [("CT_small", ("image/jpeg",)), ("MR_small_RLE", ("image/jp2",)), ("SC_rgb_jpeg_dcmtk", ("image/jls",))],
)
def test_retrieve_instance_frames_in_a_form_that_is_not_there(
    dicomweb: DICOMwebClient, name: str, media_types: tuple[str]
) -> None:
    served = bundled(name)
    with pytest.raises(requests.HTTPError, match="406"):
        dicomweb.retrieve_instance_frames(*served.uids, frame_numbers=[1], media_types=media_types)


def test_retrieve_several_frames_in_the_order_asked_for(dicomweb: DICOMwebClient) -> None:
    served = bundled("examples_ybr_color")
    jpegs = dicomweb.retrieve_instance_frames(*served.uids, frame_numbers=[5, 2], media_types=("image/jpeg",))
    streamed = list(dicomweb.iter_instance_frames(*served.uids, frame_numbers=[5, 2], media_types=("image/jpeg",)))

    assert streamed == jpegs
    for jpeg, number in zip(jpegs, (5, 2), strict=True):
        wanted = pixel_array(served.path, index=number - 1).astype(int)
        assert np.abs(np.asarray(Image.open(io.BytesIO(jpeg)), int) - wanted).max() <= 3


def test_retrieve_bulkdata_of_pixels_and_of_a_nested_element(dicomweb: DICOMwebClient) -> None:
    served = bundled("CT_small")
    found = dicomweb.retrieve_instance_metadata(*served.uids)
    address = found["7FE00010"]["BulkDataURI"]

    assert dicomweb.retrieve_bulkdata(address) == [served.dataset.PixelData]
    assert dicomweb.retrieve_bulkdata(address, media_types=("application/octet-stream",)) == [served.dataset.PixelData]
    assert list(dicomweb.iter_bulkdata(address)) == [served.dataset.PixelData]


def test_retrieve_bulkdata_through_from_json(dicomweb: DICOMwebClient) -> None:
    """pydicom asks for every BulkDataURI that it meets; what comes must be the file's own values."""
    served = bundled("examples_palette")
    found = dicomweb.retrieve_instance_metadata(*served.uids)
    whole = pydicom.Dataset.from_json(found, lambda _tag, _vr, address: bytes(dicomweb.retrieve_bulkdata(address)[0]))

    assert whole.PixelData == served.dataset.PixelData
    for keyword in ("RedPaletteColorLookupTableData", "BluePaletteColorLookupTableData"):
        assert whole[keyword].value == served.dataset[keyword].value


def test_retrieve_bulkdata_of_compressed_pixels_is_a_part_a_frame(dicomweb: DICOMwebClient) -> None:
    served = bundled("examples_ybr_color")
    address = dicomweb.retrieve_instance_metadata(*served.uids)["7FE00010"]["BulkDataURI"]
    parts = dicomweb.retrieve_bulkdata(address, media_types=("image/jpeg",))

    assert len(parts) == served.dataset.NumberOfFrames
    assert parts[1:3] == dicomweb.retrieve_instance_frames(*served.uids, [2, 3], media_types=("image/jpeg",))


@pytest.mark.parametrize(("media_type", "kind"), [("image/png", "PNG"), ("image/jpeg", "JPEG")])
def test_retrieve_rendered_instance_frames_and_series(dicomweb: DICOMwebClient, media_type: str, kind: str) -> None:
    served = bundled("CT_small")
    params = {"window": "40,400,linear", "viewport": "64,64"}
    pictures = [
        dicomweb.retrieve_instance_rendered(*served.uids, media_types=(media_type,), params=params),
        dicomweb.retrieve_instance_frames_rendered(*served.uids, [1], media_types=(media_type,), params=params),
        dicomweb.retrieve_series_rendered(*served.uids[:2], media_types=(media_type,), params=params),
    ]

    assert pictures[0] == pictures[1] == pictures[2]
    picture = Image.open(io.BytesIO(pictures[0]))
    assert (picture.size, picture.format) == ((64, 64), kind)
    assert Image.open(io.BytesIO(dicomweb.retrieve_instance_rendered(*served.uids))).size == (128, 128)


def test_store_instances(dicomweb: DICOMwebClient, caplog: pytest.LogCaptureFixture) -> None:
    datasets = [pydicom.dcmread(BUNDLED / f"{name}.dcm") for name in ("CT_small", "MR_small_RLE")]
    answer = dicomweb.store_instances(datasets)

    assert [item.ReferencedSOPInstanceUID for item in answer.ReferencedSOPSequence] == [
        one.SOPInstanceUID for one in datasets
    ]
    assert "FailedSOPSequence" not in answer
    assert "RetrieveURL" not in answer  # two studies
    for item, dataset in zip(answer.ReferencedSOPSequence, datasets, strict=True):
        assert item.ReferencedSOPClassUID == dataset.SOPClassUID
        stored = requests.get(item.RetrieveURL, headers=dicomweb._session.headers, timeout=10)
        assert stored.status_code == 200
    again = dicomweb.store_instances(datasets[:1], study_instance_uid=datasets[0].StudyInstanceUID)
    assert again.RetrieveURL == f"{dicomweb.base_url}/studies/{datasets[0].StudyInstanceUID}"
    assert Instance.objects.count() == 2


def test_store_instances_of_which_none_can_be_taken(dicomweb: DICOMwebClient) -> None:
    report = pydicom.dcmread(BUNDLED / "reportsi.dcm")
    with pytest.raises(requests.HTTPError) as refused:
        dicomweb.store_instances([report])
    answer = pydicom.Dataset.from_json(json.loads(refused.value.response.content))

    assert refused.value.response.status_code == 409
    (failed,) = answer.FailedSOPSequence
    assert (failed.ReferencedSOPInstanceUID, failed.FailureReason) == (report.SOPInstanceUID, 0x0122)
    assert "structured report" in failed[0x0009, 0x1001].value
