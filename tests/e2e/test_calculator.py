"""The public calculator in Chromium, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_nodule_is_scored_by_keyboard_without_signing_in(page: Page) -> None:
    page.goto("/calculators/ti-rads/")
    results = page.locator("[data-results]")
    page.locator("input[name=composition]").first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")  # mixed
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("ArrowDown")  # isoechoic
    expect(results).to_contain_text("Still to answer: Shape, Margin, Echogenic foci")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")  # taller than wide
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # smooth
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # none
    expect(results).to_contain_text("TR4 · 5 points")
    expect(results).to_contain_text("TR1 · 1 point")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.type("16")
    expect(results).to_contain_text("Fine-needle aspiration: 16 mm")


def test_none_goes_when_another_focus_is_chosen(page: Page) -> None:
    page.goto("/calculators/ti-rads/")
    page.check("input[value=none]")
    page.check("input[value=macrocalcifications]")
    assert not page.is_checked("input[value=none]")
    page.check("input[value=none]")
    assert not page.is_checked("input[value=macrocalcifications]")
    page.click("button[type=reset]")
    expect(page.locator("[data-results]")).to_contain_text("Choose a feature in each category.")
