"""Charts: data as JSON for the browser, drawn by our own script in the page's colours, with a table saying the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from core.web.display import number_text

Text = str | Promise


@dataclass
class Chart:
    """A chart and its alternative. `option` is an ECharts option in which colours are token names such as `"@q1"`.

    `summary` is the sentence a screen reader hears; `columns` and `rows` are the table behind the chart.
    """

    id: str
    title: Text
    summary: Text
    option: dict[str, Any]
    columns: Sequence[Text] = ()
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    height: str = "md"

    @property
    def data_id(self) -> str:
        return f"{self.id}-data"

    @property
    def data(self) -> dict[str, Any]:
        """The option with every value in a form JSON knows."""
        plain = _plain(self.option)
        assert isinstance(plain, dict)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return float(value)  # pixels need no more; the table beside the chart is exact
    if isinstance(value, Promise):
        return str(value)
    return value


def line(
    id: str, *, title: Text, summary: Text, labels: Sequence[Text], values: Sequence[Decimal | None], unit: Text = ""
) -> Chart:
    """One quiet line from zero."""
    option = {
        "grid": {"left": 8, "right": 16, "top": 16, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": list(labels), "boundaryGap": False},
        "yAxis": {"type": "value", "min": 0, "name": unit},
        "series": [
            {
                "type": "line",
                "data": list(values),
                "lineStyle": {"color": "@q1", "width": 2},
                "areaStyle": {"color": "@q4"},
                "itemStyle": {"color": "@q1"},
                "symbolSize": 6,
                "connectNulls": False,
            }
        ],
    }
    return Chart(id, title, summary, option, columns=["", title], rows=list(zip(labels, values, strict=True)))


def bars(
    id: str, *, title: Text, summary: Text, labels: Sequence[Text], values: Sequence[Decimal], mine: int | None = None
) -> Chart:
    """Horizontal bars; the reader's own (`mine`) in the accent colour."""
    data = [
        {"value": value, "itemStyle": {"color": "@accent-solid" if i == mine else "@q2"}}
        for i, value in enumerate(values)
    ]
    option = {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "min": 0},
        "yAxis": {"type": "category", "data": list(labels), "inverse": True},
        "series": [{"type": "bar", "data": data, "barMaxWidth": 18, "label": {"show": True, "position": "right"}}],
    }
    return Chart(id, title, summary, option, columns=["", title], rows=list(zip(labels, values, strict=True)))


def _bare(name: str) -> str:
    # In a label's pattern braces mean a value.
    return name.replace("{", "(").replace("}", ")")


def sankey(id: str, *, title: Text, summary: Text, links: Sequence[tuple[str, str, Decimal]], mine: str = "") -> Chart:
    """How an amount divides; the reader's own share in the accent colour, everyone else grey."""
    into, out = Counter[str](), Counter[str]()
    for source, target, amount in links:
        out[source] += amount  # type: ignore[assignment]  # a Counter adds whatever adds
        into[target] += amount  # type: ignore[assignment]
    names = list(dict.fromkeys(name for source, target, _amount in links for name in (source, target)))
    option = {
        "series": [
            {
                "type": "sankey",
                "nodeAlign": "justify",
                "layoutIterations": 0,
                "nodeGap": 18,
                "nodeWidth": 10,
                "left": 8,
                "right": 140,
                "data": [
                    {
                        "name": name,
                        "itemStyle": {"color": "@accent-solid" if name == mine else "@q1"},
                        "label": {"formatter": f"{_bare(name)}\n{number_text(into[name] or out[name], 2)}"},
                    }
                    for name in names
                ],
                "links": [
                    {
                        "source": source,
                        "target": target,
                        "value": amount,
                        "lineStyle": {"color": "@accent" if mine and target == mine else "@q3", "opacity": 0.45},
                    }
                    for source, target, amount in links
                ],
            }
        ]
    }
    return Chart(id, title, summary, option, columns=["", "", title], rows=[list(one) for one in links], height="lg")
