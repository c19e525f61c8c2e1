"""Take one frame and its PixelDescription out of a DICOM file, as ingest does, for tests of the decoders."""

from pathlib import Path

import pydicom
from pydicom.encaps import generate_frames
from pydicom.uid import UID

from annotator.imaging.pixels.decoding import UNCOMPRESSED_SYNTAXES, PixelDescription, uncompressed_frame_length
from annotator.imaging.pixels.decoding_colour import palette_from_dataset


def describe_pixels(dataset: pydicom.Dataset) -> PixelDescription:
    return PixelDescription(
        rows=dataset.Rows,
        columns=dataset.Columns,
        samples_per_pixel=dataset.SamplesPerPixel,
        photometric_interpretation=dataset.PhotometricInterpretation,
        bits_allocated=dataset.BitsAllocated,
        bits_stored=dataset.BitsStored,
        pixel_representation=dataset.PixelRepresentation,
        planar_configuration=dataset.get("PlanarConfiguration") or 0,
        transfer_syntax_uid=str(dataset.file_meta.TransferSyntaxUID),
        palette=palette_from_dataset(dataset),
        pixel_data_vr=dataset["PixelData"].VR,
    )


def bytes_of_frame(dataset: pydicom.Dataset, index: int = 0) -> bytes:
    """The bytes of frame `index` (from 0), fragments joined."""
    description = describe_pixels(dataset)
    if description.transfer_syntax_uid in UNCOMPRESSED_SYNTAXES:
        length = uncompressed_frame_length(description)
        return bytes(dataset.PixelData[index * length : (index + 1) * length + length % 2])
    frames = generate_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames") or 1))
    return next(frame for position, frame in enumerate(frames) if position == index)


def read(path: Path) -> pydicom.Dataset:
    dataset = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.1")
    return dataset
