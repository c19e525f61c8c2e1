"""What a data manager asks of a release's export, checked before any work begins. Pure."""

from dataclasses import dataclass, field
from typing import Any, Self

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.exporter import ExportOptions
from annotator.datasets.exporters.registry import Format, exporter_named
from annotator.datasets.json_reading import Members
from annotator.datasets.preprocessing.options import Preprocessing


@dataclass(frozen=True)
class ReleaseExportRequest:
    """The same request of the same release gives the same bytes.

    Attributes
    ----------
    format : name of an exporter.
    options : of that format.
    splits : sides to export, e.g. ("train",); empty: all.
    """

    format: str
    options: ExportOptions
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    splits: tuple[str, ...] = ()

    @property
    def exporter(self) -> Format:
        return exporter_named(self.format)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "options": self.options.to_json(),
            "preprocessing": self.preprocessing.to_json(),
            "splits": list(self.splits),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """As a program or a form sends it; what is left out is as shipped.

        Raises
        ------
        InvalidError : with the path of the fault: "format", "options.…", "preprocessing.…", "splits[0]".
        """
        members = Members(data)
        name = members.text("format")
        if not name:
            raise InvalidError("Choose a format.", "format")
        exporter = exporter_named(name)
        options = _object(members, "options")
        preprocessing = Preprocessing.from_json(_object(members, "preprocessing"))
        preprocessing.check_fits(exporter.title, points_into_originals=exporter.points_into_originals)
        made = cls(name, exporter.options_class.from_json(options), preprocessing, members.texts("splits"))
        members.done()
        return made


def _object(members: Members, name: str) -> dict[str, Any]:
    value = members.plain(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidError("This must be an object with named members.", name)
    return value
