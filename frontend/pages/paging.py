"""Cutting long lists into pages."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS_A_PAGE = 50


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], *, size: int = ROWS_A_PAGE) -> Page[Any]:
    """The page that `?page=` names; a number that is none, or is beyond the end, gives the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
