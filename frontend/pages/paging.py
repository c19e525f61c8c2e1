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


class KeyPaginator(Paginator):
    """Pages of a list of a hundred thousand rows.

    Only keys are counted off, which an index holds, and from the nearer end; rows are read for the page alone.

    Parameters
    ----------
    keys : the rows in an order that gives each its own place.
    rows : the same rows, with whatever the page needs of each.
    """

    def __init__(self, keys: QuerySet[Any], rows: QuerySet[Any], size: int) -> None:
        super().__init__(keys, size)
        self._keys, self._rows = keys.values_list("pk", flat=True), rows

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        if first <= self.count // 2:
            keys = list(self._keys[first:last])
        else:
            keys = list(self._keys.reverse()[self.count - last : self.count - first])[::-1]
        found = self._rows.in_bulk(keys)
        # A row may have gone between the two queries.
        return Page([found[key] for key in keys if key in found], int(number), self)
