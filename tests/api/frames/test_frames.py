"""The viewer's door to frames, through the whole stack of middleware."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from django.test import Client
from PIL import Image

from annotator.imaging.frame_description import FrameGrey
from annotator.imaging.models import Frame
from annotator.imaging.pixels.htj2k import decode_htj2k
from annotator.imaging.pixels.three_window import three_window
from annotator.imaging.store.frame_tokens import issue_token
from tests.annotator.imaging.filed_frames import file_instance

pytestmark = pytest.mark.django_db
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


@pytest.fixture
def frame(frame_store: Path) -> Frame:
    return file_instance(BUNDLED / "CT_small.dcm")[0]


def token(frame: Frame, **lifetime: int) -> dict[str, str]:
    return {"X-Frame-Token": issue_token(frame.instance.stack.key, person_id=1, **lifetime).token}


def problem(response) -> dict[str, object]:
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    return document


def test_the_stored_bytes_come_verbatim_and_hold_the_stored_values(client: Client, frame: Frame) -> None:
    response = client.get(f"/frames/{frame.key}", headers=token(frame))

    assert response.status_code == 200
    assert response["Content-Type"] == "image/jphc"
    assert response["Cache-Control"] == "private, immutable, max-age=31536000"
    assert int(response["Content-Length"]) == len(response.content) == frame.derived_length
    assert "Set-Cookie" not in response
    wanted = pydicom.dcmread(BUNDLED / "CT_small.dcm").pixel_array
    np.testing.assert_array_equal(decode_htj2k(response.content), wanted)


def test_baseline_jpeg_is_served_as_it_came(client: Client, frame_store: Path) -> None:
    frame = file_instance(BUNDLED / "examples_ybr_color.dcm")[4]
    response = client.get(f"/frames/{frame.key}", headers=token(frame))

    assert response["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(response.content)).size == (320, 240)


@pytest.mark.parametrize("address", ["", "/rendered", "/rendered?window=40,400,linear&viewport=64,64"])
def test_a_browser_that_has_it_gets_304_without_a_body(client: Client, frame: Frame, address: str) -> None:
    first = client.get(f"/frames/{frame.key}{address}", headers=token(frame))
    again = client.get(f"/frames/{frame.key}{address}", headers={**token(frame), "If-None-Match": first["ETag"]})
    other = client.get(f"/frames/{frame.key}{address}", headers={**token(frame), "If-None-Match": '"other"'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]
    assert other.status_code == 200


def test_every_window_viewport_and_format_has_its_own_tag(client: Client, frame: Frame) -> None:
    tags = set()
    for query in ("", "?window=40,400,linear", "?window=40,400,sigmoid", "?window=40,401,linear", "?viewport=64,64"):
        for accept in ("image/jpeg", "image/png"):
            headers = {**token(frame), "Accept": accept}
            tags.add(client.get(f"/frames/{frame.key}/rendered{query}", headers=headers)["ETag"])

    assert len(tags) == 10


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("image/jpeg", "image/jpeg"),
        ("image/png", "image/png"),
        ("image/webp", "image/webp"),
        ("", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("image/avif,image/webp,image/png;q=0.8,*/*;q=0.5", "image/webp"),
        ("image/*;q=0.5, image/jpeg;q=0", "image/png"),
        ("text/html, image/png;q=0.2", "image/png"),
    ],
)
def test_accept_chooses_the_format(client: Client, frame: Frame, accept: str, media_type: str) -> None:
    headers = {**token(frame), **({"Accept": accept} if accept else {})}
    response = client.get(f"/frames/{frame.key}/rendered", headers=headers)

    assert response.status_code == 200
    assert response["Content-Type"] == media_type
    assert f"image/{Image.open(io.BytesIO(response.content)).format.lower()}" == media_type
    assert response["Vary"] == "Accept, Cookie"


def test_the_picture_fits_the_viewport_and_shows_the_window(client: Client, frame: Frame) -> None:
    address = f"/frames/{frame.key}/rendered?window=-600,1500,linear-exact&viewport=60,200"
    lung = Image.open(io.BytesIO(client.get(address, headers=token(frame)).content))
    bone = Image.open(io.BytesIO(client.get(address.replace("-600,1500", "600,2800"), headers=token(frame)).content))

    assert lung.size == bone.size == (60, 60)
    assert np.asarray(lung).mean() > np.asarray(bone).mean() + 20


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("window=40", "window"),
        ("window=a,b,linear", "window"),
        ("window=40,80,cubic", "window"),
        ("window=40,80,linear,1", "window"),
        ("window=40,0.5,linear", "window"),
        ("window=40,0,sigmoid", "window"),
        ("window=nan,80,linear", "window"),
        ("window=40,inf,linear", "window"),
        ("window=40,nan,linear-exact", "window"),
        ("window=1e300,80,linear", "window"),
        ("window=", "window"),
        ("viewport=512", "viewport"),
        ("viewport=0,512", "viewport"),
        ("viewport=-1,512", "viewport"),
        ("viewport=512,99999", "viewport"),
        ("viewport=65535,65535", "viewport"),
        ("viewport=1.5,2", "viewport"),
        ("viewport=512,512,0,0", "viewport"),
        ("composition=four-window", "composition"),
        ("composition=", "composition"),
        ("composition=three-window&window=40,80", "window"),
    ],
)
def test_a_window_or_viewport_that_cannot_be_is_a_400_that_names_it(
    client: Client, frame: Frame, query: str, path: str
) -> None:
    response = client.get(f"/frames/{frame.key}/rendered?{query}", headers=token(frame))

    assert response.status_code == 400
    assert problem(response)["path"] == path


def test_a_head_ct_comes_as_brain_blood_and_bone_in_one_picture(client: Client, frame: Frame) -> None:
    address = f"/frames/{frame.key}/rendered?composition=three-window"
    response = client.get(address, headers={**token(frame), "Accept": "image/png"})
    plain = client.get(f"/frames/{frame.key}/rendered", headers={**token(frame), "Accept": "image/png"})
    dataset = pydicom.dcmread(BUNDLED / "CT_small.dcm")
    shown = np.asarray(Image.open(io.BytesIO(response.content)))

    assert response["ETag"] != plain["ETag"]
    np.testing.assert_array_equal(shown, three_window(dataset.pixel_array + np.int16(dataset.RescaleIntercept)))
    small = Image.open(io.BytesIO(client.get(f"{address}&viewport=32,32", headers=token(frame)).content))
    assert (small.size, small.mode) == ((32, 32), "RGB")


@pytest.mark.parametrize(
    ("name", "units", "reason"),
    [
        ("MR_small", "", "which MR does not have"),
        ("CT_small", "US", "this CT is in 'US'"),
        ("examples_rgb_color", "", "in colour"),
    ],
)
def test_what_has_no_hounsfield_units_is_refused_a_three_window_picture(
    client: Client, frame_store: Path, name: str, units: str, reason: str
) -> None:
    frame = file_instance(BUNDLED / f"{name}.dcm", grey=FrameGrey(units=units) if units else None)[0]
    response = client.get(f"/frames/{frame.key}/rendered?composition=three-window", headers=token(frame))

    assert response.status_code == 400
    assert problem(response)["path"] == "composition"
    assert reason in problem(response)["detail"]


@pytest.mark.parametrize("address", ["", "/rendered"])
def test_without_a_good_token_nothing_is_served(client: Client, frame: Frame, address: str) -> None:
    url = f"/frames/{frame.key}{address}"
    other = {"X-Frame-Token": issue_token("another-stacks-key-22-", person_id=1).token}

    for headers, status in [
        ({}, 401),
        ({"X-Frame-Token": "nonsense"}, 401),
        (token(frame, lifetime_seconds=-1), 401),
        (other, 403),
    ]:
        response = client.get(url, headers=headers)
        assert response.status_code == status
        problem(response)


def test_a_signed_in_admin_without_a_token_gets_no_frame_either(
    client: Client, frame: Frame, django_user_model
) -> None:
    client.force_login(django_user_model.objects.create_user("admin", role="admin", password="x"))

    assert client.get(f"/frames/{frame.key}").status_code == 401


def test_unknown_frames_and_addresses_are_404(client: Client, frame: Frame) -> None:
    stack = frame.instance.stack.key
    for address in (f"/frames/{stack}.unknown", f"/frames/{stack}.unknown/rendered"):
        assert problem(client.get(address, headers=token(frame)))["status"] == 404
    for address in ("/frames/", "/frames/../settings", f"/frames/{frame.key}/other", "/frames/" + "a" * 400):
        assert client.get(address, headers=token(frame)).status_code == 404


def test_formats_that_are_not_made_are_406(client: Client, frame: Frame) -> None:
    for accept in ("image/gif", "text/html", "image/jpeg;q=0"):
        response = client.get(f"/frames/{frame.key}/rendered", headers={**token(frame), "Accept": accept})
        assert problem(response)["status"] == 406


def test_frames_can_only_be_read(client: Client, frame: Frame) -> None:
    for method in (client.post, client.put, client.delete):
        response = method(f"/frames/{frame.key}", headers=token(frame))
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"
    head = client.head(f"/frames/{frame.key}", headers=token(frame))
    assert (head.status_code, head.content) == (200, b"")
    assert int(head["Content-Length"]) == frame.derived_length


def test_the_second_frame_of_a_stack_touches_no_database(
    client: Client, frame_store: Path, django_assert_num_queries
) -> None:
    frames = file_instance(BUNDLED / "examples_ybr_color.dcm")
    headers = token(frames[0])
    client.get(f"/frames/{frames[0].key}", headers=headers)
    with django_assert_num_queries(0):
        assert client.get(f"/frames/{frames[1].key}", headers=headers).status_code == 200
        assert client.get(f"/frames/{frames[2].key}/rendered", headers=headers).status_code == 200


def test_a_damaged_store_is_a_500_that_says_nothing_of_paths(client: Client, frame: Frame, frame_store: Path) -> None:
    for path in frame_store.rglob("*.frames"):
        path.unlink()
    response = client.get(f"/frames/{frame.key}", headers=token(frame))

    assert problem(response)["status"] == 500
    assert str(frame_store) not in response.content.decode()


@pytest.mark.parametrize("door", ["", "/rendered"])
def test_a_browser_keeps_a_frame_for_the_session_that_fetched_it_only(client: Client, frame: Frame, door: str) -> None:
    answer = client.get(f"/frames/{frame.key}{door}", headers=token(frame))
    assert "Cookie" in answer["Vary"]
    same = client.get(f"/frames/{frame.key}{door}", headers={**token(frame), "If-None-Match": answer["ETag"]})
    assert (same.status_code, same["Vary"]) == (304, answer["Vary"])
