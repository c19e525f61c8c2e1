"""8-bit pictures of a release's frames, in one window or in three, and the options that choose them."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.exporter import ExportOptions
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.imaging.frame_description import Window
from annotator.imaging.pixels.presets import presets_for
from annotator.imaging.pixels.rendering import encode_picture
from annotator.imaging.pixels.windowing import WindowError, check_window

AUTO = "auto"
# Modalities whose values have units in common, so that a window means the same in every picture.
MODALITIES_OF_UNITS = ("CT",)

WindowChoice = str | tuple[float, float]


@dataclass(frozen=True)
class PictureOptions(ExportOptions):
    """What pictures are made.

    Attributes
    ----------
    windows : one, or three for red, green and blue. Each is "auto" (the frame's own window, else its modality's first),
        a preset's name ("Brain"), or [centre, width] in modality units. Only CT has units in common: pictures of other
        modalities are made as "auto".
    frames : "marked" for frames that a mark holds for, "all" for every one (a detector needs empty ones too).
    """

    windows: tuple[WindowChoice, ...] = (AUTO,)
    frames: Literal["marked", "all"] = "marked"

    def __post_init__(self) -> None:
        if len(self.windows) not in (1, 3):
            raise InvalidError(f"Choose one window, or three for colour, not {len(self.windows)}.", "options.windows")
        for at, choice in enumerate(self.windows):
            _check_choice(choice, f"options.windows[{at}]")
        if self.frames not in ("marked", "all"):
            raise InvalidError(f'Frames are "marked" or "all", not {self.frames!r}.', "options.frames")

    @classmethod
    def read(cls, data: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(data.get("windows"), list):
            return data
        chosen = tuple(tuple(one) if isinstance(one, list) else one for one in data["windows"])
        return data | {"windows": chosen}


def picture_of(pixels: StackPixels, place: int, windows: tuple[WindowChoice, ...]) -> NDArray[np.uint8]:
    """One frame, (rows, columns) grey, or (rows, columns, 3): colour as it is, or a window a channel.

    Raises
    ------
    RoomError : the frame is not what the release holds, or its bytes are damaged.
    """
    modality = pixels.stack.modality
    if pixels.is_colour(place):
        return pixels.rgb(place)
    shown = [pixels.grey(place, window_of(choice, modality)) for choice in windows]
    return shown[0] if len(shown) == 1 else np.stack(shown, axis=-1)


def png_of(picture: NDArray[np.uint8]) -> bytes:
    """A PNG without loss."""
    return encode_picture(picture, "image/png")


def window_of(choice: WindowChoice, modality: str) -> Window | None:
    """The window that was chosen, as this modality takes it; None: "auto"."""
    if choice == AUTO or modality not in MODALITIES_OF_UNITS:
        return None
    if isinstance(choice, str):
        return next(preset.window for preset in presets_for(modality) if preset.window.name == choice)
    centre, width = choice
    return Window(float(centre), float(width))


def _check_choice(choice: object, path: str) -> None:
    if isinstance(choice, str):
        names = {preset.window.name for modality in MODALITIES_OF_UNITS for preset in presets_for(modality)}
        if choice != AUTO and choice not in names:
            raise InvalidError(f"There is no window {choice!r}. Choose auto, {', '.join(sorted(names))}.", path)
        return
    numbers = isinstance(choice, tuple) and len(choice) == 2 and all(type(one) in (int, float) for one in choice)
    if not numbers:
        raise InvalidError("A window is a preset's name or [centre, width].", path)
    try:
        check_window(Window(float(choice[0]), float(choice[1])))  # type: ignore[index]
    except WindowError as error:
        raise InvalidError(str(error), path) from error
