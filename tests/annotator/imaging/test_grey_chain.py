"""From a header to 8-bit grey, every step of the chain beside pydicom's own functions or the standard's formula.

The product's part: describe_grey reads the header, grey_from_stored shows the values. The oracle: apply_modality_lut,
then apply_windowing or apply_voi, scaled from the range of their output to 0..255.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi, apply_windowing
from pydicom.sequence import Sequence

from annotator.imaging.frame_description import FrameGrey, Window
from annotator.imaging.headers.describe_grey import describe_grey
from annotator.imaging.headers.functional_groups import FrameAttributes
from annotator.imaging.pixels.windowing import grey_from_stored

TOLERANCE = 0.51


def header(**attributes: Any) -> Dataset:
    """A monochrome CT header, 12 bits unsigned unless told otherwise."""
    made = Dataset()
    made.PhotometricInterpretation, made.SamplesPerPixel = "MONOCHROME2", 1
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    made.set_original_encoding(False, True)
    return made


def table(first: int, bits: int, values: list[int], **more: Any) -> Sequence:
    item = header()
    item.add_new(0x00283002, "SS" if first < 0 else "US", [len(values), first, bits])
    item.add_new(0x00283006, "OW", np.array(values, "<u2").tobytes())
    for keyword, value in more.items():
        setattr(item, keyword, value)
    return Sequence([item])


def stored_values(dataset: Dataset) -> np.ndarray:
    bits = dataset.BitsStored
    if dataset.PixelRepresentation:
        return np.arange(-(1 << bits - 1), 1 << bits - 1).astype(np.int16).reshape(64, -1)
    return np.arange(1 << bits).astype(np.uint16 if bits > 8 else np.uint8).reshape(16, -1)


def described(dataset: Dataset, index: int = 0) -> FrameGrey:
    return describe_grey(FrameAttributes(dataset), index)


def shown(dataset: Dataset) -> np.ndarray:
    grey = described(dataset)
    return grey_from_stored(stored_values(dataset), grey, grey.windows[0] if grey.windows else None)


def scaled(function: Callable[[np.ndarray, Dataset], np.ndarray], values: np.ndarray, dataset: Dataset) -> np.ndarray:
    """pydicom's output from its least to its greatest possible value as 0..255, turned round for MONOCHROME1."""
    ends = function(np.array([-1e9, 1e9]), dataset)
    grey = (function(values.astype(np.float64), dataset) - ends[0]) / (ends[1] - ends[0]) * 255
    return 255 - grey if dataset.PhotometricInterpretation == "MONOCHROME1" else grey


RAMP_16 = [round(65535 * (at / 299) ** 2) for at in range(300)]
CHAINS = {
    "rescale to Hounsfield units": header(RescaleSlope=1, RescaleIntercept=-1024, WindowCenter=40, WindowWidth=400),
    "a slope that is no whole number": header(RescaleSlope=0.25, RescaleIntercept=10, WindowCenter=500, WindowWidth=90),
    "a slope below zero": header(RescaleSlope=-1, RescaleIntercept=4095, WindowCenter=2000, WindowWidth=1000),
    "signed values": header(
        PixelRepresentation=1, RescaleSlope=2, RescaleIntercept=-10, WindowCenter=-300, WindowWidth=1200
    ),
    "16 bits": header(BitsStored=16, HighBit=15, WindowCenter=30000, WindowWidth=20000),
    "8 bits": header(BitsAllocated=8, BitsStored=8, HighBit=7, WindowCenter=128, WindowWidth=64),
    "10 bits": header(BitsStored=10, HighBit=9, WindowCenter=500, WindowWidth=300),
    "14 bits signed": header(BitsStored=14, HighBit=13, PixelRepresentation=1, WindowCenter=10, WindowWidth=600),
    "MONOCHROME1": header(PhotometricInterpretation="MONOCHROME1", WindowCenter=2000, WindowWidth=3000),
    "LINEAR_EXACT": header(WindowCenter=900, WindowWidth=333, VOILUTFunction="LINEAR_EXACT"),
    "SIGMOID": header(WindowCenter=900, WindowWidth=333, VOILUTFunction="SIGMOID"),
    "SIGMOID of MONOCHROME1": header(
        PhotometricInterpretation="MONOCHROME1", WindowCenter=900, WindowWidth=333, VOILUTFunction="SIGMOID"
    ),
    "modality table of 16 bits, then a window": header(
        ModalityLUTSequence=table(100, 16, RAMP_16), WindowCenter=30000, WindowWidth=40000
    ),
    "modality table of 8 bits, then a window": header(
        ModalityLUTSequence=table(0, 8, list(range(255, -1, -1))), WindowCenter=100, WindowWidth=120
    ),
    "modality table that begins below zero": header(
        PixelRepresentation=1, ModalityLUTSequence=table(-20, 16, RAMP_16), WindowCenter=30000, WindowWidth=40000
    ),
}
TABLES = {
    "VOI table of 12 bits": header(VOILUTSequence=table(500, 12, [at * 13 for at in range(300)])),
    "VOI table of 8 bits": header(
        BitsAllocated=8, BitsStored=8, HighBit=7, VOILUTSequence=table(0, 8, [(at * 7) % 256 for at in range(256)])
    ),
    "VOI table after rescale": header(
        RescaleSlope=1, RescaleIntercept=100, VOILUTSequence=table(600, 16, [at * 200 for at in range(300)])
    ),
    "VOI table that begins below zero": header(
        PixelRepresentation=1, VOILUTSequence=table(-150, 12, [at * 13 for at in range(300)])
    ),
    "VOI table of MONOCHROME1": header(
        PhotometricInterpretation="MONOCHROME1", VOILUTSequence=table(500, 12, [at * 13 for at in range(300)])
    ),
    "modality table, then VOI table": header(
        ModalityLUTSequence=table(0, 16, [at * 2 for at in range(2000)]),
        VOILUTSequence=table(1000, 12, [at * 2 for at in range(2000)]),
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_windowed_chain_is_what_pydicom_computes(name: str) -> None:
    dataset = CHAINS[name]
    values = apply_modality_lut(stored_values(dataset), dataset)

    wanted = scaled(lambda some, of: apply_windowing(some, of), values, dataset)
    assert wanted.std() > 10, "the case must show something"
    # Float32 beside float64 where a slope of a quarter meets a window of 90 units.
    assert np.abs(shown(dataset) - wanted).max() <= TOLERANCE + 0.02


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_looked_up_as_pydicom_does(name: str) -> None:
    dataset = TABLES[name]
    values = apply_modality_lut(stored_values(dataset), dataset)
    bits = int(dataset.VOILUTSequence[0].LUTDescriptor[2])
    wanted = apply_voi(values.astype(np.int32), dataset) * (255 / (2**bits - 1))
    wanted = 255 - wanted if dataset.PhotometricInterpretation == "MONOCHROME1" else wanted

    assert wanted.std() > 10
    assert np.abs(shown(dataset) - wanted).max() <= TOLERANCE


def test_a_voi_table_in_hounsfield_units_begins_below_zero_also_where_pixels_are_unsigned() -> None:
    """By hand: the header holds 64512, which is -1024 in Hounsfield units; pydicom takes it for 64512."""
    dataset = header(RescaleSlope=1, RescaleIntercept=-1024, VOILUTSequence=table(64512, 8, list(range(256))))

    assert described(dataset).voi_lut.first == -1024
    assert shown(dataset).ravel()[:300].tolist() == [*range(256), *([255] * 44)]


def test_every_window_has_its_explanation_and_the_objects_first_is_shown() -> None:
    dataset = header(
        WindowCenter=[40, 600, 5],
        WindowWidth=[80, 2800, 0],
        WindowCenterWidthExplanation=["BRAIN", "BONE", "NOTHING"],
    )

    assert described(dataset).windows == (Window(40, 80, "BRAIN"), Window(600, 2800, "BONE"))


def test_frames_take_slope_and_window_from_their_own_group_else_from_the_shared_one() -> None:
    def transformation(slope: float) -> Sequence:
        return Sequence([header(RescaleSlope=slope, RescaleIntercept=-5, RescaleType="US")])

    def voi(centre: float, function: str = "LINEAR") -> Sequence:
        return Sequence([header(WindowCenter=centre, WindowWidth=50, VOILUTFunction=function)])

    dataset = header(RescaleSlope=99, WindowCenter=9999, WindowWidth=1)
    dataset.SharedFunctionalGroupsSequence = Sequence(
        [header(PixelValueTransformationSequence=transformation(2), FrameVOILUTSequence=voi(10))]
    )
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [header(), header(PixelValueTransformationSequence=transformation(3), FrameVOILUTSequence=voi(20, "SIGMOID"))]
    )

    first, second = described(dataset, 0), described(dataset, 1)
    assert (first.slope, first.intercept, first.units, first.windows) == (2, -5, "US", (Window(10, 50),))
    assert (second.slope, second.windows) == (3, (Window(20, 50, function="SIGMOID"),))


def test_a_frames_own_table_counts_before_the_shared_window() -> None:
    dataset = header()
    dataset.SharedFunctionalGroupsSequence = Sequence([header()])
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [header(FrameVOILUTSequence=Sequence([header(VOILUTSequence=table(0, 8, [0, 255]))]))]
    )
    grey = described(dataset)

    assert grey.windows == ()
    assert grey_from_stored(np.array([[0, 1, 2]], np.uint16), grey, None).tolist() == [[0, 255, 255]]


def test_each_slice_of_a_pet_has_its_own_slope() -> None:
    """By hand: the same activity, 5000 Bq/ml, stored with other slopes, is the same grey."""
    window = Window(5000, 10000, function="LINEAR_EXACT")
    for slope in (0.5, 2.0, 4.0):
        grey = described(header(RescaleSlope=slope, RescaleIntercept=0, Units="BQML"))
        assert grey_from_stored(np.array([[int(5000 / slope)]], np.uint16), grey, window).tolist() == [[128]]


def test_a_real_world_value_mapping_is_not_taken_for_the_modality_lut() -> None:
    """PS3.3 C.7.6.16.2.11: it is for measuring; what is shown goes through the rescale."""
    mapping = header(RealWorldValueSlope=1000, RealWorldValueIntercept=7, LUTLabel="ADC")
    plain, mapped = header(RescaleSlope=1), header(RescaleSlope=1, RealWorldValueMappingSequence=Sequence([mapping]))

    assert described(mapped) == described(plain)


@pytest.mark.parametrize("shape", ["IDENTITY", "INVERSE"])
@pytest.mark.parametrize(("photometric", "inverted"), [("MONOCHROME1", True), ("MONOCHROME2", False)])
def test_the_photometric_interpretation_says_whether_low_is_white(photometric: str, inverted: bool, shape: str) -> None:
    """PS3.3 C.8.11.3.1.2 has the shape repeat it; a contradiction is a writer's mistake in the shape."""
    dataset = header(PhotometricInterpretation=photometric, PresentationLUTShape=shape)

    assert described(dataset).inverted == inverted


def test_padding_is_left_out_of_the_range_that_is_shown() -> None:
    dataset = header(PixelRepresentation=1)
    dataset.add_new(0x00280120, "SS", -2000)
    dataset.add_new(0x00280121, "SS", -1990)
    stored = np.array([[-2000, -1995, -1990, 100, 150, 200]], np.int16)

    assert grey_from_stored(stored, described(dataset), None).tolist() == [[0, 0, 0, 0, 128, 255]]
