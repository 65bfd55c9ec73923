"""What is compared when research that is done twice is looked for: needs, results, and what rooms above add (R106)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from core.indicators.models import Specification
from core.search.models import Document
from needs.models.need import Need, NeedChain
from needs.models.result import Result, ResultValue
from needs.queries.need import specifications_of
from needs.states.need import NeedState
from needs.states.result import ResultState


@dataclass(frozen=True)
class Facts:
    """What of an undertaking is compared besides its words.

    `lineage` names what it comes from (the need that a project answers): of one lineage nothing is done twice.
    """

    indicators: str = ""
    nodes: frozenset[Any] = frozenset()
    place: str = ""  # the nodes' names
    field: str = ""
    lineage: frozenset[UUID] = frozenset()
    budget: Decimal | None = None


@dataclass(frozen=True)
class Source:
    """A kind of search document whose objects are undertakings while they are in one of the states."""

    kind: str
    states: Sequence[str]
    facts: Callable[[Sequence[UUID]], Mapping[UUID, Facts]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let a room's objects be compared; called when the room loads."""
    _sources[source.kind] = source


def kinds() -> list[str]:
    return list(_sources)


def alive() -> Q:
    """The documents of undertakings that are pursued now, whoever may read them."""
    found = Q(pk__in=[])
    for one in _sources.values():
        found |= Q(kind=one.kind, facets__state__in=[str(state) for state in one.states])
    return found & Q(organisation__isnull=False)


def facts_of(rows: Iterable[Document]) -> dict[UUID, Facts]:
    """The facts of undertakings by their ids; a few queries for each kind."""
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.object_id)
    return {
        pk: facts
        for kind, ids in by_kind.items()
        if kind in _sources
        for pk, facts in _sources[kind].facts(ids).items()
    }


def words_of(specification: Specification) -> str:
    """An indicator as words: its names and its target."""
    return f"{specification.name} {specification.name_en} {specification.target_text}"


def _needs(ids: Sequence[UUID]) -> dict[UUID, Facts]:
    nodes: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for need_id, node_id, name in NeedChain.objects.filter(need_id__in=ids).values_list(
        "need_id", "node_id", "node__name"
    ):
        nodes[need_id][node_id] = name
    told = specifications_of(ids)
    found = {}
    for one in Need.objects.filter(pk__in=ids).select_related("node"):
        at = {one.node_id: one.node.name, **nodes[one.pk]}
        found[one.pk] = Facts(
            " ".join(map(words_of, told.get(one.pk, ()))),
            frozenset(at),
            " ".join(at.values()),
            one.field,
            frozenset({one.pk}),
            one.budget,
        )
    return found


def _results(ids: Sequence[UUID]) -> dict[UUID, Facts]:
    told: dict[UUID, list[str]] = defaultdict(list)
    for row in ResultValue.objects.filter(result_id__in=ids).select_related("specification"):
        told[row.result_id].append(words_of(row.specification))
    found = {}
    for one in Result.objects.filter(pk__in=ids).prefetch_related("nodes"):
        lineage = frozenset(filter(None, [one.pk, one.origin_need_id, one.origin_project_id]))
        at = {node.pk: node.name for node in one.nodes.all()}
        found[one.pk] = Facts(" ".join(told[one.pk]), frozenset(at), " ".join(at.values()), one.field, lineage)
    return found


register(Source("need", [NeedState.DEFINING, NeedState.DEFINED, NeedState.PUBLISHED], _needs))
register(Source("result", [ResultState.PUBLISHED], _results))
