"""Carrying out the merge of two needs: one ends and points to the other, which takes over what others count on (R019)."""

from __future__ import annotations

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.accounts.actor import Actor
from core.errors import Missing, WrongState
from core.inbox import services as inbox
from core.indicators.services import name_key
from needs.models.complaint import Cluster
from needs.models.matching import SolverInvitation
from needs.models.merge import NeedMerge
from needs.models.need import Definer, Need, NeedChain, NeedEvidence, NeedIndicator
from needs.models.pairing import Pairing
from needs.queries.need import current_version, specifications_in
from needs.services import duplicate
from needs.services import need as needs
from needs.states.challenge import CHALLENGE, ChallengeState
from needs.states.matching import InvitationState
from needs.states.merge import MERGE, MergeState
from needs.states.need import EDITABLE, NEED, DefinerState, NeedState
from needs.states.pairing import PairingState


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
    taken = {
        "evidence": _evidence(absorbed, kept), "indicators": _indicators(absorbed, kept), "partners": _partners(absorbed, kept),
        "matches": _moved(Pairing, absorbed, kept, PairingState.DECLINED),
        "invitations": _moved(SolverInvitation, absorbed, kept, InvitationState.WITHDRAWN),
    }  # fmt: skip
    if absorbed.owner_id != kept.owner_id:
        _a_say_for_its_owner(absorbed, kept)
    if taken["indicators"]:
        needs.indicators_changed(kept)
    if kept.state in EDITABLE:
        needs.settle_signatures(kept)
    kept.touch()
    kept.save()
    for kind in ("sign_indicator", "confirm_need"):
        inbox.cancel_tasks(obj=absorbed, kind=kind)
    merge.state, merge.ended_at = MERGE.after(MergeState(merge.state), "merge_needs"), clock.now()
    merge.save(update_fields=["state", "ended_at"])
    inbox.cancel_tasks(key_prefix=f"answer_merge:{merge.pk}")
    needs.index_need(absorbed)
    needs.index_need(kept)
    duplicate.end_pairs([absorbed.pk])
    duplicate.compare_soon(kept)
    book.record(actor, "merge_needs", absorbed, after={"into": kept.code}, reason=merge.reason)
    book.record(actor, "take_over_need", kept, after={"from": absorbed.code, **taken}, reason=merge.reason)
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


def _evidence(absorbed: Need, kept: Need) -> int:
    """The files that show the pain stand with both; the need that ended keeps its own."""
    rows = [
        NeedEvidence(need=kept, file_id=row.file_id, caption=f"{absorbed.code} {row.caption}".strip()[:200], added_by_id=row.added_by_id)
        for row in absorbed.evidence.all()
    ]  # fmt: skip
    return len(NeedEvidence.objects.bulk_create(rows))


def _indicators(absorbed: Need, kept: Need) -> int:
    """Indicators of other names, while those of the kept need may still change; what was published stays as it was signed."""
    if kept.state not in EDITABLE:
        return 0
    known = {name_key(one.name) for one in specifications_in(current_version(kept))}
    fresh = [one for one in specifications_in(current_version(absorbed)) if name_key(one.name) not in known]
    if not fresh:
        return 0
    version = needs.draft_version(kept)
    last = version.indicators.order_by("-position").first()
    start = last.position + 1 if last else 0
    NeedIndicator.objects.bulk_create(
        NeedIndicator(version=version, specification=one, position=start + place) for place, one in enumerate(fresh)
    )
    return len(fresh)


def _partners(absorbed: Need, kept: Need) -> int:
    """Whoever defined the need that ended is invited to define the other; who had left either stays away."""
    known = {kept.owner_id, absorbed.owner_id, *kept.definers.values_list("organisation_id", flat=True)}
    there = absorbed.definers.exclude(state=DefinerState.DECLINED).exclude(organisation__in=known)
    rows = [Definer(need=kept, organisation_id=one.organisation_id, role_label=one.role_label) for one in there]
    return len(Definer.objects.bulk_create(rows))


def _moved(model: type[Model], absorbed: Need, kept: Need, over: str) -> int:
    """What is not over between the need and organisations goes on with the kept one, once for each of them."""
    alive = model._default_manager.exclude(state=over)
    known = alive.filter(need=kept).values_list("organisation_id", flat=True)
    return alive.filter(need=absorbed).exclude(organisation__in=[kept.owner_id, *known]).update(need=kept)


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
