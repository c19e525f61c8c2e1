"""What the screen shows is the grey that the standard asks for, measured on a screenshot."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

from tests.builders import ct_series
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SIDE = 64
QUARTERS = {(16, 16): 0, (48, 16): 300, (16, 48): 1500, (48, 48): 4095}
# Half the greys lie in the lowest quarter of the values: a straight window would be far off.
CURVE = np.rint(255 * np.sqrt(np.arange(4096) / 4095)).astype(np.uint16)


def with_a_voi_table(folder: Path, patient: str) -> Path:
    """A 12-bit picture of four flat quarters whose only VOI is a curved table."""
    [path] = ct_series(folder, slices=1, rows=SIDE, columns=SIDE, study=patient, patient_id=patient)
    made = dcmread(path)
    made.Modality = "OT"
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    for keyword in (
        "RescaleIntercept",
        "RescaleSlope",
        "RescaleType",
        "WindowCenter",
        "WindowWidth",
        "BodyPartExamined",
    ):
        if keyword in made:
            delattr(made, keyword)
    values = np.zeros((SIDE, SIDE), np.uint16)
    for (column, row), value in QUARTERS.items():
        values[row - 16 : row + 16, column - 16 : column + 16] = value
    made.set_pixel_data(values, "MONOCHROME2", 12)
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 8]
    table.LUTData = CURVE.tobytes()
    made.VOILUTSequence = Sequence([table])
    made.save_as(path)
    return path


def shade(viewer: Viewer, point: tuple[float, float]) -> float:
    """The mean grey of a few screen pixels round a point of the stored matrix."""
    x, y = viewer.screen(point)
    clip = {"x": round(x) - 2, "y": round(y) - 2, "width": 5, "height": 5}
    with Image.open(io.BytesIO(viewer.page.screenshot(clip=clip))) as shot:
        return float(np.asarray(shot.convert("L")).mean())


def test_a_curved_voi_table_gives_the_same_greys_on_the_screen_as_in_the_file(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    patient = new_patient()
    case = assigned_case(reading_room, [with_a_voi_table(tmp_path, patient)], patient)
    viewer = Viewer(signed_in_page("radiologist")).open(case)
    assert viewer.pane()["window"]["name"] == "VOI table"
    for point, value in QUARTERS.items():
        assert abs(shade(viewer, point) - CURVE[value]) <= 2, f"stored value {value}"
