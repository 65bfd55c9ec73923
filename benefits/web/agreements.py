"""Share agreements, statements, staged money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from benefits import queries
from benefits.actions import agreement as actions
from benefits.models import AgreementVersion, Income, Settlement, ShareAgreement, Statement
from benefits.states import STAGES, STATEMENT, StatementState, TrancheState, VersionState
from benefits.web import forms
from core import book
from core.access import policy
from core.errors import NotAllowed
from core.web import charts, tables
from core.web.forms import do, form_page
from core.web.page import crumb, render_page


class Agreements(tables.Table):
    columns = [
        tables.Column("subject_title", _("Agreement of"), sort="subject_title", is_primary=True,
                      link=lambda row: reverse("benefits:agreement", args=[row.pk])),
        tables.Column("party_count", _("Parties"), kind="number", sort="party_count"),
        tables.Column("state", _("Share table"), value=lambda row: _("In force") if row.is_in_force else _("Not in force yet")),
        tables.Column("income_total", _("Income"), kind="money", sort="income_total"),
        tables.Column("created_at", _("Opened"), kind="date", sort="created_at"),
    ]  # fmt: skip
    search = ["subject_title"]
    filters = [
        tables.Choice("in_force", _("Share table"), choices=[("yes", _("In force")), ("no", _("Not in force yet"))],
                      apply=lambda value: Q(is_in_force__gt=0) if value == "yes" else Q(is_in_force=0)),
        tables.DateRange("opened", _("Opened"), lookup="created_at", is_moment=True),
    ]  # fmt: skip
    default_sort = "-created_at"
    file_name = "agreements"
    empty = tables.Empty(
        _("No share agreement yet"),
        _("Each project's parties agree here on how they share what it earns."),
        icon="chart-pie",
    )


class Statements(tables.Table):
    columns = [
        tables.Column("organisation", _("Party"), value="organisation.name", sort="organisation__name", is_primary=True),
        tables.Column("subject", _("Agreement of"), value="settlement.income.agreement.subject_title",
                      link=lambda row: reverse("benefits:settlement", args=[row.settlement_id])),
        tables.Column("amount", _("Amount (yuan)"), kind="exact_money", sort="amount"),
        tables.Column("income", _("Of an income of"), value="settlement.income.amount", kind="exact_money"),
        tables.Column("version", _("Share table"), value=lambda row: f"v{row.settlement.version.number}"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("due_on", _("Due on"), kind="date", sort="due_on"),
        tables.Column("evidence", _("Bank reference")),
    ]  # fmt: skip
    search = ["organisation__name", "settlement__income__agreement__subject_title", "evidence"]
    filters = [
        tables.Choice("state", _("State"), choices=StatementState.choices, facet=True),
        tables.NumberRange("amount", _("Amount (yuan)")),
        tables.DateRange("due", _("Due on"), lookup="due_on"),
    ]
    default_sort = "-due_on"
    file_name = "statements"
    empty = tables.Empty(
        _("No statement yet"), _("Once an income is settled, each party finds here what it gets."), icon="receipt"
    )


class Tranches(tables.Table):
    columns = [
        tables.Column(
            "subject_title",
            _("Project"),
            sort="subject_title",
            is_primary=True,
            link=lambda row: row.subject_link or None,
        ),
        tables.Column("stage", _("Stage"), sort="position", value=lambda row: row.get_stage_display()),
        tables.Column("amount", _("Amount"), kind="money", sort="amount"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("payer", _("Payer"), value="payer.name", sort="payer__name"),
        tables.Column("payee", _("Payee"), value="payee.name", sort="payee__name"),
        tables.Column("moved_at", _("Last moved"), kind="datetime", sort="moved_at"),
    ]
    search = ["subject_title", "payer__name", "payee__name"]
    filters = [
        tables.Choice("state", _("State"), choices=TrancheState.choices, facet=True),
        tables.Choice("stage", _("Stage"), choices=[(one.value, one.label) for one in STAGES]),
        tables.NumberRange("amount", _("Amount"), unit=_("10,000 yuan"), scale=Decimal(10000)),
    ]
    default_sort = "subject_title"
    file_name = "tranches"
    empty = tables.Empty(
        _("No staged money yet"), _("A project's money is held per stage and released gate by gate."), icon="coins"
    )


def list_agreements(request: HttpRequest) -> HttpResponse:
    """The agreements one is a party of."""
    rows = queries.agreements_visible_to(_actor(request)).annotate(
        party_count=Count("parties", distinct=True), income_total=Sum("incomes__amount", distinct=True),
        is_in_force=Count("versions", filter=Q(versions__state=VersionState.IN_FORCE), distinct=True),
    )  # fmt: skip
    return tables.render(request, Agreements(rows), title=_("Share agreements"))


def agreement_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One ledger that every party sees with the same totals (R088)."""
    actor = _actor(request)
    agreement = policy.fetch(actor, "benefits.view_agreement", ShareAgreement, pk)
    versions = list(
        agreement.versions.prefetch_related(
            "lines__organisation", "lines__members__organisation", "signatures__organisation"
        )
    )
    present = next((one for one in versions if one.state == VersionState.IN_FORCE), None)
    newest = versions[0] if versions else None
    parties = [one.organisation for one in agreement.parties.select_related("organisation")]
    signed = {row.organisation_id for row in newest.signatures.all()} if newest else set()
    totals = queries.ledger_totals(agreement)
    incomes = list(agreement.incomes.select_related("settlement__version", "organisation"))
    shown = {
        "agreement": agreement, "versions": versions, "present": present, "newest": newest, "parties": parties, "signed": signed,
        "totals": totals, "incomes": incomes, "health": queries.health(agreement),
        "exposure": queries.exposure(agreement.subject_id), "tranches": queries.tranches_of(agreement.subject_id),
        "can_propose": policy.can(actor, "benefits.propose_version", agreement),
        "can_sign": bool(newest and newest.state == VersionState.SIGNING and actor.organisation_id not in signed
                         and policy.can(actor, "benefits.sign_agreement", newest)),
        "can_record": policy.can(actor, "benefits.record_income", agreement),
        "chart": _sankey(totals, actor) if totals.parties else None, "entries": list(queries.ledger_entries(agreement)[:30]),
        "timeline": book.timeline(agreement),
    }  # fmt: skip
    return render_page(
        request,
        "benefits/agreement.html",
        shown,
        title=agreement.subject_title,
        crumbs=_crumbs(agreement.subject_title),
    )


def _sankey(totals: queries.LedgerTotals, actor: Any) -> charts.Chart:
    source = _now("Income")
    links = [(source, one.organisation, one.due) for one in totals.parties if one.due > 0]
    summary = _now("%(count)d parties share %(total)s yuan") % {"count": len(links), "total": f"{totals.settled:,.2f}"}
    return charts.sankey(
        "shares", title=_now("Who gets what"), summary=summary, links=links, mine=str(actor.organisation or "")
    )


def propose_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose a share table."""
    agreement = policy.fetch(_actor(request), "benefits.propose_version", ShareAgreement, pk)

    def act(actor: Any, **_values: Any) -> AgreementVersion:
        form = forms.ShareTable(request.POST, agreement=agreement)
        return actions.propose_version(actor=actor, agreement_id=pk, lines=form.lines(), note=form.cleaned_data["note"])

    return form_page(
        request, "components/form_page.html", forms.ShareTable, action=act, title=_("Propose a share table"), submit=_("Propose"),
        form_kwargs={"agreement": agreement}, success=reverse("benefits:agreement", args=[pk]), draft=f"shares-{pk}",
        crumbs=_crumbs(agreement.subject_title, pk), message=_("Proposed; every party now signs."),
    )  # fmt: skip


@require_POST
def sign_agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    version = policy.fetch(_actor(request), "benefits.view_version", AgreementVersion, pk)
    return do(
        request,
        actions.sign_agreement,
        version_id=pk,
        success=reverse("benefits:agreement", args=[version.agreement_id]),
        message=_("Signed."),
    )


def record_income(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record money that was earned."""
    agreement = policy.fetch(_actor(request), "benefits.record_income", ShareAgreement, pk)

    def act(actor: Any, **values: Any) -> Income:
        return actions.record_income(actor=actor, agreement_id=pk, **values)

    return form_page(
        request, "components/form_page.html", forms.IncomeForm, action=act, title=_("Record income"),
        success=reverse("benefits:agreement", args=[pk]), crumbs=_crumbs(agreement.subject_title, pk), message=_("Recorded."),
    )  # fmt: skip


@require_POST
def settle_income(request: HttpRequest, pk: UUID) -> HttpResponse:
    policy.fetch(_actor(request), "benefits.view_income", Income, pk)
    return do(
        request,
        actions.settle_income,
        income_id=pk,
        success=lambda row: reverse("benefits:settlement", args=[row.pk]),
        message=_("Settled."),
    )


def settlement_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The statements of one settlement, to print; they sum to the income (R082)."""
    actor = _actor(request)
    row = policy.fetch(actor, "benefits.view_settlement", Settlement, pk)
    statements = list(row.statements.select_related("organisation", "line__parent").order_by("line__position"))
    for one in statements:
        one.moves = [  # type: ignore[attr-defined]
            move for move in STATEMENT.open_moves(one.state) if policy.can(actor, f"benefits.{move}", one)
        ]
    agreement = row.income.agreement
    shown = {
        "settlement": row, "statements": statements, "agreement": agreement, "total": sum((one.amount for one in statements), Decimal(0)),
    }  # fmt: skip
    return render_page(
        request,
        "benefits/settlement.html",
        shown,
        title=_("Statement of settlement"),
        crumbs=_crumbs(agreement.subject_title, agreement.pk),
    )


def list_statements(request: HttpRequest) -> HttpResponse:
    """All statements one sees; exported as CSV or Excel (R082)."""
    rows = queries.statements_visible_to(_actor(request)).select_related(
        "organisation", "settlement__income__agreement", "settlement__version"
    )
    return tables.render(request, Statements(rows), title=_("Statements"))


def list_tranches(request: HttpRequest) -> HttpResponse:
    """Staged money one pays, receives or shares in."""
    rows = queries.tranches_visible_to(_actor(request)).select_related("payer", "payee")
    return tables.render(request, Tranches(rows), title=_("Staged money"))


@require_POST
def instruct_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _statement_button(request, actions.instruct_payment, pk)


@require_POST
def confirm_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _statement_button(request, actions.confirm_payment, pk)


def reconcile_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Compare with the bank's record."""
    row = policy.fetch(_actor(request), "benefits.reconcile_payment", Statement, pk)

    def act(actor: Any, **values: Any) -> Statement:
        return actions.reconcile_payment(actor=actor, statement_id=pk, **values)

    return form_page(
        request, "components/form_page.html", forms.Reference, action=act, title=_("Reconcile with the bank"),
        success=reverse("benefits:settlement", args=[row.settlement_id]), crumbs=_crumbs(str(row.organisation)),
    )  # fmt: skip


def _statement_button(request: HttpRequest, action: Any, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "benefits.view_statement", Statement, pk)
    return do(
        request,
        action,
        statement_id=pk,
        success=reverse("benefits:settlement", args=[row.settlement_id]),
        message=_("Recorded."),
    )


def _crumbs(last: Any, pk: UUID | None = None) -> list[Any]:
    own = crumb(last, reverse("benefits:agreement", args=[pk])) if pk else crumb(last)
    return [crumb(_("Share agreements"), reverse("benefits:agreements")), own]


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor
