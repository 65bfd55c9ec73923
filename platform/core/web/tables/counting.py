"""Counts that cost the same in a list of a hundred rows and in one of millions: exact up to a bound, "more than" beyond it."""

from __future__ import annotations

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import QuerySet

# So many rows a list counts, and pages through; and so many rows of each choice a filter counts.
ROWS, CHOSEN = 10_000, 1_000
# A list whose facets have more choices than this counts all its rows instead, once for all of them.
MANY = 20


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of the first rows of a query; `has_more` where there are rows behind them."""

    @cached_property
    def _counted(self) -> int:
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list)  # rows that come from no single query are all here
        return int(self.object_list.order_by().values("pk")[: ROWS + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._counted, ROWS)

    @property
    def has_more(self) -> bool:
        return self._counted > ROWS
