"""What the address of the catalogue asks for: which studies, in which order, how many a page."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.http import QueryDict

from annotator.imaging.catalogue.study_filter import StudyFilter, StudyOrder, StudyState
from frontend.pages.row_numbers import row_numbers

PAGE_SIZES = (25, 50, 100)
LONGEST_TEXT = 200

C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True)
class CatalogueQuestion:
    """The filter, the order of the list, and how many studies a page shows."""

    asked: StudyFilter
    order: StudyOrder
    size: int

    @classmethod
    def from_query(cls, query: QueryDict) -> "CatalogueQuestion":
        """Read the address; what can't be read counts as not asked."""
        collections = row_numbers([query.get("collection", "")])
        asked = StudyFilter(
            words=_text(query, "q"),
            modality=_text(query, "modality"),
            body_part=_text(query, "body_part"),
            since=_date(query.get("since", "")),
            until=_date(query.get("until", "")),
            tag=_text(query, "tag"),
            collection=collections[0] if collections else None,
            state=_one_of(StudyState, query.get("state", "")),
        )
        sizes = row_numbers([query.get("size", "")])
        size = sizes[0] if sizes and sizes[0] in PAGE_SIZES else PAGE_SIZES[0]
        return cls(asked, _one_of(StudyOrder, query.get("order", "")) or StudyOrder.NEWEST, size)


def _text(query: QueryDict, name: str) -> str:
    return " ".join(query.get(name, "").replace("\0", "").split())[:LONGEST_TEXT]


def _one_of(kind: type[C], value: str) -> C | None:
    return kind(value) if value in {member.value for member in kind} else None


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
