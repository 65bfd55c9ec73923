"""What agreements and funds ask of people and tell them, and which days they put into the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.queries.agreement import statements_visible_to
from benefits.queries.fund import call_lines_visible_to
from benefits.states import CallState, StatementState
from core import clock
from core.accounts.actor import Actor
from core.inbox import deadlines, kinds
from core.inbox.deadlines import Deadline

kinds.register(
    "benefits",
    _("Benefit and risk"),
    order=40,
    asked={
        "sign_agreement": _("A share agreement waits for our signature"),
        "confirm_payment": _("A payment waits for our confirmation"),
        "answer_fund": _("A risk fund waits for our agreement"),
        "pay_call": _("A call of a risk fund must be paid"),
        "decide_claim": _("A claim waits for our decision"),
    },
    told={
        "agreement_in_force": _("A share agreement is in force"),
        "income_recorded": _("Income was recorded"),
        "statement": _("A statement for us"),
        "payment_confirmed": _("A payment was confirmed"),
        "dispute_raised": _("A party asks about a statement"),
        "dispute_closed": _("A question about a statement was settled"),
        "fund_answered": _("A party answered to our risk fund"),
        "call_late": _("A call of a risk fund was not paid in time"),
        "claim_decided": _("A claim was decided"),
    },
    locked={"pay_call": kinds.DEADLINE, "call_late": kinds.DEADLINE, "decide_claim": kinds.DEADLINE},
)


def agreement_days(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterable[Deadline]:
    """When a party's share is to be paid and confirmed, by the statements one may see."""
    first, last = start.astimezone(clock.CHINA).date(), end.astimezone(clock.CHINA).date()
    rows = statements_visible_to(actor).filter(due_on__gte=first, due_on__lt=last, amount__gt=0)
    rows = rows.filter(state__in=[StatementState.PAYABLE, StatementState.INSTRUCTED])
    for row in rows.select_related("organisation", "settlement__income__agreement")[:1000]:
        agreement = row.settlement.income.agreement
        yield Deadline(
            key=f"statement-{row.pk}",
            title=gettext("Share of %(party)s due: %(subject)s") % {"party": row.organisation.name, "subject": agreement.subject_title},
            on=row.due_on, link=reverse("benefits:agreement", args=[agreement.pk]), object_id=row.pk,
            organisation=row.organisation.name, changed_at=row.created_at,
        )  # fmt: skip


def fund_days(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterable[Deadline]:
    """When the parts of a risk fund's calls are due."""
    first, last = start.astimezone(clock.CHINA).date(), end.astimezone(clock.CHINA).date()
    rows = call_lines_visible_to(actor).filter(call__due_on__gte=first, call__due_on__lt=last)
    for row in rows.exclude(state=CallState.PAID).select_related("party__organisation", "call__fund")[:1000]:
        yield Deadline(
            key=f"call-{row.pk}",
            title=gettext("Payment of %(party)s into “%(fund)s”") % {"party": row.party.organisation.name, "fund": row.call.fund.name},
            on=row.call.due_on, link=reverse("benefits:fund", args=[row.call.fund_id]), object_id=row.call.fund_id,
            organisation=row.party.organisation.name, changed_at=row.created_at,
        )  # fmt: skip


deadlines.register("agreements", _("Shares and payments"), agreement_days)
deadlines.register("funds", _("Risk funds"), fund_days)
