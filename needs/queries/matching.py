"""What fits a need, and which needs a result or a capability fits: ranked by the search, with the reason (R121)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from core.accounts.actor import Actor
from core.indicators import services as indicators
from core.indicators.engine import Verdict, compare
from core.indicators.kinds import Outcome
from core.indicators.models import Measurement, Specification
from core.search import queries as search
from core.search.labels import GROUPS
from core.search.models import Document
from needs.models.matching import Dismissal, SolverInvitation
from needs.models.need import Need
from needs.models.result import ResultValue
from needs.queries.duplicate import shared_words
from needs.queries.need import specifications_of
from needs.queries.qualification import Lack, lacks
from needs.states.need import NeedState
from needs.states.result import ResultState

RESEARCHED, NEEDS = ["result", "capability"], ["need"]
SOLUTIONS = [*RESEARCHED, "equipment", "offer"]
SHOWN = 20
# So many of the best are looked at before the other chains' and one's own are left out.
LOOKED_AT = 60


@dataclass(frozen=True)
class Met:
    """One indicator of the need, and what the found result reaches."""

    specification: Specification
    value: str
    verdict: Verdict


@dataclass(frozen=True)
class Match:
    """Something that fits, and why: shared words, the same node, indicators met and missed, another chain, what it lacks there."""

    document: Document
    place: int
    words: Sequence[str] = ()
    is_across: bool = False
    is_same_node: bool = False
    indicators: Sequence[Met] = ()
    lacks: Sequence[Lack] = ()
    dismissal: Dismissal | None = None
    invitation: SolverInvitation | None = None

    @property
    def group(self) -> str:
        """The kind; of an offer what it offers: people, data, fund or technology."""
        return self.document.group

    @property
    def label(self) -> str:
        """What the group is called; nothing for a need, of which all matches of a result are."""
        return "" if self.group == "need" else str(GROUPS.get(self.group, ""))

    @property
    def met(self) -> int:
        return sum(bool(one.verdict.is_met) for one in self.indicators)

    @property
    def missed(self) -> int:
        return sum(1 for one in self.indicators if one.verdict.outcome == Outcome.MISSED)


@dataclass(frozen=True)
class Matches:
    """What was found, what the reader's organisation dismissed, how many lie in other chains, and how many there are of each group."""

    found: Sequence[Match] = ()
    dismissed: Sequence[Match] = field(default_factory=list)
    groups: Mapping[str, int] = field(default_factory=dict)

    @property
    def across(self) -> int:
        return sum(1 for one in self.found if one.is_across)


def matches_of(actor: Actor, obj: Model, *, across: bool = True, group: str = "", limit: int = SHOWN) -> Matches:
    """The best matches of a need (results, capabilities, people, machines, other resources on offer), or of a result or capability
    (needs), best first.

    Without `across` only those of its own chains; with `group` only those of this kind. What the reader's organisation dismissed stands apart.
    """
    seen = search.documents_visible_to(actor).select_related("organisation")
    own = seen.filter(object_id=obj.pk, object_type=obj._meta.label_lower).first()
    if own is None:
        return Matches()
    kinds = SOLUTIONS if own.kind == "need" else NEEDS
    rows = search.matching(actor, title=own.title, text=own.text, kinds=kinds).filter(is_open())
    rows = rows.exclude(organisation=own.organisation_id).select_related("organisation")
    found = list(rows[:LOOKED_AT])
    chains = set(search.scopes_of(own))
    if not across:
        found = [row for row in found if chains & set(search.scopes_of(row))]
    away = _dismissed(actor, obj)
    kept = [row for row in found if row.object_id not in away]
    groups = Counter(row.group for row in kept)
    # A group is shown as far as it is counted.
    kept = [row for row in kept if row.group == group] if group else kept[:limit]
    met = _indicators(obj, own, kept)
    invited = _invited(actor, obj, kept)
    lacking = lacks([(own, row) if own.kind == "need" else (row, own) for row in kept])
    return Matches(
        [
            Match(
                row, place, shared_words(own, row), not chains & set(search.scopes_of(row)),
                bool(own.facets.get("node")) and own.facets.get("node") == row.facets.get("node"), met.get(row.object_id, ()),
                lacking.get((own.object_id, row.object_id) if own.kind == "need" else (row.object_id, own.object_id), ()),
                invitation=invited.get(row.organisation_id),
            )
            for place, row in enumerate(kept, start=1)
        ],
        [
            Match(row, 0, is_across=not chains & set(search.scopes_of(row)), dismissal=away[row.object_id])
            for row in found if row.object_id in away
        ],
        groups,
    )  # fmt: skip


def found_match(actor: Actor, obj: Model, object_id: UUID | str) -> Document | None:
    """The document that stands among what may be matched with the object, if the reader may see it."""
    kinds = SOLUTIONS if isinstance(obj, Need) else NEEDS
    rows = search.documents_visible_to(actor).filter(is_open(), kind__in=kinds, object_id=object_id)
    return rows.exclude(organisation=None).select_related("organisation").first()


def is_open() -> Q:
    """Published results, capabilities that stand, machines, what is still on offer, needs that nobody has met yet."""
    return (
        Q(kind="result", facets__state=ResultState.PUBLISHED)
        | Q(kind="capability", visibility__in=["members", "public"])
        | Q(kind="equipment")
        | Q(kind="offer", facets__direction="offer", facets__state="open")
        | Q(kind="need", facets__state=NeedState.PUBLISHED)
    )


def _dismissed(actor: Actor, obj: Model) -> dict[UUID, Dismissal]:
    """What one's organisation dismissed for the object, by the other side's id: a pair is dismissed from either side."""
    rows = Dismissal.objects.filter(organisation=actor.organisation_id, restored_at__isnull=True)
    if isinstance(obj, Need):
        return {row.object_id: row for row in rows.filter(subject_id=obj.pk)}
    return {row.subject_id: row for row in rows.filter(object_id=obj.pk)}


def _invited(actor: Actor, obj: Model, rows: Collection[Document]) -> dict[UUID | None, SolverInvitation]:
    if not isinstance(obj, Need) or not actor.belongs_to(obj.owner_id):
        return {}
    invited = SolverInvitation.objects.filter(need=obj, organisation__in=[row.organisation_id for row in rows])
    return {row.organisation_id: row for row in invited.exclude(state="withdrawn")}


def _indicators(obj: Model, own: Document, rows: Sequence[Document]) -> dict[UUID, list[Met]]:
    """What the results reach of the needs' indicators, by the found object's id; of a capability nothing is measured."""
    results = [row.object_id for row in rows if row.kind == "result"] if own.kind == "need" else [obj.pk]
    if own.kind not in ("need", "result") or not results:
        return {}
    values: dict[UUID, dict[str, Measurement]] = {}
    measured = Measurement.objects.filter(subject_id__in=results).select_related("specification").order_by("created_at")
    kept = set(ResultValue.objects.filter(result_id__in=results).values_list("result_id", "specification_id"))
    for row in measured:
        if row.subject_id is not None and (row.subject_id, row.specification_id) in kept:
            values.setdefault(row.subject_id, {})[indicators.name_key(row.specification.name)] = row
    asked = specifications_of([obj.pk] if own.kind == "need" else [row.object_id for row in rows])
    if own.kind == "need":
        return {pk: _met(asked.get(obj.pk, []), values.get(pk, {})) for pk in results}
    return {pk: _met(specifications, values.get(obj.pk, {})) for pk, specifications in asked.items()}


def _met(asked: Sequence[Specification], values: dict[str, Measurement]) -> list[Met]:
    found = []
    for one in asked:
        value = values.get(indicators.name_key(one.name))
        if value is not None:
            found.append(Met(one, in_words(value), compare(one.to_spec(), value.to_value())))
    return found


def in_words(value: Measurement) -> str:
    """A measured value in words."""
    if value.value is None:
        return value.level
    return f"{value.value.normalize():f} {value.unit}".strip()


def dismissals_visible_to(actor: Actor) -> QuerySet[Dismissal]:
    """What one's own organisation does not want to see again."""
    if actor.is_system:
        return Dismissal.objects.all()
    if actor.organisation_id is None:
        return Dismissal.objects.none()
    return Dismissal.objects.filter(organisation=actor.organisation_id)


def invitations_visible_to(actor: Actor) -> QuerySet[SolverInvitation]:
    """Invitations that one's organisation sent for its needs, and those it got."""
    if actor.is_system:
        return SolverInvitation.objects.all()
    if actor.organisation_id is None:
        return SolverInvitation.objects.none()
    return SolverInvitation.objects.filter(Q(need__owner=actor.organisation_id) | Q(organisation=actor.organisation_id))


__all__ = ["Match", "Matches", "matches_of"]
