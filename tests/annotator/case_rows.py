"""Cases made of rows alone: no DICOM file, no frame bytes. For tests of rooms that never look at pixels."""

import hashlib
import itertools
from typing import Any

from django.utils import timezone

from annotator.accounts.models import User
from annotator.cases.models import Case, CaseGrant, CaseStack
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.frame_description import FrameGeometry, FrameGrey, Window
from annotator.imaging.models import Frame, Instance, Patient, Series, Stack, Study

_numbers = itertools.count(1)
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def make_study(*, patient_id: str = "PAT-7", name: str = "Testcase^Tilda") -> Study:
    """A study without series, of a patient who may have others."""
    patient, _ = Patient.objects.get_or_create(
        patient_id=patient_id, defaults={"name": name, "sex": "F", "birth_date": "19610203"}
    )
    return Study.objects.create(
        patient=patient, study_instance_uid=f"1.2.826.{next(_numbers)}", study_date="20240102", description=name
    )


def make_stack(
    study: Study,
    *,
    modality: str = "CT",
    kind: str = "volume",
    frames: int = 3,
    rows: int = 64,
    columns: int = 80,
    series_number: int = 1,
    laterality: str = "",
    view: str = "",
    is_localizer: bool = False,
    state: str = "ready",
    positions: list[float] | None = None,
    **described: Any,
) -> Stack:
    """A stack of its own series: single-frame instances for a volume of CT, else one instance of many frames.

    `described` replaces parts of the frames' geometry (spacing, regions ...) and grey (windows, inverted, colour ...).
    """
    series = Series.objects.create(
        study=study, series_instance_uid=f"1.2.826.{next(_numbers)}", modality=modality, series_number=series_number
    )
    grouping = f"{columns}x{rows}" + (" localizer" if is_localizer else "")
    stack = Stack.objects.create(series=series, kind=kind, grouping=grouping, laterality=laterality, view=view)
    is_sliced = kind == "volume" and modality == "CT"
    for number in range(1, frames + 1):
        if number == 1 or is_sliced:
            instance = _instance(
                stack, number, frames=1 if is_sliced else frames, rows=rows, columns=columns, state=state
            )
        position = positions[number - 1] if positions else number * 5.0 if kind == "volume" else None
        _frame(instance, 1 if is_sliced else number, position, described)
    count_studies([study.pk])
    return stack


def make_case(study: Study, *stacks: Stack, modality: str = "CT", layout: str = "1x1") -> Case:
    """A case of these stacks in this order."""
    case = Case.objects.create(
        study=study, title=f"{modality} · test · {next(_numbers)}", modality=modality, layout=layout
    )
    for place, stack in enumerate(stacks):
        CaseStack.objects.create(case=case, stack=stack, place=place, title=f"stack {place}")
    return case


def grant(case: Case, person: User, **terms: Any) -> CaseGrant:
    """Let a person open a case; terms as in the model."""
    return CaseGrant.objects.create(case=case, person=person, **terms)


def frames_of(case: Case) -> list[Frame]:
    """The case's frames in the order in which they were made."""
    return list(Frame.objects.filter(instance__stack__case_stacks__case=case).order_by("pk"))


def _instance(stack: Stack, number: int, *, frames: int, rows: int, columns: int, state: str) -> Instance:
    uid = f"1.2.826.{next(_numbers)}"
    return Instance.objects.create(
        series=stack.series,
        stack=stack,
        sop_instance_uid=uid,
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        sha256=hashlib.sha256(uid.encode()).hexdigest(),
        source_sha256=hashlib.sha256(uid.encode()).hexdigest(),
        byte_size=1000,
        state=state,
        instance_number=number,
        rows=rows,
        columns=columns,
        number_of_frames=frames,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=16,
        bits_stored=12,
        pixel_representation=0,
        ready_at=timezone.now() if state == "ready" else None,
    )


def _frame(instance: Instance, number: int, position: float | None, described: dict[str, Any]) -> Frame:
    geometry: dict[str, Any] = {
        "position": (0.0, 0.0, position) if position is not None else None,
        "orientation": AXIAL if position is not None else None,
        "spacing": (0.5, 0.5),
        "spacing_source": "PixelSpacing",
        "slice_thickness": 5.0 if position is not None else None,
    }
    grey: dict[str, Any] = {"intercept": -1024.0, "windows": (Window(40.0, 80.0, "BRAIN"),)}
    for name, value in described.items():
        (geometry if name in FrameGeometry.__dataclass_fields__ else grey)[name] = value
    assert instance.stack is not None
    return Frame.objects.create(
        instance=instance,
        number=number,
        key=f"{instance.stack.key}.{next(_numbers):011d}",
        derived_format="htj2k",
        position_along_normal=position,
        geometry=FrameGeometry(**geometry).to_json(),
        grey=FrameGrey(**grey).to_json(),
    )
