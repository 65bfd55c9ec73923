"""Reading rows from what people send: CSV in the encodings of this world, and XLSX. One reader for every import."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from core.errors import Invalid
from core.files.cells import plain_text

ROWS, COLUMNS, CELL = 2000, 100, 32_000
Cell = str | int | Decimal | dt.date | dt.datetime | bool
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NAMES = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-8": "UTF-8", "gb18030": "GBK/GB18030"}


@dataclass(frozen=True)
class Sheet:
    """The first row as header, the others with the number a spreadsheet shows beside them, and how they were read."""

    header: list[str]
    rows: list[tuple[int, list[Cell]]]
    how: str


def read(file: IO[bytes], *, extension: str, field: str = "file") -> Sheet:
    """The rows of a CSV or XLSX; raises Invalid beside the field. Rows without any content are left out."""
    found, how = _xlsx(file, field) if extension == "xlsx" else _csv(file, field)
    if not found:
        raise Invalid(_("The file holds no row."), field=field)
    (_number, head), *rows = found
    header = [str(one).strip() for one in head]
    if len(rows) > ROWS:
        raise Invalid(
            _("The file holds %(count)d rows; at most %(limit)d are read at once.")
            % {"count": len(rows), "limit": ROWS}, field=field,
        )  # fmt: skip
    return Sheet(header, rows, how)


def decoded(content: bytes) -> tuple[str, str] | None:
    """The text and the encoding it is in, by a mark or by strict decoding; None when it is in none we know."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


def _csv(file: IO[bytes], field: str) -> tuple[list[tuple[int, list[Cell]]], str]:
    file.seek(0)
    found = decoded(file.read())
    if found is None:
        raise Invalid(_("The text is in none of these encodings: UTF-8, UTF-16, GBK/GB18030."), field=field)
    text, encoding = found
    text = text.replace("\x00", "")
    separator = _separator(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise Invalid(_("The file is not well-formed CSV: %s.") % error, field=field) from None
    shown = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs")}[separator]
    how = _("Read as %(encoding)s, separated by %(separator)s.") % {"encoding": _NAMES[encoding], "separator": shown}
    return _kept(rows, field), how


def _separator(text: str) -> str:
    """Whichever of comma, semicolon and tab stands most often outside quotes in the first row."""
    counts, is_quoted = {",": 0, "\t": 0, ";": 0}, False
    for one in text:
        if one == '"':
            is_quoted = not is_quoted
        elif not is_quoted and one in "\r\n" and any(counts.values()):
            break
        elif not is_quoted and one in counts:
            counts[one] += 1
    return max(counts, key=lambda one: counts[one])


def _xlsx(file: IO[bytes], field: str) -> tuple[list[tuple[int, list[Cell]]], str]:
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        # One more row and column than is accepted, so that what is too much is seen and not cut in silence.
        rows = list(sheet.iter_rows(values_only=True, max_row=ROWS + 2, max_col=COLUMNS + 1))
    except Exception as error:  # openpyxl raises whatever a broken part makes it raise
        raise Invalid(_("The workbook cannot be read."), field=field) from error
    return _kept(rows, field), _("Read from the sheet “%s”.") % sheet.title


def _kept(rows: Iterable[Iterable[Any]], field: str) -> list[tuple[int, list[Cell]]]:
    kept = []
    for number, row in enumerate(rows, start=1):
        cells = [_cell(one) for one in row]
        while cells and cells[-1] == "":
            cells.pop()
        if len(cells) > COLUMNS:
            raise Invalid(
                _("Row %(row)d has more than %(limit)d columns.") % {"row": number, "limit": COLUMNS}, field=field
            )
        if cells:
            kept.append((number, cells))
    return kept


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool | int | dt.datetime | dt.date):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))  # the shortest figure that is this number: what the spreadsheet shows
    return plain_text(str(value)[:CELL]).strip()
