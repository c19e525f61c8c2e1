"""Every hanging that ships, held against its golden picture: one page goes through cases that between them hang so.

A new hanging needs a case here that it fits, and a picture; see hanging_pictures.py.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from annotator.cases.hangings.definition import Protocol
from annotator.cases.hangings.shipped import shipped_protocols
from tests.builders.marked import marked_breasts, marked_head, marked_ultrasound
from tests.e2e.hanging_pictures import FOLDER, differs, golden_of, keep_or_compare, lay_bare, look_at_panes
from tests.e2e.viewer_driver import Viewer, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

PROTOCOLS = {protocol.key: protocol for protocol in shipped_protocols()}
TODAY, EARLIER = "20260102", "20250102"
ASSIGN = """
from annotator.accounts.models import User
from annotator.cases.actions.show_priors import show_priors
from annotator.cases.models import Case
from annotator.readerstudies.actions.assign_cases import assign_cases
admin, reader = User.objects.get(username="admin"), User.objects.get(username="radiologist")
cases = [Case.objects.get(study__patient__patient_id=one, study__study_date="20260102").pk for one in {patients!r}]
for case in cases:
    show_priors(admin, case, most=1)
assign_cases(admin, case_ids=cases, reader_ids=[reader.pk])
result = [str(pk) for pk in cases]
"""


def write_cases(folder: Path) -> dict[str, list[Path]]:
    """Files by patient; each patient has one study of today, some an earlier one."""
    head, chest, breasts, sideless, mr, films, stills, pair = (new_patient() for _ in range(8))

    def earlier(patient: str) -> str:
        return f"{patient}-earlier"

    def owner(patient: str) -> dict[str, str]:
        return {"study": patient, "patient_id": patient}

    def former(patient: str) -> dict[str, str]:
        return {"study": earlier(patient), "patient_id": patient, "date": EARLIER}

    return {
        head: [
            *marked_head(folder, **owner(head)),
            *marked_head(folder, **former(head), slices=3, is_earlier=True),
        ],
        chest: marked_head(folder, **owner(chest), slices=3, body_part="CHEST"),
        breasts: [
            *marked_breasts(folder, **owner(breasts), date=TODAY, frames=3),
            *marked_breasts(folder, **former(breasts), is_earlier=True, frames=2),
        ],
        sideless: marked_breasts(
            folder, **owner(sideless), date=TODAY, frames=2, views=("RCC", "LMLO"), says_view=False
        ),
        mr: [
            *marked_head(folder, **owner(mr), slices=3, modality="MR"),
            *marked_head(folder, **owner(mr), slices=2, modality="MR", series=2),
            *marked_head(folder, **former(mr), slices=2, modality="MR", is_earlier=True),
        ],
        films: [
            *marked_ultrasound(folder, **owner(films), films=10),
            *marked_ultrasound(folder, **former(films), is_earlier=True),
        ],
        stills: marked_ultrasound(folder, **owner(stills), views=("", "")),
        pair: marked_ultrasound(folder, **owner(pair), views=("",), films=1),
    }


def offered(viewer: Viewer) -> list[str]:
    return list(viewer.page.eval_on_selector_all(".hanging-choice option", "all => all.map((one) => one.value)"))


def is_partly_there(said: list[str]) -> bool:
    """Whether a picture is computed from the slices that have come, and will be from more."""
    return any(words in one for one in said for words in ("so far", "Slab of"))


def hang(viewer: Viewer, protocol: Protocol) -> None:
    """Choose a hanging by mouse and wait until every pane that shows something shows it whole."""
    viewer.page.locator(".hanging-choice").select_option(protocol.key)
    # Of an axial series the axial plane is the series itself.
    computed = [
        bool(one.presentation.composition) or one.presentation.plane not in ("", "axial") for one in protocol.panes
    ]

    def is_hung() -> bool:
        panes = viewer.page.evaluate("window.readingRoom.panes")
        return len(panes) == protocol.rows * protocol.columns and all(
            pane["stack"] is None
            or (pane["slice"] >= 0 and (pane["said"] or not made) and not is_partly_there(pane["said"]))
            for pane, made in zip(panes, computed, strict=True)
        )

    viewer.until(is_hung, f"the hanging {protocol.key}")


@pytest.mark.browser
def test_every_shipped_hanging_looks_as_its_golden_picture(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    files = write_cases(tmp_path)
    reading_room.manage("ingest", "--derive", str(tmp_path))
    reading_room.wait_for_jobs()
    cases = reading_room.python(ASSIGN.format(patients=list(files)))
    viewer = Viewer(signed_in_page("radiologist")).open(cases[0])
    lay_bare(viewer)
    seen: set[str] = set()
    faults: list[str] = []
    for at, case in enumerate(cases):
        if at:
            viewer.page.keyboard.press("n")
            viewer.wait_for_case(case)
        for key in offered(viewer):
            if key in seen or key not in PROTOCOLS:
                continue
            seen.add(key)
            hang(viewer, PROTOCOLS[key])
            faults += keep_or_compare(look_at_panes(viewer), key)
    assert faults == []
    assert seen == set(PROTOCOLS), "a hanging that none of the cases here fits: give it one"


def test_every_shipped_hanging_has_a_golden_picture_and_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == set(PROTOCOLS)
    assert max(path.stat().st_size for path in FOLDER.glob("*.png")) < 40_000


def places_of(protocol: Protocol, height: int, width: int) -> list[tuple[slice, slice]]:
    down, across = height // protocol.rows, width // protocol.columns
    return [
        (slice(row * down, (row + 1) * down), slice(column * across, (column + 1) * across))
        for row in range(protocol.rows)
        for column in range(protocol.columns)
    ]


def pairs(count: int) -> Iterator[tuple[int, int]]:
    yield from ((at, (at + 1) % count) for at in range(count if count > 1 else 0))


@pytest.mark.parametrize("key", PROTOCOLS)
def test_a_flipped_or_swapped_pane_would_be_told_from_its_golden_picture(key: str) -> None:
    golden, protocol = golden_of(key), PROTOCOLS[key]
    assert not differs(golden, golden)
    places = places_of(protocol, *golden.shape[:2])
    for at, place in enumerate(places):
        if golden[place].max() < 40:
            continue  # an empty pane
        for turned in (golden[place][:, ::-1], golden[place][::-1]):
            changed = golden.copy()
            changed[place] = turned
            assert differs(changed, golden), f"pane {at + 1} turned"
    for at, other in pairs(len(places)):
        one, two = protocol.panes[at], protocol.panes[other]
        if (one.same_stack_as or two.same_stack_as) and one.presentation == two.presentation:
            continue  # the same picture twice
        changed = golden.copy()
        changed[places[at]], changed[places[other]] = golden[places[other]], np.asarray(golden[places[at]])
        assert differs(changed, golden), f"panes {at + 1} and {other + 1} swapped"
