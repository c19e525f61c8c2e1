"""Lists: a room's query in pages, filtered by the address."""

from typing import Any

import django_filters as filters
from django.db.models import Model, QuerySet
from rest_framework.generics import ListAPIView
from rest_framework.pagination import LimitOffsetPagination

from annotator.accounts.policies import Person

# SQLite can't even compare with a larger one.
LARGEST_KEY = 2**63 - 1


def primary_key_filter(**options: Any) -> filters.NumberFilter:
    """A filter by a numbered row; 400 for a number that no row can have."""
    return filters.NumberFilter(min_value=1, max_value=LARGEST_KEY, decimal_places=0, **options)


class Pages(LimitOffsetPagination):
    """?limit=&offset=, a hundred rows unless asked, a thousand at most."""

    default_limit = 100
    max_limit = 1000


class ListView(ListAPIView[Any]):
    """A list of what `rows` gives; `model` is what it lists."""

    pagination_class = Pages
    model: type[Model]

    def rows(self, person: Person) -> QuerySet[Any]:
        """A room's query, which says by itself what this person may see."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """The person's rows; none while the API's description is written, when nobody asks."""
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.rows(self.request.user)
