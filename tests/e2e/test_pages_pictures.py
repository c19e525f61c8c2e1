"""A folder of PNGs with a table and a mask, dropped on the page in Chromium, with the product running."""

import uuid
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.test_pages_upload import count, drop, open_intakes, wait_until_settled
from tests.fixtures.browser import SignedInPage

pytestmark = pytest.mark.browser


def test_pictures_dropped_with_their_table_become_studies_of_its_patients(
    signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    folder = tmp_path / uuid.uuid4().hex[:8]
    patient = f"PNG-{folder.name}"
    folder.mkdir()
    noise = np.random.default_rng(list(folder.name.encode()))
    for name in ("left.png", "right.jpg", "left_mask.png"):
        Image.fromarray(noise.integers(0, 256, (120, 160), dtype=np.uint8)).save(folder / name)
    (folder / "table.csv").write_text(
        "File;Patient ID;Modality;Laterality;Pixel spacing row mm;Pixel spacing column mm\n"
        f"left.png;{patient};US;L;0,1;0,1\nright.jpg;{patient};US;R;0,1;0,1\n"
    )
    page = open_intakes(signed_in_page)
    page.get_by_text("whose pictures they are").click()
    expect(page.get_by_text("pixel_spacing_row_mm")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Example table").click()
    assert download.value.suggested_filename == "pictures-example.csv"
    drop(page, folder)
    wait_until_settled(page)
    assert (count(page, "ingested"), count(page, "beside"), count(page, "quarantined")) == (2, 2, 0)
    expect(page.get_by_role("row").filter(has_text="left_mask.png")).to_contain_text("Mask of")
    expect(page.get_by_role("row").filter(has_text=patient)).to_have_count(1)
