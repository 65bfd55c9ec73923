"""Proposing to merge, split or race, and the consent of all who research the same (R106)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.queries import chains_led_by
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from needs.models.duplicate import JointParty, JointProposal, SimilarPair
from needs.queries.duplicate import group_of
from needs.states.duplicate import JOINT, Consent, JointKind, JointState

STEPS = {
    JointKind.MERGE: gettext_noop("Merge the projects as all agreed"),
    JointKind.SPLIT: gettext_noop("Divide the work as all agreed"),
    JointKind.RACE: gettext_noop("Open the race as all agreed"),
}


@command
def propose_joint(*, actor: Actor, pair_id: UUID, kind: str, text: str, budget: Decimal | None = None) -> JointProposal:
    """Propose to all who research the same to merge, to split the work, or to race; each owner is asked (R106)."""
    pair = policy.fetch_for_update(actor, "needs.propose_joint", SimilarPair, pair_id)
    proposer = actor.organisation
    assert proposer is not None
    if kind not in JointKind.values:
        raise Invalid(_("Choose to merge, to split the work, or to race."), field="kind")
    if not text.strip():
        raise Invalid(_("Say how it would work."), field="text")
    group = group_of(pair)
    ids = [pk for _kind, pk, _owner in group]
    if JointParty.objects.filter(object_id__in=ids, proposal__state=JointState.PROPOSED).exists():
        raise WrongState(_("A proposal to one of them waits for its answers; it comes first."))
    if not pair.chains:
        raise WrongState(_("Neither of the two belongs to a chain; name their chain first."))
    led = chains_led_by(actor.organisation).filter(pk__in=pair.chains).values_list("pk", flat=True).first()
    proposal = JointProposal.objects.create(
        chain_id=led or pair.chains[0], kind=kind, proposer=proposer, person=actor.person, text=text.strip()
    )
    JointParty.objects.bulk_create(
        JointParty(proposal=proposal, object_type=name, object_id=pk, organisation_id=owner)
        for name, pk, owner in group
    )
    for owner in {owner for _kind, _pk, owner in group}:
        if actor.belongs_to(owner):
            _consent(actor, proposal, budget)
        else:
            _ask(proposal, owner)
    book.record(actor, "propose_joint", proposal, after={"kind": kind, "parties": len(group)})
    _complete(actor, proposal)
    return proposal


@command
def agree_joint(*, actor: Actor, proposal_id: UUID, budget: Decimal | None = None) -> JointProposal:
    """Agree for one's own organisation, and tell the others what one would spend; with the last consent all are named."""
    proposal = policy.fetch_for_update(actor, "needs.agree_joint", JointProposal, proposal_id)
    JOINT.after(JointState(proposal.state), "agree_joint")
    if not proposal.parties.filter(organisation=actor.organisation_id, consent=Consent.WAITING).exists():
        raise WrongState(_("Your organisation has answered already."))
    _consent(actor, proposal, budget)
    book.record(actor, "agree_joint", proposal)
    _complete(actor, proposal)
    return proposal


@command
def decline_joint(*, actor: Actor, proposal_id: UUID, reason: str) -> JointProposal:
    """Decline with a reason; the proposal ends, and nobody is named."""
    proposal = policy.fetch_for_update(actor, "needs.decline_joint", JointProposal, proposal_id)
    if not reason.strip():
        raise Invalid(_("Say why, so that the other side can do better."), field="reason")
    state = JOINT.after(JointState(proposal.state), "decline_joint")
    proposal.parties.filter(organisation=actor.organisation_id).update(
        consent=Consent.REFUSED, person=actor.person, reason=reason.strip(), at=clock.now()
    )
    _end(proposal, state, reason)
    inbox.notify(
        kind="joint_declined", title=gettext_noop("A joint way with those who research the same was declined: %(reason)s"),
        params={"reason": reason.strip()[:200]}, to=proposal.proposer, obj=proposal, link=link(proposal), key=f"joint_declined:{proposal.pk}",
    )  # fmt: skip
    book.record(actor, "decline_joint", proposal, reason=reason)
    return proposal


@command
def withdraw_joint(*, actor: Actor, proposal_id: UUID, reason: str) -> JointProposal:
    """Take a proposal back before all have answered."""
    proposal = policy.fetch_for_update(actor, "needs.withdraw_joint", JointProposal, proposal_id)
    if not reason.strip():
        raise Invalid(_("Say why it is withdrawn."), field="reason")
    _end(proposal, JOINT.after(JointState(proposal.state), "withdraw_joint"), reason)
    book.record(actor, "withdraw_joint", proposal, reason=reason)
    return proposal


@command
def carry_out_joint(*, actor: Actor, proposal_id: UUID, reason: str) -> JointProposal:
    """Say what was done as all agreed: which need or project stays, who does which part, which challenge is the race."""
    proposal = policy.fetch_for_update(actor, "needs.carry_out_joint", JointProposal, proposal_id)
    if not reason.strip():
        raise Invalid(_("Say what was done: which need, project or challenge stands for all now."), field="reason")
    _end(proposal, JOINT.after(JointState(proposal.state), "carry_out_joint"), reason)
    inbox.close_tasks(key=f"carry_out_joint:{proposal.pk}")
    book.record(actor, "carry_out_joint", proposal, reason=reason)
    return proposal


def link(proposal: JointProposal) -> str:
    return reverse("needs:joint_proposal", args=[proposal.pk])


def _ask(proposal: JointProposal, owner: UUID) -> None:
    party = proposal.parties.filter(organisation=owner).select_related("organisation").first()
    assert party is not None
    inbox.open_task(
        kind="answer_joint", title=gettext_noop("Others research the same as we do: answer “%(kind)s”"),
        params={"kind": JointKind(proposal.kind).label}, organisation=party.organisation, role="signatory", obj=proposal,
        why=gettext_noop("It begins when all agree; until then nobody is named"), link=link(proposal),
        key=f"answer_joint:{proposal.pk}:{owner}",
    )  # fmt: skip


def _consent(actor: Actor, proposal: JointProposal, budget: Decimal | None) -> None:
    """The consent of the acting organisation, for all its undertakings; the budget it tells counts once."""
    rows = list(proposal.parties.filter(organisation=actor.organisation_id).order_by("created_at", "pk"))
    for place, row in enumerate(rows):
        row.consent, row.person, row.at = Consent.GIVEN, actor.person, clock.now()
        row.budget = budget if place == 0 else None
        row.save(update_fields=["consent", "person", "at", "budget"])
    inbox.close_tasks(key=f"answer_joint:{proposal.pk}:{actor.organisation_id}")


def _complete(actor: Actor, proposal: JointProposal) -> None:
    """With the last consent everybody learns who the others are, and somebody has to begin."""
    if proposal.parties.exclude(consent=Consent.GIVEN).exists():
        return
    proposal.state = JOINT.after(JointState(proposal.state), "agree_joint")
    proposal.touch()
    proposal.save()
    parties = {row.organisation_id: row.organisation for row in proposal.parties.select_related("organisation")}
    everybody = {**parties, proposal.proposer_id: proposal.proposer}
    inbox.notify(
        kind="joint_agreed", title=gettext_noop("All who research the same agreed: %(kind)s"),
        params={"kind": JointKind(proposal.kind).label}, to=list(everybody.values()), obj=proposal, link=link(proposal),
        key=f"joint_agreed:{proposal.pk}",
    )  # fmt: skip
    inbox.open_task(
        kind="carry_out_joint", title=STEPS[JointKind(proposal.kind)], organisation=proposal.proposer, role="signatory", obj=proposal,
        why=gettext_noop("All parties gave their consent"), link=link(proposal), key=f"carry_out_joint:{proposal.pk}",
    )  # fmt: skip
    names = sorted(one.name for one in parties.values())
    book.record(actor, "complete_joint", proposal, after={"parties": names})


def _end(proposal: JointProposal, state: str, reason: str) -> None:
    proposal.state, proposal.end_reason, proposal.ended_at = state, reason.strip(), clock.now()
    proposal.touch()
    proposal.save()
    inbox.cancel_tasks(key_prefix=f"answer_joint:{proposal.pk}")
