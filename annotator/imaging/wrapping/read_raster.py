"""PNG, JPEG and TIFF as pictures, pixel for pixel; what would have to be changed to fit is refused in words."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from PIL import ExifTags, Image

from annotator.imaging.errors import QuarantineError
from annotator.imaging.wrapping.jpeg_header import read_jpeg_header
from annotator.imaging.wrapping.picture import Picture
from annotator.imaging.wrapping.picture_kinds import PictureKind

UPRIGHT = 1
GREY = "MONOCHROME2"
MAX_PAGES = 2000
# Pages are held one at a time, but counted first: this bounds what a file may cost.
MAX_PIXELS = 300_000_000
SIXTEEN_BIT_MODES = ("I;16", "I;16L", "I;16B")
LOSSY_TIFF = {6: "JPEG", 7: "JPEG", 34712: "JPEG 2000", 50001: "WebP"}
READING_ERRORS = (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError, struct.error,
                  Image.DecompressionBombError, MemoryError, OverflowError, ZeroDivisionError)  # fmt: skip


def read_raster(path: Path, kind: PictureKind) -> Picture:
    """Read a PNG, JPEG or TIFF.

    Raises
    ------
    QuarantineError : damaged, too large, turned by an EXIF note, partly transparent, 16-bit colour, or of a kind
        that isn't known.
    """
    if kind is PictureKind.JPEG:
        content = path.read_bytes()
        with _opened(path, kind) as image:
            _refuse_turned(image)
            return _jpeg(content, image)
    with _opened(path, kind) as image:
        _refuse_turned(image)
        if kind is PictureKind.PNG:
            _refuse_deep_colour(path)
        return _pages(path, kind, image)


@contextmanager
def _opened(path: Path, kind: PictureKind) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path, formats=[kind.value]) as image:
                _refuse_size(image)
                yield image
        except QuarantineError:
            raise
        except READING_ERRORS as error:
            raise QuarantineError(
                f"The {kind.value} picture can't be read ({type(error).__name__}: {str(error)[:120]}). "
                "It is damaged or of a rare kind: save it anew and send it again."
            ) from error


def _refuse_size(image: Image.Image) -> None:
    if image.width * image.height > min(MAX_PIXELS, settings.MAX_FRAME_PIXELS):
        raise QuarantineError(
            f"The picture has {image.width:,} x {image.height:,} pixels, more than are taken in. Send it smaller."
        )


def _refuse_turned(image: Image.Image) -> None:
    orientation = image.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    if orientation not in (0, UPRIGHT):
        raise QuarantineError(
            f"The picture is stored turned or mirrored, with a note to turn it back (EXIF orientation {orientation}). "
            "Programs disagree on such notes, so marks would end up elsewhere: save it upright and send it again."
        )


def _refuse_deep_colour(path: Path) -> None:
    """Colours of 16 bits would come out of the decoder with 8, without a word."""
    with path.open("rb") as file:
        head = file.read(33)
    if len(head) == 33 and head[24] == 16 and head[25] != 0:
        raise QuarantineError("The PNG picture has colours or transparency of 16 bits; 8 bits a colour are taken in.")


def _jpeg(content: bytes, image: Image.Image) -> Picture:
    header = read_jpeg_header(content)
    if header.precision != 8 or header.components not in (1, 3):
        raise QuarantineError(
            f"The JPEG picture has {header.components} components of {header.precision} bits; "
            "grey or three colours of 8 bits are taken in."
        )
    image.load()  # a picture that breaks off is refused here
    size = (header.rows, header.columns)
    if header.is_baseline:
        return Picture(
            *size, 1, header.photometric, 8, 8, frames=lambda: iter(()), jpeg=content, was_lossy=True,
            compressed_bytes=len(content),
        )  # fmt: skip
    # Progressive JPEG has no transfer syntax: what it decodes to goes in uncompressed.
    pixels = np.asarray(image.convert("L" if header.components == 1 else "RGB"))
    photometric = GREY if header.components == 1 else "RGB"
    return Picture(
        *size, 1, photometric, 8, 8, frames=lambda: iter([pixels.tobytes()]), was_lossy=True,
        compressed_bytes=len(content),
    )  # fmt: skip


def _pages(path: Path, kind: PictureKind, image: Image.Image) -> Picture:
    count = _count_pages(image)
    if kind is PictureKind.TIFF:
        for page in range(count):
            image.seek(page)
            _refuse_deep_tiff(image)
            _refuse_turned(image)
        image.seek(0)
    lossy = kind is PictureKind.TIFF and getattr(image, "tag_v2", {}).get(259) in LOSSY_TIFF
    first = _pixels(image)
    rows, columns = first.shape[:2]
    if count * rows * columns > MAX_PIXELS:
        raise QuarantineError(f"The {kind.value} picture has {count:,} pages and too many pixels. Send it in parts.")
    bits = first.dtype.itemsize * 8
    if count > 1:
        _refuse_unlike_pages(image, count, first)
    return Picture(
        rows,
        columns,
        count,
        GREY if first.ndim == 2 else "RGB",
        bits,
        bits,
        frames=lambda: _frames(path, kind, count),
        was_lossy=lossy,
        compressed_bytes=path.stat().st_size if lossy else 0,
    )


def _count_pages(image: Image.Image) -> int:
    count = getattr(image, "n_frames", 1)
    if count > 1 and image.format == "PNG":
        raise QuarantineError("An animated PNG. Send its pictures one by one.")
    if count > MAX_PAGES:
        raise QuarantineError(f"The picture has {count:,} pages, more than the {MAX_PAGES:,} that are taken in.")
    return int(count)


def _refuse_unlike_pages(image: Image.Image, count: int, first: NDArray[np.generic]) -> None:
    for page in range(1, count):
        image.seek(page)
        pixels = _pixels(image)
        if (pixels.shape, pixels.dtype) != (first.shape, first.dtype):
            raise QuarantineError(f"Page {page + 1} differs from the first in size or kind. Send the pages one by one.")


def _frames(path: Path, kind: PictureKind, count: int) -> Iterator[bytes]:
    with _opened(path, kind) as image:
        for page in range(count):
            if count > 1:
                image.seek(page)
            pixels = _pixels(image)
            yield pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()


def _refuse_deep_tiff(image: Image.Image) -> None:
    depths = getattr(image, "tag_v2", {}).get(258, (1,))
    depths = depths if isinstance(depths, tuple) else (depths,)
    if max(depths) > 16 or (max(depths) > 8 and (len(depths) > 1 or image.mode not in SIXTEEN_BIT_MODES)):
        raise QuarantineError(
            f"The TIFF picture has {len(depths)} channels of {max(depths)} bits; grey of 8 or 16 bits and colours of 8 "
            "bits are taken in."
        )


def _pixels(image: Image.Image) -> NDArray[np.generic]:
    """(rows, columns) of 8 or 16 bits, or (rows, columns, 3) of 8."""
    if image.mode in SIXTEEN_BIT_MODES:
        return np.asarray(image).astype(np.uint16, copy=False)
    if image.mode in ("L", "RGB"):
        if image.info.get("transparency") is not None:
            return _without_alpha(np.asarray(image.convert("RGBA")))
        return np.asarray(image)
    if image.mode == "1":
        return np.asarray(image.convert("L"))
    if image.mode in ("P", "PA", "LA", "RGBA"):
        return _without_alpha(np.asarray(image.convert("RGBA")), grey=image.mode == "LA")
    raise QuarantineError(f"Pixels of the kind {image.mode} are not taken in: save as grey or RGB and send it again.")


def _without_alpha(pixels: NDArray[np.uint8], *, grey: bool = False) -> NDArray[np.uint8]:
    """Opaque pixels as they are, transparent ones black.

    Somebody may have hidden a name by making it transparent: its colours are still there and must not come back.
    """
    colours, alpha = pixels[..., :3], pixels[..., 3]
    if not np.isin(alpha, (0, 255)).all():
        raise QuarantineError(
            "The picture is partly see-through, and what lies behind it isn't known: save it without transparency."
        )
    shown = np.where(alpha[..., None] == 0, np.uint8(0), colours)
    return np.ascontiguousarray(shown[..., 0] if grey else shown)
