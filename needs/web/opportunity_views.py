"""Opportunities across chains: what another chain is able to do for a need that nobody meets (R122)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core.access import policy
from core.tally import cases
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb
from needs.actions import opportunity as actions
from needs.models.opportunity import Opportunity
from needs.queries.opportunity import opportunities_visible_to, with_dismissals
from needs.queries.qualification import Demands, Lack
from needs.services.need import need_link
from needs.web.doors import actor_of
from needs.web.need_forms import ReasonForm
from needs.web.need_list_views import library_tabs


def _chains() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in Chain.objects.all()]


def _of_kind(value: str) -> Q:
    return Q(**{f"{value}__isnull": False})


def _found_link(row: Opportunity) -> str:
    return reverse("needs:result" if row.result_id else "needs:capability", args=[row.found.pk])


def _shares(row: Opportunity) -> str:
    return "、".join(f"{word} {share} %" for word, share in row.words)


class Opportunities(tables.Table):
    columns = [
        tables.Column("direction", _("Direction"), value=str, is_primary=True),
        tables.Column("need", _("Unmet need"), value=lambda row: row.need.title, sort="need__title", note=lambda row: row.need.owner.name,
                      link=lambda row: need_link(row.need)),
        tables.Column("found", _("What is able to"), value=lambda row: row.found.title, note=lambda row: row.found.owner.name, link=_found_link),
        tables.Column("strength", _("Strength"), kind="percent", sort="strength"),
        tables.Column("found_at", _("Found on"), kind="date", sort="found_at"),
        tables.Column("code", _("Number"), value="need.code", kind="code", in_page=False),
        tables.Column("need_owner", _("Owner of the need"), value="need.owner.name", in_page=False),
        tables.Column("found_owner", _("Owner of what was found"), value="found.owner.name", in_page=False),
    ]  # fmt: skip
    filters = [
        tables.Choice("from_chain", _("From chain"), lookup="from_chain_id", choices=_chains, facet=True),
        tables.Choice("to_chain", _("To chain"), lookup="to_chain_id", choices=_chains, facet=True),
        tables.Choice("kind", _("Kind"), choices=[("result", _("Result")), ("capability", _("Capability"))],
                      apply=_of_kind, by=lambda: cases(["result", "capability"], _of_kind), facet=True),
        tables.NumberRange("strength", _("Strength")),
    ]  # fmt: skip
    search = ["need__title", "need__code", "result__title", "capability__title"]
    default_sort = "-strength"
    file_name = "opportunities"
    empty = tables.Empty(
        _("No opportunity yet"),
        _("What changes is looked at every ten minutes: needs that nobody meets, and what other chains are able to do."), icon="sparkles",
    )  # fmt: skip

    def get_columns(self) -> Sequence[tables.Column]:
        demands: Demands = self.context["demands"]

        def lacks(row: Any) -> list[Lack]:
            return demands.lacking(str(row.to_chain_id), row.found.pk, row.words_of_found or {})

        reason = tables.Column(
            "reason", _("Reason"), value=lambda row: {"words": row.words, "lacks": lacks(row)}, template="needs/_opportunity_reason.html",
            export=lambda row: "; ".join(filter(None, [_shares(row), *map(str, lacks(row))])),
        )  # fmt: skip
        if self.context["dismissed"]:
            last = tables.Column(
                "dismissed",
                _("Dismissed by us"),
                value="dismissed_because",
                link=lambda row: reverse("needs:matches", args=[row.need_id]),
            )
        elif self.context["may_dismiss"]:
            last = tables.Column(
                "act", "", in_file=False, value=lambda _row: _("Does not fit"), link=lambda row: reverse("needs:dismiss_opportunity", args=[row.pk])
            )  # fmt: skip
        else:
            return [*self.columns[:3], reason, *self.columns[3:]]
        return [*self.columns[:3], reason, *self.columns[3:], last]


def list_opportunities(request: HttpRequest) -> HttpResponse:
    """What the finder proposes, strongest first; `?dismissed=yes` shows what one's organisation dismissed."""
    actor = actor_of(request)
    dismissed = request.GET.get("dismissed") == "yes"
    rows = with_dismissals(actor, opportunities_visible_to(actor)).filter(is_dismissed=dismissed)
    rows = rows.select_related(
        "need__owner", "need__node", "result__owner", "capability__owner", "from_chain", "from_node", "to_chain"
    )
    may = policy.can(actor, "needs.dismiss_opportunity")
    table = Opportunities(rows, demands=Demands.of(), dismissed=dismissed, may_dismiss=may)
    here = reverse("needs:opportunities")
    other = (_("Proposed"), here) if dismissed else (_("Dismissed by us"), f"{here}?dismissed=yes")
    return tables.render(
        request, table, title=_("Opportunities"), template="needs/library.html", context={"tabs": library_tabs()}, crumbs=_crumbs(),
        actions=[{"label": other[0], "url": other[1]}],
        intro=_("Needs that nobody meets yet, and what other chains are able to do: the words that both speak of, and what must be adapted."),
    )  # fmt: skip


def dismiss_opportunity(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.dismiss_opportunity", Opportunity, pk)
    title = _("Does not fit")
    return form_page(
        request, "components/form_page.html", ReasonForm, action=partial(actions.dismiss_opportunity, opportunity_id=pk), title=title,
        submit=title, crumbs=[*_crumbs(), crumb(title)], context={"intro": f"{row}: {row.need.title} · {row.found.title}"},
        success=reverse("needs:opportunities"), message=_("It shows no more."),
    )  # fmt: skip


def _crumbs() -> list[Any]:
    return [crumb(_("Need library"), reverse("needs:needs")), crumb(_("Opportunities"), reverse("needs:opportunities"))]
