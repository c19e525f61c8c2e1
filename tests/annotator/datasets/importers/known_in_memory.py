"""Frames that importers find without a database: those of a stack that a test made."""

from annotator.datasets.importers.known_frames import KnownFrame, KnownFrames
from annotator.datasets.released import ReleasedStack


class KnownInMemory(KnownFrames):
    def __init__(self, *stacks: ReleasedStack) -> None:
        super().__init__()
        self._series: dict[str, list[list[KnownFrame]]] = {}
        self._all: list[list[KnownFrame]] = []
        for number, stack in enumerate(stacks, start=1):
            frames = [
                KnownFrame(
                    frame.frame_key,
                    frame.sop_instance_uid,
                    frame.frame_number,
                    frame.rows,
                    frame.columns,
                    number,
                    frame.geometry,
                )
                for frame in stack.frames
            ]
            self._series.setdefault(stack.series_uid, []).append(frames)
            self._all.append(frames)

    def of_instance(self, sop_instance_uid: str, number: int = 1) -> KnownFrame | None:
        every = (frame for frames in self._all for frame in frames)
        return next((f for f in every if (f.sop_instance_uid, f.number) == (sop_instance_uid, number)), None)

    def of_picture(self, name: str) -> KnownFrame | None:
        return None

    def of_series(self, series_uid: str) -> list[list[KnownFrame]]:
        return self._series.get(series_uid, [])

    def of_stack(self, stack: int) -> list[KnownFrame]:
        return self._all[stack - 1]

    def known_stacks(self) -> list[list[KnownFrame]]:
        return self._all
