"""Putting complaints into clusters, by meaning and by hand (R023)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse

from chains.models import Chain
from chains.queries import leader_of
from core import book
from core.accounts.actor import Actor
from core.search import services as search
from needs.models.complaint import Cluster, Complaint
from needs.services.clustering import ALIKE, Meaning, alike, central, grouped, meanings
from needs.states.complaint import CLUSTER, ClusterState, ComplaintState, Reach

AT_ONCE = 150  # up to so many complaints all of a chain are grouped anew with each new one; beyond, every night
MOST = 2000  # the newest so many are grouped anew; what is older stays where it is


def lock(chain: Chain) -> None:
    """One at a time groups the complaints of a chain; nobody who works with the chain itself waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"complaints:{chain.pk}"])


def place(complaint: Complaint, actor: Actor) -> None:
    """Put a new complaint where it belongs."""
    lock(complaint.chain)
    if Complaint.objects.filter(chain=complaint.chain, state=ComplaintState.OPEN).count() <= AT_ONCE:
        regroup(complaint.chain, actor)
        complaint.refresh_from_db()
        return
    complaint.cluster = _nearest(complaint) or fresh_cluster(complaint)
    complaint.save(update_fields=["cluster"])
    refresh(complaint.cluster)


def _nearest(complaint: Complaint) -> Cluster | None:
    """The cluster whose newest complaints are most like this one in the mean, if they are alike enough."""
    others = Complaint.objects.filter(chain=complaint.chain, state=ComplaintState.OPEN, cluster__isnull=False)
    rows = list(others.exclude(pk=complaint.pk).select_related("cluster").order_by("-created_at")[:MOST])
    texts = meanings([complaint.text, *(row.text for row in rows)])
    found: dict[Any, list[float]] = {}
    for row, meaning in zip(rows, texts[1:], strict=True):
        found.setdefault(row.cluster_id, []).append(alike(texts[0], meaning))
    best = max(found, key=lambda pk: sum(found[pk]) / len(found[pk]), default=None)
    if best is None or sum(found[best]) / len(found[best]) < ALIKE:
        return None
    return next(row.cluster for row in rows if row.cluster_id == best)


def regroup(chain: Chain, actor: Actor) -> int:
    """Group the chain's complaints anew; gives how many moved. What a person placed, and what became a need, stays."""
    rows = list(
        Complaint.objects.filter(chain=chain, state=ComplaintState.OPEN)
        .select_related("cluster")
        .order_by("-created_at")[:MOST]
    )[::-1]
    texts = meanings([row.text for row in rows])
    free = [at for at, row in enumerate(rows) if _is_free(row)]
    homes = {rows[at].cluster_id for at in free}
    # A cluster of which everything was placed by hand draws new ones by what stands in it; one with others by those alone.
    given: dict[Any, list[int]] = {}
    for at, row in enumerate(rows):
        if not _is_free(row) and row.cluster_id not in homes:
            given.setdefault(row.cluster_id, []).append(at)
    apart = {at for at, row in enumerate(rows) if not _is_free(row) and row.cluster_id in homes}
    kept = [at for at in range(len(rows)) if at not in apart]
    of = {at: number for number, at in enumerate(kept)}
    groups = grouped([texts[at] for at in kept], [(pk, [of[at] for at in places]) for pk, places in given.items()])
    found = [(group.label, [kept[one] for one in group.members]) for group in groups]
    moved = _settle(chain, rows, texts, found)
    if moved:
        book.record(actor, "regroup_complaints", chain, after={"complaints": len(rows), "moved": moved})
    return moved


def _is_free(row: Complaint) -> bool:
    is_answered = row.cluster is not None and row.cluster.state == ClusterState.ANSWERED
    return row.placed_at is None and not is_answered


def _settle(chain: Chain, rows: list[Complaint], texts: list[Meaning], found: list[tuple[Any, list[int]]]) -> int:
    """Give each group its cluster: the given one, else the one most of it came from, else a new one."""
    clusters = {one.pk: one for one in Cluster.objects.filter(chain=chain).exclude(state=ClusterState.DISSOLVED)}
    taken = {label for label, _places in found if label is not None}
    moved, touched = 0, set()
    for label, places in sorted(found, key=lambda one: -len(one[1])):
        home = label
        if home is None:
            before = Counter(rows[at].cluster_id for at in places if rows[at].cluster_id in clusters)
            home = next((pk for pk, _count in before.most_common() if pk not in taken), None)
        cluster = clusters.get(home)
        if cluster is None:
            cluster = fresh_cluster(rows[central(places, texts)])
        taken.add(cluster.pk)
        for at in places:
            row = rows[at]
            if row.cluster_id != cluster.pk:
                touched |= {row.cluster_id, cluster.pk}
                row.cluster = cluster
                row.save(update_fields=["cluster"])
                moved += 1
    for cluster in Cluster.objects.filter(pk__in=[pk for pk in touched if pk]):
        refresh(cluster)
    return moved


def fresh_cluster(complaint: Complaint) -> Cluster:
    """A cluster that begins with this complaint; `refresh` names it as soon as it is filled."""
    return Cluster.objects.create(chain=complaint.chain, label=_label(complaint.text))


def _label(text: str) -> str:
    """The first clause of a complaint, as a name."""
    clause = next((one.strip() for one in re.split(r"[，。；！？,;!?\n]", text) if len(one.strip()) > 1), text.strip())
    return clause[:60]


def refresh(cluster: Cluster) -> None:
    """After complaints came or went: its name, whether it lives, and its search document."""
    rows = list(cluster.complaints.filter(state=ComplaintState.OPEN).order_by("created_at")[:MOST])
    if not rows and cluster.state == ClusterState.OPEN:
        cluster.state = CLUSTER.after(ClusterState(cluster.state), "dissolve_cluster")
        cluster.touch()
        cluster.save()
        search.remove(cluster)
        return
    told = [row for row in rows if row.reach == Reach.MEMBERS]
    if not cluster.is_named and (told or rows):
        # What only the leader may read names nothing that others see.
        texts = meanings([row.text for row in told or rows])
        cluster.label = _label((told or rows)[central(range(len(texts)), texts)].text)
    cluster.touch()
    cluster.save()
    index_cluster(cluster, told)


def index_cluster(cluster: Cluster, told: list[Complaint]) -> None:
    """The search document: words for all members where there are any, else the name alone, for the chain's leader."""
    leader = leader_of(cluster.chain_id)
    search.index(
        cluster, title=cluster.label, text=" ".join(row.text for row in told[:50]), room="needs", kind="cluster",
        link=reverse("needs:cluster", args=[cluster.pk]), organisation=leader, visibility="members" if told else "restricted",
        parties=[leader] if leader else [], facets={"chain": str(cluster.chain_id), "chains": [str(cluster.chain_id)], "state": cluster.state},
    )  # fmt: skip


def chains_with_complaints() -> list[Any]:
    """The ids of chains in which more than one complaint is open."""
    rows = Chain.objects.annotate(n=Count("complaints", filter=Q(complaints__state=ComplaintState.OPEN)))
    return list(rows.filter(n__gt=1).values_list("pk", flat=True))
