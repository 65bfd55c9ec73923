"""Needs by priority against who and what is committed to them: whom nobody serves, and where everybody crowds (R022, A11).

A team counts when it bid and the bids are opened, or when it is a party of a running project; a sealed bid counts for nobody but
its bidder. Money is what stages of the projects hold or have paid, machines those that the bids are to run on.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Coalesce

from benefits.queries import tranches_visible_to
from benefits.states import TrancheState
from core.accounts.actor import Actor
from core.checks.queries import thresholds_by_chain
from needs.models.bid import BidMachine
from needs.queries.bid import bids_visible_to
from needs.queries.need import needs_visible_to
from needs.states.bid import RECEIVED
from needs.states.need import NeedState
from projects.models import Party, ProjectNeed
from projects.queries.project import projects_visible_to

CODE = "A11"
COMMITTED = [TrancheState.HELD, TrancheState.CAPTURED]


def allocated(actor: Actor) -> QuerySet[Any]:
    """Published needs with `teams`, `money`, `machines`, and whether they are `is_unserved` or `is_crowded`, as far as one sees."""
    bids = bids_visible_to(actor).filter(challenge__need=OuterRef("pk"), state__in=RECEIVED)
    linked = ProjectNeed.objects.filter(
        project__in=projects_visible_to(actor).values("pk"), project__state__in=["running", "accepting", "accepted"]
    )
    own = linked.filter(need=OuterRef("challenge__need"), project__parties__organisation=OuterRef("bidder"))
    partners = (
        Party.objects.filter(project__need_links__in=linked.filter(need=OuterRef(OuterRef("pk"))).values("pk"))
        .exclude(organisation=OuterRef("owner"))
    )  # fmt: skip
    tranches = tranches_visible_to(actor).filter(
        state__in=COMMITTED, subject_id__in=linked.filter(need=OuterRef(OuterRef("pk"))).values("project_id")
    )
    machines = BidMachine.objects.filter(
        bid__in=bids_visible_to(actor).filter(state__in=RECEIVED).values("pk"), bid__challenge__need=OuterRef("pk")
    )
    rows = needs_visible_to(actor).filter(state=NeedState.PUBLISHED).annotate(
        # A nameless bid counts beside the project's parties: were it left out as one of theirs, the count would name its bidder.
        bidding=_count(bids.filter(Q(is_nameless=True) | ~Exists(own)), "challenge__need", "bidder"),
        working=_count(partners, None, "organisation"),
        machines=_count(machines, "bid__challenge__need", "pk"),
        money=Coalesce(_sum(tranches), Decimal(0), output_field=DecimalField(max_digits=18, decimal_places=2)),
    )  # fmt: skip
    rows = rows.annotate(teams=F("bidding") + F("working"))
    return rows.annotate(
        is_unserved=_flag(Q(teams=0, priority__lte=_limit("high"))),
        is_crowded=_flag(Q(teams__gte=_limit("crowd"), priority__gte=_limit("low"))),
    )


def _count(rows: QuerySet[Any], group: str | None, what: str) -> Coalesce:
    """How many different ones among the rows of each need; 0 where there is none."""
    if group is None:
        counted = (
            rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count(what, distinct=True)).values("n")
        )
    else:
        counted = rows.order_by().values(group).annotate(n=Count(what, distinct=True)).values("n")
    return Coalesce(Subquery(counted[:1], output_field=IntegerField()), 0)


def _sum(rows: QuerySet[Any]) -> Subquery:
    summed = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Sum("amount")).values("n")
    return Subquery(summed[:1], output_field=DecimalField(max_digits=18, decimal_places=2))


def _limit(name: str) -> Any:
    """The chain's own threshold, or the default; two queries in all for a whole list."""
    default, own = thresholds_by_chain(CODE, name)
    if not own:
        return Value(int(default))
    chosen = [When(chain_id=chain_id, then=Value(int(value))) for chain_id, value in own.items()]
    return Case(*chosen, default=Value(int(default)), output_field=IntegerField())


def _flag(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition & Q(priority__isnull=False), output_field=BooleanField())
