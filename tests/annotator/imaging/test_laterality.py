"""The side of the chest wall in phantoms of all views, and what is made of it beside the header."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from annotator.demo.tomosynthesis_object import ViewName
from annotator.imaging.headers.parsing import open_instance
from annotator.imaging.laterality import BreastHeader, ChestWall, breast_header, find_chest_wall, side_of_picture
from annotator.imaging.models import Stack
from annotator.imaging.pixels.decoding import decode_frame
from tests.annotator.imaging.conftest import Take
from tests.builders import tomosynthesis, tomosynthesis_four_views

VIEWS: tuple[ViewName, ...] = ("LCC", "RCC", "LMLO", "RMLO")


def breast(side: str, *, oblique: bool = False, bits: int = 12) -> NDArray[np.uint16]:
    """Half an ellipse at the left edge for L, with a muscle in its upper corner when oblique, on a dark film."""
    down, across = np.mgrid[:300, :230]
    noise = np.random.default_rng(3)
    tissue = ((down - 150) / 135) ** 2 + (across / 170) ** 2 < 1
    values = np.where(tissue, noise.integers(900, 1900, tissue.shape), noise.integers(20, 60, tissue.shape))
    if oblique:
        values = np.where(across + down * 0.8 < 110, 2600, values)
    # A burnt-in letter at the edge without tissue.
    values[20:45, -30:-8] = 4095
    shown = values if side == "L" else values[:, ::-1]
    return (shown >> (12 - bits)).astype(np.uint16)


@pytest.mark.parametrize("oblique", [False, True], ids=["CC", "MLO"])
@pytest.mark.parametrize(("side", "edge"), [("L", "left"), ("R", "right")])
@pytest.mark.parametrize("bits", [8, 12])
def test_the_chest_wall_is_at_the_brighter_edge(side: str, edge: str, oblique: bool, bits: int) -> None:
    values = breast(side, oblique=oblique, bits=bits)
    assert find_chest_wall(values).edge == edge
    assert find_chest_wall(values[::-1, ::-1]).edge != edge, "turned by 180 degrees it is at the other one"
    assert find_chest_wall(4095 - values, tissue_is_dark=True).edge == edge
    assert find_chest_wall(values[::4, ::4]).edge == edge
    assert find_chest_wall(values).confidence > 0.8


def test_padding_at_an_edge_is_neither_dark_nor_bright() -> None:
    values = np.pad(breast("L"), ((0, 0), (40, 0)), constant_values=0)
    values[:, :40] = 7
    assert find_chest_wall(values, padding=(7, 7)).edge == "left"
    bright = np.pad(breast("L"), ((0, 0), (0, 40)), constant_values=4000)
    assert find_chest_wall(bright, padding=(4000, 4000)).edge == "left"
    assert find_chest_wall(bright).edge != "left", "without knowing of the padding it can't be told"


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((300, 200), np.uint16),
        np.random.default_rng(1).integers(0, 4000, (300, 200)),
        np.maximum(breast("L"), breast("R")),
        np.pad(breast("L")[:, ::3], ((0, 0), (60, 60))),
        np.ones((4, 4), np.uint16),
        np.ones((40, 40, 3), np.uint8),
    ],
    ids=["empty", "noise", "tissue at both edges", "a breast in the middle", "too small", "colour"],
)
def test_what_shows_no_chest_wall_is_left_unsaid(values: NDArray[Any]) -> None:
    assert find_chest_wall(values).edge == ""


def header(laterality: str, row_direction: str) -> BreastHeader:
    return BreastHeader(laterality=laterality, row_direction=row_direction, tissue_is_dark=False, padding=None)


@pytest.mark.parametrize(
    ("edge", "laterality", "row_direction", "side"),
    [
        ("left", "L", "A", "L"),
        ("right", "R", "P", "R"),
        ("left", "R", "P", "L"),
        ("right", "L", "A", "R"),
        # Stored turned, and the orientation says so: no disagreement.
        ("right", "L", "P", "L"),
        ("left", "R", "A", "R"),
        # The orientation promises another edge than the one with the chest wall.
        ("left", "L", "P", "R"),
        # Without an orientation the side is that of the usual way to store it.
        ("left", "R", "", "L"),
        ("left", "L", "", "L"),
        ("right", "", "", "R"),
        ("right", "B", "A", "R"),
        ("", "L", "A", ""),
    ],
)
def test_the_side_of_a_picture_is_the_headers_where_the_chest_wall_is_where_the_header_puts_it(
    edge: Any, laterality: str, row_direction: str, side: str
) -> None:
    assert side_of_picture(ChestWall(edge, 1.0), header(laterality, row_direction)) == side


def read(**attributes: object) -> BreastHeader:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return breast_header(made, laterality="L", inverted=False, padding=None)


def test_the_direction_of_rows_is_read_from_either_orientation() -> None:
    assert read(PatientOrientation=["A", "R"]).row_direction == "A"
    assert read(PatientOrientation=["PL", "F"]).row_direction == "P"
    assert read(ImageOrientationPatient=[0, 1, 0, 1, 0, 0]).row_direction == "P"
    assert read(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]).row_direction == ""
    assert read(PatientOrientation=["F", "A"]).row_direction == ""
    shared = Dataset()
    plane = Dataset()
    plane.ImageOrientationPatient = [0, -1, 0, -1, 0, 0]
    shared.PlaneOrientationSequence = Sequence([plane])
    assert read(SharedFunctionalGroupsSequence=Sequence([shared])).row_direction == "A"


def test_raw_pictures_show_tissue_dark_where_values_rise_with_the_beam() -> None:
    assert read(PresentationIntentType="FOR PROCESSING", PixelIntensityRelationshipSign=1).tissue_is_dark
    assert not read(PresentationIntentType="FOR PROCESSING", PixelIntensityRelationshipSign=-1).tissue_is_dark
    assert not read(PresentationIntentType="FOR PRESENTATION", PixelIntensityRelationshipSign=1).tissue_is_dark


@pytest.mark.django_db
def test_all_four_views_agree_with_their_headers(take: Take, tmp_path: Path) -> None:
    tomosynthesis_four_views(tmp_path)
    take(tmp_path, derive=True)
    sides = set(Stack.objects.values_list("laterality", "view", "laterality_from_pixels"))
    assert sides == {("L", "CC", "L"), ("R", "CC", "R"), ("L", "MLO", "L"), ("R", "MLO", "R")}


@pytest.mark.django_db
@pytest.mark.parametrize("photometric", ["MONOCHROME2", "MONOCHROME1"])
def test_a_volume_whose_header_names_the_other_breast_is_told_apart_and_left_as_it_is(
    take: Take, tmp_path: Path, photometric: str
) -> None:
    path = tomosynthesis(tmp_path, view="RMLO", syntax="1.2.840.10008.1.2.1")
    made = dcmread(path)
    values = made.pixel_array[:, :, ::-1] if photometric == "MONOCHROME2" else 4095 - made.pixel_array[:, :, ::-1]
    made.PixelData = np.ascontiguousarray(values).tobytes()
    made.PhotometricInterpretation = photometric
    made.save_as(path)
    take(path, derive=True)
    stack = Stack.objects.get()
    assert (stack.laterality, stack.laterality_from_pixels, stack.laterality_verdict) == ("R", "L", "")


@pytest.mark.django_db
def test_a_picture_stored_turned_with_an_orientation_that_says_so_is_no_disagreement(
    take: Take, tmp_path: Path
) -> None:
    path = tomosynthesis(tmp_path, view="LCC", syntax="1.2.840.10008.1.2.1")
    made = dcmread(path)
    made.PixelData = np.ascontiguousarray(made.pixel_array[:, ::-1, ::-1]).tobytes()
    made.PatientOrientation = ["P", "L"]
    made.save_as(path)
    take(path, derive=True)
    stack = Stack.objects.get()
    assert (stack.laterality, stack.laterality_from_pixels) == ("L", "L")


@pytest.mark.needs_data
@pytest.mark.parametrize(
    ("name", "edge", "side"),
    [
        ("GH133.dcm", "right", "R"),
        ("MG1_J2KI.dcm", "left", "L"),
        # Lines and numbers drawn by a program, no breast.
        ("MG_Explicit_Little.dcm", "", ""),
    ],
)
def test_real_mammograms_show_the_breast_that_their_header_names(
    data_dir: Path, name: str, edge: str, side: str
) -> None:
    path = data_dir / "dicom/mg" / name
    with open_instance(path) as instance:
        values = decode_frame(instance.frame_bytes(0), instance.pixel_description)
        named = "R" if name != "MG1_J2KI.dcm" else "L"
        found = breast_header(instance.parsed.dataset, laterality=named, inverted=False, padding=None)
    assert find_chest_wall(values).edge == edge
    assert find_chest_wall(values[::8, ::8]).edge == edge
    assert side_of_picture(find_chest_wall(values), found) == side
