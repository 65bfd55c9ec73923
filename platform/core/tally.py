"""How the rows of a query spread over facets: everything that a list counts, in one statement."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Expression, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

# By value, as text: how many rows have it.
Counts = dict[str, int]
Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Facet:
    """What rows are counted by: the value of each row, and pairs of (row's id, value) where a row has further ones."""

    value: Expression | Combinable | None = None
    ties: Rows | None = None


def cases(values: Iterable[str], of: Callable[[str], Q]) -> Facet:
    """A facet of conditions of which no row fulfils two."""
    return Facet(Case(*[When(of(value), then=Value(value)) for value in values]))


@dataclass(frozen=True)
class Spread:
    """All the rows, passed over once for all of the facets; a row that has a value twice counts once."""

    rows: Rows
    facets: Mapping[str, Facet]

    def sql(self) -> tuple[str, list[Any]]:
        """A statement that answers (facet, value, count)."""
        named = [name for name, one in self.facets.items() if one.value is not None]
        columns = {
            f"tally_{at}": Cast(self.facets[name].value or Value(None), TextField()) for at, name in enumerate(named)
        }
        found, given = self.rows.order_by().annotate(**columns).values_list("pk", *columns).query.sql_with_params()
        selects, params = [], list(given)
        if named:
            keys, sets = ", ".join(columns), ", ".join(f"({key})" for key in columns)
            # GROUPING() has a bit for each column, the first one's the highest: not set for the column that is counted by.
            every, first = (1 << len(named)) - 1, 1 << len(named) >> 1
            which = " ".join(f"WHEN {every - (first >> at)} THEN %s" for at in range(len(named)))
            selects.append(
                f"SELECT CASE GROUPING({keys}) {which} END, COALESCE({keys}), count(*) FROM found GROUP BY GROUPING SETS ({sets})"  # noqa: S608 - names from this file
            )
            params += named
        for name, one in self.facets.items():
            if one.ties is not None:
                ties, given = one.ties.query.sql_with_params()
                other = f" AND tie.value::text IS DISTINCT FROM tally_{named.index(name)}" if name in named else ""
                selects.append(
                    "SELECT %s, tie.value::text, count(DISTINCT found.pk)"  # noqa: S608 - what the query compiler made
                    f" FROM found JOIN ({ties}) AS tie(pk, value) ON tie.pk = found.pk{other} GROUP BY 2"
                )
                params += [name, *given]
        heads = ", ".join(["pk", *columns])
        return f"WITH found({heads}) AS MATERIALIZED ({found}) {' UNION ALL '.join(selects)}", params


@dataclass(frozen=True)
class UpTo:
    """Of each value so many rows as are found soon: counted up to a bound, which costs the same however many there are."""

    rows: Rows
    facet: str
    values: Mapping[str, Q]
    bound: int

    def sql(self) -> tuple[str, list[Any]]:
        """A statement that answers (facet, value, count)."""
        selects: list[str] = []
        params: list[Any] = []
        for value, condition in self.values.items():
            some = self.rows.filter(condition).order_by().values("pk")[: self.bound]
            try:
                sql, given = some.query.sql_with_params()
            except EmptyResultSet:
                continue
            selects.append(f"SELECT %s, %s, (SELECT count(*) FROM ({sql}) AS few)")  # noqa: S608 - what the query compiler made
            params += [self.facet, value, *given]
        if not selects:
            raise EmptyResultSet
        return " UNION ALL ".join(selects), params


# So many seconds what was counted for a reader is kept, where the caller wishes it.
KEPT = 60


def tally(parts: Iterable[Spread | UpTo], kept_for: str = "") -> dict[str, Counts]:
    """By facet how many rows have each value that any has; one statement for all parts.

    What is counted for the reader named by `kept_for` holds for a minute: the same statement asked again is not run again.
    """
    counts: dict[str, Counts] = {}
    asked: list[str] = []
    params: list[Any] = []
    for part in parts:
        counts |= {name: {} for name in ([part.facet] if isinstance(part, UpTo) else part.facets)}
        try:
            sql, given = part.sql()
        except EmptyResultSet:
            continue
        asked.append(f"({sql})")
        params += given
    for name, value, many in _answered(" UNION ALL ".join(asked), params, kept_for) if asked else []:
        if value is not None:
            counts[name][value] = counts[name].get(value, 0) + many
    return counts


def _answered(sql: str, params: list[Any], kept_for: str) -> list[tuple[str, str | None, int]]:
    key = f"tally:{hashlib.sha256(repr((kept_for, sql, params)).encode()).hexdigest()}"
    known: list[tuple[str, str | None, int]] | None = cache.get(key) if kept_for else None
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            known = cursor.fetchall()
        if kept_for:
            cache.set(key, known, KEPT)
    return known
