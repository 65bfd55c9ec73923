"""Carrying out the merge of two needs: one ends and points to the other, which takes over what others count on (R019)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.accounts.actor import Actor
from core.errors import Missing, WrongState
from core.inbox import services as inbox
from needs.models.complaint import Cluster
from needs.models.merge import NeedMerge
from needs.models.need import Definer, Need, NeedChain
from needs.services import need as needs
from needs.states.challenge import CHALLENGE, ChallengeState
from needs.states.merge import MERGE, MergeState
from needs.states.need import EDITABLE, NEED, DefinerState, NeedState


def merge_link(merge: NeedMerge) -> str:
    """Where a proposal to merge is answered."""
    return reverse("needs:merge", args=[merge.pk])


def can_be_merged(absorbed: Need, kept: Need) -> None:
    """Nothing, or the refusal: what has ended stays as it is, and a running challenge is not pulled away from its bidders."""
    for one in (absorbed, kept):
        needs.still_alive(one)
    running = [
        one
        for one in absorbed.challenges.all()
        if one.state == ChallengeState.AWARDED or "cancel_challenge" in CHALLENGE.open_moves(ChallengeState(one.state))
    ]
    if running:
        raise WrongState(
            _("A challenge on %(need)s runs or is awarded; then the need stays and the other is merged into it.") % {"need": absorbed.code},
            code="challenge_runs",
            missing=[Missing(_("An end of challenge %(code)s") % {"code": one.code}, str(one.issuer), reverse("needs:challenge", args=[one.pk]))
                     for one in running],
        )  # fmt: skip


def carry_out(actor: Actor, merge: NeedMerge) -> None:
    """Merge, with both rows locked: state, link, chains, clusters, and a say for the owner of the need that ended."""
    rows = Need.objects.select_for_update(of=("self",)).filter(pk__in=[merge.kept_id, merge.absorbed_id]).order_by("pk")
    found = {row.pk: row for row in rows.select_related("owner", "chain")}
    kept, absorbed = found[merge.kept_id], found[merge.absorbed_id]
    can_be_merged(absorbed, kept)
    absorbed.state, absorbed.merged_into = NEED.after(absorbed.state, "merge_needs"), kept
    absorbed.closed_at, absorbed.state_reason = clock.now(), merge.reason
    absorbed.touch()
    absorbed.save()
    _chains(absorbed, kept)
    Cluster.objects.filter(need=absorbed).update(need=kept)
    if absorbed.owner_id != kept.owner_id:
        _a_say_for_its_owner(absorbed, kept)
    kept.touch()
    kept.save()
    for kind in ("sign_indicator", "confirm_need"):
        inbox.cancel_tasks(obj=absorbed, kind=kind)
    merge.state, merge.ended_at = MERGE.after(MergeState(merge.state), "merge_needs"), clock.now()
    merge.save(update_fields=["state", "ended_at"])
    inbox.cancel_tasks(key_prefix=f"answer_merge:{merge.pk}")
    needs.index_need(absorbed)
    needs.index_need(kept)
    book.record(actor, "merge_needs", absorbed, after={"into": kept.code}, reason=merge.reason)
    book.record(actor, "take_over_need", kept, after={"from": absorbed.code}, reason=merge.reason)
    told = {
        one.organisation_id: one.organisation
        for one in absorbed.definers.exclude(state=DefinerState.DECLINED).select_related("organisation")
    }
    told |= {absorbed.owner_id: absorbed.owner, kept.owner_id: kept.owner}
    inbox.notify(
        kind="needs_merged", title=gettext_noop("“%(absorbed)s” was merged into “%(kept)s”"), to=list(told.values()), obj=kept,
        params={"absorbed": absorbed.title, "kept": kept.title}, link=needs.need_link(kept), key=f"needs_merged:{merge.pk}",
    )  # fmt: skip


def _chains(absorbed: Need, kept: Need) -> None:
    """The kept need concerns every node that the other concerned."""
    places = [(absorbed.chain_id, absorbed.node_id), *absorbed.more_chains.values_list("chain_id", "node_id")]
    for chain_id, node_id in dict.fromkeys(places):
        if (chain_id, node_id) != (kept.chain_id, kept.node_id):
            NeedChain.objects.get_or_create(need=kept, chain_id=chain_id, node_id=node_id)


def _a_say_for_its_owner(absorbed: Need, kept: Need) -> None:
    """Whoever gave up a need defines the other one; what was signed without them is signed again."""
    row, fresh = Definer.objects.get_or_create(
        need=kept, organisation=absorbed.owner, defaults={"state": DefinerState.ACCEPTED, "role_label": absorbed.code}
    )
    if not fresh and row.state == DefinerState.DECLINED:
        row.state, fresh = DefinerState.ACCEPTED, True
        row.save(update_fields=["state"])
    if fresh and kept.state in EDITABLE and kept.state != NeedState.DRAFT:
        kept.state = NEED.after(kept.state, "reopen_definition")
