"""The form of a hanging: drop-downs, check boxes and the drawing write the JSON that is saved."""

import json

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import SignedInPage

pytestmark = pytest.mark.browser


def test_an_admin_copies_a_hanging_and_changes_panes_windows_and_links_by_mouse(signed_in_page: SignedInPage) -> None:
    page = signed_in_page("admin")
    page.goto("/hangings/ct-chest-windows/")
    page.get_by_role("button", name="Copy").click()
    panes = page.locator("[data-preview] button")
    expect(panes).to_have_count(2)

    page.get_by_label("Columns").select_option("3")
    expect(panes).to_have_count(3)
    panes.nth(2).click()
    page.get_by_label("Shows").select_option("1")
    page.get_by_label("Window").select_option("Bone")
    page.locator("fieldset", has_text="It scrolls").get_by_label("2").check()
    page.locator("fieldset", has_text="It zooms").get_by_label("1").check()
    expect(panes.nth(2)).to_contain_text("as pane 1")
    expect(panes.nth(2)).to_contain_text("Bone")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_contain_text("was saved")
    saved = json.loads(page.locator("textarea[name=content]").input_value())
    assert saved["panes"][2] == {"same_stack_as": 1, "presentation": {"window": "Bone"}}
    assert saved["synchronized"] == {"scroll": [[1, 2, 3]], "zoom": [[1, 2, 3]]}

    panes.nth(2).click()
    page.locator("fieldset", has_text="It zooms").get_by_label("1").uncheck()
    page.get_by_label("Slab").select_option("maximum")
    page.get_by_label("Slices of the slab").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#fault")).to_contain_text("panes[2].presentation.slab.slices")
    expect(panes.nth(2)).to_have_class("faulty")
    assert json.loads(page.locator("textarea[name=content]").input_value())["synchronized"]["zoom"] == [[2, 3]]
