"""Complaining, keeping clusters in order, and from a cluster to a need (R023)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import Chain, ChainNode
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from needs import services
from needs.models import Need
from needs.models.complaint import Cluster, Complaint
from needs.models.survey import SurveyAnswer
from needs.queries.complaint import organisations_heard
from needs.services import complaint as complaints
from needs.states.complaint import CLUSTER, COMPLAINT, ClusterState, ComplaintState, Reach
from needs.states.need import NeedState
from needs.states.survey import AnswerState

LONGEST = 2000


@command
def file_complaint(
    *, actor: Actor, chain: UUID | str, text: str, node: UUID | str | None = None, reach: str = Reach.MEMBERS
) -> Complaint:
    """Say in free words what hurts; it is counted with those that mean the same (R023)."""
    owner = policy.acting_for(actor, "needs.file_complaint")
    found = policy.visible_to(actor, Chain).filter(pk=chain).first()
    step = ChainNode.objects.filter(chain=found, pk=node).first() if found and node else None
    wrong: dict[str, list[Any]] = {}
    if found is None:
        wrong["chain"] = [_("There is no such chain.")]
    if node and step is None:
        wrong["node"] = [_("Choose a node of this chain.")]
    if not text.strip() or len(text) > LONGEST:
        wrong["text"] = [_("Say what hurts, in %(n)s characters at most.") % {"n": LONGEST}]
    if reach not in Reach.values:
        wrong["reach"] = [_("Choose who may read it.")]
    services.refuse(wrong)
    assert found is not None
    row = Complaint.objects.create(
        chain=found, node=step, organisation=owner, author=actor.person, text=text.strip(), reach=reach
    )
    complaints.place(row, actor)
    book.record(actor, "file_complaint", row, after={"chain": str(found), "node": str(step or ""), "reach": reach})
    return row


@command
def complain_by_answer(*, actor: Actor, answer_id: UUID, reach: str = Reach.LEADER) -> Complaint:
    """One step from a survey's answer to a complaint; what an outsider wrote stays with the chain's leader."""
    row = policy.fetch_for_update(actor, "needs.complain_by_answer", SurveyAnswer, answer_id)
    if row.state != AnswerState.ANSWERED:
        raise WrongState(_("Answer the survey first."))
    known = Complaint.objects.filter(answer=row).first()
    if known is not None:
        return known
    if reach not in Reach.values:
        raise Invalid(_("Choose who may read it."), field="reach")
    assert actor.organisation is not None
    made = Complaint.objects.create(
        chain=row.round.campaign.chain, node=row.node, organisation=actor.organisation, author=actor.person, answer=row,
        text="\n".join(text for text in row.texts if text)[:LONGEST], reach=Reach.LEADER if row.contact_id else reach,
        behalf=row.respondent if row.contact_id else "",
    )  # fmt: skip
    complaints.place(made, actor)
    book.record(actor, "complain_by_answer", made, after={"chain": str(made.chain), "survey": str(row.round)})
    return made


@command
def withdraw_complaint(*, actor: Actor, complaint_id: UUID) -> Complaint:
    """Take a complaint back; it counts no more."""
    row = policy.fetch_for_update(actor, "needs.withdraw_complaint", Complaint, complaint_id)
    row.state = COMPLAINT.after(ComplaintState(row.state), "withdraw_complaint")
    row.save(update_fields=["state"])
    if row.cluster is not None:
        complaints.lock(row.chain)
        complaints.refresh(row.cluster)
    book.record(actor, "withdraw_complaint", row)
    return row


@command
def move_complaint(*, actor: Actor, complaint_id: UUID, cluster: UUID | str | None = None) -> Complaint:
    """Put a complaint into another cluster, or into one of its own, by hand; grouping anew leaves it there."""
    row = policy.fetch_for_update(actor, "needs.move_complaint", Complaint, complaint_id)
    complaints.lock(row.chain)
    if row.state != ComplaintState.OPEN:
        raise WrongState(_("This complaint was withdrawn."))
    if cluster:
        target = Cluster.objects.filter(chain=row.chain, pk=cluster).exclude(state=ClusterState.DISSOLVED).first()
        if target is None:
            raise Invalid(_("Choose a cluster of the same chain."), field="cluster")
    else:
        target = complaints.fresh_cluster(row)
    before = row.cluster
    row.cluster, row.placed_by, row.placed_at = target, actor.person, clock.now()
    row.save(update_fields=["cluster", "placed_by", "placed_at"])
    if before is not None and before.pk != target.pk:
        complaints.refresh(before)
    complaints.refresh(target)
    # Names of clusters may be words that only the leader reads: their ids stand in the book.
    book.record(
        actor, "move_complaint", row, before={"cluster": before.pk if before else ""}, after={"cluster": target.pk}
    )
    return row


@command
def rename_cluster(*, actor: Actor, cluster_id: UUID, label: str) -> Cluster:
    """Name a cluster by hand; the name stays."""
    row = policy.fetch_for_update(actor, "needs.rename_cluster", Cluster, cluster_id)
    given = " ".join(label.split())
    if not given or len(given) > 120:
        raise Invalid(_("Give it a name, in 120 characters at most."), field="label")
    row.label, row.is_named = given, True
    complaints.refresh(row)
    book.record(actor, "rename_cluster", row)
    return row


@command
def merge_clusters(*, actor: Actor, cluster_id: UUID, into: UUID | str) -> Cluster:
    """Everything in a cluster goes into another one, by hand; the emptied one is dissolved."""
    row = policy.fetch_for_update(actor, "needs.merge_clusters", Cluster, cluster_id)
    complaints.lock(row.chain)
    target = (
        Cluster.objects.filter(chain=row.chain, pk=into)
        .exclude(state=ClusterState.DISSOLVED)
        .exclude(pk=row.pk)
        .first()
    )
    if target is None:
        raise Invalid(_("Choose another cluster of the same chain."), field="into")
    if row.state != ClusterState.OPEN:
        raise WrongState(_("This cluster has become a need already."))
    moved = row.complaints.update(cluster=target, placed_by=actor.person, placed_at=clock.now())
    complaints.refresh(row)
    complaints.refresh(target)
    book.record(actor, "merge_clusters", target, after={"from": row.pk, "complaints": moved})
    return target


@command
def regroup_complaints(*, actor: Actor, chain_id: UUID) -> Chain:
    """Group a chain's complaints anew at once; what was placed by hand stays."""
    chain = policy.fetch(actor, "chains.view_chain", Chain, chain_id)
    policy.require(actor, "needs.regroup_complaints", chain)
    complaints.lock(chain)
    complaints.regroup(chain, actor)
    return chain


@command
def turn_cluster_into_need(
    *, actor: Actor, cluster_id: UUID, node: UUID | str, title: str, pain_point: str, demand_side: str
) -> Need:
    """A draft need of the chain's leader, made of what many complain of; those who complained are told (R023, R024)."""
    row = policy.fetch_for_update(actor, "needs.turn_cluster_into_need", Cluster, cluster_id)
    if row.need is not None:
        return row.need
    owner = policy.acting_for(actor, "needs.post_need")
    if not ChainNode.objects.filter(pk=node, chain=row.chain).exists():
        raise Invalid(_("Choose a node of this chain."), field="node")
    fields = {"title": title, "pain_point": pain_point, "demand_side": demand_side}
    need = services.create_need(owner=owner, actor=actor, node_id=node, fields=fields)
    _answer(row, need)
    book.record(actor, "turn_cluster_into_need", need, after={"cluster": row.pk})
    return need


@command
def answer_cluster(*, actor: Actor, cluster_id: UUID, need: UUID | str) -> Cluster:
    """Say that a need of one's own answers the cluster already."""
    row = policy.fetch_for_update(actor, "needs.answer_cluster", Cluster, cluster_id)
    found = policy.visible_to(actor, Need).filter(pk=need, chain=row.chain, owner=actor.organisation).first()
    if found is None or found.state == NeedState.WITHDRAWN:
        raise Invalid(_("Choose a need of your organisation in this chain."), field="need")
    before = row.need_id
    _answer(row, found)
    book.record(actor, "answer_cluster", row, before={"need": before or ""}, after={"need": found.code})
    return row


def _answer(row: Cluster, need: Need) -> None:
    row.need = need
    row.state = CLUSTER.after(ClusterState(row.state), "answer_cluster")
    complaints.refresh(row)
    heard = organisations_heard(row)
    inbox.notify(
        kind="complaint_answered", title=gettext_noop("What you complained of becomes the need %(code)s of %(owner)s"),
        params={"code": need.code, "owner": need.owner.name}, to=[one for one in heard if one.pk != need.owner_id], obj=row,
        link=reverse("needs:complaints"), key=f"complaint_answered:{row.pk}:{need.pk}",
    )  # fmt: skip
