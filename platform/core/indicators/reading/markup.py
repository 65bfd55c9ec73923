"""A paste that carries markup (HTML from a document or a web page) as the plain text a person saw."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_LOOKS_MARKED = re.compile(
    r"</?(?:table|t[rdh]|p|div|br|li|ul|ol|span|font|b|strong|su[pb]|o:p)\b[^<>]*>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5}|#x[0-9A-Fa-f]{2,5});")
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_UNSEEN = {"style", "script", "head", "title"}
_LINES = {"p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol"}


def without_markup(text: str) -> str:
    """Cells parted by tabs, rows and paragraphs by line ends, entities as signs; a text without markup stays as it is."""
    if _LOOKS_MARKED.search(text):
        reader = _Seen()
        reader.feed(text)
        reader.close()
        return reader.text()
    return html.unescape(text) if _ENTITY.search(text) else text


class _Seen(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.cell: list[str] | None = None
        self.row: list[str] | None = None
        self.unseen = 0
        self.is_raised = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag == "tr":
            self._end_row()
            self.row = []
        elif tag in ("td", "th"):
            self._end_cell()
            self.row = [] if self.row is None else self.row
            self.cell = []
        elif tag == "sup":
            self.is_raised = True
        elif tag in _LINES:
            self._line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
            self.parts.append("\n" if tag == "table" else "")
        elif tag == "sup":
            self.is_raised = False
        elif tag in _LINES:
            self._line()

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        seen = re.sub(r"\s+", " ", data)
        if self.is_raised:
            seen = seen.strip().translate(_RAISED)
        if self.cell is not None:
            self.cell.append(seen)
        elif self.row is None:
            self.parts.append(seen)

    def _line(self) -> None:
        if self.cell is not None:
            self.cell.append(" ")
        elif self.row is None:
            self.parts.append("\n")

    def _end_cell(self) -> None:
        if self.cell is not None and self.row is not None:
            self.row.append(re.sub(r"\s+", " ", "".join(self.cell)).strip())
        self.cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.row is not None:
            self.parts.append("\n" + "\t".join(self.row) + "\n")
        self.row = None

    def text(self) -> str:
        self._end_row()
        lines = [line.rstrip(" ") for line in "".join(self.parts).split("\n")]
        return "\n".join(line for line in lines if line.strip())
