"""Attributes of one frame, wherever the object keeps them: per-frame groups, shared groups, or the top level.

Source: DICOM PS3.3 C.7.6.16 (Multi-frame Functional Groups).
"""

from collections.abc import Sequence

from pydicom.dataset import Dataset

from annotator.imaging.headers.dicom_values import first_item, items


class FrameAttributes:
    """Finds what holds for each frame of a dataset; reads the per-frame sequence once."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._shared = first_item(dataset, "SharedFunctionalGroupsSequence")
        self._per_frame: Sequence[Dataset] = items(dataset, "PerFrameFunctionalGroupsSequence")

    @property
    def varies(self) -> bool:
        """Whether frames may differ from each other at all."""
        return bool(self._per_frame)

    def group(self, index: int, keyword: str) -> Dataset | None:
        """The first item of a functional group for a frame (from 0), else None."""
        if index < len(self._per_frame):
            found = first_item(self._per_frame[index], keyword)
            if found is not None:
                return found
        return first_item(self._shared, keyword) if self._shared is not None else None

    def holding(self, index: int, keyword: str, attribute: str) -> Dataset:
        """The dataset to read an attribute of a frame from: its group when that has it, else the top level."""
        group = self.group(index, keyword)
        return group if group is not None and attribute in group else self.dataset
