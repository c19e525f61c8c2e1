"""A DICOM Segmentation, frame by frame: the header is made first, then the pixels are packed as they come.

highdicom makes the same object from a whole volume in memory; this one holds a frame, whatever the size.

Source: DICOM PS3.3 A.51 (IOD), C.8.20 (modules), C.7.6.16 and C.7.6.17 (functional groups, dimensions), PS3.5 8.1.1
(bits of one-bit pixels run on from frame to frame, the first pixel lowest).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import SegmentationStorage

from annotator.datasets.exporters.derived_object import (
    coded,
    decimals,
    derived_object,
    instances_of,
    item,
    reference_to,
    sequence,
    write_object,
)
from annotator.datasets.exporters.derived_uids import derived_uid
from annotator.datasets.exporters.finding_codes import ABNORMAL, concept_of_category, short_text
from annotator.datasets.released import ReleasedFrame, ReleasedStack
from annotator.imaging.geometry import normal_of

FULL = 255
_DIMENSION_SEGMENT, _SEGMENT_GROUP = 0x0062000B, 0x0062000A
_DIMENSION_POSITION, _POSITION_GROUP = 0x00200032, 0x00209113
_DIMENSION_IN_STACK, _CONTENT_GROUP = 0x00209057, 0x00209111
_EXPLICIT_HEAD = b"\xe0\x7f\x10\x00"


@dataclass(frozen=True)
class Segment:
    """One segment.

    Attributes
    ----------
    name : any text; `tracking` names the thing in the patient for good, so that segments of two objects can be one.
    algorithm : the model's name and version where a model's suggestion is in it.
    places : the frames on which it has pixels, in order.
    """

    name: str
    category: str
    tracking: str
    places: tuple[int, ...]
    algorithm: str = ""


@dataclass(frozen=True)
class SegmentationKind:
    """Binary, or fractional with what the fraction means."""

    type: Literal["BINARY", "FRACTIONAL"]
    fraction: Literal["PROBABILITY", "OCCUPANCY"] = "PROBABILITY"

    @property
    def bits(self) -> int:
        return 1 if self.type == "BINARY" else 8


def segmentation_header(
    stack: ReleasedStack, segments: Sequence[Segment], kind: SegmentationKind, *, frame_of_reference: str, salt: str
) -> Dataset:
    """Everything but the pixels.

    Parameters
    ----------
    frame_of_reference : the pictures' own UID; empty where they lie nowhere.
    salt : the release's content hash and what of the options makes another object.
    """
    uid = derived_uid(salt, stack.series_uid, stack.frames[0].sop_instance_uid, "segmentation")
    made = derived_object(
        stack,
        sop_class=SegmentationStorage,
        sop_instance_uid=uid,
        series_uid=derived_uid(uid, "series"),
        modality="SEG",
        title="Segmentation",
    )
    first = stack.frames[0]
    placed = bool(frame_of_reference) and first.geometry.position is not None and first.geometry.orientation is not None
    made.ImageType = ["DERIVED", "PRIMARY"]
    made.ContentLabel, made.ContentDescription, made.ContentCreatorName = "SEGMENTATION", "Marks of a release", ""
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = first.rows, first.columns
    made.BitsAllocated = made.BitsStored = kind.bits
    made.HighBit, made.PixelRepresentation = kind.bits - 1, 0
    made.LossyImageCompression = "00"
    made.SegmentationType = kind.type
    if kind.type == "FRACTIONAL":
        made.SegmentationFractionalType, made.MaximumFractionalValue = kind.fraction, FULL
    made.SegmentsOverlap = "YES"
    made.BurnedInAnnotation = "NO"
    if placed:
        made.FrameOfReferenceUID, made.PositionReferenceIndicator = frame_of_reference, ""
    else:
        # Without a plane the direction of its rows is asked for; nobody knows it.
        made.PatientOrientation = ""
    made.SegmentSequence = sequence(*(_segment(number, one, uid) for number, one in enumerate(segments, start=1)))
    _references(made, stack)
    _functional_groups(made, stack, segments, uid, placed=placed)
    return made


def write_segmentation(output: BinaryIO, header: Dataset, planes: Iterable[NDArray[np.generic]]) -> None:
    """Write header and pixels.

    Parameters
    ----------
    planes : (rows, columns), in the order of the header's frames: bool of a binary one, 0 to 255 of a fractional one.

    Raises
    ------
    ValueError : another number of planes than the header says.
    """
    write_object(header, output)
    pixels = int(header.NumberOfFrames) * header.Rows * header.Columns
    length = -(-pixels * int(header.BitsAllocated) // 8)
    # Pixel Data is the last element, so that it can follow what pydicom has written: OB, two reserved bytes, length.
    output.write(_EXPLICIT_HEAD + b"OB\0\0" + (length + length % 2).to_bytes(4, "little"))
    written = 0
    packing = _packed(planes) if header.BitsAllocated == 1 else (np.asarray(p, np.uint8).tobytes() for p in planes)
    for piece in packing:
        written += output.write(piece)
    if written != length:
        raise ValueError(f"{written} bytes of pixels were written where {length} were said.")
    output.write(bytes(length % 2))


def _packed(planes: Iterable[NDArray[np.generic]]) -> Iterator[bytes]:
    over = np.zeros(0, dtype=bool)
    for plane in planes:
        flat = (
            np.concatenate([over, np.asarray(plane, dtype=bool).ravel()])
            if over.size
            else np.asarray(plane, bool).ravel()
        )
        whole = flat.size - flat.size % 8
        yield np.packbits(flat[:whole], bitorder="little").tobytes()
        over = flat[whole:]
    if over.size:
        yield np.packbits(over, bitorder="little").tobytes()


def _segment(number: int, segment: Segment, uid: str) -> Dataset:
    kind = concept_of_category(segment.category)
    made = item(
        SegmentNumber=number,
        SegmentLabel=short_text(segment.name),
        SegmentedPropertyCategoryCodeSequence=sequence(coded(ABNORMAL.value, ABNORMAL.scheme, ABNORMAL.meaning)),
        SegmentedPropertyTypeCodeSequence=sequence(coded(kind.value, kind.scheme, kind.meaning)),
        SegmentAlgorithmType="SEMIAUTOMATIC" if segment.algorithm else "MANUAL",
        TrackingID=short_text(segment.name),
        TrackingUID=derived_uid(segment.tracking, "tracking"),
    )
    if segment.name != made.SegmentLabel:
        made.SegmentDescription = segment.name.replace("\\", "/")[:1024]
    if segment.algorithm:
        made.SegmentAlgorithmName = short_text(segment.algorithm)
    return made


def _references(made: Dataset, stack: ReleasedStack) -> None:
    made.ReferencedSeriesSequence = sequence(
        item(
            SeriesInstanceUID=stack.series_uid,
            ReferencedInstanceSequence=sequence(
                *(reference_to(frames[0], many_frames=False) for frames in instances_of(stack.frames).values())
            ),
        )
    )


def _functional_groups(
    made: Dataset, stack: ReleasedStack, segments: Sequence[Segment], uid: str, *, placed: bool
) -> None:
    organization = derived_uid(uid, "dimensions")
    second = (_DIMENSION_POSITION, _POSITION_GROUP) if placed else (_DIMENSION_IN_STACK, _CONTENT_GROUP)
    made.DimensionOrganizationSequence = sequence(item(DimensionOrganizationUID=organization))
    made.DimensionIndexSequence = sequence(
        *(
            item(DimensionOrganizationUID=organization, DimensionIndexPointer=pointer, FunctionalGroupPointer=group)
            for pointer, group in ((_DIMENSION_SEGMENT, _SEGMENT_GROUP), second)
        )
    )
    shared = Dataset()
    geometry = stack.frames[0].geometry
    thickness = geometry.slice_thickness or ((_step(stack) or 1.0) if placed else None)
    # Programs want both or neither; where nobody knows the thickness, the source's header still has the spacing.
    if geometry.spacing is not None and thickness:
        shared.PixelMeasuresSequence = sequence(
            item(PixelSpacing=decimals(geometry.spacing), SliceThickness=decimals([thickness])[0])
        )
    if placed and geometry.orientation is not None:
        shared.PlaneOrientationSequence = sequence(item(ImageOrientationPatient=decimals(geometry.orientation)))
    made.SharedFunctionalGroupsSequence = sequence(shared)
    several = len({frame.sop_instance_uid for frame in stack.frames}) < len(stack.frames)
    used = sorted({place for segment in segments for place in segment.places})
    index = {place: at for at, place in enumerate(used, start=1)}
    groups = [
        _frame_group(stack.frames[place], number, index[place], several=several, placed=placed)
        for number, segment in enumerate(segments, start=1)
        for place in segment.places
    ]
    made.NumberOfFrames = len(groups)
    made.PerFrameFunctionalGroupsSequence = sequence(*groups)


def _frame_group(frame: ReleasedFrame, segment: int, index: int, *, several: bool, placed: bool) -> Dataset:
    content = item(DimensionIndexValues=[segment, index])
    if not placed:
        content.StackID, content.InStackPositionNumber = "1", index
    source = reference_to(frame, many_frames=several)
    source.SpatialLocationsPreserved = "YES"
    source.PurposeOfReferenceCodeSequence = sequence(
        coded("121322", "DCM", "Source image for image processing operation")
    )
    derivation = item(
        SourceImageSequence=sequence(source),
        DerivationCodeSequence=sequence(coded("113076", "DCM", "Segmentation")),
    )
    group = item(
        FrameContentSequence=sequence(content),
        DerivationImageSequence=sequence(derivation),
        SegmentIdentificationSequence=sequence(item(ReferencedSegmentNumber=segment)),
    )
    if placed and frame.geometry.position is not None:
        group.PlanePositionSequence = sequence(item(ImagePositionPatient=decimals(frame.geometry.position)))
    return group


def _step(stack: ReleasedStack) -> float | None:
    first, last = stack.frames[0].geometry, stack.frames[-1].geometry
    if len(stack.frames) < 2 or first.position is None or last.position is None:
        return None
    way = np.subtract(last.position, first.position) @ normal_of(first)
    return abs(float(way)) / (len(stack.frames) - 1) or None
