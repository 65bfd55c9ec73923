"""Offering resources, asking for them, and joining the two into a flow (R003)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from core import book, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale, WrongState
from core.inbox import services as inbox
from needs.events.offer import FlowRecorded
from needs.models.offer import Flow, Offer
from needs.services import offer as services
from needs.states.offer import FLOW, OFFER, Direction, FlowState, OfferState, direction_between

NOT_OPEN = gettext_lazy("“%(offer)s” is not open any more.")


@command
def post_offer(*, actor: Actor, **fields: Any) -> Offer:
    """Offer technology, talent, data or capital at a node of a chain, or ask for it, under stated terms (R003)."""
    owner = policy.acting_for(actor, "needs.post_offer")
    row = Offer(owner=owner, author=actor.person)
    services.write_offer(row, fields)
    book.record(
        actor, "post_offer", row,
        after={"direction": row.direction, "kind": row.kind, "title": row.title, "node": str(row.node), "terms": row.terms},
    )  # fmt: skip
    return row


@command
def edit_offer(*, actor: Actor, offer_id: UUID, changes: Mapping[str, Any], version: int | None = None) -> Offer:
    """Change words, terms or readers while it is open; proposals made on the old terms can no longer be accepted."""
    row = policy.fetch_for_update(actor, "needs.edit_offer", Offer, offer_id)
    _still_open(row)
    if version is not None and version != row.version:
        raise Stale(_("Somebody changed this meanwhile; compare and save again."))
    before = {name: getattr(row, name) for name in services.EDITABLE_FIELDS if name in changes}
    row.touch()
    services.write_offer(row, changes)
    book.record(actor, "edit_offer", row, before=before, after={name: changes[name] for name in before})
    return row


@command
def withdraw_offer(*, actor: Actor, offer_id: UUID, reason: str) -> Offer:
    """Take an open offer or request back; proposals that wait for an answer end with it."""
    row = policy.fetch_for_update(actor, "needs.withdraw_offer", Offer, offer_id)
    if not reason.strip():
        raise Invalid(_("Say why it is withdrawn."), field="reason")
    row.state = OFFER.after(OfferState(row.state), "withdraw_offer")
    row.state_reason = reason.strip()
    row.touch()
    row.save()
    _end_waiting(actor, row, reason.strip())
    services.index_offer(row)
    book.record(actor, "withdraw_offer", row, reason=reason)
    return row


@command
def propose_flow(
    *, actor: Actor, offer_id: UUID, counterpart: UUID | str, agreement: str, starts_on: dt.date | None = None
) -> Flow:
    """Propose to join one's own offer with a request, or one's own request with an offer; the other side answers (R003)."""
    own = policy.fetch_for_update(actor, "needs.propose_flow", Offer, offer_id)
    other = policy.visible_to(actor, Offer).filter(pk=counterpart).select_related("owner", "node").first()
    offer, request = services.counterpart_of(own, other, "counterpart")
    for row in (offer, request):
        _still_open(row)
    if not agreement.strip():
        raise Invalid(_("Name the agreement under which it flows: its title or number."), field="agreement")
    if Flow.objects.filter(offer=offer, request=request, state__in=[FlowState.PROPOSED, FlowState.RECORDED]).exists():
        raise Invalid(_("These two are joined or proposed already."), field="counterpart", code="flow_exists")
    flow = Flow.objects.create(
        offer=offer, request=request, kind=offer.kind, giver=offer.owner, taker=request.owner, from_node=offer.node, to_node=request.node,
        direction=direction_between(offer.node.chain_id, offer.node.tier, request.node.chain_id, request.node.tier),
        terms=offer.terms, agreement=agreement.strip(), starts_on=starts_on or clock.today(), offer_version=offer.version,
        request_version=request.version, proposed_for=own.owner, proposed_by=actor.person,
    )  # fmt: skip
    asked = request.owner if own.direction == Direction.OFFER else offer.owner
    inbox.open_task(
        kind="answer_flow", title=gettext_noop("Answer %(from)s: “%(offer)s” for “%(request)s”"),
        params={"from": own.owner.name, "offer": offer.title, "request": request.title}, organisation=asked, role="signatory", obj=flow,
        why=gettext_noop("A resource can flow when both sides agree"), link=services.flow_link(flow.pk), key=f"answer_flow:{flow.pk}",
    )  # fmt: skip
    book.record(
        actor, "propose_flow", flow, after={"offer": str(offer), "request": str(request), "agreement": flow.agreement}
    )
    return flow


@command
def accept_flow(*, actor: Actor, flow_id: UUID) -> Flow:
    """Agree: the flow is recorded with its nodes, day and agreement; what only one may take up is taken (R003)."""
    flow = policy.fetch_for_update(actor, "needs.accept_flow", Flow, flow_id)
    # Locked in one order, so that two acceptances of one offer do not wait for each other.
    locked = {
        row.pk: row for row in Offer.objects.filter(pk__in=[flow.offer_id, flow.request_id]).order_by("pk").select_for_update()
    }  # fmt: skip
    offer, request = locked[flow.offer_id], locked[flow.request_id]
    state = FLOW.after(FlowState(flow.state), "accept_flow")
    for row in (offer, request):
        _still_open(row)
    if (offer.version, request.version) != (flow.offer_version, flow.request_version):
        raise Stale(_("The offer or the request changed after this was proposed; ask for a new proposal."))
    flow.state, flow.recorded_at, flow.answered_by = state, clock.now(), actor.person
    flow.touch()
    flow.save()
    inbox.close_tasks(key=f"answer_flow:{flow.pk}")
    for row in (offer, request):
        if not row.is_repeatable:
            row.state = OFFER.after(OfferState(row.state), "take")
            row.save(update_fields=["state"])
            services.index_offer(row)
            _end_waiting(actor, row, _("Taken up by another."))
    inbox.notify(
        kind="flow_recorded", title=gettext_noop("“%(offer)s” flows from %(giver)s to %(taker)s"), to=flow.proposed_for, obj=flow,
        params={"offer": offer.title, "giver": flow.giver.name, "taker": flow.taker.name}, link=services.flow_link(flow.pk),
        key=f"flow_recorded:{flow.pk}",
    )  # fmt: skip
    book.record(
        actor, "accept_flow", flow,
        after={"from": str(flow.from_node), "to": str(flow.to_node), "agreement": flow.agreement, "on": str(flow.starts_on)},
    )  # fmt: skip
    outbox.publish(FlowRecorded(flow_id=flow.pk, offer_id=offer.pk, request_id=request.pk))
    return flow


@command
def decline_flow(*, actor: Actor, flow_id: UUID, reason: str) -> Flow:
    """Say no, with a reason that the proposing side reads; offer and request stay open."""
    flow = policy.fetch_for_update(actor, "needs.decline_flow", Flow, flow_id)
    if not reason.strip():
        raise Invalid(_("Say why, so that the other side can do better."), field="reason")
    _end(actor, flow, "decline_flow", reason.strip())
    inbox.notify(
        kind="flow_declined", title=gettext_noop("Declined: “%(offer)s” for “%(request)s”: %(reason)s"), to=flow.proposed_for, obj=flow,
        params={"offer": flow.offer.title, "request": flow.request.title, "reason": reason.strip()[:200]}, link=services.flow_link(flow.pk),
        key=f"flow_declined:{flow.pk}",
    )  # fmt: skip
    return flow


@command
def withdraw_flow(*, actor: Actor, flow_id: UUID) -> Flow:
    """Take one's own proposal back before it is answered."""
    flow = policy.fetch_for_update(actor, "needs.withdraw_flow", Flow, flow_id)
    _end(actor, flow, "withdraw_flow")
    return flow


def _end(actor: Actor, flow: Flow, move: str, reason: str = "") -> None:
    flow.state = FLOW.after(FlowState(flow.state), move)
    flow.reason, flow.answered_by = reason, actor.person
    flow.touch()
    flow.save()
    inbox.cancel_tasks(key=f"answer_flow:{flow.pk}")
    book.record(actor, move, flow, reason=reason)


def _end_waiting(actor: Actor, row: Offer, reason: str) -> None:
    """Proposals that hang on an offer or request which is gone."""
    waiting = row.flows_out if row.direction == Direction.OFFER else row.flows_in
    for flow in waiting.select_for_update().filter(state=FlowState.PROPOSED):
        _end(actor, flow, "withdraw_flow", reason)


def _still_open(row: Offer) -> None:
    is_over = row.open_until is not None and row.open_until < clock.today()
    if row.state != OfferState.OPEN or is_over:
        raise WrongState(str(NOT_OPEN) % {"offer": row.title})
