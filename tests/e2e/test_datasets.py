"""A data manager goes from a question to a zip that a program can check, in the browser."""

import hashlib
import re
import uuid
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders import ct_series
from tests.e2e.test_accessibility import faults
from tests.e2e.viewer_driver import assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SECONDS = 1000
A_MARK = """
import uuid
from annotator.accounts.models import User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.cases.models import Case
from annotator.imaging.queries import frames_in_order
case = Case.objects.get(pk={case!r})
frame = frames_in_order(case.stacks.get())[1]
save_annotation(User.objects.get(username="radiologist"), SaveAnnotation(
    id=uuid.uuid4(), case_id=case.pk, frame_key=frame.key, kind="box", points=[[4, 5], [20, 22]]))
result = None
"""


def test_a_cohort_is_frozen_and_downloaded(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    patient, name = new_patient(), f"Set {uuid.uuid4().hex[:6]}"
    ct_series(tmp_path / "ct", slices=3, patient_id=patient, study=patient)
    case = assigned_case(reading_room, [tmp_path / "ct"], patient)
    reading_room.python(A_MARK.format(case=case))

    page = signed_in_page("data_manager")
    page.goto(f"/studies/?q={patient}")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Make a dataset").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.wait_for_load_state()
    expect(page.locator(".drawing svg").first).to_be_visible()
    found = faults(page)
    expect(page.locator("[data-counts]")).to_contain_text("1 study")
    page.get_by_label("Modality").fill("US")
    expect(page.locator("[data-counts]")).to_contain_text("0 studies")
    expect(page.get_by_role("button", name="Freeze")).to_be_disabled()
    page.reload()
    page.get_by_label("Uncertain answers count as").select_option("ignore")
    page.get_by_label("Submitted readings only").uncheck()
    page.get_by_role("button", name="Freeze").click()
    page.wait_for_url(re.compile("/releases/"))
    expect(page.get_by_role("heading", name=f"{name} · release 1")).to_be_visible(timeout=60 * SECONDS)
    found += faults(page)
    assert found == []

    page.get_by_role("button", name="Export as").click()
    download = page.get_by_role("link", name=re.compile("^Download"))
    expect(download).to_be_visible(timeout=60 * SECONDS)
    with page.expect_download() as arriving:
        download.click()
    with zipfile.ZipFile(Path(arriving.value.path())) as archive:
        for line in archive.read("MANIFEST").decode().splitlines():
            sha256, _, file = line.partition("  ")
            assert hashlib.sha256(archive.read(file)).hexdigest() == sha256
        assert any(file.endswith(".png") for file in archive.namelist())
