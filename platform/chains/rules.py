"""Who may draw the chain map and name its leaders, and who acts in what chains share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from chains.models import (
    BenefitTemplate,
    BenefitTemplateVersion,
    Chain,
    ChainNode,
    JointRoom,
    JointRoomMember,
    JointRoomNote,
    Machine,
    TermLink,
)
from chains.queries import (
    benefit_templates_visible_to,
    chains_visible_to,
    is_in_room,
    is_leader,
    joint_rooms_visible_to,
    leads_side,
    machines_visible_to,
    nodes_visible_to,
    room_members_visible_to,
    room_notes_visible_to,
    template_versions_visible_to,
    term_links_visible_to,
)
from chains.states import RoomMemberState
from core.access import policy
from core.access.predicates import is_platform_admin, is_verified_member
from core.accounts.actor import Actor


def may_draw(actor: Actor, chain: Any) -> bool:
    """The platform's admins, and the chain's leader."""
    return is_platform_admin(actor) or (
        isinstance(chain, Chain) and is_leader(actor, chain) and actor.has_role("admin")
    )


def may_draw_by_id(actor: Actor, chain_id: UUID) -> bool:
    """Whether an admin of the chain's present leader acts."""
    return is_leader(actor, chain_id) and actor.has_role("admin")


def links_terms(actor: Actor, link: Any) -> bool:
    """The platform's admins, and the leader of either chain."""
    return may_draw(actor, link.chain) or may_draw(actor, link.other_chain)


def joins_own_organisation(actor: Actor, obj: Any) -> bool:
    return (is_verified_member(actor) and actor.has_role("admin")) or is_platform_admin(actor)


def speaks_for_leader(actor: Actor, chain: Any) -> bool:
    """An admin of the chain's present leader, as a person: nobody agrees in a leader's place."""
    return is_verified_person(actor) and actor.has_role("admin") and is_leader(actor, chain)


def speaks_for_side(actor: Actor, room: Any) -> bool:
    """An admin of the present leader of one of the room's chains, as a person."""
    return is_verified_person(actor) and actor.has_role("admin") and leads_side(actor, room)


def answers_for_invited(actor: Actor, room: Any) -> bool:
    """An admin of an organisation that was asked into the room and has not left it."""
    seats = room.members.filter(organisation=actor.organisation).exclude(state=RoomMemberState.LEFT)
    return is_verified_person(actor) and actor.has_role("admin") and seats.exists()


def takes_part_in_room(actor: Actor, room: Any) -> bool:
    """A member of a leader, or of an organisation that has joined."""
    return is_verified_person(actor) and is_in_room(actor, room)


def signs_for_leader(actor: Actor, chain: Any) -> bool:
    """A signatory of the chain's present leader, as a person."""
    return is_verified_person(actor) and actor.has_role("signatory") and is_leader(actor, chain)


def signs_for_either(actor: Actor, template: Any) -> bool:
    """A signatory of the present leader of either chain, as a person."""
    return signs_for_leader(actor, template.chain_id) or signs_for_leader(actor, template.other_chain_id)


def is_verified_person(actor: Actor) -> bool:
    return actor.person is not None and is_verified_member(actor)


policy.register(
    {
        "chains.create_chain": is_platform_admin,
        "chains.edit_chain": may_draw,
        "chains.add_node": may_draw,
        "chains.designate_leader": is_platform_admin,
        "chains.join_node": joins_own_organisation,
        "chains.add_machine": is_verified_member,
        "chains.link_terms": may_draw,
        "chains.edit_term_link": links_terms,
        "chains.retire_term_link": links_terms,
        "chains.propose_joint_room": speaks_for_leader,
        "chains.agree_to_joint_room": speaks_for_side,
        "chains.close_joint_room": speaks_for_side,
        "chains.invite_to_joint_room": speaks_for_side,
        "chains.remove_from_joint_room": speaks_for_side,
        "chains.join_joint_room": answers_for_invited,
        "chains.leave_joint_room": answers_for_invited,
        "chains.write_note": takes_part_in_room,
        "chains.view_notes": is_in_room,
        "chains.propose_benefit_template": signs_for_leader,
        "chains.propose_template_version": signs_for_either,
        "chains.sign_benefit_template": signs_for_either,
        "chains.retire_benefit_template": signs_for_either,
    },
    told={
        "chains.propose_joint_room": _("Only an admin of the chain's leader proposes a joint room."),
        "chains.agree_to_joint_room": _("Only an admin of the leader of one of the chains agrees."),
        "chains.close_joint_room": _("Only an admin of the leader of one of the chains closes the room."),
        "chains.invite_to_joint_room": _("Only an admin of the leader of one of the chains asks others in."),
        "chains.join_joint_room": _("Only an admin of the organisation that was asked in answers."),
        "chains.propose_benefit_template": _("Only a signatory of the chain's leader proposes a benefit template."),
        "chains.propose_template_version": _("Only a signatory of the leader of either chain changes the template."),
        "chains.sign_benefit_template": _("Only a signatory of the leader of either chain signs."),
        "chains.retire_benefit_template": _("Only a signatory of the leader of either chain takes it back."),
        "chains.view_notes": _("What is said in the room is read by those who have joined it."),
        "chains.write_note": _("Only those who have joined the room write in it."),
    },
    fresh=["chains.sign_benefit_template"],
    begins=[
        "chains.join_node",
        "chains.add_machine",
        "chains.propose_joint_room",
        "chains.agree_to_joint_room",
        "chains.join_joint_room",
        "chains.invite_to_joint_room",
        "chains.propose_benefit_template",
        "chains.propose_template_version",
        "chains.sign_benefit_template",
    ],
)
policy.visible(BenefitTemplate, "chains.view_benefit_template", benefit_templates_visible_to)
policy.visible(BenefitTemplateVersion, "chains.view_template_version", template_versions_visible_to)
policy.visible(Chain, "chains.view_chain", chains_visible_to)
policy.visible(ChainNode, "chains.view_node", nodes_visible_to)
policy.visible(Machine, "chains.view_machine", machines_visible_to)
policy.visible(TermLink, "chains.view_term_link", term_links_visible_to)
policy.visible(JointRoom, "chains.view_joint_room", joint_rooms_visible_to)
policy.visible(JointRoomMember, "chains.view_joint_room_member", room_members_visible_to)
policy.visible(JointRoomNote, "chains.view_joint_room_note", room_notes_visible_to)
