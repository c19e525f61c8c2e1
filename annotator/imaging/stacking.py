"""Which stack an instance belongs to, and what that stack is called."""

from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import (
    BreastProjectionXRayImageStorageForPresentation,
    BreastProjectionXRayImageStorageForProcessing,
    BreastTomosynthesisImageStorage,
)

from annotator.imaging.headers.describe_frame import FrameDescription
from annotator.imaging.headers.dicom_values import first_item, text
from annotator.imaging.headers.functional_groups import FrameAttributes
from annotator.imaging.headers.parsing import ParsedInstance
from annotator.imaging.models import StackKind
from annotator.imaging.slice_parts import plane_words

# CT, MR and PET Image Storage: single-frame slices that belong to a volume.
SLICE_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.4",
    "1.2.840.10008.5.1.4.1.1.128",
)
SLICE_MODALITIES = ("CT", "MR", "PT")
# Projections and volumes of the breast whose frames are not a film, whatever their positions say.
NOT_A_FILM = (
    BreastTomosynthesisImageStorage,
    BreastProjectionXRayImageStorageForPresentation,
    BreastProjectionXRayImageStorageForProcessing,
)
# PS3.16 CID 4014 (SNOMED CT and, in older files, SNOMED RT), and the two planes of ultrasound.
VIEW_CODES = {
    "399162004": "CC",
    "R-10242": "CC",
    "399368009": "MLO",
    "R-10226": "MLO",
    "399260004": "ML",
    "R-10224": "ML",
    "399352003": "LM",
    "R-10228": "LM",
    "399099002": "LMO",
    "R-10230": "LMO",
    "399192008": "XCCL",
    "R-1024A": "XCCL",
    "399101009": "XCCM",
    "R-1024B": "XCCM",
    "399196006": "FB",
    "R-10244": "FB",
    "441555000": "ISO",
    "R-40AAA": "ISO",
    "399188001": "SIO",
    "R-102D0": "SIO",
    "62824007": "transverse",
    "G-A117": "transverse",
    "38717003": "longitudinal",
    "G-A143": "longitudinal",
    "30730003": "longitudinal",
    "G-A145": "longitudinal",
}
# Ultrasound has no attribute for the plane that machines fill: what the sonographer wrote is all there is.
PLANE_WORDS = {
    "transverse": ("transverse", "transversal", "trans", "trv", "axial", "quer"),
    "longitudinal": ("longitudinal", "long", "sagittal", "sag", "laengs", "längs"),
}
PLANE_KEYWORDS = ("ViewName", "ImageComments", "AcquisitionDescription", "SeriesDescription", "ProtocolName")


@dataclass(frozen=True)
class StackIdentity:
    """What makes instances of a series one stack (`grouping`), and what the stack is."""

    grouping: str
    kind: StackKind
    laterality: str
    view: str


def stack_of(parsed: ParsedInstance, frames: list[FrameDescription]) -> StackIdentity:
    """The stack of an instance: slices of a volume share one, anything else has its own."""
    attributes = FrameAttributes(parsed.dataset)
    laterality, view = laterality_of(attributes), view_of(attributes, parsed.series.modality)
    if _is_slice(parsed):
        localizer = is_localizer(parsed.dataset)
        return StackIdentity(
            grouping=_slice_grouping(parsed, frames[0], localizer=localizer),
            kind=StackKind.STILL if localizer else StackKind.VOLUME,
            laterality=laterality,
            view=view,
        )
    return StackIdentity(grouping=parsed.sop_instance_uid, kind=_kind(parsed, frames), laterality=laterality, view=view)


def _is_slice(parsed: ParsedInstance) -> bool:
    return (
        parsed.picture.number_of_frames == 1
        and parsed.series.modality in SLICE_MODALITIES
        and parsed.sop_class_uid in SLICE_CLASSES
    )


def _slice_grouping(parsed: ParsedInstance, frame: FrameDescription, *, localizer: bool) -> str:
    """The stack that one slice asks for; actions/arrange_stacks.py has the last word, from the whole series."""
    picture = parsed.picture
    matrix = slice_matrix(
        picture.columns,
        picture.rows,
        picture.photometric_interpretation,
        signed=bool(picture.pixel_representation),
        bits_allocated=picture.bits_allocated,
    )
    return f"{matrix} {plane_words(frame.geometry.orientation)}{' localizer' if localizer else ''}"


def slice_matrix(columns: int, rows: int, photometric: str, *, signed: bool, bits_allocated: int) -> str:
    """What the pixels of slices must have in common to be scrolled as one, in words."""
    return f"{columns}x{rows} {photometric} {'s' if signed else 'u'}{bits_allocated}"


def is_localizer(dataset: Dataset) -> bool:
    """Whether a CT, MR or PET slice is a scout. Source: DICOM PS3.3 C.8.2.1.1.1 (Image Type value 3)."""
    return "LOCALIZER" in text(dataset, "ImageType").upper().split("\\")


def _kind(parsed: ParsedInstance, frames: list[FrameDescription]) -> StackKind:
    if len(frames) == 1:
        return StackKind.STILL
    places = {frame.position_along_normal for frame in frames}
    if parsed.sop_class_uid in NOT_A_FILM or len(places) > 1:
        return StackKind.VOLUME
    # All at one place: a film, of a joint that moves or of contrast that comes, whatever the modality.
    timed = places != {None} or any(frame.geometry.frame_time_ms for frame in frames)
    return StackKind.VOLUME if parsed.series.modality in SLICE_MODALITIES and not timed else StackKind.CINE


def laterality_of(attributes: FrameAttributes) -> str:
    """L, R or B, from the image, the frame's anatomy, or the series; "" when none says."""
    anatomy = attributes.group(0, "FrameAnatomySequence")
    candidates = [
        text(attributes.dataset, "ImageLaterality"),
        text(anatomy, "FrameLaterality") if anatomy is not None else "",
        text(attributes.dataset, "Laterality"),
    ]
    return next((side.upper() for side in candidates if side.upper() in ("L", "R", "B")), "")


def view_of(attributes: FrameAttributes, modality: str) -> str:
    """CC, MLO and so on by the view's code, else View Position; for ultrasound the plane, if words tell it."""
    dataset = attributes.dataset
    code = first_item(dataset, "ViewCodeSequence")
    if code is not None:
        known = VIEW_CODES.get(text(code, "CodeValue"))
        if known:
            return known
    position = text(dataset, "ViewPosition", limit=16)
    return position or (_plane_by_words(dataset) if modality == "US" else "")


def _plane_by_words(dataset: Dataset) -> str:
    for keyword in PLANE_KEYWORDS:
        words = text(dataset, keyword).lower().replace("_", " ").replace("-", " ").replace("/", " ").split()
        found = {plane for plane, known in PLANE_WORDS.items() if any(word.strip(".,;:") in known for word in words)}
        if len(found) == 1:
            return found.pop()
    return ""
