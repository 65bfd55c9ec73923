"""Text in spreadsheets: what a program would run as a formula is written so that it does not, and read back unchanged."""

from __future__ import annotations

import re

# What a spreadsheet would run, in ASCII and in full width; apostrophes before it are ours or were there already.
_FORMULA = re.compile(r"^'*[\s\x00-\x20]*[=+\-@|＝＋－＠\t\r]")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?%?$")
# What XML cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def safe_text(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    clean = CONTROL.sub("", text)
    return f"'{clean}" if _FORMULA.match(clean) and not _PLAIN_NUMBER.match(clean) else clean


def plain_text(cell: str) -> str:
    """What `safe_text` wrote, as it was."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
