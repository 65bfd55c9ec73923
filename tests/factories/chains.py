"""Joint rooms of two chains for tests, brought to any state through the real actions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chains.actions import benefit_template as template_actions
from chains.actions import join_node
from chains.actions import joint_room as actions
from chains.models import BenefitTemplate, Chain, JointRoom
from core.accounts.actor import Actor
from tests import factories


def led(name: str = "") -> tuple[Chain, Actor]:
    """A chain with its leader's admin."""
    lead = factories.actor(factories.organisation(f"{name}链主" if name else ""))
    return factories.chain(name, leader=lead.organisation), lead


def at_node(chain: Chain, name: str = "", **fields: Any) -> Actor:
    """An admin of a verified organisation at the chain's first node."""
    who = factories.actor(factories.organisation(name), **fields)
    join_node(actor=who, node_id=chain.nodes.first().pk)
    return who


def proposed(title: str = "车规芯片联合攻关") -> tuple[JointRoom, Actor, Actor]:
    """A room that the first chain's leader proposed; with the leaders of both."""
    (cars, first), (chips, second) = led(), led()
    room = actions.propose_joint_room(
        actor=first, chain=cars.pk, other_chains=[chips.pk], title=title, purpose="两链共同定义车规芯片的指标。"
    )
    return room, first, second


def opened(title: str = "车规芯片联合攻关") -> tuple[JointRoom, Actor, Actor]:
    """An open room with the leaders of both chains, the first one's first."""
    room, first, second = proposed(title)
    return actions.agree_to_joint_room(actor=second, room_id=room.pk), first, second


def joined(room: JointRoom, lead: Actor, name: str = "") -> Actor:
    """An admin of an organisation of the leader's chain that was asked in and has joined."""
    side = next(one for one in room.sides.all() if one.agreed_for_id == lead.organisation_id)
    who = at_node(side.chain, name)
    actions.invite_to_joint_room(actor=lead, room_id=room.pk, organisation=who.organisation_id or "")
    actions.join_joint_room(actor=who, room_id=room.pk)
    return who


def roles(percents: dict[str, str]) -> list[dict[str, Any]]:
    return [{"label": label, "percent": Decimal(percent)} for label, percent in percents.items()]


ROLES = {"数据方": "30", "研发方": "40", "中试方": "17.5", "市场方": "12.5"}


def signed_template(
    first: Actor,
    second: Actor,
    chain: Chain,
    other: Chain,
    percents: dict[str, str] | None = None,
    title: str = "跨链分配",
) -> BenefitTemplate:
    """A template that both leaders have signed."""
    row = template_actions.propose_benefit_template(
        actor=first, chain=chain.pk, other_chain=other.pk, title=title, roles=roles(percents or ROLES)
    )
    for who in (first, second):
        template_actions.sign_benefit_template(actor=who, template_id=row.pk, number=1)
    return row


def shared(first: Actor, party: Actor, chain: Chain, other: Chain, needs: Any) -> None:
    """Three open rooms of a chain with another one that is led from now on; the party has joined, each has notes and needs.

    And three benefit templates between the two, each with another table to sign.
    """
    from core import clock
    from needs.actions.joint_room import put_on_table

    second = factories.actor(factories.organisation("麻纺链主"))
    other.designations.create(organisation=second.organisation, since=clock.now())
    join_node(actor=party, node_id=chain.nodes.first().pk)
    for title in ("共用试验方法", "共用材料", "共用产线"):
        room = actions.propose_joint_room(
            actor=first, chain=chain.pk, other_chains=[other.pk], title=title, purpose="两链共用。"
        )
        actions.agree_to_joint_room(actor=second, room_id=room.pk)
        actions.invite_to_joint_room(actor=first, room_id=room.pk, organisation=party.organisation_id or "")
        actions.join_joint_room(actor=party, room_id=room.pk)
        for text in ("先对齐指标。", "样品下周寄出。", "试验数据已上传。"):
            actions.write_note(actor=party, room_id=room.pk, text=text)
        for need in needs:
            put_on_table(actor=first, room=room.pk, need=need.pk)
    rows = [signed_template(first, second, chain, other, title=title) for title in ("共同产品", "联合专利", "数据产品")]
    changed = roles({"数据方": "35", "研发方": "40", "市场方": "25"})
    for row in rows:
        template_actions.propose_template_version(actor=second, template_id=row.pk, roles=changed)
