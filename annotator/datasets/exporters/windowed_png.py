"""Pictures for networks: 8 bit, windowed, lossless, in the stored matrix."""

from annotator.datasets.export_request import AUTO_WINDOW, PRESET_MODALITIES
from annotator.datasets.records import WrittenPicture
from annotator.imaging.frame_description import Window
from annotator.imaging.pixels.presets import presets_for
from annotator.imaging.pixels.rendering import default_window, encode_picture, render_pixels
from annotator.imaging.store.frame_source import FrameSource


def windowed_png(source: FrameSource, *, window: str) -> tuple[WrittenPicture, bytes]:
    """Render one frame, neither turned nor scaled.

    Parameters
    ----------
    window : "auto" or a preset's name; pictures of a modality without presets are windowed as "auto".

    Returns
    -------
    What was applied (None for colour, a VOI LUT, or the range of the frame's own values), and the PNG.

    Raises
    ------
    RoomError : the stored bytes are damaged, or the window can't be applied.
    """
    applied = _preset(source, window) or default_window(source)
    pixels = render_pixels(source, window=applied)
    return WrittenPicture(None if pixels.ndim == 3 else applied), encode_picture(pixels, "image/png")


def _preset(source: FrameSource, name: str) -> Window | None:
    if name == AUTO_WINDOW or source.modality not in PRESET_MODALITIES:
        return None
    return next(preset.window for preset in presets_for(source.modality) if preset.window.name == name)
