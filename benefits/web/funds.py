"""Pages of risk funds: terms, calls and payments, who owes, who goes on (R083, R085)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from benefits import queries
from benefits.actions import fund as actions
from benefits.models import FundCallLine, FundParty, RiskFund
from benefits.services.fund import shares_of
from benefits.states import CALL, PartyState
from benefits.web import forms
from benefits.web.doors import actor_of
from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.web import tables
from core.web.display import money_exact
from core.web.forms import form_page
from core.web.page import Crumb, crumb, render_page

TABS = ("overview", "calls", "claims", "history")


class Funds(tables.Table):
    """The funds one pays into or manages."""

    columns = [
        tables.Column("name", _("Fund"), sort="name", is_primary=True, link=lambda row: reverse("benefits:fund", args=[row.pk])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain) if row.chain else None, sort="chain__name"),
        tables.Column("manager", _("Manager"), value="manager.name", sort="manager__name"),
        tables.Column("target", _("Target size"), kind="money", sort="target"),
        tables.Column("paid_in", _("Paid in"), kind="money", sort="paid_in"),
        tables.Column("party_count", _("Parties"), kind="number", sort="party_count"),
        tables.Column("open_claims", _("Claims in review"), kind="number", sort="open_claims"),
    ]  # fmt: skip
    search = ["name", "manager__name", "chain__name"]
    filters = [
        tables.NumberRange("target", _("Target size"), unit=_("10,000 yuan"), scale=Decimal(10_000)),
        tables.DateRange("opened", _("Opened on"), lookup="created_at", is_moment=True),
    ]
    default_sort = "name"
    file_name = "funds"
    empty = tables.Empty(
        _("No risk fund yet"),
        _("Parties pay in by ratio; the fund pays part of a loss, so that a failure does not end the cooperation."),
        icon="umbrella",
    )


def list_funds(request: HttpRequest) -> HttpResponse:
    """The funds one pays into or manages."""
    actor = actor_of(request)
    rows = queries.with_counts(queries.funds_visible_to(actor)).select_related("chain", "manager")
    buttons = []
    if actor.organisation and policy.can(actor, "benefits.open_fund", actor.organisation):
        buttons.append(
            {"label": _("Open a fund"), "url": reverse("benefits:open_fund"), "icon": "plus", "primary": True}
        )
    buttons.append({"label": _("All claims"), "url": reverse("benefits:claims"), "icon": "gavel"})
    return tables.render(request, Funds(rows), title=_("Risk funds"), actions=buttons)


def open_fund(request: HttpRequest) -> HttpResponse:
    """Open a fund managed by one's own organisation."""
    actor = actor_of(request)
    policy.require(actor, "benefits.open_fund", actor.organisation)
    return form_page(
        request, "benefits/open_fund.html", forms.FundForm, action=actions.open_fund, title=_("Open a fund"), draft="fund",
        crumbs=[*crumbs(), crumb(_("Open a fund"))], success=lambda fund: reverse("benefits:fund", args=[fund.pk]),
        submit=_("Open the fund"), form_kwargs={"actor": actor}, context={"cancel_url": reverse("benefits:funds")},
    )  # fmt: skip


def fund_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Balance, parties, calls with debtors, claims."""
    actor = actor_of(request)
    fund = policy.fetch(actor, "benefits.view_fund", RiskFund, pk)
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else TABS[0]
    words = {
        "overview": _("Overview"),
        "calls": _("Calls and payments"),
        "claims": _("Claims"),
        "history": _("History"),
    }
    home = reverse("benefits:fund", args=[pk])
    figures = queries.fund_figures(fund)
    shown = {
        "fund": fund, "figures": figures, "tab": tab, "tab_template": f"benefits/_fund_{tab}.html", "debtors": queries.debtors(fund),
        "tabs": [{"label": words[key], "url": f"{home}?tab={key}", "is_current": key == tab} for key in TABS],
        "figure_items": [
            {"label": _("Balance"), "value": money_exact(figures.balance)},
            {"label": _("Paid in"), "value": money_exact(figures.paid_in), "of": money_exact(fund.target)},
            {"label": _("Called and unpaid"), "value": money_exact(figures.outstanding), "tone": "warn" if figures.outstanding else ""},
            {"label": _("Compensation paid"), "value": money_exact(figures.paid_out)},
            {"label": _("Parties that go on"), "value": figures.continuing, "of": len(figures.parties)},
        ],
        **_PARTS[tab](actor, fund), **_asks(actor, fund),
    }  # fmt: skip
    facts = [(_("Manager"), fund.manager.name), (_("Supervised account"), fund.supervised_account)]
    return render_page(request, "benefits/fund.html", shown, title=fund.name, crumbs=crumbs(fund), facts=facts)


def answer_fund(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agree to a fund that names one's organisation as a party, or refuse it."""
    party = policy.fetch(actor_of(request), "benefits.refuse_fund", FundParty, pk)
    part = shares_of(party.fund).get(party.pk)

    def action(*, actor: Actor, answer: str, reason: str) -> FundParty:
        if answer == "agree":
            return actions.agree_to_fund(actor=actor, party_id=pk)
        return actions.refuse_fund(actor=actor, party_id=pk, reason=reason)

    home = reverse("benefits:fund", args=[party.fund_id])
    return form_page(
        request, "benefits/answer_fund.html", forms.AnswerForm, action=action, title=_("Take part in the fund?"),
        crumbs=[*crumbs(party.fund, is_link=True), crumb(_("Take part in the fund?"))], success=home, message=_("Recorded."),
        submit=_("Answer"), context={"cancel_url": home, "fund": party.fund, "party": party, "part": part},
    )  # fmt: skip


def call_fund(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call the parties by their ratios."""
    fund = policy.fetch(actor_of(request), "benefits.call_fund", RiskFund, pk)
    return fund_form(
        request, fund, forms.CallForm, partial(actions.call_fund, fund_id=pk), _("Call the parties"), tab="calls"
    )


def record_call_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what has come into the supervised account."""
    line = policy.fetch(actor_of(request), "benefits.record_call_payment", FundCallLine, pk)
    CALL.after(line.state, "record_call_payment")
    action = partial(actions.record_call_payment, line_id=pk)
    return fund_form(request, line.call.fund, forms.PaymentForm, action, _("Record the payment"), tab="calls")


def record_continuation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record whether a party goes on."""
    party = policy.fetch(actor_of(request), "benefits.record_continuation", FundParty, pk)
    action = partial(actions.record_continuation, party_id=pk)
    return fund_form(request, party.fund, forms.ContinuationForm, action, _("Who goes on"))


def fund_form(
    request: HttpRequest, fund: RiskFund, form: Any, action: Any, title: Any, *, tab: str = ""
) -> HttpResponse:
    """A small form about a fund that leads back to it."""
    home = reverse("benefits:fund", args=[fund.pk]) + (f"?tab={tab}" if tab else "")
    return form_page(
        request, "components/form_page.html", form, action=action, title=title, crumbs=[*crumbs(fund, is_link=True), crumb(title)],
        success=home, message=_("Recorded."), context={"cancel_url": home}, submit=title,
    )  # fmt: skip


def crumbs(fund: RiskFund | None = None, *, is_link: bool = False) -> list[Crumb]:
    """The way to a fund."""
    root = crumb(_("Risk funds"), reverse("benefits:funds"))
    return (
        [root]
        if fund is None
        else [root, crumb(fund.name, reverse("benefits:fund", args=[fund.pk]) if is_link else "")]
    )


def _overview(actor: Actor, fund: RiskFund) -> dict[str, Any]:
    manages = policy.can(actor, "benefits.call_fund", fund)
    own = actor.organisation_id if actor.has_role("signatory") else None
    asked = fund.parties.filter(organisation=own).exclude(state=PartyState.AGREED).first() if own else None
    return {"manages": manages, "own": own, "asked": asked}


def _calls(actor: Actor, fund: RiskFund) -> dict[str, Any]:
    calls = list(fund.calls.prefetch_related("lines__party__organisation"))
    first = next((line for call in calls for line in call.lines.all()), None)
    return {"calls": calls, "can_pay": first is not None and policy.can(actor, "benefits.record_call_payment", first)}


def _claims(actor: Actor, fund: RiskFund) -> dict[str, Any]:
    return {"claims": list(queries.claims_visible_to(actor).filter(fund=fund).select_related("claimant"))}


def _history(actor: Actor, fund: RiskFund) -> dict[str, Any]:
    return {"timeline": book.timeline(fund, limit=100)}


_PARTS: dict[str, Any] = {"overview": _overview, "calls": _calls, "claims": _claims, "history": _history}


def _asks(actor: Actor, fund: RiskFund) -> dict[str, Any]:
    buttons: list[dict[str, Any]] = []
    if policy.can(actor, "benefits.call_fund", fund) and not fund.parties.exclude(state=PartyState.AGREED).exists():
        url = reverse("benefits:call_fund", args=[fund.pk])
        buttons.append({"label": _("Call the parties"), "url": url, "icon": "speakerphone", "primary": True})
    if policy.can(actor, "benefits.open_claim", fund):
        buttons.append(
            {"label": _("Open a claim"), "url": reverse("benefits:open_claim", args=[fund.pk]), "icon": "umbrella"}
        )
    return {"actions": buttons}
