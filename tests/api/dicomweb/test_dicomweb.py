"""DICOMweb as a program sees it: dicomweb-client against a live server, and the rights of every address."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from django.test import Client
from PIL import Image
from pydicom.pixels import pixel_array
from rest_framework.authtoken.models import Token

from annotator.accounts.models import User
from annotator.imaging.models import Frame
from annotator.imaging.pixels.decoding import decode_frame
from annotator.imaging.pixels.htj2k import decode_htj2k
from tests.annotator.imaging.filed_frames import file_instance
from tests.annotator.imaging.pixel_descriptions import describe_pixels

BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"
AS_IT_CAME = (("*/*", "*"),)


def token_of(role: str) -> str:
    return Token.objects.create(user=User.objects.create_user(f"a-{role}", role=role)).key


@pytest.fixture
def dicomweb(live_server, transactional_db, frame_store: Path) -> DICOMwebClient:
    session = requests.Session()
    session.headers["Authorization"] = f"Token {token_of('data_manager')}"
    return DICOMwebClient(f"{live_server.url}/dicomweb", session=session)


def file(name: str) -> tuple[pydicom.Dataset, tuple[str, str, str], list[Frame]]:
    path = BUNDLED / f"{name}.dcm"
    dataset = pydicom.dcmread(path)
    uids = tuple(str(dataset[k].value) for k in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"))
    return dataset, uids, file_instance(path)


def address(uids: tuple[str, str, str]) -> str:
    return "/dicomweb/studies/{}/series/{}/instances/{}".format(*uids)


@pytest.mark.parametrize("name", ["CT_small", "MR_small_RLE", "MR_small_bigendian", "MR_small_jp2klossless"])
def test_a_program_gets_uncompressed_frames_unless_it_asks_otherwise(dicomweb: DICOMwebClient, name: str) -> None:
    dataset, uids, _ = file(name)
    wanted = dataset.pixel_array.astype("<i2")

    (octets,) = dicomweb.retrieve_instance_frames(*uids, frame_numbers=[1])
    assert octets == wanted.tobytes()
    (again,) = dicomweb.retrieve_instance_frames(*uids, [1], media_types=("application/octet-stream",))
    assert again == octets


def test_a_program_gets_frames_as_they_came_when_it_asks_for_any_transfer_syntax(dicomweb: DICOMwebClient) -> None:
    dataset, uids, _ = file("MR_small_RLE")
    (native,) = dicomweb.retrieve_instance_frames(*uids, frame_numbers=[1], media_types=AS_IT_CAME)

    np.testing.assert_array_equal(decode_frame(native, describe_pixels(dataset)), dataset.pixel_array)


def test_frames_of_a_cine_come_in_the_order_asked_for(dicomweb: DICOMwebClient) -> None:
    _, uids, _ = file("examples_ybr_color")
    octets = dicomweb.retrieve_instance_frames(*uids, frame_numbers=[5, 2])
    jpegs = dicomweb.retrieve_instance_frames(*uids, frame_numbers=[5, 2], media_types=("image/jpeg",))

    for content, jpeg, number in zip(octets, jpegs, (5, 2), strict=True):
        wanted = pixel_array(BUNDLED / "examples_ybr_color.dcm", index=number - 1).astype(int)
        assert np.abs(np.frombuffer(content, np.uint8).reshape(wanted.shape) - wanted).max() <= 3
        assert np.abs(np.asarray(Image.open(io.BytesIO(jpeg)), int) - wanted).max() <= 3


def test_indices_of_a_palette_picture_are_handed_out_not_its_colours(dicomweb: DICOMwebClient) -> None:
    dataset, uids, _ = file("examples_palette")
    (octets,) = dicomweb.retrieve_instance_frames(*uids, frame_numbers=[1])

    assert octets == dataset.pixel_array.tobytes()


def test_rendered_frames_show_the_window_at_the_viewports_size(dicomweb: DICOMwebClient) -> None:
    _, uids, _ = file("CT_small")
    png = dicomweb.retrieve_instance_frames_rendered(
        *uids, frame_numbers=[1], media_types=("image/png",), params={"window": "40,400,linear", "viewport": "64,64"}
    )
    whole = dicomweb.retrieve_instance_rendered(*uids, media_types=("image/jpeg",))

    assert (Image.open(io.BytesIO(png)).size, Image.open(io.BytesIO(png)).format) == ((64, 64), "PNG")
    assert Image.open(io.BytesIO(whole)).size == (128, 128)


def test_an_instance_comes_back_byte_for_byte(dicomweb: DICOMwebClient, client: Client) -> None:
    dataset, uids, _ = file("JPEG2000")
    received = dicomweb.retrieve_instance(*uids)

    assert received.file_meta.TransferSyntaxUID == dataset.file_meta.TransferSyntaxUID
    assert received == dataset
    client.force_login(User.objects.get())
    plain = client.get(address(uids), headers={"Accept": "application/dicom"})
    assert b"".join(plain.streaming_content) == (BUNDLED / "JPEG2000.dcm").read_bytes()
    assert plain["Content-Type"] == "application/dicom"


def test_metadata_are_the_header_without_pixels(dicomweb: DICOMwebClient) -> None:
    dataset, uids, _ = file("CT_small")
    for found in (
        dicomweb.retrieve_instance_metadata(*uids),
        dicomweb.retrieve_series_metadata(*uids[:2])[0],
        dicomweb.retrieve_study_metadata(uids[0])[0],
    ):
        header = pydicom.Dataset.from_json(found)
        assert header.SOPInstanceUID == dataset.SOPInstanceUID
        assert header.PatientID == dataset.PatientID
        assert "PixelData" not in header


def test_studies_series_and_instances_are_found_by_their_attributes(dicomweb: DICOMwebClient) -> None:
    ct, uids, _ = file("CT_small")
    file("JPEG2000")

    def found(**filters: str) -> list[str]:
        return [s["0020000D"]["Value"][0] for s in dicomweb.search_for_studies(search_filters=filters)]

    assert len(found()) == 2
    assert found(PatientID=ct.PatientID) == [uids[0]]
    assert found(PatientName="*^ct?") == [uids[0]]
    assert found(StudyDate=f"-{ct.StudyDate}") == found(StudyDate=ct.StudyDate) == [uids[0]]
    assert uids[0] in found(StudyDate=f"{ct.StudyDate}-")
    assert found(ModalitiesInStudy="CT") == [uids[0]]
    assert found(StudyInstanceUID=f"{uids[0]},1.2.3") == [uids[0]]
    assert found(PatientID="nobody") == []
    assert len(dicomweb.search_for_studies(limit=1, offset=1)) == 1
    (series,) = dicomweb.search_for_series(uids[0], search_filters={"Modality": "CT"})
    assert series["0020000E"]["Value"] == [uids[1]]
    (instance,) = dicomweb.search_for_instances(uids[0], uids[1])
    assert (instance["00080018"]["Value"], instance["00280010"]["Value"]) == ([uids[2]], [128])
    assert len(dicomweb.search_for_instances()) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("Wavelength=3", "Wavelength"),
        ("StudyDate=yesterday", "StudyDate"),
        ("StudyDate=-", "StudyDate"),
        ("limit=-1", "limit"),
        ("offset=x", "offset"),
    ],
)
def test_what_cannot_be_matched_is_a_400_that_names_it(client: Client, query: str, path: str) -> None:
    client.force_login(User.objects.create_user("manager", role="data_manager"))
    response = client.get(f"/dicomweb/studies?{query}")

    assert response.status_code == 400
    assert response.json()["path"] == path


ENDINGS = ["", "/metadata", "/rendered", "/frames/1", "/frames/1/rendered"]


def addresses(uids: tuple[str, str, str]) -> list[str]:
    study, series, _ = uids
    searches = ["/studies", "/series", "/instances", f"/studies/{study}/series", f"/studies/{study}/instances"]
    searches += [f"/studies/{study}/series/{series}/instances", f"/studies/{study}/metadata"]
    searches += [f"/studies/{study}/series/{series}/metadata"]
    return [f"/dicomweb{search}" for search in searches] + [address(uids) + ending for ending in ENDINGS]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), [("radiologist", 403), ("data_manager", 200), ("admin", 200), ("", 401)])
def test_only_data_managers_and_admins_come_through_this_door(
    client: Client, frame_store: Path, role: str, status: int
) -> None:
    _, uids, _ = file("CT_small")
    headers = {"Authorization": f"Token {token_of(role)}"} if role else {}
    for url in addresses(uids):
        response = client.get(url, headers=headers)
        assert response.status_code == status, url
        if status != 200:
            assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_session_works_as_well_as_a_token_and_a_wrong_token_does_not(client: Client, frame_store: Path) -> None:
    _, uids, _ = file("CT_small")
    assert client.get("/dicomweb/studies", headers={"Authorization": "Token nonsense"}).status_code == 401
    client.force_login(User.objects.create_user("manager", role="data_manager"))

    picture = client.get(f"{address(uids)}/frames/1/rendered?viewport=32,32")
    assert Image.open(io.BytesIO(picture.content)).size == (32, 32)
    again = client.get(f"{address(uids)}/frames/1/rendered?viewport=32,32", headers={"If-None-Match": picture["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_what_is_not_there_is_404_and_what_is_malformed_400(client: Client, frame_store: Path) -> None:
    _, uids, _ = file("CT_small")
    client.force_login(User.objects.create_user("manager", role="data_manager"))
    other = (uids[0], "1.2.3", uids[2])

    for ending in ENDINGS:
        assert client.get(address(other) + ending).status_code == 404, ending
    for number, status in {"2": 404, "0": 400, "-1": 400, "x": 400, "1,1,": 400, ",".join(["1"] * 101): 400}.items():
        assert client.get(f"{address(uids)}/frames/{number}").status_code == status, number
    assert client.get(f"{address(uids)}/frames/1,1/rendered").status_code == 400
    assert client.get(f"{address(uids)}/frames/1/rendered?viewport=9999,1").json()["path"] == "viewport"


@pytest.mark.django_db
def test_a_frame_that_is_not_ready_is_not_handed_out(client: Client, frame_store: Path) -> None:
    _, uids, frames = file("CT_small")
    frames[0].instance.state = "received"
    frames[0].instance.save()
    client.force_login(User.objects.create_user("manager", role="data_manager"))

    assert client.get(f"{address(uids)}/frames/1").status_code == 404
    assert client.get(address(uids), headers={"Accept": "*/*"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ending", "accept", "status"),
    [
        ("/frames/1", 'multipart/related; type="image/jphc"', 200),
        ("/frames/1", 'multipart/related; type="image/*"', 200),
        ("/frames/1", 'multipart/related; type="image/jpeg"', 406),
        ("/frames/1", 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.2', 406),
        ("/frames/1/rendered", "image/gif", 406),
        ("", 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90', 406),
        ("", "multipart/related; type=image/png", 406),
    ],
)
def test_forms_that_are_not_to_be_had_are_406(
    client: Client, frame_store: Path, ending: str, accept: str, status: int
) -> None:
    _, uids, _ = file("CT_small")
    client.force_login(User.objects.create_user("manager", role="data_manager"))

    assert client.get(address(uids) + ending, headers={"Accept": accept}).status_code == status


@pytest.mark.django_db
def test_the_htj2k_copy_is_handed_out_with_its_transfer_syntax(client: Client, frame_store: Path) -> None:
    dataset, uids, _ = file("CT_small")
    client.force_login(User.objects.create_user("manager", role="data_manager"))
    response = client.get(f"{address(uids)}/frames/1", headers={"Accept": 'multipart/related; type="image/jphc"'})
    head, _, body = response.content.partition(b"\r\n\r\n")

    assert b"image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201" in head
    np.testing.assert_array_equal(decode_htj2k(body.rpartition(b"\r\n--")[0]), dataset.pixel_array)


@pytest.mark.django_db
def test_nothing_is_written_through_this_door(client: Client) -> None:
    client.force_login(User.objects.create_user("manager", role="data_manager"))

    assert client.post("/dicomweb/studies", b"", content_type="application/dicom").status_code == 405
