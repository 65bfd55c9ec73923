"""A list as a file: every row that fits, safe to open in a spreadsheet, never whole in memory."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from core import clock, limits
from core.errors import Invalid
from core.files.cells import CONTROL, safe_text
from core.web import display
from core.web.tables.table import Table

__all__ = ["response", "rows_response", "safe_text"]

ROW_LIMIT = 100_000
# What is larger than this lies on the disk while it is made and sent.
IN_MEMORY = 1024 * 1024
# A spreadsheet keeps fifteen digits of a number; what has more is written as text, so that none is lost.
_DIGITS = 15
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def response(request: HttpRequest, table: Table, kind: str) -> HttpResponseBase:
    """The list as a download; `kind` is csv or xlsx."""
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
    heads = [str(column.label) for column in table.file_columns]
    return rows_response(request, table.file_name, heads, _rows(table), kind)


def rows_response(
    request: HttpRequest, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], kind: str
) -> HttpResponseBase:
    """Any rows as a download named after the day; the rows are written before the answer begins, so errors are told.

    Every file counts against the limit `export`; raises TooMany when none is left.
    """
    limits.ask(request, "export")
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    if kind == "xlsx":
        _xlsx(out, name, heads, rows)
    else:
        _csv(out, heads, rows)
    size = out.tell()
    out.seek(0)
    made: HttpResponseBase
    if size <= IN_MEMORY:
        made = HttpResponse(out.read(), content_type=_TYPES[kind])
        out.close()
    else:
        made = FileResponse(out, content_type=_TYPES[kind])
        made.headers["Content-Length"] = str(size)
    made.headers["Content-Disposition"] = f'attachment; filename="{name}-{clock.today().isoformat()}.{kind}"'
    made.headers["Cache-Control"] = "private, no-store"
    return made


def _rows(table: Table) -> Iterator[list[Any]]:
    columns = table.file_columns
    # `iterator` cannot be combined with prefetching without a size.
    for row in table.filtered.iterator(chunk_size=2000):
        yield [column.exported(row) for column in columns]


def _csv(out: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """RFC 4180; the byte order mark tells spreadsheets that this is UTF-8."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_text(one) for one in heads])
    for row in rows:
        writer.writerow([_written(one) for one in row])
    text.detach()


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
    if isinstance(value, (list, tuple)):
        return safe_text(", ".join(str(one) for one in value))
    return safe_text(str(value))


def _xlsx(out: IO[bytes], name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(CONTROL.sub("", re.sub(r"[\[\]:*?/\\]", " ", name))[:31] or "list")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, one, bold=True) for one in heads])
    for row in rows:
        sheet.append([_cell(sheet, one) for one in row])
    book.save(out)


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, dt.datetime):
        value = display.local(value).replace(tzinfo=None)
    elif isinstance(value, (bool, list, tuple)) or _is_long(value):
        value = _written(value)
    elif value is not None and not isinstance(value, (int, Decimal, dt.date)):
        value = safe_text(str(value))[:32_000]
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    if isinstance(value, dt.datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, dt.date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _is_long(value: Any) -> bool:
    if not isinstance(value, (int, Decimal)):
        return False
    return len(Decimal(value).normalize().as_tuple().digits) > _DIGITS
