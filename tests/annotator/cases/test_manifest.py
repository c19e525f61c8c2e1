"""What the viewer is told of a case."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from annotator.accounts.errors import NotFoundError
from annotator.accounts.models import User
from annotator.cases.manifest import manifest_for
from annotator.cases.models import Case
from annotator.cases.queries import case_for
from annotator.cases.reading_state import FindingKindChoice, ReadingState
from annotator.imaging.frame_description import FrameGrey, LookupTable, UltrasoundRegion
from annotator.imaging.models import Frame, Instance, Stack
from annotator.imaging.queries import frames_in_order
from annotator.imaging.store.frame_tokens import check_token
from annotator.labels.actions.install_schemas import install_shipped_schemas
from tests.annotator.case_rows import grant, make_case, make_stack, make_study


def case_of(*stacks_of_study: dict[str, Any], modality: str = "CT") -> Case:
    study = make_study()
    return make_case(
        study, *(make_stack(study, modality=modality, **facts) for facts in stacks_of_study), modality=modality
    )


def only_stack(person: User, case: Case) -> dict[str, Any]:
    (stack,) = manifest_for(person, case)["stacks"]
    return dict(stack)


def test_a_blinded_manifest_says_nothing_of_the_patient(radiologist: User, shared_case: Case) -> None:
    manifest = manifest_for(radiologist, shared_case)
    assert manifest["case"]["patient"] is None
    said = json.dumps(manifest)
    patient, study = shared_case.study.patient, shared_case.study
    uids = re.findall(r"1\.2\.826\.\d+", said)
    for secret in (patient.patient_id, "Testcase", "Tilda", patient.birth_date, study.study_date, *uids):
        assert secret not in said


def test_a_data_manager_is_told_whose_case_it_is(data_manager: User, shared_case: Case) -> None:
    patient = manifest_for(data_manager, shared_case)["case"]["patient"]
    assert patient is not None
    assert patient["patient_id"] == "PAT-7"


def test_a_case_that_is_not_open_to_a_reader_has_no_manifest(second_radiologist: User, other_case: Case) -> None:
    with pytest.raises(NotFoundError):
        manifest_for(second_radiologist, other_case)


def test_a_case_that_was_loaded_for_somebody_else_opens_nothing_more(
    admin: User, radiologist: User, shared_case: Case
) -> None:
    assert manifest_for(radiologist, case_for(admin, shared_case.pk))["case"]["patient"] is None


def test_the_token_of_a_stack_opens_its_frames_for_this_person(radiologist: User, shared_case: Case) -> None:
    stack = only_stack(radiologist, shared_case)
    for frame in stack["frames"]:
        assert check_token(stack["token"], frame["key"]) == radiologist.pk
    assert stack["token_expires"]


def test_frames_come_in_the_order_of_the_catalogue(admin: User, db: None) -> None:
    case = case_of({"frames": 5, "positions": [30.0, 10.0, 50.0, 20.0, 40.0]})
    stack = only_stack(admin, case)
    assert [frame["key"] for frame in stack["frames"]] == [frame.key for frame in frames_in_order(case.stacks.get())]
    assert [frame["number"] for frame in stack["frames"]] == [1, 2, 3, 4, 5]


def test_a_grey_stack_is_described_as_it_was_stored(admin: User, db: None) -> None:
    stack = only_stack(admin, case_of({"frames": 1, "rows": 512, "columns": 384}))
    expected = {
        "rows": 512,
        "columns": 384,
        "samples_per_pixel": 1,
        "bits_stored": 12,
        "bits_allocated": 16,
        "signed": False,
        "photometric": "MONOCHROME2",
        "default_window": {"name": "BRAIN", "centre": 40.0, "width": 80.0, "function": "LINEAR"},
        "kind": "volume",
        "place": 0,
        "title": "stack 0",
        "modality": "CT",
    }
    assert {name: stack[name] for name in expected} == expected
    assert [preset["key"] for preset in stack["presets"]] == ["1", "2", "3", "4", "5"]
    (frame,) = stack["frames"]
    assert (frame["slope"], frame["intercept"], frame["inverted"], frame["format"]) == (1.0, -1024.0, False, "htj2k")
    assert frame["geometry"]["spacing"] == [0.5, 0.5]
    assert (frame["modality_lut"], frame["voi_lut"], frame["padding"]) == (None, None, None)


def test_tables_padding_and_inversion_reach_the_viewer(admin: User, db: None) -> None:
    case = case_of(
        {
            "frames": 1,
            "inverted": True,
            "padding": (0, 10),
            "modality_lut": LookupTable(first=-5, bits=16, values=(1, 2, 3)),
            "windows": (),
        }
    )
    stack = only_stack(admin, case)
    (frame,) = stack["frames"]
    assert stack["photometric"] == "MONOCHROME1"
    assert frame["padding"] == [0, 10]
    assert frame["modality_lut"] == {"first": -5, "bits": 16, "values": [1, 2, 3]}
    assert stack["default_window"] is not None, "a CT without a window of its own gets a preset"


def test_overlays_say_where_they_lie_and_where_their_pictures_are(admin: User, db: None) -> None:
    case = case_of({"frames": 1})
    plane = {"rows": 3, "columns": 4, "row": -1, "column": 7, "offset": 0, "length": 9, "kind": "graphics"}
    Frame.objects.update(
        overlays=[
            {**plane, "label": "Caliper", "description": ""},
            {**plane, "label": "", "description": "Drawn"},
            {**plane, "label": "", "description": ""},
        ]
    )
    (frame,) = only_stack(admin, case)["frames"]

    assert [overlay["label"] for overlay in frame["overlays"]] == ["Caliper", "Drawn", "Overlay 3"]
    assert frame["overlays"][1] == {
        "label": "Drawn",
        "rows": 3,
        "columns": 4,
        "row": -1,
        "column": 7,
        "address": f"/frames/{frame['key']}/overlays/2",
    }


def test_a_colour_stack_is_8_bit_rgb_without_windows(admin: User, db: None) -> None:
    case = case_of({"kind": "cine", "frames": 2, "colour": True, "windows": ()}, modality="US")
    stack = only_stack(admin, case)
    assert (stack["photometric"], stack["samples_per_pixel"], stack["bits_stored"]) == ("RGB", 3, 8)
    assert (stack["presets"], stack["default_window"]) == ([], None)


REGION = UltrasoundRegion(0, 0, 79, 63, mm_per_column=0.1, mm_per_row=0.1, spatial=True)


@pytest.mark.parametrize(
    ("facts", "noted"),
    [
        ({}, []),
        ({"spacing": None, "spacing_source": None}, ["Not calibrated: sizes are in pixels."]),
        ({"spacing": None, "spacing_source": None, "regions": (REGION,)}, []),
        (
            {"spacing_source": "ImagerPixelSpacing"},
            ["Pixel spacing is that of the detector: lengths in the patient are approximate."],
        ),
        (
            {"positions": [0.0, 5.0, 10.0, 20.0]},
            ["Gap between slices 3 and 4 (10.0 mm), usually 5.0 mm: 1 slice is missing."],
        ),
        (
            {"positions": [0.0, 0.0, 5.0, 10.0]},
            ["Several slices lie at the same place (one place): more than one acquisition may be mixed here."],
        ),
        ({"positions": [0.0, 5.0, 10.1, 15.0]}, []),
    ],
)
def test_the_reader_is_told_what_measures_can_not_be_trusted(
    admin: User, db: None, facts: dict[str, Any], noted: list[str]
) -> None:
    assert only_stack(admin, case_of({"frames": 4, **facts}))["notes"] == noted


def test_the_reader_of_a_mammogram_is_told_that_its_lengths_were_calibrated(admin: User, db: None) -> None:
    [note] = only_stack(admin, case_of({"kind": "still", "frames": 1}, modality="MG"))["notes"]
    assert "calibrated" in note


def test_a_tomosynthesis_volume_is_no_projection_and_its_lengths_need_no_note(admin: User, db: None) -> None:
    assert only_stack(admin, case_of({"kind": "volume", "frames": 4}, modality="MG"))["notes"] == []


def test_an_8_bit_picture_without_a_window_is_shown_as_it_is_not_stretched(admin: User, db: None) -> None:
    case = case_of({"frames": 2}, modality="US")
    Frame.objects.update(grey=FrameGrey().to_json())
    Instance.objects.update(bits_allocated=8, bits_stored=8, pixel_representation=0)
    window = only_stack(admin, case)["default_window"]
    assert (window["centre"], window["width"], window["function"]) == (127.5, 255.0, "LINEAR_EXACT")
    Instance.objects.update(bits_allocated=16, bits_stored=12)
    assert only_stack(admin, case)["default_window"] is None


def test_a_gap_comes_with_its_place_for_the_scroll_bar(admin: User, db: None) -> None:
    stack = only_stack(admin, case_of({"frames": 4, "positions": [0.0, 5.0, 10.0, 20.0]}))
    assert stack["gaps"] == [{"after": 3, "millimetres": 10.0, "missing": 1}]
    assert only_stack(admin, case_of({"frames": 4}))["gaps"] == []


def test_a_tilted_gantry_is_told_with_its_degrees(admin: User, db: None) -> None:
    turn = math.radians(20)
    tilted = {"orientation": (1.0, 0.0, 0.0, 0.0, math.cos(turn), math.sin(turn)), "gantry_tilt": -20.0}
    (note,) = only_stack(admin, case_of({"frames": 5, **tilted}))["notes"]
    assert note == "Gantry tilt 20.0°: each slice is shifted against the one before it."


def sided(pixels: str, verdict: str = "") -> Case:
    case = case_of({"kind": "volume", "frames": 3, "laterality": "R", "view": "CC"}, modality="MG")
    Stack.objects.update(laterality_from_pixels=pixels, laterality_verdict=verdict)
    return case


def test_a_side_in_doubt_is_a_warning_and_turns_nothing(admin: User, db: None) -> None:
    stack = only_stack(admin, sided("L"))
    assert stack["warning"].startswith("Side in doubt: the header says right, the chest wall")
    assert (stack["laterality"], stack["hang_as_stored"]) == ("R", True)


@pytest.mark.parametrize("pixels", ["R", ""])
def test_no_word_is_said_where_header_and_picture_agree_or_the_picture_tells_nothing(
    admin: User, db: None, pixels: str
) -> None:
    stack = only_stack(admin, sided(pixels))
    assert (stack["warning"], stack["notes"], stack["hang_as_stored"]) == ("", [], False)


def test_a_side_that_was_checked_is_told_as_the_person_said(admin: User, db: None) -> None:
    stack = only_stack(admin, sided("L", "header"))
    assert (stack["warning"], stack["laterality"]) == ("", "R")
    assert stack["notes"] == ["The side was checked: right, as the header says."]
    stack = only_stack(admin, sided("L", "pixels"))
    assert (stack["laterality"], stack["hang_as_stored"]) == ("L", True)
    assert stack["warning"].startswith("Left breast, as was checked; the header says right.")


def test_the_reader_is_told_when_pictures_of_the_series_could_not_be_shown(admin: User, db: None) -> None:
    case = case_of({"frames": 5})
    broken = Frame.objects.order_by("pk").last()
    assert broken is not None
    Instance.objects.filter(pk=broken.instance_id).update(state="failed")
    stack = only_stack(admin, case)
    assert len(stack["frames"]) == 4
    assert stack["notes"] == ["1 picture of this series could not be shown."]


def test_schemas_that_fit_the_modality_come_along(admin: User, db: None) -> None:
    install_shipped_schemas()
    keys = {schema["key"] for schema in manifest_for(admin, case_of({"frames": 1}))["schemas"]}
    assert "head-ct" in keys
    assert "acr-tirads" not in keys


def test_the_state_of_the_reading_is_passed_on(radiologist: User, shared_case: Case) -> None:
    reading = ReadingState(
        assignment="a",
        state="opened",
        locked=False,
        may_annotate=True,
        position="3 of 12",
        returned="The second nodule is missing.",
        may_review=False,
        finding_kinds=(FindingKindChoice("nodule", "Nodule"),),
    )
    manifest = manifest_for(radiologist, shared_case, reading=reading)
    assert manifest["reading"] == {
        "assignment": "a",
        "state": "opened",
        "locked": False,
        "may_annotate": True,
        "position": "3 of 12",
        "returned": "The second nodule is missing.",
        "may_review": False,
        "adjudicates": False,
        "mark_kinds": None,
        "submits_to": "done",
    }
    assert manifest["finding_kinds"] == [{"value": "nodule", "label": "Nodule"}]
    assert manifest["shows_suggestions"] is True
    assert manifest_for(radiologist, shared_case)["reading"]["may_annotate"] is False


def test_a_manifest_costs_the_same_queries_for_one_slice_and_for_many_stacks(
    radiologist: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    install_shipped_schemas()
    small, large = case_of({"frames": 1}), case_of(*({"frames": 30, "series_number": at} for at in range(4)))
    for case in (small, large):
        grant(case, radiologist)
        with django_assert_num_queries(8):
            manifest = manifest_for(radiologist, case)
            json.dumps(manifest)
    assert [len(stack["frames"]) for stack in manifest["stacks"]] == [30] * 4
