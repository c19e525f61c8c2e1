"""The formats that marks come in from, by name."""

from annotator.accounts.errors import InvalidError
from annotator.datasets.importers.bcs_dbt import BcsDbtImporter
from annotator.datasets.importers.coco import CocoImporter
from annotator.datasets.importers.dicom_seg import SegmentationImporter
from annotator.datasets.importers.dicom_sr import ReportImporter
from annotator.datasets.importers.importer import Importer
from annotator.datasets.importers.nifti import NiftiImporter

FORMATS: dict[str, type[Importer]] = {
    one.name: one for one in (CocoImporter, SegmentationImporter, ReportImporter, NiftiImporter, BcsDbtImporter)
}


def importer_named(name: str) -> type[Importer]:
    """One format.

    Raises
    ------
    InvalidError : there is none of this name, path "format".
    """
    if name not in FORMATS:
        raise InvalidError(f"Marks don't come in from {name!r}. The formats are {', '.join(FORMATS)}.", "format")
    return FORMATS[name]
