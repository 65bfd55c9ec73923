"""Lists: declared once, drawn from one queryset as page, fragment, CSV and XLSX.

class NeedTable(tables.Table):
    columns = [Column("title", _("Need"), sort="title", link=need_url), Column("state", _("State"), kind="badge")]
    filters = [Choice("state", _("State"), NeedState.choices, facet=True)]
    search = ["title", "pain_point"]

def list_needs(request):
    return tables.render(request, NeedTable(needs_visible_to(request.actor)), title=_("Needs"))
"""

from core.web.tables.columns import Column
from core.web.tables.filters import Choice, DateRange, Filter, Multi, NumberRange, Text, Values, ours
from core.web.tables.render import render, respond
from core.web.tables.table import Empty, Table

__all__ = [
    "Choice",
    "Column",
    "DateRange",
    "Empty",
    "Filter",
    "Multi",
    "NumberRange",
    "Table",
    "Text",
    "Values",
    "ours",
    "render",
    "respond",
]
