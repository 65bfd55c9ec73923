"""Columns: where a value comes from, how it looks on a page, and what it is in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model
from django.db.models.expressions import BaseExpression, OrderBy
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.web import badges, display

Text = str | Promise
Exported = str | int | Decimal | dt.date | dt.datetime | bool | None


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `value` is a path (`"owner.name"`) or a function of the row; the name is the path when it is left out. `kind` is
    one of text, number, percent, money, exact_money, date, datetime, deadline, badge, yes_no, code. `sort` is a field
    path or an expression. `template` draws the cell with `row` and `value`. `export` gives what goes into a file.
    """

    name: str
    label: Text
    value: str | Callable[[Any], Any] | None = None
    kind: str = "text"
    sort: str | BaseExpression | None = None
    link: Callable[[Any], str | None] | None = None
    template: str = ""
    note: Callable[[Any], Any] | None = None
    export: Callable[[Any], Exported] | None = None
    unit: Text = ""
    is_primary: bool = False
    in_page: bool = True
    in_file: bool = True

    @property
    def is_right(self) -> bool:
        """Whether the column holds figures, which stand right."""
        return self.kind in ("number", "percent", "money", "exact_money")

    @property
    def marks(self) -> SafeString:
        """What a cell's tag says: the head, which stands beside the value on a phone, and how the cell is set."""
        css = f"{'r' if self.is_right else ''}{' is-primary' if self.is_primary else ''}"
        return format_html('data-label="{}" class="{}"', self.label, css)

    def raw(self, row: Any) -> Any:
        """The value as the row has it."""
        if callable(self.value):
            return self.value(row)
        found = row
        for step in (self.value or self.name).split("."):
            found = found.get(step) if isinstance(found, dict) else getattr(found, step, None)
            if found is None:
                return None
        return found() if callable(found) else found

    def cell(self, row: Any, given: Mapping[str, Any] | None = None) -> SafeString:
        """The value as people see it; `given` is what a template needs of the request, as the token of a form."""
        value = self.raw(row)
        if self.template:
            return SafeString(render_to_string(self.template, {**(given or {}), "row": row, "value": value}))
        shown = self._shown(row, value)
        address = self.link(row) if self.link else None
        if address:
            shown = format_html('<a href="{}">{}</a>', address, shown)
        below = self.note(row) if self.note else None
        return format_html('{}<span class="note">{}</span>', shown, below) if below else shown

    def _shown(self, row: Any, value: Any) -> SafeString:
        if self.kind == "badge":
            if value is None or value == "":
                return _dash()
            look = badges.look_of(row, self.name) if self._is_field(row) else badges.look_of(value)
            return _badge(look)
        if value is None or value == "":
            return _dash()
        match self.kind:
            case "money" | "exact_money":
                return display.money_html(value, exact=self.kind == "exact_money")
            case "number":
                unit = format_html('<span class="u">{}</span>', self.unit) if self.unit else ""
                return format_html("{}{}", display.number_text(value), unit)
            case "percent":
                return format_html('{}<span class="u">%</span>', display.number_text(value))
            case "date" | "datetime":
                return display.when_html(value)
            case "deadline":
                return display.when_html(value, seconds=True)
            case "yes_no":
                return conditional_escape(gettext("Yes") if value else gettext("No"))
            case "code":
                return format_html('<span class="mono">{}</span>', value)
        return conditional_escape(_worded(row, self.name, value))

    def _is_field(self, row: Any) -> bool:
        return (
            isinstance(row, Model) and self.value is None and any(f.name == self.name for f in row._meta.get_fields())
        )

    def exported(self, row: Any) -> Exported:
        """The value as a file holds it: numbers stay numbers, states become words."""
        if self.export:
            return self.export(row)
        value = self.raw(row)
        if self.kind == "badge" and value not in (None, ""):
            return str((badges.look_of(row, self.name) if self._is_field(row) else badges.look_of(value)).label)
        if self.kind == "yes_no":
            return gettext("Yes") if value else gettext("No")
        if value is None or isinstance(value, (int, Decimal, dt.date, dt.datetime)):
            return value
        return str(_worded(row, self.name, value))

    def order_by(self, model: type[Model], *, descending: bool) -> OrderBy:
        """The expression to sort by; rows without a value come last either way."""
        source = F(self.sort) if isinstance(self.sort, str) else self.sort
        assert source is not None  # only asked of columns that sort
        # Said only where it says something: an index on a column that is never empty does not serve "nulls last" downwards.
        last = True if not isinstance(self.sort, str) or _may_be_empty(model, self.sort) else None
        return source.desc(nulls_last=last) if descending else source.asc(nulls_last=last)


def _may_be_empty(model: type[Model], path: str) -> bool:
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True  # computed by the query
        if field.null or not field.concrete:
            return True
        if field.related_model is not None:
            model = field.related_model
    return False


def _worded(row: Any, name: str, value: Any) -> Any:
    worded = getattr(row, f"get_{name}_display", None)
    if callable(worded):
        return worded()
    if isinstance(value, (list, tuple)):
        return "、".join(str(one) for one in value) if display.in_chinese() else ", ".join(str(one) for one in value)
    return value


def _dash() -> SafeString:
    return format_html('<span class="mut">{}</span>', display.NOTHING)


def _badge(look: badges.Look) -> SafeString:
    from core.web.icons import icon_html

    return format_html('<span class="st st-{} st-plain">{}{}</span>', look.tone, icon_html(look.icon, 14), look.label)
