"""A list as a file: every row that fits, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from core import clock
from core.errors import Invalid
from core.web import display
from core.web.tables.table import Table

ROW_LIMIT = 100_000
# What a spreadsheet would run as a formula, in ASCII and in full width.
_FORMULA = re.compile(r"^[\s\x00-\x20]*[=+\-@|＝＋－＠\t\r]")
# What XML cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?%?$")


def safe_text(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    clean = _CONTROL.sub("", text)
    return f"'{clean}" if _FORMULA.match(clean) and not _PLAIN_NUMBER.match(clean) else clean


def response(table: Table, kind: str) -> HttpResponse:
    """The file as a download; `kind` is csv or xlsx."""
    count = table.total
    if count > ROW_LIMIT:
        raise Invalid(
            ngettext(
                "A file holds at most %(limit)s row; this list has %(count)s.",
                "A file holds at most %(limit)s rows; this list has %(count)s.",
                ROW_LIMIT,
            )
            % {"limit": f"{ROW_LIMIT:,}", "count": f"{count:,}"}
            + " "
            + _("Narrow it with the filters first.")
        )
    made = _xlsx(table) if kind == "xlsx" else _csv(table)
    day = clock.today().isoformat()
    made.headers["Content-Disposition"] = f'attachment; filename="{table.file_name}-{day}.{kind}"'
    made.headers["Cache-Control"] = "private, no-store"
    return made


def _csv(table: Table) -> HttpResponse:
    out = io.StringIO(newline="")
    # The byte order mark tells spreadsheets that this is UTF-8.
    out.write("\ufeff")
    writer = csv.writer(out)
    columns = table.file_columns
    writer.writerow([safe_text(str(column.label)) for column in columns])
    for row in _rows(table):
        writer.writerow([_written(column.exported(row)) for column in columns])
    return HttpResponse(out.getvalue().encode(), content_type="text/csv; charset=utf-8")


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        return display.moment_text(value, seconds=True)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (int, dt.date)):
        return str(value)
    return safe_text(str(value))


def _xlsx(table: Table) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_CONTROL.sub("", re.sub(r"[\[\]:*?/\\]", " ", table.file_name))[:31] or "list")
    sheet.freeze_panes = "A2"
    columns = table.file_columns
    sheet.append([_cell(sheet, str(column.label), bold=True) for column in columns])
    for row in _rows(table):
        sheet.append([_cell(sheet, column.exported(row)) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, bool):
        value = _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        value = display.local(value).replace(tzinfo=None)
    cell = WriteOnlyCell(sheet, value=safe_text(value)[:32_000] if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _rows(table: Table) -> Any:
    rows = table.filtered
    # `iterator` cannot be combined with prefetching without a size.
    return rows.iterator(chunk_size=2000)
