"""Pictures of frames: the same from every source, at every size, in every format."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.pixels import apply_modality_lut, apply_windowing, pixel_array

from annotator.imaging.frame_description import FrameGrey, Window
from annotator.imaging.pixels import rendering
from annotator.imaging.pixels.htj2k import Htj2kError, prefix_lengths
from annotator.imaging.pixels.rendering import (
    Rendering,
    finished_pictures,
    reduction_for,
    render_frame,
    render_pixels,
)
from annotator.imaging.store.frame_source import FrameSource, FrameStoreError, source_of, source_of_frame
from tests.annotator.imaging.filed_frames import file_instance
from tests.builders.studies import ct_series, tomosynthesis, ultrasound

pytestmark = pytest.mark.django_db
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


@pytest.fixture
def ct(frame_store: Path) -> FrameSource:
    return source_of(file_instance(BUNDLED / "CT_small.dcm")[0])


def picture(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_a_windowed_png_is_what_pydicom_computes(ct: FrameSource) -> None:
    dataset = pydicom.dcmread(BUNDLED / "CT_small.dcm")
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    values = apply_windowing(apply_modality_lut(dataset.pixel_array, dataset), dataset)
    shown = picture(render_frame(ct, Rendering("image/png", Window(40, 400))))
    low, high = -1024 - 32768, -1024 + 32767
    wanted = (values - low) / (high - low) * 255

    assert shown.shape == (128, 128)
    assert np.abs(shown - wanted).max() <= 0.51


@pytest.mark.parametrize(
    ("media_type", "format_name"), [("image/jpeg", "JPEG"), ("image/png", "PNG"), ("image/webp", "WEBP")]
)
def test_every_format_holds_the_same_picture(ct: FrameSource, media_type: str, format_name: str) -> None:
    window = Window(40, 400)
    data = render_frame(ct, Rendering(media_type, window))
    image = Image.open(io.BytesIO(data))

    assert image.format == format_name
    difference = np.asarray(image.convert("L"), int) - render_pixels(ct, window=window)
    assert np.abs(difference).mean() < 3


@pytest.mark.parametrize(
    "name", ["CT_small", "MR_small_RLE", "MR_small_bigendian", "MR_small_jp2klossless", "image_dfl"]
)
def test_native_bytes_and_the_htj2k_copy_give_the_same_picture(frame_store: Path, name: str) -> None:
    frame = file_instance(BUNDLED / f"{name}.dcm")[0]
    window = Window(500, 900)
    shown = render_pixels(source_of(frame), window=window)
    frame.native_length = None

    assert shown.std() > 5
    np.testing.assert_array_equal(render_pixels(source_of(frame), window=window), shown)


@pytest.mark.parametrize(
    ("name", "natively"),
    [
        ("CT_small", True),
        ("MR_small_RLE", True),
        ("MR_small_bigendian", False),
        ("examples_rgb_color", False),
        ("examples_palette", False),
        ("JPEG2000", False),
        ("image_dfl", False),
    ],
)
def test_only_grey_that_the_server_reads_fast_is_read_natively(frame_store: Path, name: str, natively: bool) -> None:
    source = source_of(file_instance(BUNDLED / f"{name}.dcm")[0])

    assert (source.native is not None) == natively


@pytest.mark.parametrize(
    ("viewport", "size"),
    [((64, 64), (64, 64)), ((500, 32), (32, 32)), ((20, 4000), (20, 20)), ((256, 300), (256, 256))],
)
def test_a_picture_fits_its_viewport_and_keeps_its_aspect(
    ct: FrameSource, viewport: tuple[int, int], size: tuple[int, int]
) -> None:
    data = render_frame(ct, Rendering("image/png", Window(40, 400), viewport))

    assert Image.open(io.BytesIO(data)).size == size


@pytest.mark.parametrize(
    ("size", "reduction"), [((2457, 1890), 0), ((1229, 945), 1), ((1230, 946), 0), ((614, 472), 2), ((1, 1), 5)]
)
def test_a_small_viewport_reads_as_few_halvings_as_still_hold_it(
    frame_store: Path, size: tuple[int, int], reduction: int
) -> None:
    source = source_of(file_instance(BUNDLED / "CT_small.dcm")[0])
    large = source.__class__(
        **{**vars(source), "pixels": source.pixels.__class__(**{**vars(source.pixels), "rows": 1890, "columns": 2457})}
    )

    assert reduction_for(large, size) == reduction


def test_a_reduced_picture_looks_like_the_full_one(frame_store: Path) -> None:
    source = source_of(file_instance(BUNDLED / "examples_overlay.dcm")[0])
    window = Window(200, 400)
    full = Image.fromarray(render_pixels(source, window=window))
    quarter = (source.columns // 4, source.rows // 4)
    small = render_pixels(source, window=window, viewport=quarter)
    wanted = np.asarray(full.resize(quarter, Image.Resampling.BOX), float)

    assert small.shape == wanted.shape
    # Not equal: a reduced copy lies up to half a pixel off (see decode_htj2k) and is windowed after averaging.
    assert np.corrcoef(small.ravel(), wanted.ravel())[0, 1] > 0.9


def test_a_small_picture_reads_the_beginning_of_the_frame_only(frame_store: Path) -> None:
    frame = file_instance(BUNDLED / "examples_overlay.dcm")[0]
    viewport = (frame.instance.columns // 2, frame.instance.rows // 2)
    whole = render_pixels(source_of(frame), viewport=viewport)
    frame.prefix_lengths = list(prefix_lengths(source_of(frame).stored.read()))
    source = source_of(frame)

    assert source.stored_for(0) == source.stored
    assert source.stored_for(1).length < source.stored.length / 2
    np.testing.assert_array_equal(render_pixels(source, viewport=viewport), whole)
    damaged = dataclasses.replace(source, prefix_lengths=(10,) * 5)
    with pytest.raises(Htj2kError):
        render_pixels(damaged, viewport=viewport)


def test_colour_and_its_jpeg_are_shown_in_colour(frame_store: Path) -> None:
    still = source_of(file_instance(BUNDLED / "examples_rgb_color.dcm")[0])
    np.testing.assert_array_equal(
        picture(render_frame(still, Rendering("image/png"))), pixel_array(BUNDLED / "examples_rgb_color.dcm")
    )
    cine = file_instance(BUNDLED / "examples_ybr_color.dcm")
    third = picture(render_frame(source_of(cine[2]), Rendering("image/png")))
    assert np.abs(third.astype(int) - pixel_array(BUNDLED / "examples_ybr_color.dcm", index=2)).max() <= 3


def test_a_stored_jpeg_of_full_size_is_handed_on_as_it_came(frame_store: Path) -> None:
    source = source_of(file_instance(BUNDLED / "examples_ybr_color.dcm")[0])

    assert render_frame(source, Rendering("image/jpeg")) == source.stored.read()
    smaller = picture(render_frame(source, Rendering("image/jpeg", viewport=(100, 100))))
    assert smaller.shape == (75, 100, 3)


def test_palette_pictures_are_shown_in_their_colours(frame_store: Path) -> None:
    source = source_of(file_instance(BUNDLED / "examples_palette.dcm")[0])

    assert source.native is None
    assert picture(render_frame(source, Rendering("image/png"))).shape == (source.rows, source.columns, 3)


def test_the_objects_window_counts_before_a_preset_and_the_query_before_both(frame_store: Path) -> None:
    window = Window(300, 500)
    frame = file_instance(BUNDLED / "CT_small.dcm", grey=FrameGrey(intercept=-1024, windows=(window,)))[0]
    source = source_of(frame)

    np.testing.assert_array_equal(render_pixels(source), render_pixels(source, window=window))
    assert (render_pixels(source, window=Window(-600, 1500)) != render_pixels(source)).any()


def test_a_ct_without_a_window_takes_the_preset_of_soft_tissue(ct: FrameSource) -> None:
    np.testing.assert_array_equal(render_pixels(ct), render_pixels(ct, window=Window(50, 400)))


def test_8_bit_grey_without_a_window_is_shown_as_it_is(frame_store: Path) -> None:
    frame = file_instance(BUNDLED / "image_dfl.dcm", grey=FrameGrey())[0]

    np.testing.assert_array_equal(
        render_pixels(source_of(frame)), pixel_array(pydicom.dcmread(BUNDLED / "image_dfl.dcm"))
    )


def test_monochrome1_is_the_negative(frame_store: Path) -> None:
    frame = file_instance(BUNDLED / "CT_small.dcm", grey=FrameGrey(intercept=-1024))[0]
    positive = render_pixels(source_of(frame), window=Window(40.5, 400)).astype(int)
    frame.grey = FrameGrey(intercept=-1024, inverted=True).to_json()
    negative = render_pixels(source_of(frame), window=Window(40.5, 400)).astype(int)

    assert np.abs(positive + negative - 255).max() <= 1


def test_a_whole_stack_costs_one_query(frame_store: Path, django_assert_num_queries) -> None:
    frames = file_instance(BUNDLED / "examples_ybr_color.dcm")
    with django_assert_num_queries(1):
        for frame in frames:
            assert source_of_frame(frame.key).key == frame.key


def test_frames_that_are_not_ready_are_not_there(frame_store: Path) -> None:
    frame = file_instance(BUNDLED / "CT_small.dcm")[0]
    frame.instance.state = "received"
    frame.instance.save()
    with pytest.raises(Exception, match="no such frame"):
        source_of_frame(frame.key)


def test_a_damaged_store_says_so(frame_store: Path) -> None:
    frame = file_instance(BUNDLED / "CT_small.dcm")[0]
    source = source_of(frame)
    for path in frame_store.rglob("*.dcm"):
        path.write_bytes(b"short")
    with pytest.raises(FrameStoreError, match="short"):
        render_frame(source, Rendering())
    for path in frame_store.rglob("*.dcm"):
        path.unlink()
    with pytest.raises(FrameStoreError, match="can't be opened"):
        render_frame(source, Rendering())


def test_a_picture_that_was_just_made_is_not_made_again(ct: FrameSource, monkeypatch: pytest.MonkeyPatch) -> None:
    finished_pictures().clear()
    asked = Rendering("image/png", Window(40, 400))
    first = render_frame(ct, asked)
    other = render_frame(ct, Rendering("image/png", Window(-600, 1500)))
    monkeypatch.setattr(rendering, "render_pixels", lambda *_, **__: pytest.fail("it was made again"))

    # Another object that says the same of the same frame, as after the stack was read again.
    assert render_frame(dataclasses.replace(ct), asked) == first != other


def test_what_the_demo_makes_is_shown(frame_store: Path, tmp_path: Path) -> None:
    for path in (ct_series(tmp_path)[0], tomosynthesis(tmp_path), ultrasound(tmp_path, colour=True)):
        for frame in file_instance(path):
            assert render_pixels(source_of(frame)).std() > 3
