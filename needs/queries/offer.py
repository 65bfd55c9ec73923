"""Reads about resources on offer, requests, and flows between them."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from core import clock
from core.accounts.actor import Actor
from core.search import queries as search
from core.search.models import Document
from needs.models.offer import Flow, Offer
from needs.states.offer import Direction, FlowState, OfferReach, OfferState


def offers_visible_to(actor: Actor) -> QuerySet[Offer]:
    """One's own, those for all members, those one was chosen for, and those one has a flow with."""
    if not actor.is_signed_in:
        return Offer.objects.none()
    if actor.is_system:
        return Offer.objects.all()
    seen = Q(reach=OfferReach.MEMBERS)
    if actor.organisation is not None:
        chosen = Offer.readers.through.objects.filter(organisation_id=actor.organisation.pk).values("offer_id")
        flows = _own_flows(actor)
        seen |= Q(owner=actor.organisation) | Q(pk__in=chosen)
        seen |= Q(pk__in=flows.values("offer_id")) | Q(pk__in=flows.values("request_id"))
    return Offer.objects.filter(seen)


def flows_visible_to(actor: Actor) -> QuerySet[Flow]:
    """One's own, proposed or recorded; and recorded ones between an offer and a request that all members read."""
    if not actor.is_signed_in:
        return Flow.objects.none()
    if actor.is_system:
        return Flow.objects.all()
    seen = Q(state=FlowState.RECORDED, offer__reach=OfferReach.MEMBERS, request__reach=OfferReach.MEMBERS)
    if actor.organisation is not None:
        seen |= Q(giver=actor.organisation) | Q(taker=actor.organisation)
    return Flow.objects.filter(seen)


def _own_flows(actor: Actor) -> QuerySet[Flow]:
    return Flow.objects.filter(Q(giver=actor.organisation) | Q(taker=actor.organisation))


def flows_of_chain(actor: Actor, chain_id: UUID) -> QuerySet[Flow]:
    """The recorded flows that one may see from or to a node of the chain."""
    rows = flows_visible_to(actor).filter(state=FlowState.RECORDED)
    return rows.filter(Q(from_node__chain_id=chain_id) | Q(to_node__chain_id=chain_id))


def flows_by_chain(actor: Actor) -> Counter[UUID]:
    """How many recorded flows one may see from or to each chain; a flow between two chains counts for both. One query."""
    found: Counter[UUID] = Counter()
    rows = flows_visible_to(actor).filter(state=FlowState.RECORDED).order_by()
    pairs = rows.values_list("from_node__chain_id", "to_node__chain_id").annotate(count=Count("pk", distinct=True))
    for one, other, count in pairs:
        for chain in {one, other}:
            found[chain] += count
    return found


def still_open() -> Q:
    """What a row holds that may still be taken up today."""
    return Q(state=OfferState.OPEN) & (Q(open_until__isnull=True) | Q(open_until__gte=clock.today()))


def counterparts(actor: Actor, row: Offer) -> QuerySet[Offer]:
    """What could be joined with this one: open, of the same kind, the other way round, of another organisation."""
    other = Direction.REQUEST if row.direction == Direction.OFFER else Direction.OFFER
    return (
        offers_visible_to(actor)
        .filter(still_open(), direction=other, kind=row.kind)
        .exclude(owner_id=row.owner_id)
        .select_related("owner", "node__chain")
    )


def fitting(actor: Actor, row: Offer, limit: int = 10) -> list[Offer]:
    """Counterparts whose words fit best first, then those of the same chain; what matched nothing comes last."""
    rows = counterparts(actor, row)
    found = search.matching(actor, title=row.title, text=row.text, kinds=["offer"])
    ranked: list[Document] = list(
        found.filter(object_id__in=rows.order_by().values("pk"), object_type=Offer._meta.label_lower)[:limit]
    )
    place = {one.object_id: at for at, one in enumerate(ranked)}
    best = sorted(rows.filter(pk__in=place), key=lambda one: place[one.pk])
    if len(best) < limit:
        rest = rows.exclude(pk__in=place).order_by("-created_at")[: limit * 3]
        near = sorted(rest, key=lambda one: one.node.chain_id != row.node.chain_id)
        best += near[: limit - len(best)]
    return best
