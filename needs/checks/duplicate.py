"""Research that several do at once (A36)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chains.models import Chain
from chains.queries import leader_of
from core import checks
from core.accounts.actor import Actor
from needs.models.duplicate import SimilarPair
from needs.models.need import Need
from needs.models.result import Result
from needs.queries.duplicate import CODE, alike_enough, groups_in, similar_to

THRESHOLDS = [
    checks.Threshold(
        "likeness", gettext_lazy("Counts as the same research from a likeness of"), 30, unit="%", low=20, high=95, is_whole=True
    ),
    checks.Threshold(
        "race_share", gettext_lazy("Share of the budgets that a race spends until one is chosen"), 30, unit="%", low=0, high=100,
        is_whole=True,
    ),
    checks.Threshold(
        "copied", gettext_lazy("Two bids share passages from a share of"), 15, unit="%", low=5, high=95, is_whole=True
    ),
]  # fmt: skip


def _among_pairs(model: Any) -> Iterator[Any]:
    pairs = SimilarPair.objects.filter(alike_enough())
    of = Exists(pairs.filter(one_id=OuterRef("pk"))) | Exists(pairs.filter(other_id=OuterRef("pk")))
    rows = model.objects.filter(of).select_related("owner")
    return iter(rows.iterator(chunk_size=500))


def _needs_and_results() -> Iterator[Any]:
    for model in (Need, Result):
        yield from _among_pairs(model)


@checks.check(
    CODE,
    title=gettext_lazy("Research done twice"),
    watches=_needs_and_results,
    chain_of=lambda row: row.chain_id,
    figures={"similar": gettext_lazy("Similar projects")},
    thresholds=THRESHOLDS,
)
def similar_research(row: Any, **about: Any) -> Iterator[checks.Hit]:
    """Others pursue what this need or result is about; the owner is told how many, and nothing of what they may not read (R106)."""
    found = similar_to(Actor(organisation=row.owner), row)
    if not found:
        return
    yield checks.Hit(
        row,
        rule=_("%(count)d similar projects of others") % {"count": len(found)},
        numbers={"similar": len(found)},
        tell=[row.owner],
        clears=_("Clears when the undertakings end, are merged, or say different things."),
        link=reverse("needs:similar") + f"?object={row.pk}",
    )  # fmt: skip


def _chains() -> Iterable[Chain]:
    return Chain.objects.all()


@checks.check(
    CODE,
    title=gettext_lazy("Research done twice in a chain"),
    watches=_chains,
    chain_of=lambda chain: chain.pk,
    figures={"undertakings": gettext_lazy("Similar projects"), "pairs": gettext_lazy("Pairs")},
)
def similar_research_in_chain(chain: Chain, **about: Any) -> Iterator[checks.Hit]:
    """The chain's leader learns how many undertakings of the chain resemble each other, to propose a joint way (R106)."""
    found, leader = groups_in(chain), leader_of(chain)
    if not found["pairs"] or leader is None:
        return
    yield checks.Hit(
        chain,
        rule=_("%(count)d projects of the chain resemble each other") % {"count": found["undertakings"]},
        numbers=dict(found),
        tell=[leader],
        clears=_("Clears when no two of them resemble each other any more."),
        link=reverse("needs:similar") + f"?chain={chain.pk}",
    )  # fmt: skip
