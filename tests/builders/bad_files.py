"""Files that must land in quarantine, one a reason."""

from pathlib import Path

from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from tests.builders.studies import ct_series


def not_dicom(folder: Path, name: str = "letter.dcm") -> Path:
    """Text with the name of a DICOM file."""
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("This is a letter, not a picture.\n" * 20)
    return path


def truncated(folder: Path, *, study: str = "truncated", keep: float = 0.6) -> Path:
    """A CT slice that breaks off within its pixels."""
    (path,) = ct_series(folder, slices=1, rows=64, columns=64, study=study)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    return path


def without_pixels(folder: Path, *, study: str = "without-pixels") -> Path:
    """A CT slice whose Pixel Data element is missing."""
    (path,) = ct_series(folder, slices=1, study=study)
    made = dcmread(path)
    del made.PixelData
    made.save_as(path)
    return path


def promising_pixels(folder: Path, *, study: str = "promise", rows: int = 65535, columns: int = 65535) -> Path:
    """A header that promises rows x columns pixels over a Pixel Data element of 16 bytes."""
    (path,) = ct_series(folder, slices=1, study=study)
    made = dcmread(path)
    made.Rows, made.Columns = rows, columns
    made.PixelData = b"\0" * 16
    made.save_as(path)
    return path


def unknown_syntax(folder: Path, *, study: str = "unknown-syntax", uid: str = "1.2.840.10008.1.2.4.100") -> Path:
    """A CT slice said to be in a transfer syntax that nothing here decodes (MPEG-2 unless told otherwise)."""
    (path,) = ct_series(folder, slices=1, study=study)
    whole = dcmread(path)
    whole.file_meta.TransferSyntaxUID = UID(uid)
    whole.PixelData = encapsulate([b"\0\1\2\3" * 8])
    whole["PixelData"].VR = "OB"
    whole["PixelData"].is_undefined_length = True
    whole.save_as(path)
    return path
