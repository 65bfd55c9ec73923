"""The need library: the list with its facets, and the matrix of nodes and demand sides."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core.access import policy
from core.search.queries import found_by_words
from core.web import tables
from core.web.page import crumb, render_page
from core.web.tables.files import rows_response
from needs.models import Need
from needs.queries import library
from needs.queries.need import needs_visible_to
from needs.states.library import BudgetBand, DeadlineBand, Freshness
from needs.states.need import ALIVE, DemandSide
from needs.web.doors import actor_of


class Needs(tables.Table):
    columns = [
        tables.Column("title", _("Need"), sort="title", is_primary=True, link=lambda row: reverse("needs:need", args=[row.pk]),
                      note=lambda row: _code(row)),
        tables.Column("code", _("Number"), kind="code", sort="code", in_page=False),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("node", _("Node"), value=lambda row: str(row.node), sort="node__name"),
        tables.Column("demand_side", _("Demand side"), sort="demand_side"),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("budget", _("Budget"), kind="money", sort="budget"),
        tables.Column("deadline_on", _("Wanted by"), kind="date", sort="deadline_on"),
        tables.Column("priority", _("Priority"), kind="number", sort="priority", in_page=False),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("updated_at", _("Changed"), kind="date", sort="updated_at", in_file=False),
        tables.Column("other_nodes", _("Nodes of other chains"), in_page=False,
                      value=lambda row: "; ".join(str(one) for one in row.more_chains.all())),
        tables.Column("pain_point", _("Pain point"), in_page=False),
        tables.Column("field", _("Technical field"), in_page=False),
        tables.Column("region_code", _("Region"), in_page=False),
        tables.Column("affected_users", _("Affected users"), in_page=False),
        tables.Column("key_technologies", _("Key technologies"), in_page=False),
        tables.Column("expected_results", _("Expected results"), in_page=False),
        tables.Column("keywords", _("Keywords"), in_page=False),
        tables.Column("constraints", _("Constraints"), in_page=False),
        tables.Column("starts_on", _("Work starts"), kind="date", in_page=False),
        tables.Column("title_en", _("English title"), in_page=False),
        tables.Column("confidentiality", _("Who may read it"), in_page=False),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), apply=library.of_chain, by=library.FACETS["chain"], facet=True,
                      choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]),
        tables.Choice("node", _("Node"), apply=library.of_node, by=library.FACETS["node"], facet=True,
                      choices=lambda: [(row.pk, str(row)) for row in ChainNode.objects.order_by("chain__name", "order")]),
        tables.Choice("side", _("Demand side"), lookup="demand_side", choices=DemandSide.choices, facet=True),
        tables.Choice("state", _("State"), choices=library.STATES, apply=library.of_state, by=library.FACETS["state"],
                      sums={library.OPEN: ALIVE}, facet=True),
        tables.Values("field", _("Technical field")),
        tables.Values("region", _("Region"), lookup="region_code"),
        tables.Choice("band", _("Budget band"), choices=BudgetBand.choices, apply=library.of_budget, by=library.FACETS["band"], facet=True),
        tables.NumberRange("budget", _("Budget"), unit=_("10,000 yuan"), scale=Decimal(10000)),
        tables.Choice("by", _("Deadline"), choices=DeadlineBand.choices, apply=library.of_deadline, by=library.FACETS["by"], facet=True),
        tables.DateRange("deadline", _("Wanted by"), lookup="deadline_on"),
        tables.Choice("fresh", _("Confirmation"), choices=Freshness.choices, apply=library.of_freshness, by=library.FACETS["fresh"], facet=True),
    ]  # fmt: skip
    search = ["title"]
    search_hint = _("Search in both languages")
    default_sort = "-created_at"
    file_name = "needs"
    empty = tables.Empty(
        _("No need yet"), _("Needs that chain leaders publish stand here; your own drafts as well."), icon="list-search"
    )

    @property
    def keep_url(self) -> str:
        """Where what is asked of the library is kept as a saved search; empty on other lists of needs."""
        asked = self.context.get("may_keep") and {
            name: self.asked[name] for name in library.ASKED if self.asked.get(name)
        }
        return f"{reverse('needs:save_search')}?{urlencode(asked)}" if asked else ""

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context["actor"].organisation_id, "owner_id"), *self.filters]

    def search_condition(self, text: str) -> Q:
        return found_by_words(self.context["actor"], text, "need")

    def row_css(self, row: Need) -> str:
        return "is-warn" if row.stale_at else ""


def _code(need: Need) -> str:
    """The number, and that its review is overdue."""
    return f"{need.code} · {need.freshness.label}" if need.stale_at else need.code


def list_needs(request: HttpRequest) -> HttpResponse:
    """The need library (R019)."""
    actor = actor_of(request)
    rows = (
        needs_visible_to(actor)
        .select_related("chain", "node", "owner")
        .prefetch_related("more_chains__chain", "more_chains__node")
    )
    buttons = []
    if actor.organisation and policy.can(actor, "needs.post_need", actor.organisation):
        buttons.append({"label": _("Post a need"), "url": reverse("needs:post_need"), "icon": "plus", "primary": True})
        buttons.append({"label": _("From a file"), "url": reverse("needs:import_needs"), "icon": "upload"})
    return tables.render(
        request, Needs(rows, actor=actor, may_keep=actor.person is not None), title=_("Need library"), actions=buttons, template="needs/library.html",
        context={"tabs": library_tabs()},
    )  # fmt: skip


def library_tabs() -> list[dict[str, Any]]:
    """The ways to look at the library."""
    return [
        {"label": _("List"), "url": reverse("needs:needs")},
        {"label": _("Nodes and sides"), "url": reverse("needs:side_matrix")},
        {"label": _("Opportunities"), "url": reverse("needs:opportunities")},
        {"label": _("Saved searches"), "url": reverse("needs:saved_searches")},
    ]


def side_matrix(request: HttpRequest) -> HttpResponseBase:
    """How many needs stand at each node of a chain for each demand side; a cell opens its list (R002)."""
    actor = actor_of(request)
    chains = list(Chain.objects.all())
    asked = request.GET.get("chain", "")
    chain = next((one for one in chains if str(one.pk) == asked), chains[0] if chains else None)
    state = request.GET.get("state", "")
    state = state if state in dict(library.STATES) else library.OPEN
    matrix = library.side_matrix(actor, chain, {"state": state}) if chain else None
    kind = request.GET.get("file", "")
    if matrix and kind in ("csv", "xlsx"):
        heads = [str(_("Node")), *(str(one.label) for one in DemandSide), str(_("All needs")), str(_("Gaps"))]
        lines = [[str(row.node), *row.counts, row.total, row.gaps] for row in matrix.rows]
        return rows_response(request, "needs-matrix", heads, lines, kind)

    def link(node: Any = None, side: str = "") -> str:
        parts = {
            "chain": matrix.chain.pk if matrix else "",
            "node": node.pk if node else "",
            "side": side,
            "state": state,
        }
        return f"{reverse('needs:needs')}?{urlencode({name: str(value) for name, value in parts.items() if value})}"

    sides = DemandSide.values
    most = max((count for row in matrix.rows for count in row.counts), default=0) if matrix else 0
    shown = {
        "tabs": library_tabs(), "chains": chains, "matrix": matrix, "sides": DemandSide.choices, "state": state, "states": library.STATES,
        "rows": [
            (row, [(count, link(row.node, side), _heat(count, most)) for side, count in zip(sides, row.counts, strict=True)], link(row.node))
            for row in (matrix.rows if matrix else [])
        ],
        "totals": [(count, link(side=side)) for side, count in zip(sides, matrix.totals, strict=True)] if matrix else [],
        "total_url": link(),
    }  # fmt: skip
    crumbs = [crumb(_("Need library"), reverse("needs:needs")), crumb(_("Nodes and sides"))]
    return render_page(request, "needs/side_matrix.html", shown, title=_("Nodes and sides"), crumbs=crumbs)


def _heat(count: int, most: int) -> int:
    """How strongly a cell is coloured: 0 for none, 1 to 4 by its part of the largest cell."""
    return 0 if not count else 1 + min(3, (4 * count - 1) // most)
