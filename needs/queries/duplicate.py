"""What one may know of research that is done twice (R106).

An owner learns how many undertakings are like their own; which ones, only of those that the owner may read anyway, or when
all have agreed to a proposal. Chain leaders see the pairs of their chains under the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Func, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, UUIDField, Value, When

from chains.models import Chain
from chains.queries import chains_led_by
from core.accounts.actor import Actor
from core.checks.queries import threshold_value, thresholds_by_chain
from core.search import queries as search
from core.search import words
from core.search.labels import GROUPS
from core.search.likeness import Weighed, shared
from core.search.models import Document
from needs.models.duplicate import Compared, JointParty, JointProposal, SimilarPair
from needs.queries import undertaking
from needs.states.duplicate import Consent, JointKind, JointState

CODE = "A36"
# A group that is proposed to at once.
MOST_PARTIES = 20
WORDS_TOLD = 8
# Undertakings that are named as related.
MOST_RELATED = 5


def alike_enough() -> Q:
    """Pairs that are alive and reach the threshold of one of their chains."""
    default, own = thresholds_by_chain(CODE, "likeness")
    found = Q(score__gte=default / 100)
    if own:
        found &= ~Q(chains__overlap=list(own))
        for chain_id, value in own.items():
            found |= Q(chains__contains=[chain_id], score__gte=value / 100)
    return found & Q(gone_at__isnull=True)


def of_object(object_id: UUID | str) -> Q:
    return Q(one_id=object_id) | Q(other_id=object_id)


def pairs_visible_to(actor: Actor) -> QuerySet[SimilarPair]:
    """Pairs that one's own undertakings are in, and those of the chains one leads; the platform's admins know of all."""
    rows = SimilarPair.objects.filter(alike_enough())
    if actor.is_system or actor.is_platform_admin:
        return rows
    if actor.organisation_id is None:
        return rows.none()
    mine = Q(one_owner=actor.organisation_id) | Q(other_owner=actor.organisation_id)
    led = list(chains_led_by(actor.organisation).values_list("pk", flat=True))
    return rows.filter(mine | Q(chains__overlap=led)) if led else rows.filter(mine)


def documents_seen(actor: Actor, ids: Iterable[UUID], *where: Q) -> dict[UUID, Document]:
    """Those of the undertakings that the actor may read, by their ids; one query."""
    rows = search.documents_visible_to(actor).filter(*where, object_id__in=list(ids), kind__in=undertaking.kinds())
    return {row.object_id: row for row in rows.select_related("organisation")}


def told(actor: Actor, rows: QuerySet[SimilarPair]) -> QuerySet[SimilarPair]:
    """The pairs with what the actor may read of both sides, one's own side first: title, link and owner, or nothing."""
    turned = When(other_owner=actor.organisation_id, then=F("other_id"))
    back = When(other_owner=actor.organisation_id, then=F("one_id"))
    rows = rows.annotate(
        this_id=Case(turned, default=F("one_id"), output_field=UUIDField()),
        that_id=Case(back, default=F("other_id"), output_field=UUIDField()),
    )
    for side in ("this", "that"):
        seen = search.documents_visible_to(actor).filter(object_id=OuterRef(f"{side}_id"), kind__in=undertaking.kinds())
        rows = rows.annotate(
            **{
                f"{side}_title": Subquery(seen.values("title")[:1]), f"{side}_link": Subquery(seen.values("link")[:1]),
                f"{side}_owner": Subquery(seen.values("organisation__name")[:1]),
            }
        )  # fmt: skip
    return rows


def percent_told(row: Any) -> int | None:
    """How alike the two are, where the reader may read both: of what is hidden not even the likeness is told."""
    return round(row.score * 100) if row.this_title and row.that_title else None


@dataclass(frozen=True)
class Similar:
    """An undertaking that is like one's own: its document where the reader may see it, else that there is one."""

    pair: SimilarPair
    document: Document | None
    words: Sequence[str] = ()

    @property
    def percent(self) -> int:
        return round(self.pair.score * 100)


def similar_to(actor: Actor, obj: Model) -> list[Similar]:
    """What is like the object, most alike first; of what the actor may not read it says that it is there and nothing more.

    A project that answers a need which is like it as well counts once.
    """
    pairs = list(SimilarPair.objects.filter(alike_enough() & of_object(obj.pk)).order_by("-score", "pk")[:MOST_PARTIES])
    others = {pair.pk: pair.other_id if pair.one_id == obj.pk else pair.one_id for pair in pairs}
    once = _of_lineages(list(others.values()))
    seen = documents_seen(actor, [obj.pk, *others.values()])
    found = []
    for pair in pairs:
        other = others[pair.pk]
        if other in once:
            document = seen.get(other)
            told = shared_words(seen[obj.pk], document) if document is not None and obj.pk in seen else []
            found.append(Similar(pair, document, told))
    return found


@dataclass(frozen=True)
class Related:
    """Somebody else's undertaking near one's own, and the words that both share."""

    document: Document
    words: Sequence[str] = ()

    @property
    def label(self) -> str:
        return str(GROUPS.get(self.document.group, self.document.group))


def related_to(actor: Actor, obj: Model) -> list[Related]:
    """The nearest undertakings of others that the actor may read, nearest first, without those that are told to be similar.

    Each may name the other: what came later stands beside what was there before.
    """
    own = Compared.objects.filter(object_id=obj.pk).values_list("nearest", flat=True).first()
    near = {pk: place for place, pk in enumerate(own or (), start=1)}
    place = Func(F("nearest"), Value(obj.pk), function="array_position", output_field=IntegerField())
    naming = Compared.objects.filter(nearest__contains=[obj.pk]).annotate(place=place).order_by("place", "pk")
    for pk, there in naming.values_list("object_id", "place")[: 2 * MOST_PARTIES]:
        near[pk] = min(near.get(pk, there), there)
    if not near:
        return []
    seen = documents_seen(actor, [obj.pk, *near], undertaking.alive())
    if obj.pk not in seen:
        return []
    pairs = SimilarPair.objects.filter(alike_enough() & of_object(obj.pk)).values_list("one_id", "other_id")
    told = {pk for pair in pairs for pk in pair}
    found = sorted((place, pk) for pk, place in near.items() if pk in seen and pk not in told)
    return [Related(seen[pk], shared_words(seen[obj.pk], seen[pk])) for _place, pk in found[:MOST_RELATED]]


def _of_lineages(ids: Sequence[UUID]) -> set[UUID]:
    """One undertaking of each lineage: the first."""
    rows = Document.objects.filter(object_id__in=ids, kind__in=undertaking.kinds())
    facts = undertaking.facts_of(rows)
    known: set[UUID] = set()
    kept = set()
    for pk in ids:
        lineage = facts[pk].lineage if pk in facts else frozenset({pk})
        if not lineage & known:
            kept.add(pk)
        known |= lineage
    return kept


def shared_words(one: Document, other: Document) -> list[str]:
    """The words that two documents share which the reader may both read, most telling first."""
    text = f"{one.title} {one.text}"
    whole = {*words.words(text), *words.latin(text)}
    found = [token for token, _share in shared(Weighed(one.weights), Weighed(other.weights)) if token in whole]
    found = [token for token in found[: 2 * WORDS_TOLD] if len(token) > 1 and not token.isdigit()]
    return [token for token in found if not any(token != longer and token in longer for longer in found)][:WORDS_TOLD]


def group_of(pair: SimilarPair) -> list[tuple[str, UUID, UUID]]:
    """Type, id and owner of every undertaking that hangs together with the pair, at most twenty."""
    found: dict[UUID, tuple[str, UUID, UUID]] = {}
    waiting = [pair]
    while waiting and len(found) < MOST_PARTIES:
        fresh = []
        for one in waiting:
            for kind, pk, owner in (
                (one.one_type, one.one_id, one.one_owner_id), (one.other_type, one.other_id, one.other_owner_id)
            ):  # fmt: skip
                if pk not in found and len(found) < MOST_PARTIES:
                    found[pk] = (kind, pk, owner)
                    fresh.append(pk)
        near = Q(one_id__in=fresh) | Q(other_id__in=fresh)
        waiting = (
            list(SimilarPair.objects.filter(alike_enough() & near).order_by("-score", "pk")[:100]) if fresh else []
        )
    once = _of_lineages(list(found))
    return [row for pk, row in found.items() if pk in once]


def proposals_visible_to(actor: Actor) -> QuerySet[JointProposal]:
    """Proposals that one made, is asked by, or leads the chain of; the platform's admins see all."""
    if actor.is_system or actor.is_platform_admin:
        return JointProposal.objects.all()
    if actor.organisation_id is None:
        return JointProposal.objects.none()
    asked = JointParty.objects.filter(organisation=actor.organisation_id).values("proposal_id")
    led = chains_led_by(actor.organisation).values("pk")
    return JointProposal.objects.filter(Q(proposer=actor.organisation_id) | Q(pk__in=asked) | Q(chain__in=led))


@dataclass(frozen=True)
class PartyShown:
    """One party as the reader may know it: without name and title while not all have agreed and the reader may not read it."""

    row: JointParty
    document: Document | None
    is_named: bool
    is_own: bool


def parties_shown(actor: Actor, proposal: JointProposal) -> list[PartyShown]:
    """The parties of a proposal as far as the reader may know them."""
    rows = list(proposal.parties.select_related("organisation").order_by("created_at", "pk"))
    seen = documents_seen(actor, [row.object_id for row in rows])
    all_agreed = proposal.state in (JointState.AGREED, JointState.CARRIED_OUT)
    if all_agreed:
        told = Document.objects.filter(object_id__in=[row.object_id for row in rows], kind__in=undertaking.kinds())
        known = {row.object_id: row for row in told}
    shown = []
    for row in rows:
        is_own = actor.belongs_to(row.organisation_id)
        document = known.get(row.object_id) if all_agreed else seen.get(row.object_id)
        shown.append(PartyShown(row, document, is_own or document is not None, is_own))
    return shown


@dataclass(frozen=True)
class Saving:
    """What a proposal would save of the budgets that are known: all but the largest, less what a race spends until its gate."""

    known: int
    parties: int
    total: Decimal
    largest: Decimal
    race_share: Decimal
    amount: Decimal


def saving_of(kind: str, chain_id: UUID, budgets: Sequence[Decimal | None]) -> Saving:
    """The estimate over budgets that the reader may know; a race spends its share of every budget until one is chosen."""
    known = [one for one in budgets if one is not None]
    total, largest = sum(known, Decimal(0)), max(known, default=Decimal(0))
    race_share = threshold_value(CODE, "race_share", chain_id)
    amount = total - largest
    if kind == JointKind.RACE:
        amount = (amount * (100 - race_share) / 100).quantize(Decimal("0.01"))
    return Saving(len(known), len(budgets), total, largest, race_share, amount)


def saving_shown(actor: Actor, proposal: JointProposal, parties: Sequence[PartyShown]) -> Saving:
    """The estimate as the reader may know it: budgets told with a consent, and those of needs that the reader may read."""
    read = undertaking.facts_of(one.document for one in parties if one.document is not None)
    budgets = []
    for one in parties:
        told = one.row.budget if one.row.consent == Consent.GIVEN else None
        facts = read.get(one.row.object_id)
        budgets.append(told if told is not None else facts.budget if facts is not None else None)
    return saving_of(proposal.kind, proposal.chain_id, budgets)


def groups_in(chain: Chain) -> Mapping[str, int]:
    """How many pairs and how many undertakings of a chain are like another."""
    rows = SimilarPair.objects.filter(alike_enough(), chains__contains=[chain.pk]).values_list("one_id", "other_id")
    pairs = list(rows)
    return {"pairs": len(pairs), "undertakings": len({pk for pair in pairs for pk in pair})}


__all__: list[Any] = [
    "Saving",
    "Similar",
    "group_of",
    "pairs_visible_to",
    "proposals_visible_to",
    "related_to",
    "similar_to",
]
