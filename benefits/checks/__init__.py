"""What must be noticed about shares, payments and funds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.models import AgreementVersion, FundCallLine
from benefits.states import CallState
from core import checks, clock
from core.errors import Missing


@checks.check(
    "A28",
    title=gettext_lazy("Shares do not sum to 100%"),
    guards=["benefits.propose_version", "benefits.sign_agreement"],
)
def shares_sum_to_whole(version: AgreementVersion, **about: Any) -> Iterator[checks.Hit]:
    """The share table sums to exactly 100.00 % (R079, N7)."""
    percents = version.lines.filter(parent__isnull=True).values_list("percent", flat=True)
    total = sum((percent or Decimal(0) for percent in percents), Decimal(0))
    if total != 100:
        words = _("The shares sum to %(total)s%%; they must sum to exactly 100.00%%") % {
            "total": f"{total.normalize():f}"
        }
        link = reverse("benefits:agreement", args=[version.agreement_id])
        yield checks.Hit(
            version, rule=words, numbers={"total": total, "wanted": Decimal(100)},
            missing=Missing(words, _("Whoever proposes the share table"), link),
        )  # fmt: skip


GRACE_DAYS = 0


def unpaid_lines() -> Iterable[FundCallLine]:
    return FundCallLine.objects.exclude(state=CallState.PAID).select_related("call__fund", "party__organisation")


@checks.check(
    "A26",
    title=gettext_lazy("Payment overdue"),
    watches=unpaid_lines,
    chain_of=lambda line: line.call.fund.chain_id,
    figures={
        "amount": gettext_lazy("Amount"), "due_on": gettext_lazy("Due"), "days": gettext_lazy("Days late"),
        "limit": gettext_lazy("Days of grace"),
    },
    thresholds=[
        checks.Threshold(
            "grace_days", gettext_lazy("Days of grace after the day a payment is due"), GRACE_DAYS,
            unit=gettext_lazy("days"), high=90, is_whole=True,
        )
    ],
)  # fmt: skip
def call_overdue(line: FundCallLine, **about: Any) -> Iterator[checks.Hit]:
    """A part of a fund's call is unpaid past its day and the chain's days of grace; the debtor is named (R083)."""
    days = (clock.today() - line.call.due_on).days
    if line.state == CallState.PAID or days <= 0:
        return
    grace = int(checks.threshold("A26", "grace_days", line.call.fund.chain_id))
    if days > grace:
        words = _("%(party)s has not paid %(amount)s yuan into “%(fund)s”, due on %(day)s") % {
            "party": line.party.organisation, "amount": f"{line.amount:,.2f}", "fund": line.call.fund, "day": line.call.due_on,
        }  # fmt: skip
        yield checks.Hit(
            line, rule=words, numbers={"amount": line.amount, "due_on": line.call.due_on, "days": days, "limit": grace},
            tell=[line.party.organisation, line.call.fund.manager], clears=_("The payment is recorded."),
            link=reverse("benefits:fund", args=[line.call.fund_id]),
        )  # fmt: skip
