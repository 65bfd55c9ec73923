"""The library: what may be asked of it, by the names that stand in its address, and how its needs lie over a chain.

Pages, files, REST and saved searches mean the same by the same names (R002, R019).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core import clock
from core.accounts.actor import Actor
from core.search import queries as search
from core.tally import Counts, Facet, Spread, cases, tally
from needs.models.library import PublicCall
from needs.models.need import Need, NeedChain
from needs.queries.need import needs_visible_to
from needs.states.library import BudgetBand, DeadlineBand, Freshness
from needs.states.need import ALIVE, DemandSide, NeedState

# What is neither met nor withdrawn nor merged; one word for several states.
OPEN = "open"
STATES = [(OPEN, _("Open: not met, withdrawn or merged")), *NeedState.choices]


def of_chain(value: str) -> Q:
    """Needs of a chain, those of another chain that concern it as well included (R121)."""
    return Q(chain_id=value) | Q(pk__in=NeedChain.objects.filter(chain_id=value).values("need_id"))


def of_node(value: str) -> Q:
    """Needs of a node, as with chains."""
    node = UUID(value)
    return Q(node_id=node) | Q(pk__in=NeedChain.objects.filter(node_id=node).values("need_id"))


def of_state(value: str) -> Q:
    return Q(state__in=ALIVE) if value == OPEN else Q(state=value)


_BUDGETS = {
    BudgetBand.UNSAID: Q(budget__isnull=True),
    BudgetBand.SMALL: Q(budget__lt=Decimal(500_000)),
    BudgetBand.MIDDLE: Q(budget__gte=Decimal(500_000), budget__lt=Decimal(2_000_000)),
    BudgetBand.LARGE: Q(budget__gte=Decimal(2_000_000), budget__lt=Decimal(10_000_000)),
    BudgetBand.HUGE: Q(budget__gte=Decimal(10_000_000)),
}


def of_budget(value: str) -> Q:
    """Needs whose budget lies in a band."""
    return _BUDGETS[BudgetBand(value)]


def of_deadline(value: str) -> Q:
    """Needs that are wanted by a time counted from today."""
    today = clock.today()
    soon, year = today + dt.timedelta(days=90), today + dt.timedelta(days=365)
    return {
        DeadlineBand.UNSAID: Q(deadline_on__isnull=True),
        DeadlineBand.PAST: Q(deadline_on__lt=today),
        DeadlineBand.SOON: Q(deadline_on__gte=today, deadline_on__lt=soon),
        DeadlineBand.YEAR: Q(deadline_on__gte=soon, deadline_on__lt=year),
        DeadlineBand.LATER: Q(deadline_on__gte=year),
    }[DeadlineBand(value)]


def of_freshness(value: str) -> Q:
    """Needs that were confirmed in time, those that were not, and those that left matching for it (R021)."""
    return {
        Freshness.FRESH: Q(stale_at__isnull=True),
        Freshness.STALE: Q(stale_at__isnull=False, dormant_at__isnull=True),
        Freshness.DORMANT: Q(dormant_at__isnull=False),
    }[Freshness(value)]


# What the library is counted by, by the names that stand in its address.
FACETS: dict[str, Callable[[], Facet]] = {
    "chain": lambda: Facet(F("chain_id"), NeedChain.objects.values_list("need_id", "chain_id")),
    "node": lambda: Facet(F("node_id"), NeedChain.objects.values_list("need_id", "node_id")),
    "side": lambda: Facet(F("demand_side")),
    "state": lambda: Facet(F("state")),
    "field": lambda: Facet(F("field")),
    "region": lambda: Facet(F("region_code")),
    "band": lambda: cases(BudgetBand.values, of_budget),
    "by": lambda: cases(DeadlineBand.values, of_deadline),
    "fresh": lambda: cases(Freshness.values, of_freshness),
}


def _day(value: str) -> dt.date:
    return dt.date.fromisoformat(value)


def _amount(value: str) -> Decimal:
    number = Decimal(value.replace(",", ""))
    if not number.is_finite() or abs(number) > Decimal(10) ** 20:
        raise ValueError(value)
    return number * 10_000  # the control counts in 10,000 yuan


def _known(choices: Sequence[str], of: Callable[[str], Q]) -> Callable[[Actor, str], Q]:
    def condition(_actor: Actor, value: str) -> Q:
        if value not in choices:
            raise ValueError(value)
        return of(value)

    return condition


# By name of the address; each raises ValueError for what it does not understand.
ASKED: dict[str, Callable[[Actor, str], Q]] = {
    "q": lambda actor, value: search.found_by_words(actor, value, "need"),
    "whose": _known(["ours"], lambda _value: Q()),
    "chain": lambda _actor, value: of_chain(str(UUID(value))),
    "node": lambda _actor, value: of_node(str(UUID(value))),
    "side": _known(DemandSide.values, lambda value: Q(demand_side=value)),
    "state": _known([OPEN, *NeedState.values], of_state),
    "field": lambda _actor, value: Q(field=value),
    "region": lambda _actor, value: Q(region_code=value),
    "band": _known(BudgetBand.values, of_budget),
    "by": _known(DeadlineBand.values, of_deadline),
    "fresh": _known(Freshness.values, of_freshness),
    "budget_from": lambda _actor, value: Q(budget__gte=_amount(value)),
    "budget_to": lambda _actor, value: Q(budget__lte=_amount(value)),
    "deadline_from": lambda _actor, value: Q(deadline_on__gte=_day(value)),
    "deadline_to": lambda _actor, value: Q(deadline_on__lte=_day(value)),
}


def wrong_in(actor: Actor, query: Mapping[str, str]) -> dict[str, str]:
    """What of a question is not understood: the value by its name."""
    wrong = {}
    for name, value in query.items():
        try:
            if "\x00" in value or len(value) > 200:
                raise ValueError(name)
            ASKED[name](actor, value)
        except (KeyError, ValueError, ArithmeticError):
            wrong[name] = value
    return wrong


def asked_needs(actor: Actor, query: Mapping[str, str]) -> QuerySet[Need]:
    """The needs the actor may see that fit a question; what is not understood is a mistake of the caller."""
    rows = needs_visible_to(actor)
    for name, value in query.items():
        rows = rows.filter(ASKED[name](actor, value))
        if name == "whose":
            rows = rows.filter(owner=actor.organisation_id)
    return rows


@dataclass(frozen=True)
class FacetCount:
    """One value of a facet, with how many of the found needs have it."""

    value: str
    label: str
    count: int


# A facet shows its most frequent values.
MOST_VALUES = 30


def facets(actor: Actor, query: Mapping[str, str]) -> dict[str, list[FacetCount]]:
    """How the found needs spread over chain, node, side, field, region, budget, deadline, state and freshness.

    Only what the actor may see is counted; a facet that the question names counts what its other values would find.
    """
    words = search.found_by_words(actor, query["q"], "need") if query.get("q") else Q()
    query = {name: value for name, value in query.items() if name != "q"}

    def but(name: str) -> QuerySet[Need]:
        asked = {one: value for one, value in query.items() if one != name}
        return asked_needs(actor, asked).filter(words)

    counts = tally(
        [
            Spread(but(""), {name: by() for name, by in FACETS.items() if name not in query}),
            *(Spread(but(name), {name: by()}) for name, by in FACETS.items() if name in query),
        ]
    )
    chains = {str(row.pk): str(row) for row in Chain.objects.all()}
    nodes = {str(row.pk): str(row) for row in ChainNode.objects.all()}
    return {
        "field": _most(counts["field"]),
        "region": _most(counts["region"]),
        "chain": _most(counts["chain"], chains),
        "node": _most(counts["node"], nodes),
        "side": _known_counts(counts["side"], DemandSide.choices),
        "state": _known_counts(counts["state"], NeedState.choices),
        "band": _known_counts(counts["band"], BudgetBand.choices),
        "by": _known_counts(counts["by"], DeadlineBand.choices),
        "fresh": _known_counts(counts["fresh"], Freshness.choices),
    }


def _most(counts: Counts, names: Mapping[str, str] | None = None) -> list[FacetCount]:
    """The most frequent values, by name where they have one."""
    rows = [FacetCount(value, names[value] if names else value, count) for value, count in counts.items() if value]
    return sorted(rows, key=lambda one: (-one.count, one.label))[:MOST_VALUES]


def _known_counts(counts: Counts, choices: Sequence[tuple[str, Any]]) -> list[FacetCount]:
    return [FacetCount(value, str(label), counts[value]) for value, label in choices if counts.get(value)]


@dataclass(frozen=True)
class MatrixRow:
    """A node with its number of needs per demand side, in the sides' order."""

    node: ChainNode
    counts: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def gaps(self) -> int:
        """How many sides nobody has posted a need for."""
        return sum(not count for count in self.counts)


@dataclass(frozen=True)
class SideMatrix:
    """Nodes × demand sides of one chain; `totals` counts each need once, also where it concerns several nodes."""

    chain: Chain
    rows: Sequence[MatrixRow]
    totals: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.totals)

    @property
    def cells(self) -> int:
        return len(self.rows) * len(self.totals)

    @property
    def gaps(self) -> int:
        return sum(row.gaps for row in self.rows)


def side_matrix(actor: Actor, chain: Chain, query: Mapping[str, str]) -> SideMatrix:
    """How many needs the actor sees at each node of the chain for each demand side; four queries (R002)."""
    sides = DemandSide.values
    rows = asked_needs(actor, {"chain": str(chain.pk), **query}).order_by()
    counts: dict[tuple[Any, str], int] = {}
    for path in ("node_id", "more_chains__node_id"):
        for node, side, count in rows.values_list(path, "demand_side").annotate(count=Count("pk", distinct=True)):
            counts[node, side] = counts.get((node, side), 0) + count
    whole = dict(rows.values_list("demand_side").annotate(count=Count("pk")))
    nodes = chain.nodes.order_by("order", "name")
    return SideMatrix(
        chain, [MatrixRow(node, [counts.get((node.pk, side), 0) for side in sides]) for node in nodes],
        [whole.get(side, 0) for side in sides],
    )  # fmt: skip


def public_calls_visible_to(actor: Actor) -> QuerySet[PublicCall]:
    """Public facts, for everyone signed in."""
    return PublicCall.objects.all() if actor.is_signed_in else PublicCall.objects.none()
