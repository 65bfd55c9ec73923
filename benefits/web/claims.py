"""Pages of claims: what happened, the evidence, what the fund's rule gives, the decision (R084, R085)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from benefits import queries
from benefits.actions import fund as actions
from benefits.models import Claim, ClaimEvidence, RiskFund
from benefits.services import assess_claim
from benefits.states import CLAIM, REQUIRED_EVIDENCE, ClaimKind, ClaimState
from benefits.web import forms
from benefits.web.doors import act, actor_of
from benefits.web.funds import crumbs
from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotFound
from core.files.web import respond
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page

TERMS = {
    "rate": _("Rate on the loss"),
    "claim_cap": _("Cap per claim"),
    "party_cap": _("Left under the cap per party"),
    "balance": _("Balance of the fund"),
}


class Claims(tables.Table):
    """Claims on the funds one sees."""

    columns = [
        tables.Column(
            "claimant", _("Claimant"), value="claimant.name", sort="claimant__name", is_primary=True,
            link=lambda row: reverse("benefits:claim", args=[row.pk]),
        ),
        tables.Column("fund", _("Fund"), value="fund.name", sort="fund__name"),
        tables.Column("kind", _("Kind"), sort="kind"),
        tables.Column("loss", _("Loss"), kind="money", sort="loss"),
        tables.Column("paid", _("Paid"), kind="money", sort="paid"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("created_at", _("Opened on"), kind="date", sort="created_at"),
    ]  # fmt: skip
    search = ["claimant__name", "fund__name", "subject_title", "reason"]
    filters = [
        tables.Multi("state", _("State"), choices=ClaimState.choices, facet=True),
        tables.Choice("kind", _("Kind"), choices=ClaimKind.choices),
        tables.DateRange("opened", _("Opened on"), lookup="created_at", is_moment=True),
    ]
    default_sort = "-created_at"
    file_name = "claims"
    empty = tables.Empty(_("No claim yet"), _("A party of a fund opens a claim on the fund's page."), icon="gavel")


def list_claims(request: HttpRequest) -> HttpResponseBase:
    """Claims on the funds one sees."""
    rows = queries.claims_visible_to(actor_of(request)).select_related("claimant", "fund")
    return tables.render(request, Claims(rows), title=_("Claims"), crumbs=[*crumbs(), crumb(_("Claims"))])


def open_claim(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Begin a claim; evidence comes next."""
    fund = policy.fetch(actor_of(request), "benefits.open_claim", RiskFund, pk)
    home = reverse("benefits:fund", args=[pk])
    return form_page(
        request, "components/form_page.html", forms.ClaimForm, action=partial(actions.open_claim, fund_id=pk), title=_("Open a claim"),
        crumbs=[*crumbs(fund, is_link=True), crumb(_("Open a claim"))], success=lambda claim: reverse("benefits:claim", args=[claim.pk]),
        draft=f"claim-{pk}", context={"cancel_url": home}, submit=_("Open the claim"),
    )  # fmt: skip


def claim_page(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A claim with its evidence and what the rule would pay."""
    actor = actor_of(request)
    claim = policy.fetch(actor, "benefits.view_claim", Claim, pk)
    evidence = list(claim.evidence.select_related("file"))
    there = {one.kind for one in evidence}
    assessment = claim.calculation or assess_claim(claim)
    shown = {
        "claim": claim, "evidence": evidence, "stated": claim, "assessment": assessment, "timeline": book.timeline(claim),
        "required": [(kind.label, kind in there) for kind in REQUIRED_EVIDENCE[ClaimKind(claim.kind)]],
        "terms": [(TERMS[name], value, name == assessment["decides"]) for name, value in assessment["terms"].items()],
        **_asks(actor, claim),
    }  # fmt: skip
    facts = [
        (_("Fund"), claim.fund.name),
        (_("Kind"), claim.get_kind_display()),
        (_("Project"), claim.subject_title or "—"),
    ]
    return render_page(
        request, "benefits/claim.html", shown, title=_("Claim of %(name)s") % {"name": claim.claimant}, facts=facts,
        crumbs=[*crumbs(claim.fund, is_link=True), crumb(_("Claim"))],
    )  # fmt: skip


def add_claim_evidence(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Attach a file that proves something."""
    claim = policy.fetch(actor_of(request), "benefits.add_claim_evidence", Claim, pk)
    return _claim_form(
        request, claim, forms.EvidenceForm, partial(actions.add_claim_evidence, claim_id=pk), _("Add evidence")
    )


@require_POST
def submit_claim(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    policy.fetch(actor_of(request), "benefits.view_claim", Claim, pk)
    return act(request, actions.submit_claim, claim_id=pk, success=reverse("benefits:claim", args=[pk]))


def decide_claim(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Pay by the fund's rule, or reject."""
    claim = policy.fetch(actor_of(request), "benefits.decide_claim", Claim, pk)
    CLAIM.after(claim.state, "pay_claim")
    words = _("What is paid is posted at once, and the decision stands.")
    return _claim_form(
        request, claim, forms.DecisionForm, partial(actions.decide_claim, claim_id=pk), _("Decide on the claim"),
        is_final=True, cannot_undo=words,
    )  # fmt: skip


def evidence_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A file of a claim."""
    row = policy.fetch(actor_of(request), "benefits.view_claim_evidence", ClaimEvidence, pk)
    if row.file is None:
        raise NotFound(_now("This evidence is an entry of the book, not a file."))
    return respond(row.file, request)


def _claim_form(
    request: HttpRequest, claim: Claim, form: Any, action: Any, title: Any, **context: Any
) -> HttpResponseBase:
    home = reverse("benefits:claim", args=[claim.pk])
    return form_page(
        request, "components/form_page.html", form, action=action, title=title, success=home, message=_("Recorded."), submit=title,
        crumbs=[*crumbs(claim.fund, is_link=True), crumb(_("Claim"), home), crumb(title)], context={"cancel_url": home, **context},
    )  # fmt: skip


def _asks(actor: Actor, claim: Claim) -> dict[str, Any]:
    buttons: list[dict[str, Any]] = []
    is_open = claim.state in (ClaimState.DRAFT, ClaimState.RETURNED)
    if is_open and policy.can(actor, "benefits.add_claim_evidence", claim):
        url = reverse("benefits:add_claim_evidence", args=[claim.pk])
        buttons.append({"label": _("Add evidence"), "url": url, "icon": "paperclip"})
    if is_open and policy.can(actor, "benefits.submit_claim", claim):
        url = reverse("benefits:submit_claim", args=[claim.pk])
        buttons.append({"label": _("Submit the claim"), "url": url, "post": True, "primary": True, "icon": "send"})
    if CLAIM.is_open(claim.state, "pay_claim") and policy.can(actor, "benefits.decide_claim", claim):
        url = reverse("benefits:decide_claim", args=[claim.pk])
        buttons.append({"label": _("Decide on the claim"), "url": url, "primary": True, "icon": "gavel"})
    return {"actions": buttons}
