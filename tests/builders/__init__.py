"""Small DICOM files for tests, made in milliseconds; each builder writes into a folder and returns paths."""

from tests.builders.bad_files import not_dicom, promising_pixels, truncated, unknown_syntax, without_pixels
from tests.builders.burned_in import written_ultrasound
from tests.builders.orientations import ct_at_all_angles, turned_breast
from tests.builders.studies import (
    ct_series,
    multi_frame,
    tomosynthesis,
    tomosynthesis_four_views,
    ultrasound,
    ultrasound_pair,
)

__all__ = [
    "ct_at_all_angles",
    "ct_series",
    "multi_frame",
    "not_dicom",
    "promising_pixels",
    "tomosynthesis",
    "tomosynthesis_four_views",
    "truncated",
    "turned_breast",
    "ultrasound",
    "ultrasound_pair",
    "unknown_syntax",
    "without_pixels",
    "written_ultrasound",
]
