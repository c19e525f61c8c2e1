"""Instances, metadata and bulk data: bytes, ranges, entity tags, and a second parser of multipart."""

import hashlib
import json
from pathlib import Path

import pydicom
import pydicom.data
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.imaging.models import Instance, InstanceState
from tests.api.dicomweb.served import body_of, bundled, bytes_of, parts_of, take_in
from tests.fixtures.stores import on_both_stores

DICOM = "application/dicom"
MULTIPART = 'multipart/related; type="application/dicom"'


@pytest.mark.django_db
@on_both_stores
def test_an_instance_comes_back_byte_for_byte(manager: Client) -> None:
    served = bundled("JPEG2000")
    whole = served.path.read_bytes()
    alone = manager.get(served.address, headers={"Accept": DICOM})

    assert body_of(alone) == whole
    assert alone["Content-Type"] == f"{DICOM}; transfer-syntax={served.row.transfer_syntax_uid}"
    for address in (served.study, served.series, served.address):
        (part,) = parts_of(manager.get(address, headers={"Accept": f"{MULTIPART}; transfer-syntax=*"}))
        assert bytes_of(part) == whole
        assert part.get_content_type() == DICOM
        assert part["Content-Location"] == f"http://testserver{served.address}"


@pytest.mark.django_db
@on_both_stores
def test_frames_bulk_data_and_pictures_come_from_either_store(manager: Client) -> None:
    served = bundled("CT_small")
    for ending in ("/frames/1", "/bulkdata/7FE00010"):
        for accept in ("application/octet-stream", 'multipart/related; type="application/octet-stream"'):
            answer = manager.get(served.address + ending, headers={"Accept": accept})
            assert served.dataset.PixelData in body_of(answer)
    (part,) = parts_of(manager.get(f"{served.address}/bulkdata/00431029"))
    assert bytes_of(part) == served.dataset[0x0043, 0x1029].value
    assert manager.get(f"{served.address}/rendered").status_code == 200
    assert manager.get(f"{served.study}/thumbnail").status_code == 200


@pytest.mark.django_db
def test_a_second_frame_costs_no_second_look_at_the_tables(manager: Client) -> None:
    served = bundled("examples_ybr_color")
    with CaptureQueriesContext(connection) as first:
        manager.get(f"{served.address}/frames/1")
    with CaptureQueriesContext(connection) as second:
        assert manager.get(f"{served.address}/frames/2").status_code == 200
    assert len(second) < len(first)
    assert not [query for query in second if "imaging_" in query["sql"]]


@pytest.mark.django_db
def test_a_large_instance_is_streamed_whole_and_in_ranges(manager: Client, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(pydicom.data.get_testdata_file("CT_small.dcm"))
    dataset.Rows = dataset.Columns = 3000
    dataset.PixelData = b"\x01\x02" * 9_000_000
    dataset.save_as(tmp_path / "large.dcm")
    served = take_in(tmp_path / "large.dcm", ready=False)
    whole = served.path.read_bytes()
    answer = manager.get(served.address, headers={"Accept": DICOM})
    assert answer.streaming
    assert int(answer["Content-Length"]) == len(whole)
    assert hashlib.sha256(body_of(answer)).digest() == hashlib.sha256(whole).digest()

    multipart = manager.get(served.study)
    assert multipart.streaming
    length = int(multipart["Content-Length"])
    body = body_of(multipart)
    assert (len(body), whole in body) == (length, True)
    middle = manager.get(served.address, headers={"Accept": DICOM, "Range": "bytes=17000000-17000099"})
    assert body_of(middle) == whole[17_000_000:17_000_100]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "begin", "end"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=10-999999999", 10, None)],
)
def test_ranges_of_single_bodies(manager: Client, wanted: str, begin: int, end: int | None) -> None:
    served = bundled("CT_small")
    whole = served.path.read_bytes()
    pixels = served.dataset.PixelData
    for address, accept, content in (
        (served.address, DICOM, whole),
        (f"{served.address}/bulkdata/7FE00010", "application/octet-stream", pixels),
        (f"{served.address}/bulkdata/00431029", "application/octet-stream", served.dataset[0x0043, 0x1029].value),
        (f"{served.address}/frames/1", "application/octet-stream", pixels),
    ):
        answer = manager.get(address, headers={"Accept": accept, "Range": wanted})
        assert (answer.status_code, body_of(answer)) == (206, content[begin:end]), address
        first = begin % len(content)
        last = first + len(content[begin:end]) - 1
        assert answer["Content-Range"] == f"bytes {first}-{last}/{len(content)}"
        assert answer["Content-Length"] == str(last - first + 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=0-0", 206),
        ("bytes=999999999-", 416),
        ("bytes=-0", 416),
        ("bytes=0-9,20-29", 200),
        ("bytes=9-1", 200),
        ("lines=1-2", 200),
        ("bytes=-", 200),
        ("bytes=" + "9" * 400 + "-", 200),
    ],
)
def test_ranges_that_mean_nothing_or_lie_outside(manager: Client, wanted: str, status: int) -> None:
    served = bundled("CT_small")
    answer = manager.get(served.address, headers={"Accept": DICOM, "Range": wanted})

    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(served.path.read_bytes())}"
    if status == 200:
        assert body_of(answer) == served.path.read_bytes()
        assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.django_db
def test_a_range_counts_only_for_the_bytes_that_the_client_began_with(manager: Client) -> None:
    served = bundled("CT_small")
    tag = manager.head(served.address, headers={"Accept": DICOM})["ETag"]

    def status(condition: str) -> int:
        headers = {"Accept": DICOM, "Range": "bytes=0-9", "If-Range": condition}
        return manager.get(served.address, headers=headers).status_code

    assert (status(tag), status('"other"')) == (206, 200)


ENDINGS = ("", "/metadata", "/frames/1", "/bulkdata/7FE00010", "/rendered", "/frames/1/rendered", "/thumbnail")


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_a_client_has_is_not_sent_again(manager: Client, ending: str) -> None:
    address = bundled("CT_small").address + ending
    whole = manager.get(address)
    body = body_of(whole)

    for tag in (whole["ETag"], f'"x", W/{whole["ETag"]}', "*"):
        again = manager.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, body_of(again), again["ETag"]) == (304, b"", whole["ETag"])
    assert manager.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert body_of(manager.get(address)) == body  # the boundary is no accident
    head = manager.head(address)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])
    if "Content-Length" in head:
        assert head["Content-Length"] == str(len(body))


@pytest.mark.django_db
def test_dates_are_believed_where_there_is_no_tag(manager: Client) -> None:
    address = bundled("CT_small").address
    modified = manager.get(address)["Last-Modified"]

    assert manager.get(address, headers={"If-Modified-Since": modified}).status_code == 304
    assert manager.get(address, headers={"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}).status_code == 200
    headers = {"If-Modified-Since": modified, "If-None-Match": '"other"'}
    assert manager.get(address, headers=headers).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ending", "accept", "status"),
    [
        ("", "*/*", 200),
        ("", f"{MULTIPART}; transfer-syntax=1.2.840.10008.1.2.1", 200),
        ("", f"{MULTIPART}; transfer-syntax=1.2.840.10008.1.2.4.90", 406),
        ("", "multipart/related; type=image/png", 406),
        ("", "application/dicom+json", 406),
        ("/metadata", "application/json", 200),
        ("/metadata", "application/dicom+xml", 406),
        ("/bulkdata/00431029", "*/*", 200),
        ("/bulkdata/00431029", "image/jpeg", 406),
    ],
)
def test_forms_that_are_not_to_be_had_are_406(manager: Client, ending: str, accept: str, status: int) -> None:
    served = bundled("CT_small")

    assert manager.get(served.address + ending, headers={"Accept": accept}).status_code == status


@pytest.mark.django_db
def test_a_study_alone_comes_as_multipart_only(manager: Client) -> None:
    served = bundled("CT_small")

    assert manager.get(served.study, headers={"Accept": DICOM}).status_code == 406


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["CT_small", "MR_small_bigendian", "image_dfl", "examples_overlay"])
def test_every_bulk_address_of_the_metadata_gives_the_files_value(manager: Client, name: str) -> None:
    served = bundled(name)
    (header,) = json.loads(body_of(manager.get(f"{served.address}/metadata")))
    addresses = [one["BulkDataURI"] for tag, one in header.items() if "BulkDataURI" in one and tag != "7FE00010"]

    for address in addresses:
        (part,) = parts_of(manager.get(address.removeprefix("http://testserver")))
        tag = int(address.rpartition("/")[2], 16)
        assert bytes_of(part) == served.dataset[tag].value
    assert bool(addresses) == (name in ("CT_small", "examples_overlay"))


@pytest.mark.django_db
def test_bulk_data_inside_sequences_are_had_by_their_path_in_little_endian(manager: Client, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(pydicom.data.get_testdata_file("MR_small_bigendian.dcm"))
    table = pydicom.Dataset()
    table.LUTDescriptor = [1024, 0, 16]
    table.add_new("LUTData", "OW", b"".join(value.to_bytes(2, "big") for value in range(1024)))
    dataset.ModalityLUTSequence = [table]
    dataset.save_as(tmp_path / "table.dcm")
    served = take_in(tmp_path / "table.dcm", ready=False)
    (header,) = json.loads(body_of(manager.get(f"{served.address}/metadata")))
    address = header["00283000"]["Value"][0]["00283006"]["BulkDataURI"]

    assert address == f"http://testserver{served.address}/bulkdata/00283000/0/00283006"
    (part,) = parts_of(manager.get(address.removeprefix("http://testserver")))
    assert bytes_of(part) == b"".join(value.to_bytes(2, "little") for value in range(1024))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("00100010", 404),  # no bytes
        ("0043102A", 200),
        ("00431FFF", 404),
        ("00081140/0/00081150", 404),
        ("00081140/99/00081150", 404),
        ("7fe00010", 200),
        ("pixels", 400),
        ("00431029/x", 400),
        ("../../etc/passwd", 400),
    ],
)
def test_paths_of_bulk_data(manager: Client, path: str, status: int) -> None:
    served = bundled("CT_small")

    assert manager.get(f"{served.address}/bulkdata/{path}").status_code == status


@pytest.mark.django_db
def test_what_is_received_has_its_file_and_header_and_no_pixels_yet(manager: Client) -> None:
    served = bundled("CT_small", ready=False)

    assert manager.get(served.address).status_code == 200
    assert manager.get(f"{served.address}/metadata").status_code == 200
    for ending in ("/frames/1", "/bulkdata/7FE00010", "/rendered", "/thumbnail"):
        assert manager.get(served.address + ending).status_code == 404, ending


@pytest.mark.django_db
@pytest.mark.parametrize("state", [InstanceState.REVIEW, InstanceState.WITHHELD, InstanceState.FAILED])
def test_what_waits_or_is_withheld_is_served_at_no_address(manager: Client, state: str) -> None:
    served = bundled("CT_small")
    Instance.objects.update(state=state)

    for address in (served.study, served.series, served.address):
        for ending in ("", "/metadata", "/rendered", "/thumbnail"):
            assert manager.get(address + ending).status_code == 404, address + ending
    for ending in (
        "/frames/1",
        "/frames/1/rendered",
        "/frames/1/thumbnail",
        "/bulkdata/7FE00010",
        "/bulkdata/00431029",
    ):
        assert manager.get(served.address + ending).status_code == 404, ending


@pytest.mark.django_db
def test_what_is_not_there_is_404_and_what_is_malformed_400(manager: Client) -> None:
    served = bundled("CT_small")
    other = f"{served.study}/series/1.2.3/instances/{served.uids[2]}"

    for ending in ENDINGS:
        assert manager.get(other + ending).status_code == 404, ending
    for number, status in {"2": 404, "0": 400, "-1": 400, "x": 400, "1,1,": 400, ",".join(["1"] * 1001): 400}.items():
        assert manager.get(f"{served.address}/frames/{number}").status_code == status, number


@pytest.mark.django_db
def test_a_file_that_is_gone_is_said_in_words(manager: Client, frame_store: Path) -> None:
    served = bundled("CT_small")
    for path in frame_store.rglob("*.dcm"):
        path.unlink()
    answer = manager.get(served.address)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert "not in the store any more" in answer.json()["detail"]
    assert manager.get(f"{served.address}/bulkdata/00431029").status_code == 404
    assert manager.get(f"{served.address}/frames/1").status_code == 404
