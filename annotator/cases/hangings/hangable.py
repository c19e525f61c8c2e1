"""What the hanging rules look at. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HangableStack:
    """A stack as the rules see it.

    Attributes
    ----------
    kind : "volume", "cine" or "still".
    plane : "axial", "coronal", "sagittal" or "" when not known.
    is_localizer : a scout picture of CT or MR.
    part : what tells it from other stacks of its series at the same places ("echo 2").
    prior : 0 in the study that is read, 1 in the latest earlier one, and so on.
    """

    pk: int
    kind: str
    modality: str
    series_number: int | None
    instance_number: int | None
    laterality: str
    view: str
    frame_count: int
    plane: str = ""
    slice_thickness: float | None = None
    is_localizer: bool = False
    part: str = ""
    body_part: str = ""
    prior: int = 0
