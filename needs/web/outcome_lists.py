"""Lists of applications, of outcomes and of loops, for pages and files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core.indicators.kinds import Direction
from core.web import tables
from needs.models.outcome import Outcome
from needs.queries.outcome import OutcomeLine, line_of
from needs.services.outcome import application_link
from needs.services.result import result_link
from needs.states.need import NeedState
from needs.states.outcome import ApplicationState, OutcomeState


def _chains() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in Chain.objects.all()]


def _nodes() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in ChainNode.objects.order_by("chain__name", "order")]


class Applications(tables.Table):
    columns = [
        tables.Column("node", _("Node that adopted it"), value=lambda row: str(row.node), sort="node__name", is_primary=True,
                      link=application_link, note=lambda row: str(row.node.chain)),
        tables.Column("result", _("Result"), value=lambda row: row.result.name, sort="result__title", link=lambda row: result_link(row.result_id)),
        tables.Column("user", _("User of the result"), value="user.name", sort="user__name"),
        tables.Column("applied_on", _("In use since"), kind="date", sort="applied_on"),
        tables.Column("effect", _("Effect")),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("owner", _("Owner"), value="result.owner.name", in_page=False),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.node.chain), in_page=False),
    ]  # fmt: skip
    filters = [
        tables.Choice("of", _("Chain of the result"), lookup="result__chain_id", choices=_chains),
        tables.Choice("chain", _("Chain of the node"), lookup="node__chain_id", choices=_chains, facet=True),
        tables.Choice("node", _("Node"), lookup="node_id", choices=_nodes),
        tables.Choice("state", _("State"), choices=ApplicationState.choices, facet=True),
        tables.DateRange("since", _("In use since"), lookup="applied_on"),
        tables.Text("user", _("User of the result"), lookup="user__name"),
    ]
    search = ["result__title", "result__code", "effect", "node__name", "user__name"]
    default_sort = "-applied_on"
    file_name = "applications"
    empty = tables.Empty(
        _("No application yet"),
        _("Where results are in use, by whom and with which effect stands here."),
        icon="rocket",
    )

    def get_filters(self) -> Sequence[tables.Filter]:
        pk = self.context["actor"].organisation_id
        mine = Q(user=pk) | Q(result__owner=pk)
        whose = tables.Choice("whose", _("Whose"), choices=[("ours", _("Only ours"))], apply=lambda _value: mine)
        return [*([whose] if pk else []), *self.filters]


def _line(row: Outcome) -> OutcomeLine:
    """The row's line, worked out once however many columns ask."""
    if not hasattr(row, "_shown_line"):
        row._shown_line = line_of(row)  # type: ignore[attr-defined]
    return row._shown_line  # type: ignore[attr-defined,no-any-return]


class Outcomes(tables.Table):
    """The report: both readings of a change, the words with their factor, and who says so, in every row and file."""

    columns = [
        tables.Column("name", _("Indicator"), value=lambda row: str(row.specification), sort="specification__name", is_primary=True,
                      link=lambda row: application_link(row.application_id), note=lambda row: _line(row).words),
        tables.Column("words", _("Original words"), value="specification.original_words", in_page=False),
        tables.Column("factor", _("Factor"), kind="number", value="specification.factor", in_page=False),
        tables.Column("before", _("Before the application"), value=lambda row: _line(row).before, note=lambda row: row.specification.baseline_period),
        tables.Column("baseline_source", _("Before: source"), value="specification.baseline_source", in_page=False),
        tables.Column("baseline_claim", _("Before: who says so"), value="specification.get_baseline_claim_display", in_page=False),
        tables.Column("after", _("After the application"), value=lambda row: _line(row).after, note=lambda row: row.period),
        tables.Column("period", _("Period"), in_page=False),
        tables.Column("change", _("Change of the value"), value=_line, template="needs/_outcome_change.html",
                      export=lambda row: _line(row).change_text),
        tables.Column("percent", _("Change in percent"), kind="number", in_page=False,
                      value=lambda row: (_line(row).change.percent if _line(row).change else None)),  # type: ignore[union-attr]
        tables.Column("points", _("Change in percentage points"), kind="number", in_page=False,
                      value=lambda row: (_line(row).change.points if _line(row).change else None)),  # type: ignore[union-attr]
        tables.Column("better", _("Better as expected"), kind="yes_no", value=lambda row: _line(row).verdict.is_met, in_page=False),
        tables.Column("sample_size", _("Sample size"), kind="number", value="measurement.sample_size"),
        tables.Column("measured_on", _("Measured on"), kind="date", value="measurement.measured_on", sort="measurement__measured_on"),
        tables.Column("source", _("Source"), value="measurement.source", in_page=False),
        tables.Column("node", _("Node that adopted it"), value=lambda row: str(row.application.node)),
        tables.Column("result", _("Result"), value=lambda row: row.application.result.name, in_page=False),
        tables.Column("user", _("User of the result"), value="application.user.name", in_page=False),
        tables.Column("state", _("Verification of the value"), kind="badge", sort="state"),
    ]  # fmt: skip
    filters = [
        tables.Choice("state", _("Verification of the value"), choices=OutcomeState.choices, facet=True),
        tables.Choice("chain", _("Chain of the result"), lookup="application__result__chain_id", choices=_chains, facet=True),
        tables.Choice("better", _("Which way is better"), lookup="specification__direction", choices=Direction.choices),
        tables.DateRange("measured", _("Measured on"), lookup="measurement__measured_on"),
    ]  # fmt: skip
    search = [
        "specification__name",
        "specification__name_en",
        "specification__original_words",
        "application__result__title",
    ]
    default_sort = "-created_at"
    file_name = "outcomes"
    empty = tables.Empty(
        _("No outcome yet"), _("What applications of results changed stands here: before, after, sample, source."), icon="chart-line"
    )  # fmt: skip


class Loops(tables.Table):
    columns = [
        tables.Column("need", _("New need"), value=lambda row: row.need.title, sort="need__title", is_primary=True,
                      link=lambda row: reverse("needs:loop", args=[row.pk]), note=lambda row: row.need.code),
        tables.Column("application", _("Application"), value=lambda row: str(row.application.node)),
        tables.Column("result", _("Result"), value=lambda row: row.application.result.name, sort="application__result__title"),
        tables.Column("first_code", _("First need"), kind="code"),
        tables.Column("owner", _("Raised by"), value="need.owner.name", sort="need__owner__name"),
        tables.Column("created_at", _("Raised on"), kind="date", sort="created_at"),
        tables.Column("is_closed", _("Loop closed"), kind="yes_no", sort="is_closed"),
    ]  # fmt: skip
    filters = [
        tables.Choice("closed", _("Loop closed"), choices=[("yes", _("Yes")), ("no", _("No"))],
                      apply=lambda value: Q(is_closed=value == "yes")),
        tables.Choice("chain", _("Chain"), lookup="need__chain_id", choices=_chains),
        tables.Choice("state", _("State of the new need"), lookup="need__state", choices=NeedState.choices),
    ]  # fmt: skip
    search = ["need__title", "need__code", "application__result__title"]
    default_sort = "-created_at"
    file_name = "loops"
    empty = tables.Empty(
        _("No loop yet"), _("When the use of a result gives rise to a new need, the loop from need to need stands here."), icon="recycle"
    )  # fmt: skip
