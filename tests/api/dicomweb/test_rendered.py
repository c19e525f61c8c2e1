"""Frames as pictures and thumbnails: which frame, which part of it, in which form."""

import io

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray
from PIL import Image

from tests.api.dicomweb.served import body_of, bundled, bytes_of, parts_of

PNG = {"Accept": "image/png"}


def picture(answer: object) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(body_of(answer))))


@pytest.mark.django_db
def test_a_part_of_the_picture_is_cut_mirrored_and_scaled(manager: Client) -> None:
    address = f"{bundled('CT_small').address}/frames/1/rendered"
    whole = picture(manager.get(address, headers=PNG))

    def shown(viewport: str) -> NDArray[np.uint8]:
        return picture(manager.get(f"{address}?viewport={viewport}", headers=PNG))

    part = whole[10:40, 20:80]
    np.testing.assert_array_equal(shown("60,30,20,10,60,30"), part)
    np.testing.assert_array_equal(shown("60,30,20,10,-60,30"), part[:, ::-1])
    np.testing.assert_array_equal(shown("60,30,20,10,60,-30"), part[::-1])
    np.testing.assert_array_equal(shown("60,30,20,10,-60,-30"), part[::-1, ::-1])
    np.testing.assert_array_equal(shown("128,128,,,-128,"), whole[:, ::-1])
    np.testing.assert_array_equal(shown("28,128,100"), whole[:, 100:])
    assert shown("30,30,20,10,60,30").shape == (15, 30)
    assert shown("120,60,20,10,60,30").shape == (60, 120)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("viewport=9999,1", "viewport"),
        ("viewport=64,64,100,0,60,10", "viewport"),
        ("viewport=64,64,0,0,0,10", "viewport"),
        ("viewport=64,64,-1,0,10,10", "viewport"),
        ("viewport=64,64,1,2,3,4,5", "viewport"),
        ("viewport=64,x,1,2,3,4", "viewport"),
        ("quality=0", "quality"),
        ("quality=101", "quality"),
        ("quality=good", "quality"),
        ("annotation=patient", "annotation"),
        ("iccprofile=srgb", "iccprofile"),
        ("window=1", "window"),
        ("composition=sepia", "composition"),
        ("composition=three-window&window=1,2", "window"),
    ],
)
def test_what_cannot_be_rendered_is_a_400_that_names_it(manager: Client, query: str, path: str) -> None:
    answer = manager.get(f"{bundled('CT_small').address}/rendered?{query}")

    assert (answer.status_code, answer.json()["path"]) == (400, path)


@pytest.mark.django_db
def test_quality_changes_the_size_of_the_picture_and_its_tag(manager: Client) -> None:
    address = f"{bundled('CT_small').address}/rendered"
    low, high = (manager.get(f"{address}?quality={quality}") for quality in (10, 95))

    assert len(low.content) < len(high.content) / 2
    assert low["ETag"] != high["ETag"]


@pytest.mark.django_db
def test_the_window_and_the_three_window_picture(manager: Client) -> None:
    address = f"{bundled('CT_small').address}/rendered"
    dark = picture(manager.get(f"{address}?window=3000,10,linear", headers=PNG))

    assert dark.max() == 0
    assert picture(manager.get(f"{address}?composition=three-window", headers=PNG)).shape == (128, 128, 3)
    other = manager.get(f"{bundled('MR_small_RLE').address}/rendered?composition=three-window")
    assert (other.status_code, other.json()["path"]) == (400, "composition")


@pytest.mark.django_db
def test_several_frames_are_a_multipart_of_pictures(manager: Client) -> None:
    served = bundled("examples_ybr_color")
    frames = served.dataset.NumberOfFrames
    alone = [manager.get(f"{served.address}/frames/{number}/rendered").content for number in (5, 2)]

    listed = parts_of(manager.get(f"{served.address}/frames/5,2/rendered"))
    assert [bytes_of(part) for part in listed] == alone
    assert {part.get_content_type() for part in listed} == {"image/jpeg"}
    every = {"Accept": 'multipart/related; type="image/jpeg"'}
    for address in (served.study, served.series, served.address):
        answer = manager.get(f"{address}/rendered?viewport=32,32", headers=every)
        assert answer.streaming
        assert len(parts_of(answer)) == frames
    refused = manager.get(f"{served.address}/frames/5,2/rendered", headers=PNG)
    assert (refused.status_code, refused.json()["path"]) == (400, "frames")


@pytest.mark.django_db
def test_one_picture_of_an_instance_is_its_first_frame_and_of_a_series_the_middle_one(manager: Client) -> None:
    served = bundled("examples_ybr_color")
    middle = served.dataset.NumberOfFrames // 2 + 1

    def content(address: str) -> bytes:
        return manager.get(f"{address}/rendered").content

    assert content(served.address) == content(f"{served.address}/frames/1")
    assert content(served.series) == content(served.study) == content(f"{served.address}/frames/{middle}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/jpeg", "JPEG"),
        ("image/png", "PNG"),
        ("image/webp", "WEBP"),
        ("*/*", "JPEG"),
        ("image/*", "JPEG"),
        ("image/gif, image/png;q=0.5", "PNG"),
        ("image/png;q=0.5, image/jpeg;q=0.8", "JPEG"),
    ],
)
def test_the_form_of_the_picture_is_negotiated(manager: Client, accept: str, kind: str) -> None:
    served = bundled("CT_small")
    for ending in ("/rendered", "/thumbnail"):
        answer = manager.get(served.address + ending, headers={"Accept": accept})
        assert Image.open(io.BytesIO(answer.content)).format == kind
    by_address = manager.get(f"{served.address}/rendered?accept=image/png", headers={"Accept": accept})
    assert by_address["Content-Type"] == "image/png"


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["image/gif", "video/mp4", "application/pdf", "text/html"])
def test_films_and_documents_are_406_in_words(manager: Client, accept: str) -> None:
    answer = manager.get(f"{bundled('CT_small').address}/rendered", headers={"Accept": accept})

    assert answer.status_code == 406
    assert "image/jpeg" in answer.json()["detail"]


@pytest.mark.django_db
def test_thumbnails_are_small_at_every_level(manager: Client) -> None:
    served = bundled("examples_ybr_color")
    for address in (served.study, served.series, served.address, f"{served.address}/frames/3"):
        answer = manager.get(f"{address}/thumbnail")
        assert answer.status_code == 200, address
        assert max(Image.open(io.BytesIO(answer.content)).size) <= 256
    small = manager.get(f"{served.study}/thumbnail?viewport=40,40")
    assert max(Image.open(io.BytesIO(small.content)).size) == 40
    assert (
        manager.get(f"{served.study}/thumbnail", headers={"Accept": 'multipart/related; type="image/jpeg"'}).status_code
        == 406
    )
