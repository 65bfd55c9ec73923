"""Pages of settlements and payout statements: what each party gets, why, and how far its payment has come."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from benefits import queries
from benefits.actions import agreement as actions
from benefits.actions import dispute as dispute_actions
from benefits.models import Dispute, Settlement, Statement
from benefits.states import STATEMENT, DisputeState, StatementState
from benefits.web import forms
from benefits.web.agreements import crumbs
from benefits.web.doors import act, actor_of
from benefits.web.figures import SettledLine, flow, settled_lines
from core.access import policy
from core.accounts.actor import Actor
from core.ledger.models import Entry
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page


class Statements(tables.Table):
    """What parties get; every party of an agreement sees all of them."""

    columns = [
        tables.Column(
            "organisation", _("Party"), value="organisation.name", sort="organisation__name", is_primary=True,
            link=lambda row: reverse("benefits:statement", args=[row.pk]),
        ),
        tables.Column(
            "subject", _("Agreement of"), value="settlement.income.agreement.subject_title",
            link=lambda row: reverse("benefits:settlement", args=[row.settlement_id]),
        ),
        tables.Column("amount", _("Amount (yuan)"), kind="exact_money", sort="amount"),
        tables.Column("income", _("Of an income of"), value="settlement.income.amount", kind="exact_money"),
        tables.Column("version", _("Share table"), value=lambda row: f"v{row.settlement.version.number}"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("due_on", _("Due on"), kind="date", sort="due_on"),
        tables.Column("evidence", _("Bank reference"), in_page=False),
        tables.Column("txn", _("Ledger transaction"), value=lambda row: str(row.settlement.txn_id), in_page=False),
    ]  # fmt: skip
    search = [
        "organisation__name",
        "settlement__income__agreement__subject_title",
        "settlement__income__source",
        "evidence",
    ]
    filters = [
        tables.Multi("state", _("State"), choices=StatementState.choices, facet=True),
        tables.NumberRange("amount", _("Amount (yuan)")),
        tables.DateRange("due", _("Due on"), lookup="due_on"),
    ]
    default_sort = "-due_on"
    file_name = "statements"
    empty = tables.Empty(
        _("No statement yet"), _("Once an income is settled, each party finds here what it gets."), icon="receipt"
    )

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context.get("mine"), "organisation_id"), *self.filters]

    def row_css(self, row: Any) -> str:
        return "is-mine" if row.organisation_id == self.context.get("mine") else ""


def list_statements(request: HttpRequest) -> HttpResponse:
    """All statements one sees; exported as CSV or Excel (R082)."""
    actor = actor_of(request)
    rows = queries.statements_visible_to(actor).select_related(
        "organisation", "settlement__income__agreement", "settlement__version"
    )
    return tables.render(request, Statements(rows, mine=actor.organisation_id), title=_("Statements"))


def settlement_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One settlement, to read, to print and to export; its statements sum to the income (R080 to R082)."""
    actor = actor_of(request)
    row = policy.fetch(actor, "benefits.view_settlement", Settlement, pk)
    found = row.statements.select_related(
        "organisation", "line__parent", "settlement__income__agreement", "settlement__version"
    ).order_by("line__position")
    export = Statements(found)
    if answer := tables.respond(request, export):
        return answer
    statements = list(found)
    agreement, income = row.income.agreement, row.income
    lines = settled_lines(row.version, statements, _entries(row), income.amount, actor)
    for one in lines:
        if one.statement is not None:
            one.statement.moves = _moves(actor, one.statement)
    total = sum((one.amount for one in statements), Decimal(0))
    shown = {
        "settlement": row, "income": income, "agreement": agreement, "lines": lines, "total": total, "left": income.amount - total,
        "mine": next((one for one in lines if one.is_mine), None), "chart": flow(statements, income.amount, actor),
        "signatures": _signatures(row), "rule": _now(row.version.rounding_rule), "csv_url": "?file=csv",
    }  # fmt: skip
    facts = [
        (_("Income"), income.source), (_("Received on"), income.received_on), (_("Share table"), f"v{row.version.number}"),
        (_("Settled at"), row.created_at),
    ]  # fmt: skip
    return render_page(
        request, "benefits/settlement.html", shown, title=_("Settlement of %(amount)s yuan") % {"amount": f"{income.amount:,.2f}"},
        crumbs=[*crumbs(agreement, agreement.pk), crumb(_("Settlement"))], facts=facts,
    )  # fmt: skip


def statement_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One party's payout statement, to print, with where its amount comes from (R082)."""
    actor = actor_of(request)
    row = policy.fetch(actor, "benefits.view_statement", Statement, pk)
    settlement = row.settlement
    agreement = settlement.income.agreement
    every = list(settlement.statements.select_related("organisation", "line__parent"))
    lines = settled_lines(settlement.version, every, _entries(settlement), settlement.income.amount, actor)
    row.moves = _moves(actor, row)  # type: ignore[attr-defined]  # what the buttons of the page are made of
    disputes = list(row.disputes.select_related("organisation", "raised_by", "closed_by"))
    asked = any(one.state == DisputeState.OPEN and actor.belongs_to(one.organisation_id) for one in disputes)
    shown = {
        "statement": row, "line": _line_of(lines, row), "settlement": settlement, "income": settlement.income, "agreement": agreement,
        "signatures": _signatures(settlement), "rule": _now(settlement.version.rounding_rule), "stated": row, "disputes": disputes,
        "can_ask": not asked and policy.can(actor, "benefits.raise_dispute", row), "open_state": DisputeState.OPEN,
        "own": actor.organisation_id, "steps": _steps(row),
    }  # fmt: skip
    return render_page(
        request, "benefits/statement.html", shown, title=_("Payout statement"),
        crumbs=[
            *crumbs(agreement, agreement.pk), crumb(_("Settlement"), reverse("benefits:settlement", args=[settlement.pk])),
            crumb(_("Payout statement")),
        ],
        facts=[(_("Payee"), row.organisation.name), (_("Due on"), row.due_on)],
    )  # fmt: skip


def instruct_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a payment was instructed at the bank."""
    row = policy.fetch(actor_of(request), "benefits.instruct_payment", Statement, pk)
    STATEMENT.after(row.state, "instruct_payment")
    return _statement_form(request, row, _OptionalReference, actions.instruct_payment, _("Payment instructed"))


@require_POST
def confirm_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    policy.fetch(actor_of(request), "benefits.view_statement", Statement, pk)
    home = reverse("benefits:statement", args=[pk])
    return act(request, actions.confirm_payment, statement_id=pk, success=home, message=_("Confirmed."))


def reconcile_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Compare a confirmed payment with the bank's record."""
    row = policy.fetch(actor_of(request), "benefits.reconcile_payment", Statement, pk)
    STATEMENT.after(row.state, "reconcile_payment")
    return _statement_form(request, row, forms.Reference, actions.reconcile_payment, _("Reconcile with the bank"))


def raise_dispute(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask about an amount."""
    row = policy.fetch(actor_of(request), "benefits.raise_dispute", Statement, pk)
    return _statement_form(request, row, forms.RaiseDispute, dispute_actions.raise_dispute, _("Ask about this amount"))


def close_dispute(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say how one's question was settled."""
    dispute = policy.fetch(actor_of(request), "benefits.close_dispute", Dispute, pk)
    home = reverse("benefits:statement", args=[dispute.statement_id])
    return form_page(
        request, "components/form_page.html", forms.CloseDispute, action=partial(dispute_actions.close_dispute, dispute_id=pk),
        title=_("Close the question"), submit=_("Close"), success=home, message=_("Closed."), context={"cancel_url": home},
        crumbs=[crumb(_("Statements"), reverse("benefits:statements")), crumb(_("Close the question"))],
    )  # fmt: skip


class _OptionalReference(forms.Reference):
    """The bank's reference, if there is one already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].required = False
        self.fields["evidence"].help_text = _("If the bank has given one; the platform moves no money.")


def _statement_form(request: HttpRequest, row: Statement, form: Any, action: Any, title: Any) -> HttpResponse:
    home = reverse("benefits:statement", args=[row.pk])
    return form_page(
        request, "components/form_page.html", form, action=partial(action, statement_id=row.pk), title=title, submit=title,
        success=home, message=_("Recorded."), context={"cancel_url": home},
        crumbs=[crumb(_("Statements"), reverse("benefits:statements")), crumb(str(row.organisation), home), crumb(title)],
    )  # fmt: skip


def _entries(settlement: Settlement) -> list[Entry]:
    return list(Entry.objects.filter(txn_id=settlement.txn_id).select_related("account", "txn"))


def _signatures(settlement: Settlement) -> list[Any]:
    return list(settlement.version.signatures.select_related("organisation", "person").order_by("created_at"))


def _line_of(lines: list[SettledLine], row: Statement) -> SettledLine | None:
    return next((one for one in lines if one.statement is not None and one.statement.pk == row.pk), None)


def _moves(actor: Actor, row: Statement) -> list[str]:
    """The moves that the state allows and the rules allow too."""
    return [move for move in STATEMENT.open_moves(row.state) if policy.can(actor, f"benefits.{move}", row)]


def _steps(row: Statement) -> list[dict[str, Any]]:
    """How far the payment has come."""
    states = list(StatementState)
    at = states.index(StatementState(row.state))
    moments = [row.created_at, row.instructed_at, row.confirmed_at, None]
    return [
        {
            "label": state.label, "state": "done" if n < at or at == len(states) - 1 else "current" if n == at else "todo",
            "notes": [f"{moment:%Y-%m-%d}"] if moment else [],
        }
        for n, (state, moment) in enumerate(zip(states, moments, strict=True))
    ]  # fmt: skip
