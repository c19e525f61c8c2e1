"""A stack and its pictures after preprocessing: formats write these as they write any other."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.preprocessing.frame_map import FrameMap
from annotator.datasets.preprocessing.moved_marks import moved_mark
from annotator.datasets.preprocessing.options import Preprocessing
from annotator.datasets.preprocessing.painting import breast_of, calipers_painted_out
from annotator.datasets.preprocessing.stack_maps import NotPreparedError, maps_of
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack
from annotator.imaging.pixels.rendering import default_window
from annotator.imaging.pixels.windowing import grey_from_stored
from annotator.imaging.store.frame_source import FrameSource

CALIPER = "caliper"
_AIR = -1000.0
_BREAST = "MG"


def prepare(stack: ReleasedStack, pixels: StackPixels, options: Preprocessing) -> tuple[ReleasedStack, StackPixels]:
    """The stack and its pictures as the options have them; without any, the same ones.

    Raises
    ------
    NotPreparedError : the options can't be applied to this stack.
    """
    if not options.changes_pictures:
        return stack, pixels
    maps = maps_of(stack, options) if options.moves_pixels else None
    made = prepared_stack(stack, maps) if maps is not None else stack
    return made, PreparedPixels(made, pixels, options, maps)


def why_not_prepared(stack: ReleasedStack, options: Preprocessing) -> str:
    """Why the options can't be applied to this stack; empty when they can. No picture is looked at."""
    if options.moves_pixels:
        try:
            maps_of(stack, options)
        except NotPreparedError as reason:
            return str(reason)
    return ""


def prepared_stack(stack: ReleasedStack, maps: tuple[FrameMap, ...]) -> ReleasedStack:
    """Frames and marks where their pixels went. Of a mark that nothing is left of, nothing is."""
    frames = tuple(_moved_frame(frame, way) for frame, way in zip(stack.frames, maps, strict=True))
    moved = (
        moved_mark(mark, stack.frames[mark.place], maps[mark.place])
        for whole in stack.marks
        for mark in _where_maps_agree(whole, maps)
    )
    return replace(stack, frames=frames, marks=tuple(mark for mark in moved if mark is not None))


def _where_maps_agree(mark: ReleasedMark, maps: tuple[FrameMap, ...]) -> list[ReleasedMark]:
    """A mark, or one for each of its frames when these go different ways."""
    places = range(mark.first_place, mark.last_place + 1)
    if mark.kind == "slices" or len({maps[place] for place in places}) == 1:
        return [mark]
    return [replace(mark, place=place, first_place=place, last_place=place) for place in places]


class PreparedPixels(StackPixels):
    """Pictures of another stack, one at a time, as the options have them."""

    def __init__(
        self,
        stack: ReleasedStack,
        original: StackPixels,
        options: Preprocessing,
        maps: tuple[FrameMap, ...] | None,
    ) -> None:
        super().__init__(stack)
        self._original, self._options, self._maps = original, options, maps
        self._last: tuple[int, NDArray[np.integer]] | None = None
        calipers: dict[int, list[tuple[float, float]]] = {}
        if options.calipers == "paint_out":
            for mark in original.stack.marks:
                if mark.kind == "point" and mark.label.strip().lower() == CALIPER:
                    calipers.setdefault(mark.place, []).append(mark.points[0])
        self._calipers: Mapping[int, list[tuple[float, float]]] = calipers

    def source(self, place: int) -> FrameSource:
        return self._original.source(place)

    def is_colour(self, place: int) -> bool:
        return self._original.is_colour(place)

    def stored(self, place: int) -> NDArray[np.integer]:
        # Three windows ask for one picture three times.
        if self._last is None or self._last[0] != place:
            self._last = (place, self._prepared(place))
        return self._last[1]

    def modality_values(self, place: int) -> NDArray[np.float32]:
        values = super().modality_values(place)
        if self._options.window is None:
            return values
        centre, width = self._options.window
        return np.clip(values, centre - width / 2, centre + width / 2)

    def _prepared(self, place: int) -> NDArray[np.integer]:
        values = self._original.stored(place)
        options = self._options
        if place in self._calipers:
            values = calipers_painted_out(values, self._calipers[place], radius=options.caliper_radius)  # type: ignore[assignment]
        fill = self._fill(place, values)
        if self._maps is not None:
            values = self._maps[place].picture(values, fill=fill)  # type: ignore[assignment]
        if self.stack.modality == _BREAST and values.ndim == 2 and (options.remove_skin or options.breast_mask):
            source = self.source(place)
            kept = breast_of(
                grey_from_stored(values, source.grey, default_window(source)),
                skin_radius=options.skin_radius if options.remove_skin else None,
                largest=options.breast_mask,
            )
            values = np.where(kept, values, values.dtype.type(fill))
        return values

    def _fill(self, place: int, values: NDArray[np.integer]) -> float:
        """The stored value of what is no patient: air in CT, else what is shown black."""
        if values.ndim == 3:
            return 0.0
        source = self.source(place)
        ends = np.iinfo(values.dtype)
        if self.stack.modality == "CT" and source.grey.modality_lut is None and source.grey.slope:
            air = round((_AIR - source.grey.intercept) / source.grey.slope)
            return float(min(max(air, ends.min), ends.max))
        return float((1 << source.pixels.bits_stored) - 1) if source.grey.inverted else 0.0


def _moved_frame(frame: ReleasedFrame, way: FrameMap) -> ReleasedFrame:
    return replace(frame, columns=way.columns, rows=way.rows, geometry=way.geometry(frame.geometry))
