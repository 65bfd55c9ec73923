"""Tables of the room, by noun."""

from chains.models.benefit_template import BenefitTemplate, BenefitTemplateVersion, TemplateRole, TemplateSignature
from chains.models.chain import Chain, ChainNode, LeaderDesignation, Machine, NodeMember, TermLink
from chains.models.joint_room import JointRoom, JointRoomMember, JointRoomNote, JointRoomSide

__all__ = [
    "BenefitTemplate",
    "BenefitTemplateVersion",
    "Chain",
    "ChainNode",
    "JointRoom",
    "JointRoomMember",
    "JointRoomNote",
    "JointRoomSide",
    "LeaderDesignation",
    "Machine",
    "NodeMember",
    "TemplateRole",
    "TemplateSignature",
    "TermLink",
]  # fmt: skip
