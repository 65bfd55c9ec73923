"""Risk funds, calls, claims."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from benefits import queries
from benefits.actions import fund as actions
from benefits.models import Claim, ClaimEvidence, FundCallLine, FundParty, RiskFund
from benefits.services.fund import assess_claim, missing_evidence
from benefits.states import CLAIM, ClaimState
from benefits.web import forms
from benefits.web.agreements import _actor
from core import book
from core.access import policy
from core.errors import NotFound
from core.files.web import respond
from core.web import tables
from core.web.forms import do, form_page
from core.web.page import crumb, render_page


class Funds(tables.Table):
    columns = [
        tables.Column(
            "name", _("Fund"), sort="name", is_primary=True, link=lambda row: reverse("benefits:fund", args=[row.pk])
        ),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain) if row.chain else ""),
        tables.Column("manager", _("Manager"), value="manager.name", sort="manager__name"),
        tables.Column("target", _("Target size"), kind="money", sort="target"),
        tables.Column("party_count", _("Parties"), kind="number", sort="party_count"),
        tables.Column("claim_count", _("Claims"), kind="number", sort="claim_count"),
    ]
    search = ["name", "manager__name"]
    filters = [tables.NumberRange("target", _("Target size"))]
    default_sort = "name"
    file_name = "funds"
    empty = tables.Empty(
        _("No risk fund yet"), _("Parties pay in by ratio, and the fund covers a part of a loss."), icon="umbrella"
    )


def list_funds(request: HttpRequest) -> HttpResponse:
    """The funds one pays into or manages."""
    actor = _actor(request)
    rows = (
        queries.funds_visible_to(actor)
        .select_related("chain", "manager")
        .annotate(party_count=Count("parties", distinct=True), claim_count=Count("claims", distinct=True))
    )
    buttons = []
    if actor.organisation and policy.can(actor, "benefits.open_fund", actor.organisation):
        buttons.append(
            {"label": _("Open a fund"), "url": reverse("benefits:open_fund"), "icon": "plus", "primary": True}
        )
    return tables.render(request, Funds(rows), title=_("Risk funds"), actions=buttons)


def open_fund(request: HttpRequest) -> HttpResponse:
    """Open a fund managed by one's own organisation."""
    actor = _actor(request)
    policy.require(actor, "benefits.open_fund", actor.organisation)

    def act(actor: Any, **_values: Any) -> RiskFund:
        return actions.open_fund(actor=actor, **forms.FundForm(request.POST).parts())

    return form_page(
        request, "components/form_page.html", forms.FundForm, action=act, title=_("Open a fund"), draft="fund",
        crumbs=_crumbs(_("Open a fund")), success=lambda fund: reverse("benefits:fund", args=[fund.pk]),
    )  # fmt: skip


def fund_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Balance, parties, calls with debtors, claims (R083 to R085)."""
    actor = _actor(request)
    fund = policy.fetch(actor, "benefits.view_fund", RiskFund, pk)
    calls = list(fund.calls.prefetch_related("lines__party__organisation"))
    shown = {
        "fund": fund, "balance": queries.fund_balance(fund), "parties": list(fund.parties.select_related("organisation")), "calls": calls,
        "debtors": queries.debtors(fund), "claims": list(queries.claims_visible_to(actor).filter(fund=fund).select_related("claimant")),
        "can_call": policy.can(actor, "benefits.call_fund", fund), "can_claim": policy.can(actor, "benefits.open_claim", fund),
        "can_pay": bool(calls) and policy.can(actor, "benefits.record_call_payment", next(iter(calls[0].lines.all()), None)),
        "continuing": fund.parties.filter(continues=True).count(), "timeline": book.timeline(fund),
    }  # fmt: skip
    return render_page(request, "benefits/fund.html", shown, title=fund.name, crumbs=_crumbs(fund.name))


def call_fund(request: HttpRequest, pk: UUID) -> HttpResponse:
    fund = policy.fetch(_actor(request), "benefits.call_fund", RiskFund, pk)
    return _form(request, fund, forms.CallForm, _on(actions.call_fund, fund_id=pk), _("Call the parties"))


def record_call_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    line = policy.fetch(_actor(request), "benefits.record_call_payment", FundCallLine, pk)
    return _form(
        request,
        line.call.fund,
        forms.PaymentForm,
        _on(actions.record_call_payment, line_id=pk),
        _("Record the payment"),
    )


def open_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    fund = policy.fetch(_actor(request), "benefits.open_claim", RiskFund, pk)
    return form_page(
        request, "components/form_page.html", forms.ClaimForm, action=_on(actions.open_claim, fund_id=pk), title=_("Open a claim"),
        crumbs=_crumbs(fund.name, pk), success=lambda claim: reverse("benefits:claim", args=[claim.pk]), draft=f"claim-{pk}",
    )  # fmt: skip


def claim_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A claim with its evidence and what the rule would pay."""
    actor = _actor(request)
    claim = policy.fetch(actor, "benefits.view_claim", Claim, pk)
    is_open = claim.state in (ClaimState.DRAFT, ClaimState.RETURNED)
    shown = {
        "claim": claim, "evidence": list(claim.evidence.select_related("file")), "missing": missing_evidence(claim) if is_open else [],
        "assessment": claim.calculation or assess_claim(claim), "stated": claim,
        "can_add": is_open and policy.can(actor, "benefits.add_claim_evidence", claim),
        "can_submit": CLAIM.is_open(claim.state, "submit_claim") and policy.can(actor, "benefits.submit_claim", claim),
        "can_decide": CLAIM.is_open(claim.state, "pay_claim") and policy.can(actor, "benefits.decide_claim", claim),
        "timeline": book.timeline(claim),
    }  # fmt: skip
    return render_page(
        request,
        "benefits/claim.html",
        shown,
        title=_("Claim of %(name)s") % {"name": claim.claimant},
        crumbs=_crumbs(claim.fund.name, claim.fund_id),
    )


def add_claim_evidence(request: HttpRequest, pk: UUID) -> HttpResponse:
    claim = policy.fetch(_actor(request), "benefits.add_claim_evidence", Claim, pk)
    return _claim_form(
        request, claim, forms.EvidenceForm, _on(actions.add_claim_evidence, claim_id=pk), _("Add evidence")
    )


@require_POST
def submit_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    policy.fetch(_actor(request), "benefits.view_claim", Claim, pk)
    return do(request, actions.submit_claim, claim_id=pk, success=reverse("benefits:claim", args=[pk]))


def decide_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    claim = policy.fetch(_actor(request), "benefits.decide_claim", Claim, pk)

    def act(actor: Any, is_approved: str, reason: str) -> Claim:
        return actions.decide_claim(actor=actor, claim_id=pk, is_approved=is_approved == "yes", reason=reason)

    return _claim_form(request, claim, forms.DecisionForm, act, _("Decide on the claim"))


def evidence_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "benefits.view_claim_evidence", ClaimEvidence, pk)
    if row.file is None:
        raise NotFound(_("This evidence is an entry of the book, not a file."))
    return respond(row.file)  # type: ignore[return-value]


def record_continuation(request: HttpRequest, pk: UUID) -> HttpResponse:
    party = policy.fetch(_actor(request), "benefits.record_continuation", FundParty, pk)

    def act(actor: Any, continues: str, note: str) -> FundParty:
        return actions.record_continuation(actor=actor, party_id=pk, continues=continues == "yes", note=note)

    return _form(request, party.fund, forms.ContinuationForm, act, _("Who goes on"))


def _form(request: HttpRequest, fund: RiskFund, form: Any, action: Any, title: Any) -> HttpResponse:
    return form_page(
        request, "components/form_page.html", form, action=action, title=title, crumbs=_crumbs(fund.name, fund.pk),
        success=reverse("benefits:fund", args=[fund.pk]), message=_("Recorded."),
    )  # fmt: skip


def _claim_form(request: HttpRequest, claim: Claim, form: Any, action: Any, title: Any) -> HttpResponse:
    return form_page(
        request, "components/form_page.html", form, action=action, title=title, crumbs=_crumbs(claim.fund.name, claim.fund_id),
        success=reverse("benefits:claim", args=[claim.pk]), message=_("Recorded."),
    )  # fmt: skip


def _on(action: Any, **fixed: Any) -> Any:
    def act(actor: Any, **values: Any) -> Any:
        return action(actor=actor, **fixed, **values)

    return act


def _crumbs(last: Any, pk: UUID | None = None) -> list[Any]:
    own = crumb(last, reverse("benefits:fund", args=[pk])) if pk else crumb(last)
    return [crumb(_("Risk funds"), reverse("benefits:funds")), own]
