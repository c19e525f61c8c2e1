"""From files through ingest to the viewer's door: what arrives are the values that the scanner stored."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from django.test import Client
from PIL import Image
from pydicom.pixels import apply_modality_lut, apply_windowing, pixel_array

from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Frame, Stack
from annotator.imaging.pixels.htj2k import decode_htj2k
from annotator.imaging.queries import frames_in_order
from annotator.imaging.store.frame_tokens import issue_token
from tests.builders.studies import tomosynthesis, ultrasound

pytestmark = pytest.mark.django_db


def get(client: Client, frame: Frame, rest: str = "", accept: str = "image/png") -> bytes:
    token = issue_token(frame.instance.stack.key, person_id=1).token
    response = client.get(f"/frames/{frame.key}{rest}", headers={"X-Frame-Token": token, "Accept": accept})
    assert response.status_code == 200, response.content
    return response.content


def ingested(paths: list[Path]) -> list[Frame]:
    ingest_paths(None, paths, derive=True)
    return frames_in_order(Stack.objects.get())


@pytest.mark.needs_data
def test_a_real_ct_arrives_slice_by_slice_as_the_scanner_stored_it(
    client: Client, frame_store: Path, data_dir: Path
) -> None:
    paths = sorted((data_dir / "dicom" / "ct_lung_A0001_5mm").glob("*.dcm"))[:6]
    headers = {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID): path for path in paths}
    frames = ingested(paths)

    assert len(frames) == 6
    for frame in frames:
        path = headers[frame.instance.sop_instance_uid]
        np.testing.assert_array_equal(decode_htj2k(get(client, frame)), pixel_array(path))
    dataset = pydicom.dcmread(headers[frames[3].instance.sop_instance_uid])
    dataset.WindowCenter, dataset.WindowWidth = -600, 1500
    hounsfield = apply_modality_lut(dataset.pixel_array, dataset)
    shown = np.asarray(Image.open(io.BytesIO(get(client, frames[3], "/rendered?window=-600,1500,linear"))), float)
    low, high = float(dataset.RescaleIntercept), float(dataset.RescaleIntercept) + 2**dataset.BitsStored - 1
    wanted = (apply_windowing(hounsfield, dataset) - low) / (high - low) * 255
    assert np.abs(shown - wanted).max() <= 0.51


def test_a_tomosynthesis_volume_and_a_cine_arrive_frame_by_frame(
    client: Client, frame_store: Path, tmp_path: Path
) -> None:
    volume = tomosynthesis(tmp_path)
    for number, frame in enumerate(sorted(ingested([volume]), key=lambda f: f.number)):
        np.testing.assert_array_equal(
            decode_htj2k(get(client, frame)), decode_of(volume, number), err_msg=f"frame {number + 1}"
        )
    ingest_paths(None, [ultrasound(tmp_path, frames=3)], derive=True)
    cine = frames_in_order(Stack.objects.get(kind="cine"))
    assert [Image.open(io.BytesIO(get(client, frame))).format for frame in cine] == ["JPEG"] * 3


def test_an_overlay_comes_as_a_transparent_picture_with_the_frames_token(client: Client, frame_store: Path) -> None:
    path = Path(pydicom.__file__).parent / "data" / "test_files" / "examples_overlay.dcm"
    (frame,) = ingested([path])
    picture = Image.open(io.BytesIO(get(client, frame, "/overlays/1")))
    token = {"X-Frame-Token": issue_token(frame.instance.stack.key, person_id=1).token}
    address = f"/frames/{frame.key}/overlays/1"
    first = client.get(address, headers=token)

    np.testing.assert_array_equal(
        np.asarray(picture.convert("RGBA"))[..., 3] == 255, pydicom.dcmread(path).overlay_array(0x6000) == 1
    )
    assert first["Content-Type"] == "image/png"
    assert client.get(address, headers={**token, "If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address).status_code == 401
    for number in ("0", "2", "999"):
        assert client.get(f"/frames/{frame.key}/overlays/{number}", headers=token).status_code == 404
    assert client.get(f"/frames/{frame.key}/overlays/9999", headers=token).status_code == 404
    assert client.get(f"/frames/{frame.key}/overlays/", headers=token).status_code == 404


def decode_of(path: Path, index: int) -> np.ndarray:
    """pydicom reads no JPEG-LS without plugins; imagecodecs does, straight from the fragments."""
    import imagecodecs

    dataset = pydicom.dcmread(path)
    frames = pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=dataset.NumberOfFrames)
    return imagecodecs.jpegls_decode(list(frames)[index])


def test_the_beginning_of_a_frame_is_the_frame_at_a_lower_resolution(
    client: Client, frame_store: Path, tmp_path: Path
) -> None:
    frame = ingested([tomosynthesis(tmp_path, rows=300, columns=220)])[1]
    token = issue_token(frame.instance.stack.key, person_id=1).token
    whole = get(client, frame)
    for reduce, length in enumerate(frame.prefix_lengths, start=1):
        asked = {"X-Frame-Token": token, "Range": f"bytes=0-{length - 1}"}
        answer = client.get(f"/frames/{frame.key}", headers=asked)
        assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes 0-{length - 1}/{len(whole)}")
        assert int(answer["Content-Length"]) == len(answer.content) == length
        np.testing.assert_array_equal(decode_htj2k(answer.content, reduce=reduce), decode_htj2k(whole, reduce=reduce))


@pytest.mark.parametrize(
    "asked", ["bytes=0-99999999", "bytes=5-9", "bytes=-5", "bytes=0-5,7-9", "lines=0-3", "bytes=0-x"]
)
def test_any_other_range_gets_the_whole_frame(client: Client, frame_store: Path, tmp_path: Path, asked: str) -> None:
    frame = ingested([tomosynthesis(tmp_path)])[0]
    token = issue_token(frame.instance.stack.key, person_id=1).token
    answer = client.get(f"/frames/{frame.key}", headers={"X-Frame-Token": token, "Range": asked})
    assert (answer.status_code, answer.content) == (200, get(client, frame))
