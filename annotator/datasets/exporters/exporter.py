"""What a format is: options, what it writes a stack, what it writes at the end. One file a format beside this one.

A new format is a file in this folder with a class of these, `name` and `title`; registry.py finds it by itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Generic, Self, TypeVar

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedStack, ReleaseHeader

# What one stack adds to a file that is written at the end: anything that JSON takes round.
Fragment = Any


@dataclass(frozen=True)
class ExportOptions:
    """Options of a format. A subclass checks its members in __post_init__ and raises InvalidError with their path."""

    def to_json(self) -> dict[str, Any]:
        """As it goes into the manifest: a second export with these options is byte-identical."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Options as a program or a form sends them; what is left out is as shipped.

        Raises
        ------
        InvalidError : an option that the format doesn't have, or a value that it can't be.
        """
        known = {part.name for part in fields(cls)}
        for name in data:
            if name not in known:
                raise InvalidError(
                    f"There is no option {name!r}. There are: {', '.join(sorted(known)) or 'none'}.", f"options.{name}"
                )
        return cls(**cls.read(data))

    @classmethod
    def read(cls, data: dict[str, Any]) -> dict[str, Any]:
        """From JSON to members, where these aren't plain values (tuples, options within options)."""
        return data


Options = TypeVar("Options", bound=ExportOptions)


class Exporter(ABC, Generic[Options]):
    """One run of one format over one release. Stacks come one by one, in the release's order, each once.

    Attributes
    ----------
    name : what programs call it, e.g. "coco".
    title : what people read, one line.
    options_class : of its options; ExportOptions where there are none.
    points_into_originals : what it writes lies on the pictures as they came (by their UIDs), so that preprocessing,
        which makes others, can't go before it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    options_class: ClassVar[type[ExportOptions]] = ExportOptions
    points_into_originals: ClassVar[bool] = False

    def __init__(self, release: ReleaseHeader, options: Options) -> None:
        self.release = release
        self.options = options

    @abstractmethod
    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        """Write a stack's files, and return what it adds to the files at the end.

        Run again after a kill it may be given a stack whose files are there: `output.add` leaves those alone; ask
        `output.has` before work that is only done for a file. The fragment is the same both times.
        """

    @abstractmethod
    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        """Write what stands for the release as a whole.

        Parameters
        ----------
        fragments : of all stacks in order, None left out. They are read from the disk as they are gone through, which
            may be done more than once: don't make a list of them.
        """
