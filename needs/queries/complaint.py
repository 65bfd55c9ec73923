"""Reads about complaints and clusters."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chains.queries import chains_led_by
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from needs.models.complaint import Cluster, Complaint
from needs.states.complaint import ClusterState, ComplaintState, Reach


def complaints_visible_to(actor: Actor) -> QuerySet[Complaint]:
    """One's own, those of chains one leads, and those whose words are for all members."""
    if actor.is_system:
        return Complaint.objects.all()
    if not actor.is_signed_in:
        return Complaint.objects.none()
    mine = Q(reach=Reach.MEMBERS, state=ComplaintState.OPEN)
    if actor.organisation is not None:
        mine |= Q(organisation=actor.organisation)
        mine |= Q(chain__in=chains_led_by(actor.organisation).values("pk"), state=ComplaintState.OPEN)
    return Complaint.objects.filter(mine)


def clusters_visible_to(actor: Actor) -> QuerySet[Cluster]:
    """Clusters of chains one leads; of the others those that hold words for all members. What is dissolved is gone for most."""
    if actor.is_system:
        return Cluster.objects.all()
    if not actor.is_signed_in:
        return Cluster.objects.none()
    told = Complaint.objects.filter(cluster=OuterRef("pk"), state=ComplaintState.OPEN, reach=Reach.MEMBERS)
    seen = Q(Exists(told))
    if actor.organisation is not None:
        seen |= Q(chain__in=chains_led_by(actor.organisation).values("pk"))
    return Cluster.objects.filter(seen)


def organisations_heard(cluster: Cluster) -> set[Organisation]:
    """Whoever complains of it and did not take it back."""
    rows = cluster.complaints.filter(state=ComplaintState.OPEN).select_related("organisation")
    return {one.organisation for one in rows}


def with_sizes(rows: QuerySet[Cluster], actor: Actor) -> QuerySet[Any]:
    """Clusters with `size` and `firms`: complaints the actor may see, and from how many organisations."""
    seen = complaints_visible_to(actor).filter(cluster=OuterRef("pk"), state=ComplaintState.OPEN).order_by()
    counted = seen.values("cluster")
    return rows.annotate(
        size=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        firms=Coalesce(
            Subquery(counted.annotate(n=Count("organisation", distinct=True)).values("n"), output_field=IntegerField()),
            0,
        ),
    )


def open_clusters(actor: Actor) -> QuerySet[Any]:
    """The clusters that live, with their sizes."""
    return with_sizes(clusters_visible_to(actor).exclude(state=ClusterState.DISSOLVED), actor)
