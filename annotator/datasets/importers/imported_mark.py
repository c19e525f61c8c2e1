"""What a file says was marked, before it is a mark of ours: where, what, and in which part of which file."""

from dataclasses import dataclass
from typing import Any

from annotator.accounts.errors import RoomError


class RefusedError(RoomError):
    """Part of a file can't become a mark; the message says why, `file` and `path` say where."""

    def __init__(self, message: str, *, file: str, path: str = "") -> None:
        super().__init__(message)
        self.file, self.path = file, path

    @property
    def row(self) -> dict[str, str]:
        return {"file": self.file, "path": self.path, "reason": str(self)}


@dataclass(frozen=True)
class ImportedMark:
    """One mark of a file.

    Attributes
    ----------
    frame_key : of the frame that it lies on; first_frame_key, last_frame_key : of a span, both or neither.
    points, mask : as annotations/geometry_checks.py and masks.py have them; checked when they are saved.
    category : in the file's words; a kind of finding where it is one of ours.
    thing : marks of one file with the same one show one thing in the patient; empty: a thing of their own.
    file, path : where it stands.
    """

    frame_key: str
    kind: str
    points: list[list[float]]
    file: str
    path: str
    mask: dict[str, list[int]] | None = None
    label: str = ""
    category: str = ""
    thing: str = ""
    first_frame_key: str | None = None
    last_frame_key: str | None = None

    def content(self) -> list[Any]:
        """What makes it this mark and no other: the same file read twice gives the same."""
        return [
            self.frame_key,
            self.kind,
            self.points,
            self.mask,
            self.label,
            self.first_frame_key,
            self.last_frame_key,
            self.category,
            self.thing,
        ]
