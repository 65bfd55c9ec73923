"""Counts that cost the same in a list of a hundred rows and in one of millions: exact up to a bound, "more than" beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connections
from django.db.models import Q, QuerySet

# So many rows a list counts, and pages through; and so many rows of each choice a filter counts.
ROWS, CHOSEN = 10_000, 1_000


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


def each(rows: QuerySet[Any], conditions: Sequence[Q]) -> list[int]:
    """How many rows fulfil each condition, counted to one more than CHOSEN, in one query."""
    asked: list[str] = []
    params: list[Any] = []
    for condition in conditions:
        some = rows.filter(condition).order_by().values("pk")[: CHOSEN + 1]
        try:
            sql, given = some.query.sql_with_params()
        except EmptyResultSet:
            sql, given = "SELECT WHERE false", ()
        asked.append(f"(SELECT count(*) FROM ({sql}) one)")  # noqa: S608 - what the query compiler made
        params += given
    if not asked:
        return []
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}", params)
        return list(cursor.fetchone())
