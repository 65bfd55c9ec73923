"""Two needs that ask for the same become one, with the consent of both owners (R019)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid
from core.inbox import services as inbox
from needs.models.merge import MergeConsent, NeedMerge
from needs.models.need import Need
from needs.queries.merge import agreed_beforehand, owners_of
from needs.services import merge as services
from needs.services.need import still_alive
from needs.states.merge import MERGE, MergeState


@command
def propose_merge(*, actor: Actor, need_id: UUID, into: str, reason: str) -> NeedMerge:
    """Merge a need into the one of the number `into`, or propose it where the other owner has to agree first (R019).

    The signature of the acting owner lies in it. Where one organisation owns both, or where all owners agreed to merge
    the two when they were found to be alike, it is done at once.
    """
    absorbed = policy.fetch(actor, "needs.view_need", Need, need_id)
    kept = policy.visible_to(actor, Need).filter(code=into.strip().upper()).select_related("owner").first()
    if kept is None:
        raise Invalid(_("There is no need of this number that you may see."), field="into")
    if kept.pk == absorbed.pk:
        raise Invalid(_("Choose another need than this one."), field="into")
    own = absorbed if actor.belongs_to(absorbed.owner_id) else kept
    policy.fetch_for_update(actor, "needs.propose_merge", Need, own.pk)
    if not reason.strip():
        raise Invalid(_("Say why the two are one."), field="reason")
    still_alive(kept)
    services.can_be_merged(absorbed, kept)
    if NeedMerge.objects.filter(
        kept__in=[kept, absorbed], absorbed__in=[kept, absorbed], state=MergeState.PROPOSED
    ).exists():
        raise Invalid(_("A proposal to merge these two waits for its answer."), field="into", code="merge_waits")
    assert actor.organisation is not None
    merge = NeedMerge.objects.create(
        kept=kept, absorbed=absorbed, proposer=actor.organisation, person=actor.person, reason=reason.strip()
    )
    book.record(actor, "propose_merge", absorbed, after={"into": kept.code}, reason=reason)
    _consent(actor, merge)
    if owners_of(merge) == {actor.organisation_id} or agreed_beforehand(kept, absorbed):
        services.carry_out(actor, merge)
        return merge
    for owner in Organisation.objects.filter(pk__in=owners_of(merge)).exclude(pk=actor.organisation.pk):
        inbox.open_task(
            kind="answer_merge", title=gettext_noop("%(from)s proposes to merge “%(absorbed)s” into “%(kept)s”"), organisation=owner,
            params={"from": actor.organisation.name, "absorbed": absorbed.title, "kept": kept.title}, role="signatory", obj=merge,
            why=gettext_noop("Two needs that ask for the same become one when both owners agree"), link=services.merge_link(merge),
            key=f"answer_merge:{merge.pk}:{owner.pk}",
        )  # fmt: skip
    return merge


@command
def agree_merge(*, actor: Actor, merge_id: UUID) -> NeedMerge:
    """Agree for the other owner: the two needs become one (R019)."""
    merge = _open(actor, "needs.agree_merge", merge_id, "merge_needs")
    _consent(actor, merge)
    if owners_of(merge) <= set(merge.consents.values_list("organisation_id", flat=True)):
        services.carry_out(actor, merge)
    return merge


@command
def decline_merge(*, actor: Actor, merge_id: UUID, reason: str) -> NeedMerge:
    """Decline with a reason; both needs stay as they are."""
    merge = _open(actor, "needs.decline_merge", merge_id, "decline_merge")
    return _end(actor, merge, "decline_merge", reason)


@command
def withdraw_merge(*, actor: Actor, merge_id: UUID, reason: str) -> NeedMerge:
    """Take one's own proposal back."""
    return _end(actor, _open(actor, "needs.withdraw_merge", merge_id, "withdraw_merge"), "withdraw_merge", reason)


def _open(actor: Actor, rule: str, merge_id: UUID, move: str) -> NeedMerge:
    merge = policy.fetch_for_update(actor, rule, NeedMerge, merge_id)
    MERGE.after(MergeState(merge.state), move)
    return merge


def _consent(actor: Actor, merge: NeedMerge) -> None:
    assert actor.organisation is not None
    MergeConsent.objects.create(merge=merge, organisation=actor.organisation, person=actor.person, at=clock.now())
    inbox.close_tasks(key=f"answer_merge:{merge.pk}:{actor.organisation_id}")


def _end(actor: Actor, merge: NeedMerge, move: str, reason: str) -> NeedMerge:
    if not reason.strip():
        raise Invalid(_("Say why, so that the other side can do better."), field="reason")
    merge.state, merge.end_reason = MERGE.after(MergeState(merge.state), move), reason.strip()
    merge.ended_at = clock.now()
    merge.save(update_fields=["state", "end_reason", "ended_at"])
    inbox.cancel_tasks(key_prefix=f"answer_merge:{merge.pk}")
    told = [merge.proposer] if move == "decline_merge" else [merge.kept.owner, merge.absorbed.owner]
    inbox.notify(
        kind="merge_ended", title=gettext_noop("The proposal to merge “%(absorbed)s” ended: %(reason)s"), to=told, obj=merge,
        params={"absorbed": merge.absorbed.title, "reason": reason.strip()[:200]}, link=services.merge_link(merge), key=f"merge_ended:{merge.pk}",
    )  # fmt: skip
    book.record(actor, move, merge.absorbed, after={"into": merge.kept.code}, reason=reason)
    return merge
