"""highdicom's Secondary Capture of the same pixels says the same of them."""

import numpy as np
import pytest
from highdicom.sc import SCImage
from PIL import Image
from pydicom.uid import generate_uid

NOISE = np.random.default_rng(2)
PIXELS = {
    "grey": NOISE.integers(0, 256, (21, 30), dtype=np.uint8),
    "deep": NOISE.integers(0, 65536, (21, 30), dtype=np.uint16),
    "colour": NOISE.integers(0, 256, (21, 30, 3), dtype=np.uint8),
}
SAID_OF_PIXELS = """SOPClassUID SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored HighBit
PixelRepresentation PixelData Modality PatientID Laterality"""


@pytest.mark.parametrize("name", PIXELS)
def test_an_object_says_of_its_pixels_what_highdicom_would(wrap, tmp_path, name):
    pixels = PIXELS[name]
    Image.fromarray(pixels).save(tmp_path / "p.png")
    ours = wrap(tmp_path / "p.png", modality="MG", laterality="L")
    theirs = SCImage(
        pixel_array=pixels,
        photometric_interpretation=ours.PhotometricInterpretation,
        bits_allocated=pixels.dtype.itemsize * 8,
        coordinate_system="PATIENT",
        study_instance_uid=generate_uid(),
        series_instance_uid=generate_uid(),
        series_number=1,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="",
        patient_id="P-1",
        patient_orientation=("L", "P"),
        laterality="L",
    )
    theirs.Modality = "MG"  # it knows only OT
    said = SAID_OF_PIXELS.split()
    assert {keyword: ours.get(keyword) for keyword in said} == {keyword: theirs.get(keyword) for keyword in said}
