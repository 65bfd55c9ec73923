"""Reading a pasted paragraph or table, Chinese or English, into indicator rows (R014, R015, R021).

`read(text)` gives what a person then checks, corrects and takes over. It never fills a field in silence: what the text does
not say is named as a gap, a number that was not taken is listed as set aside, a wish without a number stays a wish.
"""

from __future__ import annotations

from core.indicators.reading.amounts import amounts
from core.indicators.reading.clauses import read_paragraphs
from core.indicators.reading.drafts import draft_of
from core.indicators.reading.found import Found, Gap, Reading
from core.indicators.reading.markup import without_markup
from core.indicators.reading.tables import split_tables

__all__ = ["LONGEST", "Found", "Gap", "Reading", "amounts", "draft_of", "read"]

LONGEST = 20_000


def read(text: str) -> Reading:
    """The indicators of a text, in its order, with gaps, wishes and the numbers that were set aside.

    Only the first 20,000 characters are read; `is_cut` says when there was more.
    """
    reading = Reading(is_cut=len(text) > LONGEST)
    for table, prose in split_tables(without_markup(text[:LONGEST])):
        if table is not None:
            table.read_into(reading)
        else:
            read_paragraphs(prose, reading)
    return reading
