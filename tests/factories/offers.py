"""Resources on offer and asked for, posted through the real actions."""

from __future__ import annotations

from typing import Any

from core.accounts.actor import Actor
from needs.actions import offer as actions
from needs.models.offer import Flow, Offer
from tests import factories


def offer(owner: Actor | None = None, *, node: Any = None, **fields: Any) -> tuple[Offer, Actor]:
    """An open offer of data at the first node of a new chain unless told otherwise, and its owner."""
    owner = owner or factories.actor(factories.organisation())
    node = node or factories.chain().nodes.order_by("order").first()
    values = {
        "direction": "offer", "kind": "data", "title": "工况数据", "text": "三年工况数据，按小时。", "terms": "仅限研发使用，一年。", "node": node.pk,
    } | fields  # fmt: skip
    return actions.post_offer(actor=owner, **values), owner


def recorded(giver: Actor, taker: Actor, from_node: Any, to_node: Any, **fields: Any) -> Flow:
    """A flow between two organisations that both agreed to."""
    given, _giver = offer(giver, node=from_node, **fields)
    asked, _taker = offer(taker, node=to_node, **fields, direction="request")
    flow = actions.propose_flow(actor=taker, offer_id=asked.pk, counterpart=given.pk, agreement="框架协议 2026-1")
    return actions.accept_flow(actor=giver, flow_id=flow.pk)
