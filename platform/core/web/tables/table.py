"""A list: declared columns, filters, search and sort over one queryset, and what the reader asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.tally import Counts, Facet, Spread, UpTo, tally
from core.web.tables import counting
from core.web.tables.columns import Column
from core.web.tables.counting import Pages
from core.web.tables.filters import Choice, Filter, Shown, WrongFilterError

Text = str | Promise


@dataclass(frozen=True)
class Empty:
    """What to say where there is nothing: what the place is for, and the first step."""

    title: Text
    text: Text = ""
    action: Text = ""
    url: str = ""
    icon: str = "stack-2"


@dataclass(frozen=True)
class Head:
    """A column's head as shown: its sort link and how it is sorted now."""

    column: Column
    url: str
    direction: str  # "", "ascending" or "descending"


@dataclass(frozen=True)
class Cell:
    """One cell as shown; `marks` are what its tag says."""

    column: Column
    html: SafeString
    marks: SafeString


@dataclass(frozen=True)
class Row:
    """One row as shown."""

    obj: Any
    cells: list[Cell]
    css: str

    @property
    def html(self) -> SafeString:
        """The cells one after the other. Joined here: a template takes many times as long for the many cells of a list."""
        return SafeString("".join(f"<td {one.marks}>{conditional_escape(one.html)}</td>" for one in self.cells))


class Table:
    """Subclass with `columns`, and what else the list offers; give it the queryset of what the actor may see."""

    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    search: ClassVar[Sequence[str]] = ()
    search_hint: ClassVar[Text] = _("Search in this list")
    default_sort: ClassVar[str] = ""
    page_size: ClassVar[int] = 25
    file_name: ClassVar[str] = "list"
    can_export: ClassVar[bool] = True
    caption: ClassVar[Text] = ""
    empty: ClassVar[Empty] = Empty(_("Nothing here yet"))

    def __init__(self, rows: QuerySet[Any], *, prefix: str = "", empty: Empty | None = None, **context: Any) -> None:
        """`prefix` tells two tables on one page apart; `context` is kept for subclasses' methods."""
        self.rows = rows
        self.prefix = f"{prefix}-" if prefix else ""
        self.context = context
        self.asked: QueryDict = QueryDict()
        self.given: Mapping[str, Any] = {}
        self.reader = ""
        self.path = ""
        self.title: Text = self.caption
        if empty is not None:
            self.empty = empty  # type: ignore[misc]

    # What a subclass may say for itself.

    def get_filters(self) -> Sequence[Filter]:
        """The filters; override where choices depend on the reader."""
        return self.filters

    def get_columns(self) -> Sequence[Column]:
        """The columns; override where some are for some readers only."""
        return self.columns

    def search_condition(self, text: str) -> Q:
        """What the search box asks: every word in at least one of the `search` fields."""
        all_words = Q()
        for word in text.split()[:8]:
            either = Q()
            for path in self.search:
                either |= Q(**{f"{path}__icontains": word})
            all_words &= either
        return all_words

    def row_css(self, row: Any) -> str:
        """A class for the row: `is-bad`, `is-warn`, `is-mine` or nothing."""
        return ""

    # What the reader asked.

    def bind(self, asked: QueryDict, path: str = "", given: Mapping[str, Any] | None = None, reader: str = "") -> Table:
        """Take what the reader asked from the address, and what cells drawn by a template need of the request.

        `reader` names who reads: what is dear to count is kept for them for a minute.
        """
        self.asked, self.path, self.given, self.reader = asked, path, given or {}, reader
        return self

    @property
    def dom_id(self) -> str:
        return f"{self.prefix}table"

    @property
    def search_name(self) -> str:
        return f"{self.prefix}q"

    @property
    def search_text(self) -> str:
        return self.asked.get(self.search_name, "").replace("\x00", "").strip()[:200]

    @cached_property
    def _conditions(self) -> list[tuple[Filter, Q | None, str]]:
        found = []
        for one in (given.once() for given in self.get_filters()):
            try:
                found.append((one, one.condition(self.asked, self.prefix), ""))
            except WrongFilterError as wrong:
                found.append((one, None, str(wrong)))
        return found

    @cached_property
    def _searched(self) -> Q:
        """What the search box asks, asked once: rows, pages and every facet are cut from it."""
        return self.search_condition(self.search_text)

    def _narrowed(self, leave_out: Filter | None = None) -> QuerySet[Any]:
        rows = self.rows
        if self.search and self.search_text:
            rows = rows.filter(self._searched)
        for one, condition, _error in self._conditions:
            if condition is not None and one is not leave_out:
                rows = rows.filter(condition)
        return rows

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """Every row that fits what was asked, sorted; pages and files are cut from this one query."""
        return self._narrowed().order_by(*self._ordering())

    # Sorting.

    @cached_property
    def sort_key(self) -> str:
        asked = self.asked.get(f"{self.prefix}sort", "")
        known = {column.name for column in self.get_columns() if column.sort is not None}
        return asked if asked.removeprefix("-") in known else self.default_sort

    def _ordering(self) -> list[Any]:
        key = self.sort_key
        column = next((one for one in self.get_columns() if one.name == key.removeprefix("-")), None)
        # The primary key makes the order total, so that no row shows on two pages.
        if column is not None and column.sort is not None:
            return [column.order_by(self.rows.model, descending=key.startswith("-")), "pk"]
        if key:
            return [key, "pk"]
        return [*(self.rows.query.order_by or self.rows.model._meta.ordering), "pk"]

    @property
    def heads(self) -> list[Head]:
        shown = []
        for column in self.page_columns:
            url, direction = "", ""
            if column.sort is not None:
                if self.sort_key.removeprefix("-") == column.name:
                    direction = "descending" if self.sort_key.startswith("-") else "ascending"
                url = self.address(sort=f"-{column.name}" if direction == "ascending" else column.name, page=None)
            shown.append(Head(column, url, direction))
        return shown

    @property
    def page_columns(self) -> list[Column]:
        return [column for column in self.get_columns() if column.in_page]

    @property
    def file_columns(self) -> list[Column]:
        return [column for column in self.get_columns() if column.in_file]

    # Pages.

    @cached_property
    def page(self) -> Page[Any]:
        return Pages(self.filtered, self.page_size).get_page(self.asked.get(f"{self.prefix}page"))

    @property
    def total(self) -> int:
        """How many rows fit; where `has_more`, how many of them can be paged through."""
        return self.page.paginator.count

    @property
    def has_more(self) -> bool:
        """More rows fit than are counted: narrow the list, or take all of them as a file."""
        return bool(getattr(self.page.paginator, "has_more", False))

    @property
    def page_links(self) -> list[tuple[int | None, str]]:
        """Page numbers with addresses; None stands for a gap."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        return [(n, self.address(page=n)) if isinstance(n, int) else (None, "") for n in numbers]

    @property
    def previous_url(self) -> str:
        return self.address(page=self.page.number - 1) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.address(page=self.page.number + 1) if self.page.has_next() else ""

    @cached_property
    def shown_rows(self) -> list[Row]:
        columns = [(column, column.marks) for column in self.page_columns]
        return [
            Row(
                row, [Cell(column, column.cell(row, self.given), marks) for column, marks in columns], self.row_css(row)
            )
            for row in self.page
        ]

    # Filters as shown.

    @cached_property
    def shown_filters(self) -> list[Shown]:
        shown, (counts, whole) = [], self._counts()
        for one, _condition, error in self._conditions:
            look = one.shown(self.asked, self.prefix)
            look.error = error
            if isinstance(one, Choice) and one.facet:
                one.fill(counts[one.name], look.options, is_whole=one.name in whole)
            shown.append(look)
        return shown

    def _counts(self) -> tuple[dict[str, Counts], set[str]]:
        """What every facet counts, in one query; and which of them counted all rows.

        All rows are passed over once where they are few or were found by words, and where a bound on each of many choices would be
        dearer; else each choice is counted up to a bound. Of a list with more rows than are counted, what was counted stands for a
        minute.
        """
        facets = [
            (one, condition) for one, condition, _error in self._conditions if isinstance(one, Choice) and one.facet
        ]
        if not facets:
            return {}, set()
        counted_by: dict[str, Facet] = {}
        choices = sum(len(one.listed()) for one, _condition in facets)
        if self.search_text or not self.has_more or choices > counting.MANY:
            counted_by = {one.name: by for one, _condition in facets if (by := one.counted_by()) is not None}
        together = {
            one.name: counted_by[one.name] for one, condition in facets if condition is None and one.name in counted_by
        }
        parts: list[Spread | UpTo] = [Spread(self.filtered, together)] if together else []
        for one, condition in facets:
            if one.name not in together:
                rows = self._narrowed(leave_out=one) if condition is not None else self.filtered
                by = counted_by.get(one.name)
                parts.append(Spread(rows, {one.name: by}) if by is not None else one.part(rows))
        return tally(parts, self.reader if self.has_more else ""), set(counted_by)

    @property
    def chips(self) -> list[tuple[Text, str, str]]:
        """What is set now: label, words, and the address without it."""
        set_now = []
        for one in self.shown_filters:
            if one.chosen and not one.error:
                names = {name for name, _value in one.chosen}
                set_now.append((one.label, one.words, self.address_without(names)))
        return set_now

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search_text) or any(one.chosen for one in self.shown_filters)

    # Addresses.

    def address(self, **changes: Any) -> str:
        """The present address with this table's parameters changed; None removes one."""
        query = self.asked.copy()
        for key, value in changes.items():
            name = f"{self.prefix}{key}"
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return f"{self.path}?{query.urlencode()}"

    def address_without(self, names: set[str]) -> str:
        query = self.asked.copy()
        for name in names | {f"{self.prefix}page"}:
            query.pop(name, None)
        return f"{self.path}?{query.urlencode()}"

    @property
    def clear_url(self) -> str:
        """The list with nothing asked; the sort order stays."""
        names = {self.search_name} | {self.prefix + name for one in self.get_filters() for name in one.names()}
        return self.address_without(names)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the filter form must carry along: the sort order, and everything that belongs to another table."""
        own = {self.search_name, f"{self.prefix}page", f"{self.prefix}file"}
        own |= {self.prefix + name for one in self.get_filters() for name in one.names()}
        return [(name, value) for name, values in self.asked.lists() if name not in own for value in values]

    @property
    def csv_url(self) -> str:
        return self.address(file="csv", page=None)

    @property
    def xlsx_url(self) -> str:
        return self.address(file="xlsx", page=None)
