"""The library of results, the page of one, and what is done with it (R009)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chains.models import Chain, ChainNode
from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.indicators import services as indicators
from core.indicators.engine import compare
from core.search import queries as search
from core.tally import Facet, cases
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page, sent_version
from needs.actions import result as actions
from needs.models.result import Result
from needs.queries.idle import with_idleness
from needs.queries.origins import projects_seen
from needs.queries.result import results_visible_to, specifications_of
from needs.queries.standing import Scales, scales, with_rank
from needs.services.result import measurable, result_link
from needs.states.need import DemandSide
from needs.states.result import RESULT, ResultState
from needs.web.doors import act, actor_of
from needs.web.need_forms import ReasonForm
from needs.web.outcome_views import result_tabs
from needs.web.result_forms import ResultForm, ResultValueForm


def _of_risk(value: str) -> Q:
    return Q(at_risk=value == "yes")


def _of_idle(_value: str) -> Q:
    return Q(is_idle=True)


class Results(tables.Table):
    columns = [
        tables.Column("title", _("Result"), value="name", sort="title", is_primary=True, template="needs/_result_title.html",
                      export=lambda row: row.title),
        tables.Column("code", _("Number"), kind="code", sort="code", in_page=False),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("node", _("Node"), value=lambda row: str(row.node), sort="node__name", in_page=False),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("fit", _("Industrial fit"), kind="number", sort="fit"),
        tables.Column("advancement", _("Advancement"), kind="number", sort="advancement"),
        tables.Column("trl", _("TRL"), kind="number", sort="trl"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("at_risk", _("Adaptation risk"), kind="yes_no", in_page=False),
        tables.Column("text", _("Description"), in_page=False),
        tables.Column("title_en", _("English title"), in_page=False),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), lookup="nodes__chain_id", apply=lambda value: Q(pk__in=_in_chain(value)), facet=True,
                      by=lambda: Facet(ties=Result.nodes.through.objects.values_list("result_id", "chainnode__chain_id")),
                      choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]),
        tables.Choice("node", _("Node"), apply=lambda value: Q(pk__in=_at_node(value)),
                      choices=lambda: [(row.pk, str(row)) for row in ChainNode.objects.order_by("chain__name", "order")]),
        tables.Choice("side", _("Demand side"), lookup="demand_side", choices=DemandSide.choices, facet=True),
        tables.Choice("state", _("State"), choices=ResultState.choices, facet=True),
        tables.Choice("risk", _("Adaptation risk"), choices=[("yes", _("Yes")), ("no", _("No"))], facet=True,
                      apply=_of_risk, by=lambda: cases(["yes", "no"], _of_risk)),
        tables.Choice("idle", _("Idle results"), choices=[("yes", _("Yes"))], facet=True,
                      apply=_of_idle, by=lambda: cases(["yes"], _of_idle)),
        tables.Text("field", _("Technical field")),
        tables.NumberRange("fit", _("Industrial fit")),
        tables.NumberRange("advancement", _("Advancement")),
        tables.NumberRange("trl", _("TRL")),
    ]  # fmt: skip
    search = ["title"]
    search_hint = _("Search in both languages")
    default_sort = "-rank"
    file_name = "results"
    empty = tables.Empty(
        _("No result yet"), _("What research brought about stands here, its fit for industry beside its advancement."), icon="bulb"
    )  # fmt: skip

    def get_columns(self) -> Sequence[tables.Column]:
        by: Scales = self.context["scales"]
        rank = tables.Column("rank", _("Ranking score"), value=by.standing, kind="number", sort="rank", note=by.reason)
        why = tables.Column("why", _("Why it stands there"), value=by.reason, in_page=False)
        return [self.columns[0], rank, why, *self.columns[1:]]

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context["actor"].organisation_id, "owner_id"), *self.filters]

    def search_condition(self, text: str) -> Q:
        """Through the one search: words of both languages, pairs of characters, typing errors."""
        return search.found_by_words(self.context["actor"], text, "result")


def _in_chain(chain_id: str) -> Any:
    return Result.nodes.through.objects.filter(chainnode__chain_id=chain_id).values("result_id")


def _at_node(node_id: str) -> Any:
    return Result.nodes.through.objects.filter(chainnode_id=node_id).values("result_id")


def list_results(request: HttpRequest) -> HttpResponse:
    """All results one may see: first what fits industry, with the reason (R009)."""
    actor, by = actor_of(request), scales()
    rows = with_idleness(with_rank(results_visible_to(actor), by)).select_related("chain", "node", "owner")
    buttons = []
    if actor.organisation and policy.can(actor, "needs.post_result", actor.organisation):
        buttons.append(
            {"label": _("Post a result"), "url": reverse("needs:post_result"), "icon": "plus", "primary": True}
        )
    return tables.render(
        request, Results(rows, actor=actor, scales=by), title=_("Results"), actions=buttons, template="needs/results_list.html",
        context={"list_tabs": result_tabs("results")},
        intro=_("Industrial fit counts more than advancement; what is advanced but does not fit stands last."),
    )  # fmt: skip


def demands_of(actor: Actor, result: Result) -> list[dict[str, Any]]:
    """What the result must keep before its pilot: demand, newest value, verdict, waiver."""
    rows = list(result.requirements.select_related("specification__indicator", "waived_by", "organisation"))
    newest = indicators.latest([row.specification for row in rows], result.pk)
    shown = []
    for row in rows:
        value = newest.get(row.specification_id)
        verdict = compare(row.specification.to_spec(), value.to_value() if value else None)
        may_waive = row.waived_at is None and not verdict.is_met and policy.can(actor, "needs.waive_requirement", row)
        shown.append({"row": row, "value": value, "verdict": verdict, "may_waive": may_waive})
    return shown


def result_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One result: fit and advancement apart, what was measured, where it comes from."""
    actor, by = actor_of(request), scales()
    result = policy.fetch(actor, "needs.view_result", Result, pk)
    own = actor.belongs_to(result.owner_id)
    specifications = specifications_of(result)
    measured = indicators.latest(specifications, result.pk)
    values = [
        {"spec": one, "measured": measured.get(one.pk),
         "verdict": compare(one.to_spec(), measured[one.pk].to_value()) if one.pk in measured else None}
        for one in specifications
    ]  # fmt: skip
    moves = [one for one in RESULT.open_moves(result.state) if policy.can(actor, f"needs.{one}", result)]
    need = result.origin_need
    shown = {
        "result": result, "own": own, "stated": result, "values": values, "moves": moves, "nodes": list(result.nodes.select_related("chain")),
        "at_risk": by.is_at_risk(result), "standing": by.standing(result), "reason": by.reason(result),
        "can_edit": result.state != ResultState.WITHDRAWN and policy.can(actor, "needs.edit_result", result),
        "need": need if need is not None and policy.can(actor, "needs.view_need", need) else None,
        "project": projects_seen(actor, [result.origin_project_id]).get(result.origin_project_id) if result.origin_project_id else None,
        "demands": demands_of(actor, result), "can_ask": policy.can(actor, "needs.ask_of_result", result),
        "can_clear": result.cleared_for_pilot_at is None and bool(result.requirements.exists()) and policy.can(actor, "needs.clear_for_pilot", result),
        "blocked": [hit.missing for _one, hit in checks.hits_at("needs.clear_for_pilot", result, before_pilot=True) if hit.missing],
        "head_badges": ["needs/_result_badges.html"], "timeline": book.timeline(result) if own else [],
    }  # fmt: skip
    facts = [
        (_("Chain"), str(result.chain)),
        (_("Node"), str(result.node)),
        (_("Owner"), result.owner.name),
        *([(_("TRL"), result.trl)] if result.trl else []),
    ]
    crumbs = [crumb(_("Results"), reverse("needs:results")), crumb(result.code)]
    return render_page(request, "needs/result.html", shown, title=result.name, crumbs=crumbs, facts=facts)


def post_result(request: HttpRequest) -> HttpResponse:
    """A new result; `?project=` and `?need=` say where it comes from."""
    actor = actor_of(request)
    policy.require(actor, "needs.post_result", actor.organisation)
    first = {"origin_project": request.GET.get("project", ""), "origin_need": request.GET.get("need", "")}
    return form_page(
        request, "components/form_page.html", ResultForm, action=actions.post_result, title=_("Post a result"), draft="result",
        crumbs=[crumb(_("Results"), reverse("needs:results")), crumb(_("Post a result"))], submit=_("Keep the draft"),
        success=result_link, message=_("Kept. Record what was measured next, then publish it."), form_kwargs={"actor": actor},
        initial={name: value for name, value in first.items() if value},
    )  # fmt: skip


def edit_result(request: HttpRequest, pk: UUID) -> HttpResponse:
    result = _result(request, "needs.edit_result", pk)
    version = sent_version(request)

    def change(actor: Any, **values: Any) -> Result:
        return actions.edit_result(actor=actor, result_id=pk, changes=values, version=version)

    return _form(
        request, result, ResultForm, change, _("Edit"), initial=ResultForm.initial_of(result),
        form_kwargs={"actor": actor_of(request), "result": result}, context={"row_version": result.version},
    )  # fmt: skip


def measure_result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A measured value, against the need's indicator or a new one."""
    result = _result(request, "needs.measure_result", pk)

    def measure(actor: Any, **values: Any) -> Any:
        return actions.measure_result(actor=actor, result_id=pk, **values)

    return _form(
        request, result, ResultValueForm, measure, _("Record a measured value"), draft=f"value-{pk}",
        form_kwargs={"specifications": measurable(result)},
    )  # fmt: skip


@require_POST
def publish_result(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.publish_result,
        result_id=pk,
        success=reverse("needs:result", args=[pk]),
        message=_("Published."),
    )


def withdraw_result(request: HttpRequest, pk: UUID) -> HttpResponse:
    result = _result(request, "needs.withdraw_result", pk)

    def withdraw(actor: Any, **values: Any) -> Result:
        return actions.withdraw_result(actor=actor, result_id=pk, **values)

    return _form(request, result, ReasonForm, withdraw, _("Withdraw the result"))


def _result(request: HttpRequest, rule: str, pk: UUID) -> Result:
    return policy.fetch(actor_of(request), rule, Result, pk)


def _form(
    request: HttpRequest, result: Result, form: Any, action: Callable[..., Any], title: Any, **extra: Any
) -> HttpResponse:
    crumbs = [
        crumb(_("Results"), reverse("needs:results")),
        crumb(result.code, result_link(result)),
        crumb(title),
    ]
    return form_page(
        request, "components/form_page.html", form, action=action, title=title, submit=title, crumbs=crumbs,
        success=result_link(result), message=_("Saved."), **extra,
    )  # fmt: skip
